"""The page that explains an element."""

from dataclasses import replace

import numpy as np
import pytest

from engine.catalog.symbols import Symbol
from engine.history.position import Position
from engine.runfile.read import load
from engine.session.session import Session
from tui.draw.explain import explanation
from tui.frame.frame import Frame, build
from tui.text.format import Text


def places(run: str, text: Text, toggled: bool = False) -> list[Frame]:
    """The frame of every step of two iterations, its first element selected."""
    session = Session(load(run))
    if toggled:
        session.toggle()
    steps = [
        Position(t, step.number) for t in (1, 2) for step in session.branch.history.trace(t).steps
    ]
    found = []
    for place in steps:
        session.go(place)
        found.append(build(session, text))
    return found


def page(frame: Frame) -> list[str]:
    return ["".join(text for text, _ in line) for line in explanation(frame, 150)]


@pytest.mark.parametrize(
    ("run", "toggled"),
    [
        ("worked-example", False),
        ("worked-example", True),
        ("diverging", False),
        ("softmax-jacobian", False),
        ("xor", True),
    ],
)
def test_no_line_says_nothing_or_what_another_says(run, toggled):
    """Neither 0 = 0, nor the same line with more digits that it does not have."""
    for frame in places(run, Text(), toggled):
        lines = [line for line in page(frame) if line.strip()]
        assert len(lines) == len(set(lines)), lines
        for line in lines:
            sides = line.split("  step ")[0].split(" = ")
            assert sides[-1] not in sides[:-1], line


def test_lines_with_more_digits_are_there_where_they_say_more():
    frame = next(f for f in places("worked-example", Text()) if f.writes == "fprime1")
    assert page(frame)[5:7] == [
        "= 1 − 0.46212² = 0.7864",
        "= 1 − 0.46211716² = 0.78644773",
    ]


@pytest.mark.parametrize("ascii", [False, True])
def test_what_does_not_close_says_why(ascii):
    about = "~" if ascii else "≈"
    reasons: set[str] = set()
    for run in ("worked-example", "diverging-clipped"):
        for frame in places(run, Text(ascii=ascii), toggled=True):
            value = frame.entries[frame.symbol].array
            e = frame.expansion()
            assert e is not None
            line = frame.text.line(e[1], float(value[frame.index]), frame.whole)
            said = [row for row in page(frame) if row.startswith(f"{about}: ")]
            assert len(said) == (line.sign == about)
            reasons.update(row.split()[1] for row in said)
    assert reasons


def test_the_line_of_all_numbers_says_which_of_them_does_not_close():
    text = Text()
    for frame in places("iris", text, toggled=True):
        value = frame.trace.known(frame.writes, frame.position.step)
        for index in np.ndindex(value.shape):
            lines = page(replace(frame, index=index))
            if said := [line for line in lines if "The line of all numbers" in line]:
                name = said[0].removesuffix(".").rpartition(" ")[2]
                assert "for the sake of" in said[0]
                assert name != text.element(frame.symbol, index, value.shape)
                return
            if value.size > 16:
                break
    raise AssertionError("no such line")


def test_options_are_whole_among_the_operands():
    frame = next(f for f in places("worked-example", Text(2), True) if f.writes == "vhat.W2")
    assert "β₂ = 0.999  a constant of Adam" in page(frame)


def test_what_is_kept_from_before_is_no_parameter():
    frame = next(f for f in places("worked-example", Text(), True) if f.writes == "v.W2")
    assert not any("parameter" in line for line in page(frame))


def test_a_given_number_says_whether_it_is_updated():
    spec = load("worked-example")
    frozen = replace(spec.layers[0], frozen=frozenset({"W"}))
    for layers, end in (
        (spec.layers, "this iteration has not updated it yet."),
        ((frozen, *spec.layers[1:]), "it is frozen, and no update changes it."),
    ):
        session = Session(replace(spec, layers=layers))
        session.selection = replace(session.selection, symbol=Symbol("W1"), element=0)
        for t, began in ((1, "the run"), (3, "iteration 3")):
            session.go(Position(t, 2))
            assert f"It is what {began} began with; {end}" in page(build(session, Text()))


def test_a_formula_that_is_broken_goes_on_four_cells_in():
    lines = ["".join(t for t, _ in line) for line in explanation(places("xor", Text())[0], 18)]
    first = next(i for i, line in enumerate(lines) if line.startswith("z[1] = "))
    last = lines.index("", first)
    broken = [line for line in lines[first:last] if line.startswith(" ")]
    assert len(broken) >= 3
    assert all(line[:4].isspace() and line[4] != " " for line in broken)
