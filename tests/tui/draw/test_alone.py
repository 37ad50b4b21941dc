"""Runs without a network on the screen: what stands in the panes, and what the pages say."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from engine.analysis.variables import as_elements
from engine.runfile.read import from_table, load
from engine.session.session import Session
from tests.closing import exact as other
from tests.tui.keyboard import Keyboard
from tests.tui.text.test_sentences import said
from tui.draw import DRAWINGS
from tui.draw.whole import written
from tui.text import exact
from tui.text.format import Text
from tui.text.raster import letters

SGD = {"name": "sgd", "lr": 0.1}
GRADIENTS: dict[str, Any] = {
    "gradients": {"start": [1.0], "g": [4, 2]},
    "optimizer": {"name": "adam", "lr": 0.1},
}
SEVERAL: dict[str, Any] = {
    "function": {"f": "a^2 + 3*b^2 + c*d", "start": {"a": 1, "b": 2, "c": 3, "d": 1}},
    "optimizer": SGD,
}
ONE: dict[str, Any] = {"function": {"f": "x^2", "start": 3.0}, "optimizer": SGD, "iterations": 5}


def keys_of(table: dict[str, Any] | str, size: tuple[int, int] = (80, 24)) -> Keyboard:
    keys = Keyboard(text=Text())
    spec = load(table) if isinstance(table, str) else from_table(table)
    keys.context.desk.session = Session(spec)
    keys.context.shown.size = size
    return keys


def pane(keys: Keyboard, name: str, width: int = 41, height: int = 13) -> list[str]:
    return [letters(line) for line in DRAWINGS[name](keys.actions.frame(), width, height)]


def screen(keys: Keyboard) -> str:
    return written(keys.actions.frame(), *keys.context.shown.size)


def test_the_axes_stay_while_the_path_grows() -> None:
    keys, below, beside = keys_of("quadratic"), set(), set()
    for _ in range(20):
        for way in ("t", "o", "o"):
            rows = pane(keys.press(way), "network")
            below.add(tuple(rows[-2:]))
            beside.add(tuple(row[:4] for row in rows[2:]))
    assert (len(below), len(beside)) == (1, 1)


def test_the_next_point_shows_once_it_is_known() -> None:
    keys = keys_of("quadratic").press("n n n")
    picture = "\n".join(pane(keys, "network")[2:])
    assert "◆" in picture
    assert "◇" not in picture
    keys.press("n")
    assert "◇" in "\n".join(pane(keys, "network")[2:])


@pytest.mark.parametrize(
    ("table", "title"),
    [
        ("quadratic", "contour · f(x₁, x₂)"),
        (ONE, "function · f(x)"),
        (SEVERAL, "θ over the iterations"),
        (GRADIENTS, "θ over the iterations"),
    ],
)
def test_each_kind_has_its_picture(table, title):
    keys = keys_of(table)
    for _ in range(2):
        assert pane(keys, "network")[0].startswith(f"─ {title} ─")
        keys.press("t")


def test_the_ledger_has_a_row_for_each_variable() -> None:
    keys = keys_of("quadratic").press("n n n")
    rows = pane(keys, "values")
    assert rows[0].split() == ["─", "values", "─────", "θ", "──", "∂L/∂θ", "─" * 15]
    assert [row.split() for row in rows[1:]] == [
        ["x₁", "•", "−5.0000▸[−1.0000]"],
        ["x₂", "•", "−2.0000▸", "−8.0000"],
        [],
        ["T₁", "2.5000", "0.1·x₁²"],
        ["T₂", "8.0000", "2·x₂²"],
        ["L", "10.500"],
    ]
    assert pane(keys_of(GRADIENTS).press("n"), "values")[1].split() == ["θ₁", "1.0000▸[", "4.0000]"]


def test_many_variables_scroll_to_the_selected_one() -> None:
    many = {f"v{i}": float(i) for i in range(1, 31)}
    f = " + ".join(f"v{i}^2" for i in range(1, 31))
    keys = keys_of({"function": {"f": f, "start": many}, "optimizer": SGD}).press("n n n")
    for _ in range(20):
        keys.press("l")
    rows = pane(keys, "values", 41, 10)
    assert len(rows) == 10
    assert any(row.startswith(" v₂₁ ") and "[" in row for row in rows)
    assert rows[-1].split()[0] == "L"


@pytest.mark.parametrize("table", ["quadratic", SEVERAL, GRADIENTS])
@pytest.mark.parametrize("size", [(40, 12), (60, 20), (80, 24), (120, 40), (200, 50)])
def test_no_size_is_too_small_or_too_large(table, size):
    keys = keys_of(table, size)
    for way in ("n", "f", "tab", "z", "z", "t", "tab", "z"):
        assert all(len(row) <= size[0] for row in screen(keys.press(way)).split("\n"))


@pytest.mark.parametrize(
    ("table", "ways", "said"),
    [
        (GRADIENTS, "n w", "so there is no loss to ask of"),
        (GRADIENTS, "n =", "nothing leads to a loss"),
        (GRADIENTS, "n *", "this run has none"),
        (GRADIENTS, "n >", "nothing leads to a loss"),
        ("quadratic", "n *", "T is no gradient"),
        ("quadratic", "n n n *", "this run has none"),
        ("quadratic", "n n n =", "by differentiation"),
        ("quadratic", "n n n w", "f is 10.5 at iteration 1"),
    ],
)
def test_what_there_is_none_of_is_said(table, ways, said):
    assert said in " ".join(screen(keys_of(table).press(ways)).split())


def test_only_questions_that_can_be_asked_are_listed() -> None:
    tables: list[dict[str, Any] | str] = ["quadratic", GRADIENTS]
    for table in tables:
        text = screen(keys_of(table).press("t n ;"))
        assert "transposed" not in text
        assert "bias correction" in text


def test_where_a_function_has_no_value_the_sentences_say_which_part_has_none() -> None:
    spec = from_table({"function": {"f": "ln(x) + x", "start": 1}, "optimizer": {**SGD, "lr": 0.3}})

    def firsts(t: int) -> list[str]:
        found = (("terms", (0,)), ("loss", ()), ("dtheta", (0,)))
        return [said(spec, symbol, index, t).partition(".")[0] for symbol, index in found]

    assert firsts(2)[:2] == [
        "f has 2 terms; each is a number of θ",
        "The value of f at θ, which is to become small",
    ]
    assert firsts(3) == [
        "log(x) is no number at this θ",
        "T₁ is no number: f has no value at this θ",
        "f has no value at this θ: the formula of its slope has one, and it means nothing here",
    ]


def test_the_whole_gradient_is_checked_where_no_layer_is() -> None:
    keys = keys_of(SEVERAL).press(":dtheta enter = enter")
    assert "θ: All 4 agree" in screen(keys)
    assert "None" not in screen(keys)


def test_where_there_is_no_loss_none_is_shown() -> None:
    keys = keys_of(GRADIENTS, (200, 50)).press("n")
    text = screen(keys)
    assert "There is no loss" in text
    assert "loss " not in text.split("\n")[-2]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("x1 < 0", "theta[1] < 0"),
        ("|∂L/∂x₂| > 1 and dx_1 rises", "|dtheta[2]| > 1 and dtheta[1] rises"),
        ("m(x₁)", "m(θ)[1]"),
        ("v.x[2] changes", "v.theta[2] changes"),
        ("theta[1] < x12", "theta[1] < x12"),
        ("dL/dx1", "dtheta[1]"),
    ],
)
def test_variables_are_typed_by_their_names(typed, meant):
    assert as_elements(typed, load("quadratic")) == meant
    assert as_elements(typed, load("xor")) == typed


def test_a_variable_is_found_and_stopped_at() -> None:
    keys = keys_of("quadratic").press("/").type("x2").press("enter")
    assert keys.session.selection.symbol in ("theta", "")
    keys.press("b").type("x1 > -4").press("enter").press("c")
    job = keys.context.jobs.current
    if job:
        keys.finish(job, job.run(lambda: False))
    assert keys.session.trace.known("theta", 99)[0] > -4


NUMBERS: Sequence[str] = ("0", "0.5", "-2.25", "3.14159", "-100.1", "123456.789", "1e-20", "-1e9")


@pytest.mark.parametrize("name", ["sin", "cos", "tan", "half"])
@pytest.mark.parametrize("number", NUMBERS)
def test_angles_to_sixty_digits(name, number):
    found = Fraction(exact.FUNCTIONS[name](Decimal(number)))
    right = other.FUNCTIONS[name](Fraction(number))
    assert isinstance(right, Fraction)
    assert abs(found - right) <= abs(right) * Fraction(10) ** -55
    nan = exact.FUNCTIONS["sin"](Decimal("inf"))
    assert nan.is_nan()


def test_no_power_of_finite_numbers_is_infinite_or_0() -> None:
    for base, by, above in (("2", "1e134", 1), ("0.5", "1e134", 0), ("2", "-1e134", 0)):
        found = exact.power(Decimal(base), Decimal(by))
        assert found.is_finite()
        assert found
        assert (found > 1) == above
    assert exact.power(Decimal(0), Decimal(3)) == 0


def test_the_bracket_of_the_only_number_closes_where_there_is_room() -> None:
    shown = screen(keys_of(GRADIENTS, (120, 40)).press("n"))
    assert " g    ▸[ 4.0000]" in shown
    small = screen(keys_of(ONE, (60, 20)).press("n"))
    assert small.count("9.0000]") == 1
