"""A row of the table of guesses: what somebody may have computed instead, and how it is tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.against.guesses.setting import Read, Setting
from engine.catalog.symbols import Symbol
from engine.spec.run import Array

Tries = Iterator[tuple[str, Read]]
"""What is tried: how it is told, behind "likely", and what comes of it."""
DECOUPLED = "weight decay decoupled: taken off the parameter, not added to the gradient"


@dataclass(frozen=True, eq=False, kw_only=True)
class Alternative:
    """One family of mistakes. `kinds` are the symbols where it can show first, by prefix or kind
    ("dW", "m"); `tries` computes it from the inputs of the step as the record has them. `rank`
    sorts families that fit alike: what happens often comes first.
    """

    key: str
    kinds: tuple[str, ...]
    tries: Callable[[Setting], Tries]
    rank: int = 1


def only(symbol: Symbol, array: Array | None) -> Read:
    """What speaks of one symbol alone."""
    return lambda asked: array if asked == symbol else None


def rate_of(t: int, other: int, rate: float) -> str:
    """How the learning rate of another iteration is told."""
    where = "ahead" if other > t else "behind"
    return f"the learning rate of iteration {other}, {rate:.6g}: the schedule is {where}"
