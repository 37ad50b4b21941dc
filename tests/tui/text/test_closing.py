"""Lines of arithmetic: what their sign says, and how many digits their operands have."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.formula import expr as ex
from engine.formula.expr import Expr
from tests.closing import exact as independent
from tests.closing.lines import Line
from tui.text import exact
from tui.text.closing import ALL
from tui.text.format import Text

TEXT = Text()


def x(value: float) -> Expr:
    """An operand that was computed."""
    return ex.num(value, "z1", (0, 0))


SIZES = st.one_of(
    st.floats(-10, 10),
    st.floats(-1e3, 1e3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-5, 5, width=32),
    st.sampled_from([0.0, -0.0, 1.0, 0.5, 0.03125, 1e-8, 999.95, math.inf, math.nan]),
)
OPERAND = st.one_of(SIZES.map(x), st.floats(-2, 2).map(ex.num))
FUNCTIONS = sorted(ex.FUNCTIONS)


def _extended(part: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    single = [name for name in FUNCTIONS if name not in ("max", "min")]
    return st.one_of(
        st.lists(part, min_size=2, max_size=9).map(lambda terms: ex.add(*terms)),
        st.tuples(part, part).map(lambda p: ex.sub(*p)),
        st.lists(part, min_size=2, max_size=3).map(lambda factors: ex.mul(*factors)),
        st.tuples(part, part).map(lambda p: ex.div(*p)),
        part.map(ex.neg),
        st.tuples(part, st.sampled_from([2, 3])).map(lambda p: ex.power(*p)),
        st.tuples(st.sampled_from(single), part).map(lambda p: ex.fn(*p)),
        st.tuples(st.sampled_from(["max", "min"]), part, part).map(lambda p: ex.fn(*p)),
    )


TREES = st.recursive(OPERAND, _extended, max_leaves=8)


@given(TREES, st.integers(2, 12), st.booleans(), st.floats(-1e-4, 1e-4))
def test_equals_is_said_where_the_line_closes_and_nowhere_else(e, digits, plain, off):
    """By a reader who shares nothing with the program."""
    with np.errstate(over="ignore"):
        single = float(np.float32(e.value))
    for result in (e.value, single, e.value * (1 + off)):
        line = Text(digits, plain).line(e, result)
        if not line.says_nothing:
            read = Line("", "element", line.left, line.sign, line.right)
            assert read.closes(digits) == (line.sign == "="), line


@pytest.mark.parametrize(
    ("e", "result", "line"),
    [
        (ex.mul(x(0.33333), x(3000)), 999.99, "0.33333·3000 = 999.99"),
        (ex.mul(x(0.3333), x(3000)), 1000.0, "0.3333·3000 ≈ 1000"),
        (ex.mul(x(1 / 3), x(3000)), 1000.0, "0.3333·3000 ≈ 1000"),
        (ex.mul(x(0.5), x(0.25)), 0.125, "0.5·0.25 = 0.125"),
        (ex.add(ex.mul(x(17 / 3), x(3)), x(2.5)), 19.5, "5.66667·3 + 2.5 = 19.5"),
        (ex.mul(ex.num(0.5), x(0.462117)), 0.2310585, "0.5·0.46212 = 0.2311"),
        (ex.mul(ex.num(0.5), x(0.46212)), 0.2309, "0.5·0.4621 ≈ 0.2309"),
        (ex.mul(ex.num(0.6), x(0.800499)), 0.4802994, "0.6·0.8005 = 0.4803"),
        (ex.sub(ex.num(1), ex.power(x(0.46211716), 2)), 0.7864477, "1 − 0.46212² = 0.7864"),
        (ex.mul(x(0.125), x(0.25)), 0.03125, "0.125·0.25 ≈ 0.0312"),
        (ex.add(ex.mul(x(5.6667), x(3)), x(2.5)), 19.5, "5.6667·3 + 2.5 ≈ 19.5"),
        (ex.mul(ex.num(-1), ex.fn("log", x(0.54984))), 0.5981, "−1·log 0.54984 = 0.5981"),
        (ex.mul(ex.num(-1), ex.fn("log", x(0.5498))), 0.5981, "−1·log 0.5498 ≈ 0.5981"),
        (ex.mul(x(0), ex.fn("log", x(0))), 40.0, "0·log 0 ≈ 40"),
        (ex.mul(x(0), ex.fn("log", x(0))), math.nan, "0·log 0 = nan"),
        (ex.neg(ex.fn("log", x(0))), math.inf, "−log 0 = inf"),
        (ex.mul(x(1e200), x(1e200)), math.inf, "1e+200·1e+200 ≈ inf"),
        (ex.fn("exp", x(-2000)), 0.0, "e^(−2000) ≈ 0"),
        (ex.mul(x(-0.0), x(1)), -0.0, "0·1 = 0"),
        (ex.power(ex.sub(x(8.1666666667), x(3)), 2), 26.6944444448, "(8.166667 − 3)² = 26.6944"),
        (ex.div(x(0.51377778), ex.num(0.001)), 513.77778, "0.5137778/0.001 = 513.7778"),
        (ex.mul(x(2), x(0.00005)), 0.0001, "2·0.00005 = 0.0001"),
        (ex.add(x(1e300), x(0.25), x(-1e300)), 0.25, "1e+300 + 0.25 − 1e+300 = 0.25"),
        (ex.add(x(1e300), x(0.25), x(-1e300)), 0.0, "1e+300 + 0.25 − 1e+300 ≈ 0"),
        (ex.add(x(0.1), x(0.2), x(-0.3)), 5.5e-17, "0.1 + 0.2 − 0.3 ≈ 5.5e−17"),
    ],
)
def test_lines(e, result, line):
    assert str(TEXT.line(e, result)) == line


@pytest.mark.parametrize("digits", [2, 4, 8, 12])
def test_constants_have_all_their_digits(digits):
    text = Text(digits)
    e = ex.div(x(0.14), ex.sub(ex.num(1), ex.power(ex.num(0.999), 3)))
    assert text.line(e, e.value).left.endswith("/(1 − 0.999^3)")
    e = ex.mul(ex.num(0.7978845608028654), x(0.5))
    assert text.line(e, e.value).left == "0.7978845608028654·0.5"
    assert text.line(ex.mul(ex.num(1e-20), x(0.5)), 5e-21).left == "1e−20·0.5"


def test_whole_numbers_are_shown_as_they_are_said_to_be():
    def whole(symbol: str) -> int:
        return {"lr": ALL, "x": 6}.get(symbol, 0)

    text = Text(digits=2)
    e = ex.add(ex.num(0.0123456789, "lr"), ex.num(0.375, "x"), ex.num(0.3799, "a1"))
    assert text.line(e, e.value, whole).left == "0.0123456789 + 0.375 + 0.38"
    assert text.operand(1.2345678, "x", whole) == "1.23"
    assert text.operand(float(np.float32(0.1)), "x", whole) == "0.1"
    assert text.operand(float(np.float32(0.1)), "a1", whole) == "0.10"


def test_operands_have_no_more_digits_than_the_line_needs():
    e = ex.mul(x(0.123456789), x(2))
    assert [str(Text(n).line(e, e.value)) for n in (2, 3, 4, 6)] == [
        "0.123·2 = 0.25",
        "0.1235·2 = 0.247",
        "0.12346·2 = 0.2469",
        "0.123457·2 = 0.246914",
    ]


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n not in ("max", "min")])
@given(st.one_of(st.floats(-60, 60), st.floats(-1e-9, 1e-9), st.floats(1e-300, 80)))
def test_functions_are_those_of_the_independent_check(name, value):
    theirs = {"σ": "sigma", "Φ": "Phi", "φ": "phi"}.get(name, name)
    expected = independent.FUNCTIONS[theirs](Fraction(value))
    found = exact.apply(name, [exact.Exact(value)])
    if isinstance(expected, Fraction):
        assert abs(Fraction(found) - expected) <= abs(expected) / 10**40
    else:
        assert float(found) == expected or math.isnan(expected)


@pytest.mark.parametrize("power", [-1, -59, -61, -130, -3165])
def test_a_share_that_is_nearly_1_is_not_1_and_its_logarithm_is_not_0(power):
    little = exact.Exact(10).scaleb(power - 1)
    whole = exact.add(exact.Exact(1), little)
    share = exact.div(exact.Exact(1), whole)
    assert share < 1
    logarithm = exact.apply("log", [share])
    assert abs(Fraction(logarithm) / Fraction(little) + 1) < 10**-exact.DIGITS + Fraction(little)
    assert exact.div(whole, whole) == 1


def test_what_is_too_small_to_show_is_not_said_to_be_0():
    share = ex.div(ex.num(1), ex.add(ex.num(1), ex.fn("exp", x(-7288.5))))
    for e in (ex.fn("log", share), ex.sub(share, ex.num(1))):
        line = TEXT.line(e, e.value)
        assert (line.sign, line.right) == ("≈", "0")


@given(st.decimals(-(10**9), 10**9, places=9), st.floats(-1e9, 1e9), st.integers(2, 12))
def test_rounding_is_that_of_the_independent_check(value, result, digits):
    for right in (float(value), result, round(float(value), digits)):
        shown = Text(digits, ascii=True).number(right)
        expected = independent.prints_as(Fraction(value), shown, digits)
        assert exact.prints_as(value, shown, digits) == expected
