"""What a wide screen shows beside the step, a row each: grow it by a file with its `COLUMN`."""

from __future__ import annotations

from tui.draw.columns import change, compare, deltas, descent, explain, record, regions, sample
from tui.draw.columns.column import Column
from tui.frame.frame import Frame

COLUMNS: tuple[Column, ...] = (
    regions.COLUMN,
    deltas.COLUMN,
    sample.COLUMN,
    explain.COLUMN,
    compare.COLUMN,
    record.COLUMN,
    change.COLUMN,
    descent.COLUMN,
)


def order(frame: Frame) -> tuple[str, ...]:
    """The columns that have something to show of a run, those that are worth most first; or from
    the one that is chosen on, and then the others. None of a frame that is closed.
    """
    if frame.closed:
        return ()
    worth = {row.id: row.worth(frame) for row in COLUMNS}
    names = sorted(filter(worth.__getitem__, worth), key=worth.__getitem__, reverse=True)
    at = names.index(frame.column) if frame.column in names else 0
    return (*names[at:], *names[:at])
