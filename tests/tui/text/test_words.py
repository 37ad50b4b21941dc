"""Words of the screens: nothing cut without a sign, one minus sign, one meaning for one index."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine.history.position import Position
from engine.runfile.read import builtin_names, load
from engine.session.session import Session
from engine.session.standing import Selection
from tests.tui.keyboard import Keyboard
from tui.command.blocks import block
from tui.draw.bars import header
from tui.draw.blocks import ELEMENTS
from tui.draw.page import draw as draw_page
from tui.draw.values import draw as draw_values
from tui.frame.frame import Page, build
from tui.text.cells import clipped
from tui.text.diagram import Column, Diagram, Gap, Node, diagram
from tui.text.format import Text
from tui.text.raster import Line
from tui.text.scale import written

MINUS = re.compile(r"(?<![\w\])])-[\d.]|\de-\d")
"""A minus sign of ASCII in a number."""


def shown(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def test_the_rows_of_a_jacobian_are_not_named_like_its_elements():
    session = Session(load("softmax-jacobian"))
    session.go(Position(1, session.trace.number("jac1")))
    frame = build(session, Text())
    assert frame.batch == 1
    rows = shown(draw_values(frame, 42, 30))
    at = next(i for i, row in enumerate(rows) if row.startswith("J ₁    ▸"))
    assert [row[:3] for row in rows[at : at + 3]] == ["J ₁", "  ₂", "  ₃"]


@pytest.mark.parametrize("run", builtin_names())
def test_every_minus_is_the_same_sign(run):
    keys = Keyboard(run)
    for pressed in ("6 right", "enter", "q 3 f right", "enter", "q x", "q w", "q y", "q t o x"):
        for row in keys.press(pressed).screen(100, 30).splitlines():
            assert not MINUS.search(row), (pressed, row)


def test_an_axis_has_one_minus_sign_too():
    assert written(-1.5e-7, ascii=False) == "−1.5e−7"
    assert written(-1.5e-7, ascii=True) == "-1.5e-7"


def test_a_header_cuts_its_title_with_a_sign():
    session = Session(load("diverging-clipped"))
    session.go(Position(1, 3))
    frame = build(session, Text())
    for width in range(40, 110):
        (row,) = shown(header(frame, width, 1))
        assert len(row) <= width
        left = row.partition(" · SGD")[0]
        whole = left.endswith("a diverging run, clipped")
        assert whole or "…" in left or row.startswith(" SGD")
    assert "…" in shown(header(frame, 64, 1))[0]


def test_the_title_of_a_page_is_cut_with_a_sign():
    page = Page("a title that is far too long for so few cells", lambda _frame, _width: [()] * 50)
    session = Session(load("worked-example"))
    (head, *_) = shown(draw_page(build(session, Text(), page=page), 40, 10))
    assert len(head) == 40
    assert "a title th… · 41 more lines below, j" in head


def test_the_heads_of_a_network_are_cut_with_a_sign():
    columns = Column("x", (Node("1.0000"),)), Column("ŷ leaky_relu", (Node("0.5000"),))
    for ascii, sign in ((False, "…"), (True, "...")):
        (head, *_) = shown(diagram(Diagram(columns, (Gap("W[1]"),)), 20, 5, ascii))
        assert head.rstrip().endswith(("leaky_relu", sign))
        assert len(head) <= 20


@pytest.mark.parametrize("ascii", [False, True])
def test_the_network_names_its_weights_whatever_the_step_does_to_them(ascii):
    keys = Keyboard(text=Text(ascii=ascii))
    for _ in range(17):
        head = keys.press("right").screen().splitlines()[2][:42]
        assert "W[1]" in head, keys.place
        assert "W[2]" in head, keys.place
        assert head.rstrip().endswith("softmax")


def test_in_ascii_the_network_shows_the_errors():
    keys = Keyboard(text=Text(ascii=True)).press("6 right")
    assert ">d-0.5628]" in keys.screen()


def test_one_more_element_is_one():
    session = Session(load("softmax-jacobian"))
    step = session.trace.steps[session.trace.number("jac1") - 1]
    assert np.prod(step.shape) == ELEMENTS + 1
    assert "… and 1 more element\n" in block(session, Position(1, step.number), Text())


def selected(keys: Keyboard) -> tuple[str, int]:
    selection = keys.session.selection
    return selection.symbol, selection.element


def test_down_goes_down_on_the_screen_and_right_goes_right():
    keys = Keyboard().press("5 right")
    keys.screen(80, 24)
    keys.session.selection = Selection("x")
    assert selected(keys.press("l l")) == ("y", 0)
    assert selected(keys.press("h")) == ("x", 1)
    assert [selected(keys.press("j"))[0] for _ in range(4)] == ["W1", "b1", "z1", "a1"]
    assert selected(keys.press("l l")) == ("yhat", 0)
    assert selected(keys.press("j")) == ("loss", 0)
    assert selected(keys.press("k k")) == ("z2", 0)
    assert selected(keys.press("h")) == ("z1", 1)


def test_where_symbols_stand_below_each_other_down_goes_to_each():
    keys = Keyboard().press("5 right")
    keys.screen(40, 30)
    keys.session.selection = Selection("b1")
    assert len({selected(keys.press("j"))[0] for _ in range(3)}) == 3


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (28, "gradient of the loss by W[1]"),
        (27, "gradient of the loss… W[1]"),
        (16, "gradient o… W[1]"),
        (15, "gradient of th…"),
        (3, "gr…"),
        (1, "g"),
        (0, ""),
    ],
)
def test_what_is_too_long_is_cut_before_its_last_word_if_enough_of_it_is_left(width, shown):
    assert clipped("gradient of the loss by W[1]", width) == shown
