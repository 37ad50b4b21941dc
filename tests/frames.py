"""Frames compared as a whole."""

import hashlib

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
