"""Whole screens as text, so chosen that each way through the drawings is taken that a run and a key
lead to: `pytest tests/tui/draw --snapshot-update` writes them down anew; look at what differs.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.tui.keyboard import Keyboard
from tui.draw import DRAWINGS
from tui.draw.wants import placed
from tui.frame.frame import Frame
from tui.text.format import Text

SCREENS: dict[tuple[int, int], str] = {
    (80, 24): """
        worked-example :2.W1 enter
        spirals :2.dW1 enter
        xor :2.W1 t
        spirals :2.dW1 - ascii
        worked-example :1.loss z
        diverging-clipped :2.W1 x
        adam-decay :2.W1 n
        saturated-entropy :1.loss w
        saturated-mse :1.loss d
        softmax :2.dW1 - ascii
        ten-layers :2.dW1 n
        diverging :1.loss d
        saturated-mse :1.loss z
        saturated-tanh :1.loss y
        ten-layers :2.dW1 x
        softmax :2.dW1 d
        worked-example :1.1 o
        batch-order :12.1 -
        digits :1.loss d
        digits :2.1 -
        diverging-clipped :2.dW1 - ascii
        revived-unit :1.loss d
        spirals :2.W1 4
        worked-example :1.1 -
        worked-example :2.W1 -
        saturated-entropy :1.loss t
        momentum :2.W1 n
        batch-order :2.dW1 w
        worked-example :2.dW1 -
        article-script :2.dW1 d
        article-script :2.W1 d
        saturated-entropy :2.dW1 -
        softmax :2.W1 n
        worked-example :1.loss w
        spirals :2.1 -
        worked-example :1.loss p
    """,
    (120, 40): """
        worked-example :2.delta1 enter
        adam-decay :2.W1 enter
        saturated-mse :3.loss -
        spirals :12.1 -
        digits :1.1 o
        softmax :2.1 -
        iris :2.dW1 -
        iris :3.loss -
        xor :2.dW1 - ascii
        batch-order :1.1 -
        adam-decay :2.W1 -
    """,
    (200, 60): """
        ten-layers :2.dW1 enter
        ten-layers :2.dW1 d
        digits :2.dW1 t
        article-script :2.W1 b
        ten-layers :1.loss g
        dead-unit :1.loss S
        spirals :2.W1 -
        momentum :2.W1 n
    """,
}
"""By size: a run, a place of it, the key that is pressed there."""
ALL = [
    (size, line.strip()) for size, lines in SCREENS.items() for line in lines.strip().split("\n")
]


def roles(frame: Frame, size: tuple[int, int]) -> Iterator[str]:
    """A line a pane: how many cells have which role."""
    for name, (_, _, width, height) in placed(frame, *size).items():
        counts: Counter[str] = Counter()
        for line in DRAWINGS[name](frame, width, height)[:height]:
            for text, role in line:
                counts[role or "plain"] += len(text)
        yield f"{name}: " + ", ".join(f"{counts[role]} {role}" for role in sorted(counts))


@pytest.mark.parametrize(("size", "screen"), ALL, ids=[f"{w}x{h} {line}" for (w, h), line in ALL])
def test_a_screen_is_this_one(size, screen, snapshot):
    run, place, key, *ascii = screen.split()
    keys = Keyboard(run, Text(ascii=bool(ascii))).type(place).press("enter")
    if key != "-":
        keys.press(key)
    shown = keys.screen(*size)
    assert "\n".join([shown, "", *roles(keys.actions.frame(), size)]) == snapshot
