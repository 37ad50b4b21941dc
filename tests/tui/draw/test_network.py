"""The network pane: which units it shows of layers that do not fit, and what is marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.catalog.symbols import Symbol
from engine.history.position import Position
from engine.runfile.read import load
from engine.session.session import Session
from tui.draw.network import draw
from tui.frame.frame import Frame, build
from tui.text.format import Text


def frame(run: str, writes: str, text: Text | None = None) -> Frame:
    """The frame of the first iteration's step that writes a symbol."""
    session = Session(load(run))
    session.go(Position(1, session.trace.number(writes)))
    return build(session, text or Text())


def roles(shown: Frame, width: int = 80, height: int = 12) -> list[tuple[str, str]]:
    """What the pane marks, and how."""
    marked = ("write", "read", "select")
    return [
        (text.strip(), role)
        for line in draw(shown, width, height)[1:]
        for text, role in line
        if role in marked
    ]


def selected(shown: Frame, symbol: str, index: tuple[int, ...]) -> list[str]:
    """The nodes that are in brackets when an element is selected."""
    chosen = replace(shown, symbol=Symbol(symbol), index=index)
    return [text.strip("[]▸◂•( )") for text, role in roles(chosen) if role == "select"]


@pytest.mark.parametrize(
    ("symbol", "index", "nodes"),
    [
        ("x", (0, 63), [("x", 63)]),
        ("x", (0, 0), [("x", 0)]),
        ("W1", (127, 2), [("x", 2), ("a1", 127)]),
        ("W1", (5, 40), [("x", 40), ("a1", 5)]),
        ("b1", (64,), [("a1", 64)]),
        ("W2", (63, 100), [("a1", 100), ("a2", 63)]),
        ("a1", (0, 99), [("a1", 99)]),
        ("z2", (0, 31), [("a2", 31)]),
        ("W3", (9, 33), [("a2", 33), ("yhat", 9)]),
        ("delta3", (0, 9), [("yhat", 9)]),
        ("yhat", (0, 4), [("yhat", 4)]),
        ("loss", (), []),
    ],
)
def test_the_units_that_belong_to_the_selected_element_are_shown(symbol, index, nodes):
    shown = frame("digits", "yhat")
    expected = [
        shown.text.cell(float(shown.entries[Symbol(name)].array[0, unit])).strip()
        for name, unit in nodes
    ]
    assert sorted(selected(shown, symbol, index)) == sorted(expected)


MARKED = {
    "z1": "•W[1]• •1.0000• +.10 ▸0.5000] +.20 +.30 •2.0000• +.40 ▸1.1000◂",
    "a1": "▸0.4621] ▸0.8005◂",
    "yhat": "▸0.4372] ▸0.5628◂",
    "delta2": "•0.4372] ▸δ−.5628 •0.5628• ▸δ+.5628",
    "dW2": "▸W[2] •0.4621][+.50] [0.4372] +.60 •δ−.5628 +.70 •0.8005• +.80 •δ+.5628",
    "db1": "▸W[1]◂ +.10 [0.4621] +.20 •δ+.0885 +.30 +.40 •δ+.0404",
    "da1": "•W[2] [0.4621] +.50 +.60•δ−.5628 +.70 +.80 •δ+.5628",
    "W2": "▸W[2] [0.4621][+.53] [0.4372] +.65 +.67 +.75",
}


@pytest.mark.parametrize(("writes", "marked"), MARKED.items())
def test_what_a_step_reads_and_writes_is_marked_and_nothing_else(writes, marked):
    assert " ".join(text for text, _ in roles(frame("worked-example", writes), 42, 7)) == marked


def test_an_error_is_d_in_ascii_and_a_value_not_yet_known_a_mark():
    plain = frame("worked-example", "delta2", Text(ascii=True))
    assert ">d-.5628" in [text for text, _ in roles(plain, 42, 7)]
    early = draw(frame("worked-example", "z1"), 42, 7)
    assert any("·" in text and role == "dim" for line in early for text, role in line)
