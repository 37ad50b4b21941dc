"""Breakpoints: what to stop at, whether it is on, and how often it was hit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["step", "change", "condition"]


@dataclass(frozen=True)
class Breakpoint:
    """Stops at a step of every iteration ("step", `text` is its symbol), where an element changes
    ("change", `text` names it), or where a condition holds ("condition", `text` states it).
    """

    id: int
    kind: Kind
    text: str
    enabled: bool = True
    hits: int = 0


Breakpoints = tuple[Breakpoint, ...]


def added(points: Breakpoints, kind: Kind, text: str) -> Breakpoints:
    """With one more, under the next free number."""
    return (*points, Breakpoint(max((p.id for p in points), default=0) + 1, kind, text))


def enabled(points: Breakpoints, number: int, on: bool) -> Breakpoints:
    """With that one switched on or off."""
    return tuple(replace(p, enabled=on) if p.id == number else p for p in points)


def without(points: Breakpoints, number: int) -> Breakpoints:
    """Without that one."""
    return tuple(p for p in points if p.id != number)


def counted(points: Breakpoints, numbers: Collection[int]) -> Breakpoints:
    """With one more hit of each of those."""
    return tuple(replace(p, hits=p.hits + 1) if p.id in numbers else p for p in points)
