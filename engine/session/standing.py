"""Where a reader stands and has been, in a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.history.position import Position


@dataclass(frozen=True)
class Selection:
    """The selected element: `symbol`, or "" for whatever the step computes; `place`, its number
    in the array's order, from 0, within its sample; and `sample`, the one that is looked at.
    Both count on past the end and begin again.
    """

    symbol: str = ""
    place: int = 0
    sample: int = 0


Place = tuple[int, Position]
"""A branch and a position on it."""


@dataclass(frozen=True)
class Standing:
    """Where the reader stands and has been: all of a session but its branches and breakpoints.

    `reached` is the last position gone to on each branch, `at` the place in `visited` where the
    reader is, and `toggled` where the last toggle led from and to.
    """

    current: int
    position: Position
    selection: Selection
    marks: Mapping[str, Place]
    reached: Mapping[int, Position]
    visited: tuple[Place, ...]
    at: int
    toggled: tuple[Place, Place] | None
