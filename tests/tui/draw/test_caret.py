"""Where the terminal's cursor stands."""

import pytest

from tests.tui.keyboard import Keyboard
from tui.arrange import PANES
from tui.draw import DRAWINGS
from tui.draw.caret import Drawn, caret
from tui.draw.wants import placed
from tui.draw.whole import written
from tui.frame.frame import Frame
from tui.text.format import Text


def where(keys: Keyboard, width: int = 80, height: int = 24) -> tuple[str, int, int]:
    """What stands from the cursor on in its row, and its column and row; "" where it is nowhere."""
    keys.context.shown.size = width, height
    frame = keys.actions.frame()
    boxes = placed(frame, width, height)
    drawn = {n: Drawn(b, DRAWINGS[n](frame, *b[2:])) for n, b in boxes.items()}
    found = caret(frame, drawn)
    if found is None:
        return "", -1, -1
    x, y = found
    return written(frame, width, height).split("\n")[y].ljust(width)[x:], x, y


def number(frame: Frame) -> str:
    """The selected number as cells have it."""
    return frame.text.cell(float(frame.entries[frame.symbol].array[frame.index])).strip()


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12), (120, 40), (200, 60)])
@pytest.mark.parametrize("text", [Text(), Text(ascii=True)], ids=["unicode", "ascii"])
def test_it_stands_at_the_selected_number_in_every_step(text: Text, size: tuple[int, int]) -> None:
    keys = Keyboard(text=text)
    keys.context.shown.size = size
    for step in range(1, 35):
        keys.press("right")
        if step % 3 == 0:
            keys.press("l")
        frame = keys.actions.frame()
        at, _, _ = where(keys, *size)
        name = frame.text.element(
            frame.symbol, frame.index, frame.entries[frame.symbol].array.shape
        )
        assert at.startswith((number(frame), f"{name} = ")), (step, at)


@pytest.mark.parametrize("pane", PANES)
def test_it_is_in_the_active_pane_where_that_has_it(pane: str) -> None:
    keys = Keyboard()
    keys.press("right right right right right right l")
    while keys.context.desk.pane != pane:
        keys.press("tab")
    column, row = where(keys)[1:]
    shows = pane if pane in ("step", "values") else "step"
    x, y, width, height = placed(keys.actions.frame(), 80, 24)[shows]
    assert x <= column < x + width
    assert y <= row < y + height


def test_the_loss_is_where_it_is_worked_out() -> None:
    assert where(Keyboard().press("right right right right right"))[0].startswith("L = −y₁·log")


def test_what_a_number_was_computed_from_is_not_taken_for_it() -> None:
    keys = Keyboard().press("right right right right right right")
    assert where(keys)[0].startswith("−0.5628]")
    assert where(keys.press("j j"))[0].startswith("1.0000]−0.5628")


def test_on_a_page_it_is_at_what_is_pointed_at() -> None:
    keys = Keyboard().press("right right right right right right")
    assert where(keys.press(";"))[0].startswith("Why is the output error ŷ − y?]")
    assert where(keys.press("j"))[0].startswith("What is the Jacobian of softmax")
    keys.press("q N N N N")
    assert where(keys.press("y"))[0].startswith("sgd]")
    keys.press("q")
    assert where(keys.press("?"))[1:] == (1, 2)
    keys.press("q")
    assert where(keys.press("enter"))[0].startswith("a[1]₁ = tanh 0.5 = 0.4621]")


@pytest.mark.parametrize(("text", "mark"), [(Text(), "█"), (Text(ascii=True), "_")])
def test_in_a_question_it_is_behind_what_is_typed(text: Text, mark: str) -> None:
    keys = Keyboard(text=text)
    assert where(keys.press(":")) == (mark.ljust(78), 2, 23)
    assert where(keys.type("2_1"))[:2] == (mark.ljust(75), 5)
    keys.press("enter")
    at, x, _ = where(keys)
    assert (at[:4], x) == (f"{mark}  2", 4)


def test_where_there_is_no_room_it_is_nowhere() -> None:
    assert where(Keyboard().press("right"), 30, 8) == ("", -1, -1)


def test_a_number_whose_bracket_has_no_room_is_known_by_the_other_one() -> None:
    keys = Keyboard().press("right right right right right right")
    frame = keys.actions.frame()
    operand = ((" ", ""), ("0.4372", "select"), ("  ", ""))
    chosen = (("▼", "dim"), ("−0.5628", "select"), ("]", "select"))
    other = (("▼", "dim"), ("−0.5628", "select"), ("]", "dim"))
    box = (3, 2, 30, 3)
    assert caret(frame, {"step": Drawn(box, [(), (*operand, *chosen)])}) == (3 + 9 + 1, 3)
    assert caret(frame, {"step": Drawn(box, [operand, other])}) is None
