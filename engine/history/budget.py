"""Memory for what all branches of a session keep of their past."""

from __future__ import annotations

import threading
from typing import Protocol
from weakref import WeakSet, ref

BUDGET_BYTES = 256 << 20
MOST_LOOKED_AT = 4


class Keeper(Protocol):
    """What keeps checkpoints."""

    @property
    def nbytes(self) -> int:
        """Bytes of them."""

    def thin(self) -> bool:
        """Keep fewer; False where that cannot be, or not now."""


class Looked(Protocol):
    """What is looked at, and keeps what it has shown."""

    def forget(self) -> None:
        """Keep it no longer."""


class Budget:
    """So many bytes for the checkpoints of all branches together; and what is looked at, at four
    branches at once. Any thread may ask for room; one looks.
    """

    def __init__(self, size: int = BUDGET_BYTES) -> None:
        self.size = size
        self._keepers: WeakSet[Keeper] = WeakSet()
        self._looked: list[ref[Looked]] = []  # weak, so that what is gone leaves memory at once
        self._lock = threading.Lock()

    def join(self, keeper: Keeper) -> None:
        """One more keeps checkpoints."""
        with self._lock:
            self._keepers.add(keeper)
        self.make_room()

    def make_room(self) -> None:
        """Have whoever keeps most keep fewer, until all fit or none can."""
        with self._lock:
            sizes = {keeper: keeper.nbytes for keeper in self._keepers}
        total = sum(sizes.values())
        while total > self.size and sizes:
            largest = max(sizes, key=lambda keeper: sizes[keeper])
            total -= sizes[largest]
            if largest.thin():
                sizes[largest] = largest.nbytes
                total += sizes[largest]
            else:
                total += sizes.pop(largest)

    def look(self, looked: Looked) -> None:
        """That one is looked at now; the one looked at longest ago is forgotten."""
        others = [one for each in self._looked if (one := each()) not in (None, looked)]
        while len(others) >= MOST_LOOKED_AT:
            others.pop(0).forget()
        self._looked = [*map(ref, others), ref(looked)]
