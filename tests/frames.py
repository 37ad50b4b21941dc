"""Frames and iterations compared as a whole."""

import hashlib

from engine.program.trace import Trace
from tui.frame.frame import Frame


def digest(frame: Frame) -> str:
    """A hash of the position and of every number in the frame."""
    found = hashlib.sha256(f"{frame.optimizer} {frame.position}".encode())
    for name, entry in frame.entries.items():
        found.update(name.encode())
        found.update(entry.array.tobytes())
        found.update(b"" if entry.previous is None else entry.previous.tobytes())
    for update in frame.updates:
        for label, symbol, array in update.rows:
            found.update(f"{label} {symbol}".encode())
            found.update(array.tobytes())
    return found.hexdigest()


def computed(trace: Trace) -> str:
    """A hash of everything that an iteration reads, computes and leaves behind."""
    found = hashlib.sha256(f"{trace.t} {trace.scalars}".encode())
    for array in (trace.known("x", 0), trace.known("y", 0), trace.before, trace.after):
        found.update(array.tobytes())
    for step in trace.steps:
        found.update(step.symbol.encode())
        found.update(trace.known(step.symbol, step.number).tobytes())
    return found.hexdigest()
