"""What is looked at of a stretch: the last few iterations in full, and the states of a segment."""

from __future__ import annotations

from engine.formula.calls import Array
from engine.history.replay import Nearest
from engine.history.segment import Segment
from engine.program.trace import Trace
from engine.program.trainer import Trainer

TRACES = 4


class Look:
    """What the one thread that looks has found, and the trainer that it looks with. States are
    counted from the stretch's `origin`.
    """

    def __init__(self, reader: Trainer, origin: int, every: int) -> None:
        self.reader = reader
        self._origin, self._every = origin, every
        self._segment: Segment | None = None
        self._traces: dict[int, Trace] = {}

    @property
    def nbytes(self) -> int:
        """Bytes of the states."""
        return self._segment.nbytes if self._segment else 0

    def trace(self, t: int) -> Trace | None:
        """Iteration t, where it has been looked at lately."""
        found = self._traces.pop(t, None)
        if found:
            self._traces[t] = found  # the one looked at last goes last
        return found

    def keep(self, trace: Trace) -> Trace:
        """Have this trace at hand while it is one of the last few."""
        while len(self._traces) >= TRACES:
            del self._traces[next(iter(self._traces))]
        self._traces[trace.t] = trace
        return trace

    def state(self, own: int, nearest: Nearest) -> Array:
        """See `Segment.state`."""
        if self._segment is None:
            self._segment = Segment(self.reader, self._origin, self._every)
        return self._segment.state(own, nearest)

    def held(self, own: int) -> int:
        """See `Segment.held`."""
        return self._segment.held(own) if self._segment else -1

    def forget(self) -> None:
        """Keep nothing; the thread may look again."""
        self._traces.clear()
        self._segment = None
