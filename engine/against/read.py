"""A trace file of whichever kind it is, by what is in it."""

from __future__ import annotations

from pathlib import Path

from engine.against.exported import exported, is_export, json_lines
from engine.against.recorded import recorded
from engine.against.tracefile import TraceFile
from engine.arrayfiles.file import MOST_BYTES, File
from engine.arrayfiles.read import arrays_of
from engine.recorded.written import is_record
from engine.spec.check import printable
from engine.spec.files import read_bytes
from engine.spec.run import RunSpec

KINDS = "one of the recorder's, of --export (.npz) or of --json"


def read_trace(path: Path, spec: RunSpec | None) -> TraceFile:
    """The trace file at a path, in the symbols of a run, or in those that it gives its arrays
    itself where no run is given. Raises SpecError with a sentence where it is none, is damaged, or
    has arrays that could be two things.
    """
    file = File(printable(path.name), read_bytes(path, MOST_BYTES))
    if spec is not None and spec.data.accumulate > 1:
        file.refuse("cannot be compared with a run that has data.accumulate: leave that out")
    if file.data.lstrip()[:1] == b"{":
        return json_lines(file)
    arrays = arrays_of(file.name, file.data)
    if is_record(arrays):
        if spec is None:
            file.refuse("is a record of PyTorch's, and is compared by a run: name one")
        return recorded(file, arrays, spec)
    if not is_export(arrays):
        file.refuse(f"is no trace file: {KINDS}")
    return exported(file, arrays)
