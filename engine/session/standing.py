"""Where a reader stands and has been, in a session."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.formula.layout import Shape
from engine.history.position import Position

MOST_VISITED = 1000


@dataclass(frozen=True)
class Selection:
    """The selected element: `symbol`, or "" for whatever the step computes; `element`, its number
    in the array's order, from 0, within its sample; and `sample`, the one that is looked at.
    Both count on past the end and begin again.
    """

    symbol: str = ""
    element: int = 0
    sample: int = 0


def selected(symbol: Symbol, index: Index, shape: Shape) -> Selection:
    """An element of an array of that shape as a selection."""
    sample = index[0] if symbol.batchwise and index else 0
    inner, sizes = (index[1:], shape[1:]) if symbol.batchwise else (index, shape)
    element = 0
    for place, size in zip(inner, sizes, strict=True):
        element = element * size + place
    return Selection(symbol, element, sample)


class Place(NamedTuple):
    """A branch, by its number, and a position on it."""

    branch: int
    position: Position


@dataclass(frozen=True)
class Trail:
    """The places `visited`, in the order of the visits; the reader is `at` one, counted from 0."""

    visited: tuple[Place, ...]
    at: int = 0

    @property
    def here(self) -> Place:
        """Where the reader is."""
        return self.visited[self.at]

    def on(self, place: Place) -> Trail:
        """Gone on to a place, from which there is no later one."""
        if place == self.here:
            return self
        visited = (*self.visited[: self.at + 1], place)[-MOST_VISITED:]
        return Trail(visited, len(visited) - 1)

    def back(self, count: int, branches: Container[int]) -> Trail | None:
        """Gone back by so many places, or on again where negative; None for no such. Only places
        on these branches count.
        """
        at, left = self.at, abs(count)
        while left:
            at -= 1 if count > 0 else -1
            if not 0 <= at < len(self.visited):
                return None
            left -= self.visited[at].branch in branches
        return Trail(self.visited, at) if count else None


@dataclass(frozen=True)
class Standing:
    """Where the reader stands and has been: all of a session but its branches and breakpoints.

    `reached` is the last position gone to on each branch, and `toggled` where the last toggle led
    from and to.
    """

    current: int
    position: Position
    selection: Selection
    marks: Mapping[str, Place]
    reached: Mapping[int, Position]
    trail: Trail
    toggled: tuple[Place, Place] | None
