"""The parameters of a run, by name, and the groups of them that are updated alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import PARAMETERS, Symbol
from engine.formula.layout import Shape
from engine.spec.run import Array, GroupSpec, LayerSpec, OptimizerSpec, RunSpec

THETA = Symbol("theta")
"""The one parameter of a run without a network."""


def data_of(spec: RunSpec) -> tuple[Symbol, ...]:
    """The symbols of the data that are known before the first step: x and y of a network."""
    return () if spec.instead else (Symbol("x"), Symbol("y"))


def first_of(spec: RunSpec) -> Symbol:
    """What is selected before the first step: the inputs, or θ where there is no network."""
    return THETA if spec.instead else Symbol("x")


def weights(spec: RunSpec) -> list[Symbol]:
    """The names of all parameters, first layer first."""
    if spec.instead:
        return [THETA]
    return [
        Symbol(f"{kind}{number}")
        for number, layer in enumerate(spec.layers, 1)
        for kind in layer.own
    ]


AS_THEY_COME = ("alpha", *(kind for kind in PARAMETERS if kind != "alpha"))
"""The kinds of parameters in the order in which the gradients of a layer come."""
VECTOR = "parameters"
"""What all trained parameters, as one vector, are called among what an iteration hands to the next;
those of a group have its key behind that.
"""


class Held(NamedTuple):
    """The parameter that a layer has of a kind, `turned` where as its transpose; and the
    `users`, all layers that have it, of which there are several where it is tied.
    """

    name: Symbol
    turned: bool
    users: tuple[int, ...]

    @property
    def shared(self) -> bool:
        """Whether several layers have it."""
        return len(self.users) > 1


def held(spec: RunSpec, kind: str, number: int) -> Held:
    """What layer `number` has of a kind of parameters, its own or another layer's."""
    name, turned = spec.layers[number - 1].tied(kind) or (f"{kind}{number}", False)
    return Held(Symbol(name), turned, users(spec, name))


def users(spec: RunSpec, name: str) -> tuple[int, ...]:
    """The layers that have a parameter as theirs, the first one first."""
    kind = Symbol(name).kind.key
    return tuple(
        number
        for number, layer in enumerate(spec.layers, 1)
        if (layer.tied(kind) or (f"{kind}{number}",))[0] == name
    )


def parameters(spec: RunSpec) -> dict[str, Array]:
    """The starting values of all parameters, by name."""
    return {name: _array(spec, name) for name in weights(spec)}


SUM = "gsum"
"""The prefix of the gradients of several mini-batches, added up; all of them together."""


def fed(spec: RunSpec, name: Symbol) -> Symbol:
    """What the clipping and the update of a parameter go by: its gradient, or the sum of those."""
    return name.under(SUM) if spec.data.accumulate > 1 else name.gradient


def trained(spec: RunSpec) -> list[Symbol]:
    """The names of the parameters that are updated, those of a group together, first layer first:
    in the order in which they stand in vectors.
    """
    if spec.instead:
        return [THETA]
    names = [name for name in weights(spec) if name.kind.key not in _layer(spec, name).frozen]
    return sorted(names, key=lambda name: _number(spec, name)) if spec.groups else names


def shape(spec: RunSpec, name: Symbol) -> Shape:
    """The shape of a parameter."""
    return _array(spec, name).shape


def _array(spec: RunSpec, name: Symbol) -> Array:
    return spec.instead.start if spec.instead else _layer(spec, name).arrays[name.kind.key]


def _layer(spec: RunSpec, name: Symbol) -> LayerSpec:
    assert name.layer is not None
    return spec.layers[name.layer - 1]


def _number(spec: RunSpec, name: str) -> int:
    """Which of the run's groups has a parameter, counted from 1; 0 where none has."""
    found = (i for i, group in enumerate(spec.groups, 1) if group.names(name))
    return next(found, 0)


