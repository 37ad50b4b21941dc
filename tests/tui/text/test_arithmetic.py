"""Arithmetic as text: whoever works out what is written gets what is meant."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from zlib import crc32

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.formula import expr as ex
from engine.formula.expr import Expr
from tests.tui.text.reading import Reader
from tui.text.arithmetic import TERMS
from tui.text.format import Text

TEXT = Text()
MIDDLING = st.floats(-1e3, 1e3, allow_nan=False)
FIRST = 2
"""So many terms stand at each end of a sum that is abridged."""


def test_arithmetic_with_names_and_numbers():
    e = ex.add(
        ex.mul(ex.num(0.1, "W1", (0, 0)), ex.num(1.0, "x", (0, 0))),
        ex.mul(ex.num(-0.2, "W1", (0, 1)), ex.num(-2.0, "x", (0, 1))),
        ex.num(-0.5, "b1", (0,)),
    )
    shapes = {"W1": (1, 2), "x": (1, 2), "b1": (1,)}
    assert TEXT.in_names(e, shapes) == "W[1]₁₁·x₁ + W[1]₁₂·x₂ + b[1]₁"
    assert TEXT.in_numbers(e) == "0.1·1 − 0.2·(−2) − 0.5"
    assert e.value == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("e", "written"),
    [
        (ex.sub(ex.num(1), ex.add(ex.num(2), ex.num(3))), "1 − (2 + 3)"),
        (ex.sub(ex.num(1), ex.sub(ex.num(2), ex.num(3))), "1 − (2 − 3)"),
        (ex.sub(ex.sub(ex.num(1), ex.num(2)), ex.num(3)), "1 − 2 − 3"),
        (ex.neg(ex.add(ex.num(1), ex.num(2))), "−(1 + 2)"),
        (ex.mul(ex.num(2), ex.add(ex.num(1), ex.num(2))), "2·(1 + 2)"),
        (ex.mul(ex.add(ex.num(1), ex.num(2)), ex.num(2)), "(1 + 2)·2"),
        (ex.mul(ex.num(2), ex.div(ex.num(3), ex.num(4))), "2·(3/4)"),
        (ex.div(ex.num(2), ex.mul(ex.num(3), ex.num(4))), "2/(3·4)"),
        (ex.div(ex.mul(ex.num(2), ex.num(3)), ex.num(4)), "2·3/4"),
        (ex.div(ex.num(1), ex.num(-2)), "1/(−2)"),
        (ex.power(ex.num(-2), 2), "(−2)²"),
        (ex.power(ex.num(1e-8), 3), "(1e−8)^3"),
        (ex.power(ex.power(ex.num(2), 2), 2), "(2²)²"),
        (ex.fn("exp", ex.neg(ex.num(2))), "e^(−2)"),
        (ex.fn("sqrt", ex.add(ex.num(2), ex.num(3))), "√(2 + 3)"),
        (ex.fn("log", ex.power(ex.num(2), 2)), "log(2²)"),
        (ex.fn("max", ex.sub(ex.num(1), ex.num(2)), ex.num(0)), "max(1 − 2, 0)"),
    ],
)
def test_parentheses_stand_where_they_are_needed(e, written):
    assert TEXT.in_numbers(e) == written


def trees(leaf: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Trees of all operations on such leaves, but for functions."""

    def extended(part: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        return st.one_of(
            st.lists(part, min_size=2, max_size=TERMS + 3).map(lambda terms: ex.add(*terms)),
            st.tuples(part, part).map(lambda p: ex.sub(*p)),
            st.lists(part, min_size=2, max_size=3).map(lambda factors: ex.mul(*factors)),
            st.tuples(part, leaf).map(lambda p: ex.div(*p)),
            st.tuples(part, part).map(lambda p: ex.div(*p)),
            part.map(ex.neg),
            st.tuples(part, st.sampled_from([2, 3])).map(lambda p: ex.power(*p)),
        )

    return st.recursive(leaf, extended, max_leaves=12)


def calls(part: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Functions of such parts."""
    single = st.sampled_from([name for name in ex.FUNCTIONS if name not in ("max", "min")])
    return st.one_of(
        st.tuples(single, part).map(lambda p: ex.fn(*p)),
        st.tuples(st.sampled_from(["max", "min"]), part, part).map(lambda p: ex.fn(*p)),
    )


LEAF = st.one_of(MIDDLING, st.sampled_from([0.5, -0.5, 1.0, -1.0, 2.0, 1e-8, -1e8])).map(ex.num)
ANY = st.recursive(LEAF, lambda part: trees(part) | calls(part), max_leaves=8)


def some_function(name: str, *arguments: Fraction) -> Fraction:
    """A rational function for each name, in place of the true one: arithmetic stays exact."""
    places = enumerate(arguments, 2)
    return crc32(name.encode()) % 97 + sum((place * a for place, a in places), Fraction(1))


def meant(e: Expr) -> Fraction:
    """The value of a tree on its numbers as they are shown."""
    if e.op == "num":
        return Fraction(TEXT.number(e.value).replace("−", "-"))
    if e.op == "add" and len(e.args) > TERMS:
        rest = ex.add(*(ex.num(a.value) for a in e.args[FIRST:-FIRST])).value
        ends = sum(map(meant, (*e.args[:FIRST], *e.args[-FIRST:])), Fraction(0))
        return ends + Fraction(TEXT.number(rest).replace("−", "-"))
    values = [meant(a) for a in e.args]
    match e.op:
        case "add":
            return sum(values, Fraction(0))
        case "sub":
            return values[0] - values[1]
        case "mul":
            return math.prod(values, start=Fraction(1))
        case "div":
            return values[0] / values[1]
        case "neg":
            return -values[0]
        case "pow":
            return values[0] ** int(values[1])
        case name:
            return some_function(name, *values)


@given(ANY)
def test_what_is_written_is_what_is_meant(e):
    """Exactly, whatever the operations and their order; functions are read as such."""
    try:
        value = meant(e)
    except (ZeroDivisionError, ValueError):  # ValueError: a sum that is left out is nan
        assume(False)
    written = TEXT.in_numbers(e)
    assert Reader(written, Fraction, some_function).value() == value


def test_a_long_sum_is_abridged_and_still_adds_up():
    terms = [ex.mul(ex.num(i / 7), ex.num(1.0)) for i in range(784)]
    e = ex.add(*terms)
    shown = TEXT.in_numbers(e)
    assert "[780 terms: " in shown
    match = re.search(r"terms: ([^\]]+)\]", shown)
    assert match is not None
    rest = float(match[1].replace("−", "-"))
    assert rest + sum(t.value for t in (*terms[:2], *terms[-2:])) == pytest.approx(
        e.value, rel=1e-5
    )


def size(e: Expr) -> float:
    """What a tree would give if no two of its terms cancelled: rounding is small beside that."""
    values = [size(a) for a in e.args]
    match e.op:
        case "num":
            return abs(e.value)
        case "neg":
            return values[0]
        case "add" | "sub":
            return sum(values)
        case "mul" | "div" | "pow":
            return ex.apply(e.op, values)
        case _:
            return max(1.0, abs(e.value), *values)


SMOOTH = st.one_of(
    MIDDLING.map(ex.num),
    st.tuples(st.sampled_from(["exp", "tanh", "σ"]), st.floats(-9, 9).map(ex.num)).map(
        lambda p: ex.fn(*p)
    ),
    st.floats(0.01, 1e3).map(lambda x: ex.fn("log", ex.num(x))),
    st.floats(0.01, 1e3).map(lambda x: ex.div(ex.num(1), ex.num(x))),
)
"""Operands and functions of operands, whose rounding stays small."""


@st.composite
def arithmetic(draw):
    """Sums, differences, products and squares, of each other."""
    part = st.recursive(
        SMOOTH,
        lambda part: st.one_of(
            st.lists(part, min_size=2, max_size=TERMS + 2).map(lambda terms: ex.add(*terms)),
            st.tuples(part, part).map(lambda p: ex.sub(*p)),
            st.tuples(part, part).map(lambda p: ex.mul(*p)),
            st.tuples(part, st.floats(0.1, 1e3).map(ex.num)).map(lambda p: ex.div(*p)),
            part.map(ex.neg),
            part.map(lambda a: ex.power(a, 2)),
        ),
        max_leaves=8,
    )
    return draw(part)


@given(arithmetic(), st.integers(2, 8))
def test_an_equals_sign_closes_to_the_digits_shown(e, digits):
    text = Text(digits=digits)
    shown, result = text.in_numbers(e), text.number(e.value)
    if text.relation(e, e.value) == "=":
        again = Reader(shown, float, lambda name, *args: ex.apply(name, args)).value()
        decimals = len(result.partition("e")[0].partition(".")[2])
        unit = 10.0 ** int(result.partition("e")[2].replace("−", "-") or 0) * 10.0**-decimals
        target = float(result.replace("−", "-"))
        assert abs(again - target) <= unit * (0.5 + 1e-6) + 1e-12 * size(e)


def test_what_does_not_close_is_marked():
    e = ex.mul(ex.num(-1.0), ex.fn("log", ex.num(0.54984)))
    assert TEXT.in_numbers(e) == "−1·log 0.5498"
    assert TEXT.relation(e, e.value) == "≈"


@pytest.mark.parametrize(
    ("value", "result", "relation"),
    [
        (0.5, 0.50004, "="),
        (0.5, 0.50006, "≈"),
        (-0.5, 0.5, "≈"),
        (1e-8, 1.00004e-8, "="),
        (1e-8, 1.0001e-8, "≈"),
        (0.25, math.nan, "≈"),
        (math.inf, math.inf, "="),
        (math.inf, -math.inf, "≈"),
    ],
)
def test_what_equals_what_to_the_digits_shown(value, result, relation):
    assert TEXT.relation(ex.num(value), result) == relation
