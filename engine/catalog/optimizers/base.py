"""What a row of the table of optimizers is: options, and the rules that they ask for."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Protocol

from engine.catalog.row import Row
from engine.catalog.sentences import Number
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr, Index
from engine.formula.layout import Shape
from engine.spec.options import Options

Vectors = Mapping[str, Array]
Operands = Mapping[str, Expr]


class Elements(Mapping[str, Expr]):
    """What a rule finds where it computes the element `index` of its parameter: the operands of
    that element by the names of vectors and scalars; a rule of a whole matrix other elements, too.
    """

    index: Index

    @abstractmethod
    def at(self, name: str, index: Index, /) -> Expr:
        """Another element of what a name stands for."""

    @abstractmethod
    def array(self, name: str, /) -> Array:
        """All elements of what a name stands for."""


class EmitRule(Protocol):
    """Emits the calls that write `vec[prefix]` from the other vectors, each holding all trained
    parameters at once (as `theta`, `grad` and by prefix), and from the 0-d arrays `c`.
    """

    def __call__(self, emit: Emit, vec: Vectors, c: Vectors, /) -> None: ...


class RuleValue(Protocol):
    """The arithmetic of one element, with `e` giving the operands by the names of vectors and
    scalars.
    """

    def __call__(self, e: Operands, /) -> Expr: ...


class RuleSaid(Protocol):
    """What is true of one element with these numbers, as a sentence that can name vectors as a
    rule's `why` does, or "". `e` gives what the rule finds, by the names of vectors and scalars.
    """

    def __call__(self, e: Operands, number: Number, /) -> str: ...


def nothing(_e: Operands, _number: Number) -> str:
    """The sentence of a rule that has none on its numbers."""
    return ""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Rule:
    """One formula of an update, the same for every parameter.

    `formula` names its operands {theta}, {grad}, {m} and so on, all that it reads; scalars
    likewise; `why` can name them too, and is true whatever the numbers are. A rule whose prefix
    is "theta" writes the parameter. `slot` says that the result is kept for the next iteration;
    it starts from the option that `start` names, or else from 0.
    """

    prefix: str
    title: str
    formula: str
    why: str
    emit: EmitRule
    value: RuleValue
    slot: bool = False
    start: str = ""
    says: RuleSaid = nothing

    whole: ClassVar[bool] = False
    """Whether it goes by the matrix of one parameter, and not element by element."""

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The operands that the formula names, each once, scalars too."""
        return _named(self.formula)

    @property
    def apart(self) -> bool:
        """Whether it computes anything but a number for each element of the parameter."""
        return False

    def shape_of(self, shape: Shape) -> Shape:
        """The shape of what it computes for a parameter of that shape."""
        return shape

    def formula_of(self, shape: Shape) -> str:
        """The formula for a parameter of that shape."""
        del shape  # one formula holds for all
        return self.formula

    def arithmetic(self, e: Elements) -> Expr:
        """The arithmetic of one element."""
        return self.value(e)

    def said(self, e: Elements, number: Number) -> str:
        """What is true of the numbers of one element, or ""."""
        return self.says(e, number)


Rules = tuple[Rule, ...]


class MatrixValue(Protocol):
    """The arithmetic of one element of a matrix."""

    def __call__(self, e: Elements, /) -> Expr: ...


class MatrixSaid(Protocol):
    """What is true of one element, or of the whole that is computed, as a rule's `says`; the name
    of what the rule gives stands for the result.
    """

    def __call__(self, e: Elements, number: Number, /) -> str: ...


def silent(_e: Elements, _number: Number) -> str:
    """The sentence of a rule that has none on its numbers."""
    return ""


class ShapeOf(Protocol):
    """The shape of what a rule computes for a parameter of that shape."""

    def __call__(self, shape: Shape, /) -> Shape: ...


