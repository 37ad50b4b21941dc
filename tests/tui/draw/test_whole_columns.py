"""What stands beside the step, as a whole, so chosen that each way through it is taken:
`pytest tests/tui/draw --snapshot-update` writes it down anew; look at what differs.
"""

import pytest

from tests.tui.draw.test_columns import DRAWN, at
from tui.text.format import Text

ALL = """
change softmax 2.dW1 30x12
change worked-example 1.1 60x30
change spirals 3.W1 38x57
compare diverging 1.1 38x57
compare adam-decay 3.W2 38x57
compare saturated-mse 2.dW1 44x20 ascii
deltas ten-layers 2.dW1 38x21
deltas ten-layers 1.1 38x57
deltas ten-layers 2.dW1 30x12
deltas ten-layers-relu 1.dW1 60x30 ascii
descent worked-example 1.1 38x57
descent worked-example 2.W1 38x57
descent batch-order 2.W1 60x30
descent diverging 3.W1 38x30
descent adam-decay 8.W1 38x30 ascii
explain digits 1.1 30x12
explain iris 2.dW1 30x12
explain iris 2.dW1 60x57
explain saturated-mse 1.loss 30x12
explain softmax 5.b1 38x57
explain spirals 2.dW1 38x57
explain spirals 2.delta1 60x30 ascii
explain ten-layers-relu 2.W1 38x57
explain worked-example 1.loss 30x12
explain momentum 3.W2 38x57
regions batch-order 1.1 30x12
regions xor 1.1 38x57
regions spirals 12.1 60x30 ascii
sample digits 1.1 30x12
sample digits 2.dW1 38x57
sample digits 2.loss 60x40 ascii
""".strip().split("\n")


@pytest.mark.parametrize("column", ALL)
def test_a_column_is_this_one(column, snapshot):
    name, run, place, size, *ascii = column.split()
    width, height = map(int, size.split("x"))
    frame = at(place, run, text=Text(ascii=bool(ascii)))
    lines = DRAWN[name](frame, width, height)
    text = ["".join(part for part, _ in line) for line in lines]
    roles = [" ".join(role or "-" for _, role in line) for line in lines]
    assert "\n".join([*text, "", *roles]) == snapshot
