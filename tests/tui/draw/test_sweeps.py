"""Each pane at every width and at every height, as text: where a line just fits, and where what is
cut is cut. `pytest tests/tui/draw --snapshot-update` writes it down anew; look at what differs.
"""

from collections.abc import Iterator

import pytest

from tests.tui.draw.test_columns import at
from tests.tui.walked import Drawn, Walk, rows
from tui.draw import DRAWINGS
from tui.frame.frame import Frame

PANES = """
step worked-example 2.W1
step worked-example 1.1
step adam-decay 2.W2
step adam-decay 2.vhat.W1
step spirals 2.dW2
step spirals 2.z2
step iris 1.loss
step xor 3.delta1
step batch-order 2.db1
step digits 1.dW1
step softmax-jacobian 1.delta2
step ten-layers 1.a4
step diverging-clipped 3.norm
values xor 1.dW1
values digits 2.W1
values spirals 3.a2
values adam-decay 2.m.W1
values ten-layers 2.W7
network spirals 1.a1
network xor 2.W1
network digits 1.z1
network ten-layers 1.delta5
network worked-example 2.dW1
network iris 2.W1
optimizer adam-decay 2.W2
optimizer worked-example 2.W1
optimizer digits 1.dW2
optimizer momentum 2.W1
optimizer batch-order 1.W2
steps ten-layers 2.dW1
steps adam-decay 2.W1
header spirals 2.W1
header digits 1.dW2
timeline adam-decay 2.W2
timeline worked-example 1.loss
"""
FEW = """
loss diverging 30.W1
loss worked-example 3.W1
descent batch-order 2.W1
regions xor 5.a1
sample digits 1.yhat
sample digits 2.dW1
explain worked-example 2.dW1
explain spirals 2.W2
compare iris 2.W1
compare adam-decay 2.W2
change adam-decay 3.W1
change ten-layers 2.W2
deltas ten-layers 2.dW1
"""
"""What changes in each cell with the width, or has one width on the screen."""
SHOWN = [
    (each, step) for panes, step in ((PANES, 1), (FEW, 31)) for each in panes.strip().split("\n")
]


def swept(frame: Frame, pane: str, step: int) -> Iterator[str]:
    """The rows that differ from those of the size before."""
    walk = Walk()
    wide = [(width, 24) for width in range(17, 101, step)]
    high = [(width, height) for width in (38, 70)[: 2 // min(step, 2)] for height in range(6, 36)]
    for sizes in (wide, high):
        before: Drawn = {}
        for width, height in sizes:
            texts = [(text, "") for text, _ in rows(DRAWINGS[pane](frame, width, height))]
            after: Drawn = {pane: ((0, 0, 0, 0), texts)}
            yield f"== {width}x{height}"
            yield from walk.changes(before, after)
            before = after


@pytest.mark.parametrize(("shown", "step"), SHOWN, ids=[shown for shown, _ in SHOWN])
def test_at_each_size_this_is_drawn(shown, step, snapshot):
    pane, run, place = shown.split()
    assert "\n".join(swept(at(place, run), pane, step)) == snapshot
