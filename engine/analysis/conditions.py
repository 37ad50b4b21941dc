"""Conditions on the values of an iteration, and their evaluation over many iterations at once.

The text of a condition is read by `engine.analysis.conditiontext`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.catalog.symbols import indexed
from engine.formula.calls import Array
from engine.formula.expr import Index

Hits = npt.NDArray[np.bool_]

ACCURACY, FINITE, ITERATION, LOSS = "accuracy", "finite", "iteration", "loss"
TEST_LOSS, TEST_ACCURACY = "test_loss", "test_accuracy"
TESTED = (TEST_LOSS, TEST_ACCURACY)
"""What a condition can name of a run that holds samples out."""
PASS, PASS_ENDS = "pass", "pass ends"
DERIVED = (ACCURACY, FINITE, ITERATION, PASS)
"""What a condition can name beside the symbols of a run."""


@dataclass(frozen=True)
class Quantity:
    """What is recorded of an iteration: the element `index` of `symbol`, counted from 0, or with
    no index the whole array; with `size` its absolute value, or the root of the sum of the
    squares of the whole array (the L2 norm, a matrix as one long vector).

    A parameter or optimizer slot is taken after the iteration's update. `symbol` may also be
    "iteration"; "pass", over the data, counted from 1; "pass ends", 1 in the last iteration of one,
    else 0; "accuracy", the share of the mini-batch whose greatest output stands where the
    greatest target does, or of a single output whether both lie on the same side of 0.5;
    "finite", 1 where every value of the iteration is finite, else 0; or "test_loss" or
    "test_accuracy", what the samples that are held out scored when they were last tested with, up
    to the end of this iteration, nan where they have not been.
    """

    symbol: str
    index: Index | None = ()
    size: bool = False

    def __str__(self) -> str:
        element = indexed(self.symbol, self.index or ())
        return f"|{element}|" if self.size else element


Values = Mapping[Quantity, Array]
"""The quantities of n iterations in a row: (n,), or (n, …) for whole arrays."""


class Condition(ABC):
    """What holds in an iteration or does not. Equal conditions have equal texts."""

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions that this one is made of."""
        return ()

    @property
    def own(self) -> tuple[Quantity, ...]:
        """The quantities that this condition itself reads."""
        return ()

    @property
    def quantities(self) -> frozenset[Quantity]:
        """All that must be recorded to evaluate it."""
        return frozenset(self.own).union(*(part.quantities for part in self.parts))

    @property
    def looks_back(self) -> bool:
        """Whether it compares an iteration with the one before."""
        return any(part.looks_back for part in self.parts)

    @abstractmethod
    def _hits(self, values: Values, before: Values) -> Hits:
        """See `hits`."""

    def hits(self, values: Values, before: Values | None = None) -> Hits:
        """In which of n iterations it holds, shape (n,). `before` has the quantities one iteration
        before the first, without the leading axis; what it lacks is unknown. Comparisons with
        nan and with what is unknown are false, = and != too.
        """
        return self._hits(values, before or {})


def _nested(part: Condition) -> str:
    return f"({part})" if isinstance(part, Joined) else str(part)


@dataclass(frozen=True)
class Compare(Condition):
    """Two quantities, or a quantity and a number, compared by one of < <= > >= = !=."""

    left: Quantity | float
    relation: str
    right: Quantity | float

    @property
    def own(self) -> tuple[Quantity, ...]:
        """Those of the two sides that are no numbers."""
        return tuple(side for side in (self.left, self.right) if isinstance(side, Quantity))

    def _hits(self, values: Values, before: Values) -> Hits:  # noqa: ARG002
        a, b = (values[s] if isinstance(s, Quantity) else s for s in (self.left, self.right))
        found = RELATIONS[self.relation](a, b)
        if self.relation == "!=":
            found = found & ~np.isnan(a) & ~np.isnan(b)
        return np.asarray(found, bool)

    def __str__(self) -> str:
        sides = [number(s) if isinstance(s, float) else str(s) for s in (self.left, self.right)]
        return f"{sides[0]} {self.relation} {sides[1]}"


