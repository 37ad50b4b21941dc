"""The column of what has changed since the iteration before, element by element."""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalog.symbols import DATA
from tui.draw.columns import table
from tui.draw.columns.column import TIME, Column
from tui.draw.columns.table import Pair
from tui.draw.parts import paragraph, title
from tui.frame.frame import Frame
from tui.text.raster import Line


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The column: each number one iteration before, now, and its change."""
    t = frame.position.iteration
    if t == 1:
        words = "From iteration 2 on: what each number was one iteration before, and its change."
        head = title(frame, "change", width, "change since the last iteration")
        return [head, *paragraph(words, width, "dim")]
    head = title(frame, "change", width, f"change · iteration {t - 1:,} to {t:,}")
    heads = f"iter {t - 1}", f"iter {t}", "change"
    names = table.head(frame.text, heads, width, table.sample(frame))
    return [head, names, *table.rows(frame, _pairs(frame), width, height - 2, change=True)]


def _pairs(frame: Frame) -> Iterator[Pair]:
    """All that is known of both iterations; of the data nothing, as it does not change."""
    for entry in table.known(frame):
        if entry.symbol not in DATA and entry.previous is not None:
            yield Pair(entry.symbol, entry.previous, entry.array)


COLUMN = Column(
    id="change",
    shows="what changed since the last iteration",
    lines=draw,
    digits=5,
    worth=lambda _frame: TIME,
)
