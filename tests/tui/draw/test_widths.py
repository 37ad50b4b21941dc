"""How many rows of how many cells each pane has at each width and height: where a line just fits,
and where it no longer does. `pytest tests/tui/draw --snapshot-update` writes it down anew.
"""

from collections.abc import Iterator

import pytest

from tests.tui.draw.test_columns import at
from tui.draw import DRAWINGS
from tui.draw.columns import order
from tui.draw.parts import length
from tui.draw.wants import placed
from tui.frame.frame import Frame

PLACES = [
    ("worked-example", "1.loss"), ("worked-example", "2.W1"), ("adam-decay", "2.W2"),
    ("xor", "1.dW1"), ("spirals", "2.dW2"), ("ten-layers", "1.delta5"), ("digits", "1.z1"),
    ("softmax-jacobian", "1.delta2"),
]  # fmt: skip
WIDTHS, HEIGHTS = range(16, 101), range(1, 41)


def shape(frame: Frame, pane: str, width: int, height: int) -> str:
    """How many rows of how many cells there are; "all" where there is room for no more."""
    lines = DRAWINGS[pane](frame, width, height)
    rows, cells = len(lines), max(map(length, lines), default=0)
    return f"{'all' if rows == height else rows} x {'all' if cells == width else cells}"


def runs(shapes: dict[int, str]) -> str:
    """What holds from each size on."""
    changes = [size for size, each in shapes.items() if each != shapes.get(size - 1)]
    return "; ".join(f"{size}: {shapes[size]}" for size in changes)


def sizes(frame: Frame) -> Iterator[str]:
    """Two lines a pane: by its width at 24 rows, and by its height at 38 cells."""
    for pane in dict.fromkeys((*placed(frame, 200, 60), *order(frame))):
        yield f"{pane} wide {runs({n: shape(frame, pane, n, 24) for n in WIDTHS})}"
        yield f"{pane} high {runs({n: shape(frame, pane, 38, n) for n in HEIGHTS})}"


@pytest.mark.parametrize(("run", "place"), PLACES)
def test_each_pane_has_these_sizes(run, place, snapshot):
    assert "\n".join(sizes(at(place, run))) == snapshot