RELATIONS: Mapping[str, Any] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "=": np.equal,
    "!=": np.not_equal,
}


def number(value: float) -> str:
    """A number that reads back exactly, whole ones without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


@dataclass(frozen=True)
class Move(Condition):
    """How a quantity differs from the iteration before, a row of `MOVES` below; of a whole array,
    whether any element does so. `by` is the least difference that does not count yet.
    """

    quantity: Quantity
    verb: str
    by: float = 0.0

    @property
    def own(self) -> tuple[Quantity, ...]:
        """The one quantity."""
        return (self.quantity,)

    @property
    def looks_back(self) -> bool:
        """Always."""
        return True

    def _hits(self, values: Values, before: Values) -> Hits:
        now = values[self.quantity]
        then = np.full(now.shape, np.nan)
        then[1:] = now[:-1]
        edge = before.get(self.quantity)
        if edge is not None and np.shape(edge) == now.shape[1:]:
            then[:1] = edge
        with np.errstate(all="ignore"):
            found = MOVES[self.verb](now, then, self.by)
        return np.asarray(found.any(axis=tuple(range(1, now.ndim))), bool)

    def __str__(self) -> str:
        more = f" by more than {number(self.by)}" if self.by else ""
        return f"{self.quantity} {self.verb}{more}"


def _changes_sign(now: Array, then: Array, _by: float) -> Any:
    known = ~(np.isnan(now) | np.isnan(then))
    return known & (np.sign(now) != np.sign(then))


MOVES: Mapping[str, Any] = {
    "rises": lambda now, then, by: now - then > by,
    "falls": lambda now, then, by: then - now > by,
    "changes": lambda now, then, by: abs(now - then) > by,
    "changes sign": _changes_sign,
}
"""A sign is −, 0 or +: from 0 to above it changes, too."""


@dataclass(frozen=True)
class Finite(Condition):
    """Every value of the iteration is finite."""

    @property
    def own(self) -> tuple[Quantity, ...]:
        """The quantity "finite"."""
        return (Quantity(FINITE),)

    def _hits(self, values: Values, before: Values) -> Hits:  # noqa: ARG002
        return np.asarray(values[Quantity(FINITE)] == 1, bool)

    def __str__(self) -> str:
        return FINITE


@dataclass(frozen=True)
class PassEnds(Condition):
    """The iteration is the last one of its pass over the data."""

    @property
    def own(self) -> tuple[Quantity, ...]:
        """The quantity "pass ends"."""
        return (Quantity(PASS_ENDS),)

    def _hits(self, values: Values, before: Values) -> Hits:  # noqa: ARG002
        return np.asarray(values[Quantity(PASS_ENDS)] == 1, bool)

    def __str__(self) -> str:
        return PASS_ENDS


@dataclass(frozen=True)
class Not(Condition):
    """The opposite of `part`: true also where a comparison was false because of a nan."""

    part: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The one part."""
        return (self.part,)

    def _hits(self, values: Values, before: Values) -> Hits:
        return ~self.part.hits(values, before)

    def __str__(self) -> str:
        return f"not {_nested(self.part)}"


@dataclass(frozen=True)
class Joined(Condition):
    """Two or more conditions joined by `word`, "and" or "or"."""

    word: str
    joined: tuple[Condition, ...]

    @property
    def parts(self) -> tuple[Condition, ...]:
        """What is joined."""
        return self.joined

    def _hits(self, values: Values, before: Values) -> Hits:
        rows = np.stack([part.hits(values, before) for part in self.joined])
        return np.asarray(rows.all(axis=0) if self.word == "and" else rows.any(axis=0), bool)

    def __str__(self) -> str:
        return f" {self.word} ".join(self._operands())

    def _operands(self) -> Iterator[str]:
        for part in self.joined:
            bare = not isinstance(part, Joined) or (part.word, self.word) == ("and", "or")
            yield str(part) if bare else f"({part})"


def any_of(*conditions: Condition) -> Condition:
    """One that holds wherever any of them does; at least one must be given."""
    return conditions[0] if len(conditions) == 1 else Joined("or", conditions)
