"""A record of another training at a position: its numbers, and which of them differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.program.trace import Trace

if TYPE_CHECKING:
    from engine.against.compare import Deviation
    from engine.against.tracefile import TraceFile


class Beside(NamedTuple):
    """The record `file` after so many steps of an iteration."""

    record: Compared
    trace: Trace
    done: int

    @property
    def file(self) -> str:
        """The name of the record."""
        return self.record.file.file

    def theirs(self, symbol: str) -> Array | None:
        """The record's array of what is known here; None where it has none."""
        key, t = Symbol(symbol), self.trace.t
        writer = self.trace.writer(symbol)
        if writer is not None and writer > self.done:
            return self.record.file.start(t, (key,)).get(key)
        return self.record.file.values.get(t, {}).get(key)

    def deviation(self, symbol: str) -> Deviation | None:
        """What differs of a symbol that this iteration has computed by now."""
        writer = self.trace.writer(symbol)
        if writer is not None and writer > self.done:
            return None
        return self.record.found.get((self.trace.t, symbol))

    def differs(self, symbol: str, index: Index) -> bool:
        """Whether an element does."""
        found = self.deviation(symbol)
        return bool(found is not None and found.differs[index])


class Compared:
    """A record that a branch was compared with, and what was found, by iteration and symbol."""

    def __init__(self, file: TraceFile, found: Iterable[Deviation]) -> None:
        self.file = file
        self.found: dict[tuple[int, str], Deviation] = {}
        for each in found:
            self.found.setdefault((each.t, each.pair.symbol), each)

    def at(self, trace: Trace, done: int) -> Beside | None:
        """What it says at a position; None in an iteration that it does not have."""
        return Beside(self, trace, done) if trace.t in self.file.values else None
