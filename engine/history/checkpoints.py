"""The states of a stretch that are kept, so that any iteration can be replayed from near by."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Sequence

from engine.formula.calls import Array
from engine.history.budget import Budget

LEAST_KEPT = 3


class Checkpoints:
    """States after so many iterations of a stretch's own: the first, and later ones, of the older
    ones fewer when the budget is full. Any thread may ask.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._at: list[int] = []
        self._states: list[Array] = []
        self._near: tuple[int, Array] | None = None
        self._lock = threading.RLock()

    def __bool__(self) -> bool:
        return bool(self._at)

    @property
    def nbytes(self) -> int:
        """Bytes of all states."""
        states, near = self._states, self._near
        return (len(states) + (near is not None)) * states[0].nbytes if states else 0

    def begin(self, at: Sequence[int], states: Sequence[Array]) -> None:
        """Keep these; the first is that after 0 iterations."""
        with self._lock:
            self._at, self._states = list(at), list(states)
        self._budget.join(self)

    def add(self, at: int, state: Array) -> None:
        """Keep one more, the latest."""
        with self._lock:
            self._at.append(at)
            self._states.append(state)
        self._budget.make_room()

    def visit(self, at: int, state: Array) -> None:
        """Keep this state too until another one is visited."""
        with self._lock:
            self._near = at, state
        self._budget.make_room()

    def nearest(self, at: int) -> tuple[int, Array]:
        """The last state kept at or before `at`, and after how many iterations it is."""
        with self._lock:
            last = bisect_right(self._at, at) - 1
            found = self._at[last], self._states[last]
            near = self._near
        return near if near and found[0] < near[0] <= at else found

    def all(self) -> tuple[list[int], list[Array]]:
        """After how many iterations, and the states; without the one visited."""
        with self._lock:
            return list(self._at), list(self._states)

    def thin(self) -> bool:
        """Drop every second one of the older half, never the first; False where there are too few
        or another thread is at it.
        """
        if len(self._at) <= LEAST_KEPT or not self._lock.acquire(blocking=False):
            return False
        try:
            older = slice(1, len(self._at) // 2, 2)
            del self._at[older], self._states[older]
        finally:
            self._lock.release()
        return True
