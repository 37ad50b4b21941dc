"""The network pane: drawn, listed or counted, and what is marked in it."""

from __future__ import annotations

import pytest

from engine.history.position import Position
from engine.runfile.read import builtin_names, load
from engine.session.session import Session
from engine.session.standing import Selection
from tui.draw.network import draw, wanted
from tui.frame.frame import Frame, build
from tui.text.format import Text


def frame(
    run: str,
    writes: str,
    text: Text | None = None,
    selected: Selection | None = None,
    iteration: int = 1,
) -> Frame:
    """The frame of the step of an iteration that writes a symbol."""
    session = Session(load(run))
    session.go(Position(iteration, session.trace.number(writes)))
    session.selection = selected or Selection()
    return build(session, text or Text())


def pane(shown: Frame, width: int = 42, height: int = 7) -> list[str]:
    lines = draw(shown, width, height)
    assert len(lines) <= height
    written = ["".join(text for text, _ in line) for line in lines]
    assert max(map(len, written)) <= width
    return [line.rstrip() for line in written]


def roles(shown: Frame, width: int = 80, height: int = 12) -> list[tuple[str, str]]:
    """What the pane marks, and how."""
    marked = ("write", "read", "select")
    return [
        (text.strip(), role)
        for line in draw(shown, width, height)[1:]
        for text, role in line
        if role in marked and text.strip()
    ]


STEP_7 = """\
   x     W[1] a[1] tanh W[2] ŷ softmax
(1.0000)──+.10─•0.4621]━━+.50━(0.4372)y 1
        ╲╱━+.20        ╲╱━+.60•δ−0.5628]
        ╱╲━+.30        ╱╲━+.70
(2.0000)━━+.40━•0.8005 ━━+.80━(0.5628)y 0
                              •δ 0.5628"""

UPDATE = """\
   x     W[1] a[1] tanh▸W[2] ŷ softmax
(1.0000)──+.10─(0.4621)[+.53]━(0.4372)y 1
        ╲╱━+.20 δ0.0885╲╱━+.65 δ−0.5628
        ╱╲━+.30        ╱╲━+.67
(2.0000)━━+.40━(0.8005)━━+.75━(0.5628)y 0
                δ0.0404        δ 0.5628"""

DEEP = """\
 x  1  2  3  4  5  6  7  8  9  ŷ  y
 2──4──4──4──4──4──4──4──4──4──2  2
       ▸  •"""

WIDE = """\
    x     a[1] relu  a[2] relu ŷ softmax
          10(0.4172)  7(0.2508)
•−0.3706] 13(0.2401) 10(0.2310) (0.4302)
           2(0.0305)  9(0.1047)
 •0.0231   1(0.0000) 14(0.1019) (0.5698)
                      2(0.0883)
           3/16 on•δ 7 of 16 on"""


@pytest.mark.parametrize(
    ("run", "writes", "iteration", "height", "expected"),
    [
        ("worked-example", "dW2", 1, 7, STEP_7),
        ("worked-example", "W2", 1, 7, UPDATE),
        ("ten-layers", "da2", 1, 4, DEEP),
        ("spirals", "dW1", 30, 8, WIDE),
    ],
    ids=["step-7", "update", "deep", "wide"],
)
def test_the_network(run, writes, iteration, height, expected):
    shown = frame(run, writes, iteration=iteration)
    assert pane(shown, 42, height)[1:] == expected.splitlines()


@pytest.mark.parametrize("width", [41, 42, 60, 120])
def test_it_does_not_stretch(width):
    assert pane(frame("worked-example", "dW2"), width)[1:] == STEP_7.splitlines()


@pytest.mark.parametrize(
    ("run", "lines"), [("worked-example", 7), ("xor", 11), ("iris", 8), ("ten-layers", 4)]
)
def test_how_many_lines_there_are_to_show(run, lines):
    assert wanted(frame(run, "z1")) == lines


@pytest.mark.parametrize("run", builtin_names())
def test_every_run_fits(run):
    alone = "terms", "loss", "dtheta", "theta"
    for writes in alone if load(run).instead else ("z1", "loss", "dW1", "W1"):
        shown = frame(run, writes, Text(ascii=writes == "loss"))
        for size in ((42, 7), (42, 12), (27, 10), (40, 9), (20, 3), (1, 1)):
            assert pane(shown, *size)


@pytest.mark.parametrize(
    ("symbol", "element", "units"),
    [
        ("x", 63, [("x", 63)]),
        ("W1", 5 * 64 + 40, [("x", 40), ("a1", 5)]),
        ("b1", 64, [("a1", 64)]),
        ("W2", 63 * 128 + 100, [("a1", 100), ("a2", 63)]),
        ("a1", 99, [("a1", 99)]),
        ("z2", 31, [("a2", 31)]),
        ("delta3", 9, [("yhat", 9)]),
    ],
)
def test_the_units_that_belong_to_the_selected_element_are_listed(symbol, element, units):
    shown = frame("digits", "dW1", selected=Selection(symbol, element))
    lines = "\n".join(pane(shown, 42, 8))
    for name, unit in units:
        value = shown.text.cell(float(shown.entries[name].array[0, unit]))
        assert (
            f"{unit + 1}({value}" in lines
            or f"{unit + 1}•{value}" in lines
            or (f"{unit + 1}[{value}" in lines)
        )


MARKED = {
    "z1": "•W[1] •1.0000][+.10] ▸0.5000] [+.20 +.30 •2.0000] +.40 ▸1.1000",
    "a1": "▸0.4621] ▸0.8005",
    "yhat": "▸0.4372] ▸0.5628",
    "delta2": "•0.4372] ▸δ−0.5628] •0.5628 ▸δ 0.5628",
    "dW2": "•0.4621] •δ−0.5628] •0.8005 •δ 0.5628",
    "db1": "•δ0.0885 •δ0.0404",
    "da1": "•W[2] [+.50] +.60 •δ−0.5628] [+.70 +.80 •δ 0.5628]",
    "W2": "▸W[2] [+.53] +.65 +.67 +.75",
}


@pytest.mark.parametrize(("writes", "marked"), MARKED.items())
def test_what_a_step_reads_and_writes_is_marked_and_nothing_else(writes, marked):
    shown = "".join(text for text, _ in roles(frame("worked-example", writes), 42, 7))
    assert shown.replace(" ", "") == marked.replace(" ", "")


def test_an_error_is_d_in_ascii_and_a_value_not_yet_known_a_dot():
    plain = pane(frame("worked-example", "delta2", Text(ascii=True)))
    assert ">d-0.5628]" in "\n".join(plain)
    early = draw(frame("worked-example", "z1"), 42, 7)
    assert any("·" in text and role == "dim" for line in early for text, role in line)