class Group(NamedTuple):
    """The `names` of parameters that an `optimizer` updates by the same options, `own` those that
    are only theirs. `numbers` are the symbols of the scalars that differ from those of all others,
    by the names that rules have for them: lr#1 for lr. `key` ends the names of their vectors; it
    is "" where all are alike.
    """

    names: tuple[Symbol, ...]
    optimizer: OptimizerSpec
    own: Mapping[str, Any]
    numbers: Mapping[str, Symbol]
    key: str = ""


def groups(spec: RunSpec, optimizer: OptimizerSpec) -> tuple[Group, ...]:
    """The groups of the trained parameters under one of the run's optimizers, in the order of
    `trained`: first the parameters, perhaps none, that its own options hold for.
    """
    names = trained(spec)
    if not spec.groups:
        return (Group(tuple(names), optimizer, {}, {}),)
    found = []
    for number, given in enumerate((None, *spec.groups)):
        own = _own(given, optimizer) if given else {}
        made = replace(optimizer, options={**optimizer.options, **own})
        of_it = tuple(name for name in names if _number(spec, name) == number)
        key = f"#{number}"
        numbers = {name: Symbol(f"{name}{key}") for name in _differing(optimizer, made)}
        found.append(Group(of_it, made, own, numbers, key))
    return tuple(found)


def no_matrices(spec: RunSpec, optimizer: OptimizerSpec) -> str:
    """What is wrong where an optimizer that updates matrices only would train others, as the end of
    a sentence that begins with its name; "" where nothing is.
    """
    if not OPTIMIZERS[optimizer.name].matrices:
        return ""
    wrong = [name for name in trained(spec) if len(shape(spec, name)) != 2]
    if not wrong:
        return ""
    if spec.instead:
        return "updates matrices only, as PyTorch's, and here are single numbers"
    named = ", ".join(wrong[:FEW]) + (", …" if len(wrong) > FEW else "")
    kinds = dict.fromkeys(name.kind.key for name in wrong)
    bare = "set bias = false in the layers, or " if [*kinds] == ["b"] else ""
    params = ", ".join(f'"{kind}*"' for kind in kinds)
    return (
        f"updates matrices only, as PyTorch's, and not {named}: {bare}"
        f"freeze them, as with [[groups]] params = [{params}] and frozen = true"
    )


FEW = 4
"""So many parameters are named."""


def _own(group: GroupSpec, optimizer: OptimizerSpec) -> dict[str, Any]:
    """Those of a group's options that an optimizer has."""
    known = OPTIMIZERS[optimizer.name].options
    return {name: value for name, value in group.options.items() if name in known}


def _differing(optimizer: OptimizerSpec, made: OptimizerSpec) -> list[str]:
    """The scalars in which an optimizer with a group's options differs from it, in any of the
    first updates.
    """
    usual, own = (_scalars(each) for each in (optimizer, made))
    return [name for name, values in own.items() if values != usual.get(name)]


def _scalars(optimizer: OptimizerSpec) -> dict[str, list[float]]:
    row = OPTIMIZERS[optimizer.name]
    options = row.complete(optimizer.options)
    first, second = (row.scalars(t, options) for t in (1, 2))
    found = {name: [value] for name, value in row.constants(options).items()}
    return found | {name: [value, second[name]] for name, value in first.items()}


def group_of(spec: RunSpec, name: Symbol | None) -> Group:
    """The group of a parameter under the run's optimizer; the first where it is of no other."""
    found = groups(spec, spec.optimizer)
    return next((group for group in found if name in group.names), found[0])


def is_rate(symbol: str) -> bool:
    """Whether a scalar is the learning rate, of all parameters or of a group."""
    return Symbol(symbol).family == "lr"


def base_rate(spec: RunSpec, symbol: str) -> float:
    """What the optimizer has as that learning rate, before any schedule."""
    number = int(symbol.partition("#")[2] or 0)
    rate: float = groups(spec, spec.optimizer)[number].optimizer.options["lr"]
    return rate
