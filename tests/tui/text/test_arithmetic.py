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
from tui.text.arithmetic import TERMS, Writer, abridged
from tui.text.format import Text

TEXT = Text()
MIDDLING = st.floats(-1e3, 1e3, allow_nan=False)
FIRST = 2
"""So many terms stand at each end of a sum that is abridged."""


def written(e: Expr) -> str:
    """A tree with its numbers as short as they come; constants have all digits."""
    return Writer(lambda node: TEXT.operand(node.value, node.symbol)).write(abridged(e))


def test_arithmetic_with_names_and_numbers():
    e = ex.add(
        ex.mul(ex.num(0.1, "W1", (0, 0)), ex.num(1.0, "x", (0, 0))),
        ex.mul(ex.num(-0.2, "W1", (0, 1)), ex.num(-2.0, "x", (0, 1))),
        ex.num(-0.5, "b1", (0,)),
    )
    shapes = {"W1": (1, 2), "x": (1, 2), "b1": (1,)}
    assert TEXT.in_names(e, shapes) == "W[1]₁₁·x₁ + W[1]₁₂·x₂ + b[1]₁"
    assert written(e) == "0.1·1 − 0.2·(−2) − 0.5"
    assert e.value == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("e", "expected"),
    [
        (ex.sub(ex.num(1), ex.num(-2)), "1 − (−2)"),
        (ex.sub(ex.num(1), ex.neg(ex.num(2))), "1 − (−2)"),
        (ex.fn("exp", ex.neg(ex.num(-2))), "e^(−(−2))"),
        (ex.add(ex.num(1), ex.mul(ex.num(-2), ex.num(3))), "1 − 2·3"),
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
def test_parentheses_stand_where_they_are_needed(e, expected):
    assert written(e) == expected
    assert Text(ascii=True).line(e, e.value).left == Text(ascii=True).plain(expected)


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


LEAF = st.one_of(MIDDLING, st.sampled_from([0.5, -0.5, 1.0, -1.0, 2.0, 1e-8, -1e8])).map(
    lambda x: ex.num(x, "x")
)
ANY = st.recursive(LEAF, lambda part: trees(part) | calls(part), max_leaves=8)


def some_function(name: str, *arguments: Fraction) -> Fraction:
    """A rational function for each name, in place of the true one: arithmetic stays exact."""
    places = enumerate(arguments, 2)
    return crc32(name.encode()) % 97 + sum((place * a for place, a in places), Fraction(1))


def meant(e: Expr) -> Fraction:
    """The value of a tree on its numbers as they are shown."""
    if e.op == "num":
        return Fraction(TEXT.operand(e.value, e.symbol).replace("−", "-"))
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
    assert Reader(written(e), Fraction, some_function).value() == value


def test_a_long_sum_is_abridged_and_still_adds_up():
    terms = [ex.mul(ex.num(i / 7), ex.num(1.0)) for i in range(784)]
    e = ex.add(*terms)
    shown = written(e)
    assert "[780 terms: " in shown
    match = re.search(r"terms: ([^\]]+)\]", shown)
    assert match is not None
    rest = float(match[1].replace("−", "-"))
    assert rest + sum(t.value for t in (*terms[:2], *terms[-2:])) == pytest.approx(
        e.value, rel=1e-5
    )
