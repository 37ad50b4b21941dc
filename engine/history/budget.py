"""Memory for what all stretches of a session keep of their past."""

from __future__ import annotations

import threading
from typing import Protocol
from weakref import WeakSet, ref

BUDGET_BYTES = 256 << 20
MOST_LOOKED_AT = 4


class Holder(Protocol):
    """What holds checkpoints."""

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
    """So many bytes for the checkpoints of all stretches together; and what is looked at, at four
    stretches at once. Any thread may ask for room; one looks.
    """

    def __init__(self, size: int = BUDGET_BYTES) -> None:
        self.size = size
        self._holders: WeakSet[Holder] = WeakSet()
        self._looked: list[ref[Looked]] = []  # weak, so that what is gone leaves memory at once
        self._lock = threading.Lock()

    def join(self, holder: Holder) -> None:
        """One more holds checkpoints."""
        with self._lock:
            self._holders.add(holder)
        self.make_room()

    def make_room(self) -> None:
        """Have whoever holds most keep fewer, until all fit or none can."""
        with self._lock:
            sizes = {holder: holder.nbytes for holder in self._holders}
        total = sum(sizes.values())
        while total > self.size and sizes:
            largest = max(sizes, key=lambda holder: sizes[holder])
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