def _by_element(e: Operands) -> Expr:
    raise NotImplementedError(f"a matrix, and not {e}")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class MatrixRule(Rule):
    """A formula of a whole matrix, a parameter at a time: `emit` gets the arrays of one parameter,
    in their own shapes. What it computes has the shape that `shape` gives, and `element` is the
    arithmetic. `tall` is the formula for a parameter with more rows than columns, "" for the same.
    """

    shape: ShapeOf
    element: MatrixValue
    told: MatrixSaid = silent
    value: RuleValue = _by_element
    tall: str = ""

    whole = True

    @property
    def apart(self) -> bool:
        """Whether what it computes has another shape than the parameter, wide or tall."""
        return any(self.shape(each) != each for each in ((2, 3), (3, 2)))

    def shape_of(self, shape: Shape) -> Shape:
        """The shape of what it computes for a parameter of that shape."""
        return self.shape(shape)

    def formula_of(self, shape: Shape) -> str:
        """The formula for a parameter of that shape."""
        return self.tall if self.tall and shape[0] > shape[-1] else self.formula

    def arithmetic(self, e: Elements) -> Expr:
        """The arithmetic of one element."""
        return self.element(e)

    def said(self, e: Elements, number: Number) -> str:
        """What is true of the numbers of one element, or of the whole."""
        return self.told(e, number)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ScalarRule:
    """A number that an update reads, the same for all elements, with how it is computed: a step of
    its own, before those of the parameters. `name` is that of the scalar; the formula and the
    sentences name others as those of a rule do.
    """

    name: str
    title: str
    formula: str
    why: str
    value: RuleValue
    says: RuleSaid = nothing

    @property
    def reads(self) -> tuple[str, ...]:
        """The scalars that the formula names, each once."""
        return _named(self.formula)


def _named(formula: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"\{(\w+)\}", formula)))


class Build(Protocol):
    """The rules in the order of computation, for the options that are on: neither 0 nor false; of
    one that is a text or a whole number, "name=text" is on too.
    """

    def __call__(self, on: frozenset[str], /) -> Rules: ...


class Constants(Protocol):
    """The numbers that the rules read, by name, the same in every update."""

    def __call__(self, o: Options, /) -> dict[str, float]: ...


class Scalars(Protocol):
    """The numbers that differ from one update to the next: those of update t, from 1."""

    def __call__(self, t: int, o: Options, /) -> dict[str, float]: ...


def no_scalars(_t: int, _o: Options) -> dict[str, float]:
    """The scalars of an optimizer whose updates all read the same numbers."""
    return {}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Optimizer(Row):
    """A row of the table.

    `rival` names the row that a run is compared with where it names none. `forms` are the
    mathematical forms of the row's scalars and prefixes, the same for a name in all rows; `shown`
    are the scalars worth a look beside the formula.

    `scalar_rules` are those of its scalars that are steps, in the order of computation.

    `torch` makes the optimizer of `parameters`, with those `options` at hand that are given.
    `torch_slots` is what PyTorch's state_dict calls the slots, and `torch_group` what its
    param_groups have beside the options where two rows differ in nothing else. `torch_counts` is
    what its state_dict has of each parameter that follows from the count of updates, after t.
    `torch_single` are slots that are a single number there, the same for all elements. `torch_has`
    are flags that its param_groups have in every version, `ours` the options that
    PyTorch does not have. `matrices` says that it updates nothing but matrices; `apart` are the
    prefixes of what is not computed for each element of a parameter.
    """

    label: str
    forms: Mapping[str, str]
    build: Build
    constants: Constants
    scalars: Scalars = no_scalars
    rival: str = "sgd"
    shown: tuple[str, ...] = ("lr", "t")
    scalar_rules: tuple[ScalarRule, ...] = ()
    torch_slots: Mapping[str, str]
    torch_group: Mapping[str, Any] = field(default_factory=dict)
    torch_counts: Scalars = no_scalars
    torch_single: frozenset[str] = frozenset()
    torch_has: tuple[str, ...] = ()
    ours: frozenset[str] = frozenset()
    matrices: bool = False
    apart: frozenset[str] = frozenset()

    def rules(self, options: Options) -> Rules:
        """The rules of an update under these options."""
        full = self.complete(options)
        on = {name for name, value in full.items() if value}
        on |= {
            f"{name}={value}"
            for name, value in full.items()
            if isinstance(value, str) or type(value) is int
        }
        return self.build(frozenset(on))

    def keeps_rate(self, options: Options) -> bool:
        """Whether something that is kept starts from the learning rate."""
        return any(rule.slot and rule.start == "lr" for rule in self.rules(options))

    def slots(self, options: Options) -> dict[str, float]:
        """The prefixes of the vectors kept between iterations, and what they start from."""
        full = self.complete(options)
        return {r.prefix: full[r.start] if r.start else 0.0 for r in self.rules(full) if r.slot}


def slot_rules(rules: Rules) -> Rules:
    """The rules that keep the slots going: those of slots, and what they read."""
    needed: set[str] = set()
    found = []
    for rule in reversed(rules):
        if rule.slot or rule.prefix in needed:
            found.append(rule)
            needed.update(rule.reads)
    return tuple(reversed(found))
