"""What a row of the table of schedules is: η of iteration t as a pure function, as PyTorch's are.

What goes from one number to another is written as first·(1 − s) + last·s, which is exactly the
first where s is 0 and exactly the last where it is 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.catalog.row import Row
from engine.catalog.sentences import Number
from engine.formula.calls import Array
from engine.formula.expr import Expr
from engine.spec.options import Options


class Rate(Protocol):
    """The learning rate of iteration t, counted from 1, where `base` is the optimizer's."""

    def __call__(self, base: float, t: int, o: Options, /) -> float: ...


class RateValue(Protocol):
    """The arithmetic of the same, with a count or a share that `t` alone gives as one number."""

    def __call__(self, base: float, t: int, o: Options, /) -> Expr: ...


class Letters(Protocol):
    """What the letters of a formula stand for in iteration t."""

    def __call__(self, t: int, o: Options, /) -> Mapping[str, float]: ...


def no_letters(_t: int, _o: Options) -> Mapping[str, float]:
    """The letters of a formula that has none but its options."""
    return {}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Schedule(Row):
    """A row of the table. `lr(base, t, o)` is the learning rate of iteration t where PyTorch's
    scheduler steps once an iteration; t counts passes where it steps once a pass. `formula` names
    {base}, {t} and the options, and letters of its own, which `letters` gives the numbers of.

    `torch` makes the scheduler of `optimizer`, with those `options` at hand that are given.
    """

    label: str
    formula: str
    why: str
    lr: Rate
    value: RateValue
    letters: Letters = no_letters


class Holds(Protocol):
    """Which of several schedules holds in iteration t, counted from 0, and the t that it begins
    to count after.
    """

    def __call__(self, t: int, o: Options, /) -> tuple[int, int]: ...


class Parts(Protocol):
    """The schedules themselves, each a mapping of its name and its options."""

    def __call__(self, o: Options, /) -> tuple[Mapping[str, Any], ...]: ...


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Sequence(Row):
    """A row that is several schedules, of which `holds` says which one is followed; each counts
    from 1 again. `torch` finds them made as `schedulers`.
    """

    label: str
    why: str
    parts: Parts
    holds: Holds


class Start(Protocol):
    """Makes `kept` that of a schedule which has seen no loss."""

    def __call__(self, o: Options, kept: Array, /) -> None: ...


class Watch(Protocol):
    """Takes a loss into what is `kept`."""

    def __call__(self, o: Options, kept: Array, loss: float, /) -> None: ...


class RateOfKept(Protocol):
    """The learning rate that follows from what is `kept`, where `base` is the optimizer's."""

    def __call__(self, base: float, kept: Array, o: Options, /) -> float: ...


class ValueOfKept(Protocol):
    """The arithmetic of the same."""

    def __call__(self, base: float, kept: Array, o: Options, /) -> Expr: ...


class LettersOfKept(Protocol):
    """What the letters of the formula stand for."""

    def __call__(self, base: float, kept: Array, o: Options, /) -> Mapping[str, float]: ...


class SaidOfKept(Protocol):
    """What is true of what is `kept`, in sentences."""

    def __call__(self, kept: Array, o: Options, number: Number, /) -> str: ...


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Watching(Row):
    """A row that goes by the losses so far: not a function of t. What it keeps of them is part of
    the state, a number of the run's dtype for each name in `kept`, so that replay is exact.

    `torch` makes a scheduler whose `step` takes the loss; `torch_kept` is what its state_dict
    calls what is kept, as far as it has it.
    """

    label: str
    formula: str
    why: str
    kept: tuple[str, ...]
    torch_kept: Mapping[str, str]
    start: Start
    watch: Watch
    lr: RateOfKept
    value: ValueOfKept
    letters: LettersOfKept
    says: SaidOfKept
