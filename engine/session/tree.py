"""The tree of branches: each a cause and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.history.branching import branched, other_optimizer, planned, switched
from engine.history.history import History
from engine.spec.problem import Problem
from engine.spec.run import MOST_ITERATIONS, OptimizerSpec, RunSpec

OWN, OTHER = 0, 1
"""The two branches that every session has: the run, and the run under the other optimizer."""


class EditError(Problem):
    """A change that cannot be made: what is wrong, and what is valid."""


@dataclass(frozen=True)
class Cause:
    """Why a branch leaves its parent after iteration `origin`.

    `kind` is "parameter" or "data" (element `index` of `symbol`, for data counted over the whole
    set, becomes `value`), "option" (the optimizer's option `symbol` becomes `value`) or "switch"
    (the optimizer `symbol` with the options `value` takes over, with `fresh` state or not).
    """

    parent: int
    origin: int
    kind: str
    symbol: str
    index: Index = ()
    value: Any = None
    fresh: bool = True


@dataclass(frozen=True, eq=False)
class Branch:
    """A line of history. `words` say where it comes from; `partner` is what it is toggled with."""

    number: int
    name: str
    words: str
    spec: RunSpec
    cause: Cause | None
    partner: int
    grow: Callable[[], History]

    @cached_property
    def history(self) -> History:
        """Its iterations."""
        return self.grow()

    @property
    def opened(self) -> bool:
        """Whether its iterations have been looked at."""
        return "history" in self.__dict__

    @property
    def label(self) -> str:
        """Its optimizer as people write it."""
        return OPTIMIZERS[self.spec.optimizer.name].label

    def optimizer(self, t: int) -> str:
        """The name of the optimizer that updates in iteration t."""
        return self.history.spec_of(t).optimizer.name

    def renamed(self, name: str) -> Branch:
        """The same branch, with the same iterations, under another name."""
        made = replace(self, name=name)
        if self.opened:
            made.__dict__["history"] = self.history
        return made


MOST_NAME = 30
"""The most characters of a branch's name."""


def free_name(name: str, number: int, taken: Collection[str]) -> str:
    """The name, where it is not taken; else with a number appended, `number` or the next free."""
    free = name
    while free in taken:
        suffix = f"-{number}"
        free = name[: MOST_NAME - len(suffix)] + suffix
        number += 1
    return free


def changed_spec(spec: RunSpec, cause: Cause) -> RunSpec:
    """The run spec that a branch goes on by. Raises EditError where the change is not valid."""
    match cause.kind:
        case "data":
            arrays = {"x": spec.data.x, "y": spec.data.y}
            array = _with_element(arrays, cause, spec.dtype)
            array.flags.writeable = False
            x, y = (array, spec.data.y) if cause.symbol == "x" else (spec.data.x, array)
            return replace(spec, data=replace(spec.data, x=x, y=y))
        case "parameter":
            _with_element(parameters(spec), cause, spec.dtype)
            return spec
        case "option":
            row = OPTIMIZERS[spec.optimizer.name]
            if cause.symbol not in row.options:
                raise EditError(
                    f"{cause.symbol}: {row.label} has no such option; it has"
                    f" {', '.join(row.options)}."
                )
            check = row.options[cause.symbol].check
            value = check.accept(cause.value)
            if value is None:
                raise EditError(f"{cause.symbol} {check.wrong(cause.value)}.")
            if isinstance(value, float):
                valid_value(cause.symbol, value, spec.dtype)
            options = {**row.complete(spec.optimizer.options), cause.symbol: value}
            if conflict := row.conflict(options):
                raise EditError(conflict)
            return replace(spec, optimizer=replace(spec.optimizer, options=options))
        case _:
            raise EditError(f"{cause.kind}: no such change.")


def parameters(spec: RunSpec) -> dict[str, Array]:
    """The starting values of all parameters, by name."""
    found = {}
    for number, layer in enumerate(spec.layers, 1):
        found[f"W{number}"] = layer.W
        if layer.b is not None:
            found[f"b{number}"] = layer.b
    return found


def _with_element(arrays: Mapping[str, Array], cause: Cause, dtype: str) -> Array:
    """A copy of the array that a cause names, with its new element."""
    array = arrays.get(cause.symbol)
    if array is None:
        raise EditError(f"{cause.symbol}: there are {', '.join(arrays)}.")
    shape, index = array.shape, cause.index
    if len(index) != len(shape) or not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
        raise EditError(f"{cause.symbol} has no such element; its shape is {shape}.")
    changed = array.copy()
    changed[index] = valid_value(cause.symbol, cause.value, dtype)
    return changed


def _successor(spec: RunSpec, cause: Cause) -> OptimizerSpec:
    """The optimizer that a switch leads to. Raises EditError where it cannot take over."""
    row = OPTIMIZERS.get(cause.symbol)
    if row is None:
        raise EditError(f"{cause.symbol}: no such optimizer; there are {', '.join(OPTIMIZERS)}.")
    options = row.complete(cause.value)
    compare = spec.compare
    if cause.fresh or compare is None:
        return OptimizerSpec(row.name, options)
    if compare.name != row.name or row.complete(compare.options) != options:
        raise EditError(f"{row.label} with these options is not compared with, and has no state.")
    return compare


def most_branches(spec: RunSpec) -> int:
    """How many branches a session with a run can have, so that a saved one opens in seconds."""
    numbers = spec.data.x.size + spec.data.y.size + sum(layer.W.size for layer in spec.layers)
    return max(20, min(1000, 20_000 // len(spec.layers), (1 << 27) // numbers))


MOST_STRETCHES = 250
"""So many branches and switches can leave one another."""


def grown(parent: Branch, cause: Cause) -> tuple[RunSpec, Callable[[], History]]:
    """The spec of a branch, and how to make its history. Raises EditError where the cause is not
    valid there.
    """
    if len(parent.history.stretches) > MOST_STRETCHES:
        raise EditError(f"More than {MOST_STRETCHES} branches leave one another here.")
    first = parent.cause.origin if parent.cause else 0
    if not first <= cause.origin <= MOST_ITERATIONS:
        raise EditError(f"iteration {cause.origin}: from {first:,} to {MOST_ITERATIONS:,}.")
    spec = parent.history.spec_of(cause.origin + 1)
    if cause.kind == "switch":
        optimizer = _successor(spec, cause)
        history = switched(parent.history, cause.origin, optimizer, cause.fresh)
        return history.own.spec, lambda: history
    spec = changed_spec(spec, cause)
    edits = {(cause.symbol, cause.index): float(cause.value)} if cause.kind == "parameter" else {}
    return spec, lambda: planned(branched(parent.history, cause.origin, spec, edits))


def switch_cause(parent: Branch, origin: int, fresh: bool) -> Cause:
    """The cause of a switch to the optimizer that a branch is compared with."""
    optimizer = other_optimizer(parent.history.spec_of(origin + 1))
    options = dict(OPTIMIZERS[optimizer.name].complete(optimizer.options))
    return Cause(parent.number, origin, "switch", optimizer.name, (), options, fresh)


def valid_value(symbol: str, value: float, dtype: str) -> float:
    """A value that an element can be given. Raises EditError for what is not finite."""
    if not abs(value) <= float(np.finfo(dtype).max):
        also = " that float32 holds" if dtype == "float32" else ""
        raise EditError(f"{symbol} = {value}: a finite number{also} is needed.")
    return float(value)
