"""Memory for the checkpoints of all branches of a session together."""

from __future__ import annotations

import threading
from typing import Protocol
from weakref import WeakSet

BUDGET_BYTES = 256 << 20


class Keeper(Protocol):
    """What keeps checkpoints."""

    def make_room(self) -> None:
        """Keep no more than the budget's share."""


class Budget:
    """So many bytes, the same share for all who keep checkpoints."""

    def __init__(self, size: int = BUDGET_BYTES) -> None:
        self.size = size
        self._keepers: WeakSet[Keeper] = WeakSet()
        self._lock = threading.Lock()

    @property
    def share(self) -> int:
        """The bytes that one of them may keep."""
        return self.size // max(1, len(self._keepers))

    def join(self, keeper: Keeper) -> None:
        """One more keeps checkpoints; all make room for it."""
        with self._lock:
            self._keepers.add(keeper)
            all_of_them = list(self._keepers)
        for each in all_of_them:
            each.make_room()
