"""Numbers and arithmetic as text."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog.symbols import Symbol
from tui.text.cells import wrap
from tui.text.characters import ASCII
from tui.text.format import Text

TEXT = Text()
NUMBERS = st.floats(-1e300, 1e300)


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (0.5, "0.5"),
        (1.0, "1"),
        (-0.5627974574671456, "−0.5628"),
        (0.30000000000000004, "0.3000"),
        (0.0, "0"),
        (1e-8, "1e−8"),
        (3.4618e-9, "3.4618e−9"),
        (123456.789, "1.2346e+5"),
        (1000000.0, "1000000"),
        (math.nan, "nan"),
        (-math.inf, "−inf"),
    ],
)
def test_a_number_in_a_formula(x, shown):
    assert TEXT.number(x) == shown


@given(NUMBERS, st.integers(2, 12))
def test_a_number_reads_back_to_the_digits_shown(x, digits):
    text = Text(digits=digits)
    shown = float(text.number(x).replace("−", "-"))
    assert shown == pytest.approx(x, rel=10.0**-digits, abs=10.0**-digits / 2)
    assert math.copysign(1, shown) == math.copysign(1, x) or shown == 0


@given(st.floats(width=64), st.integers(2, 12), st.booleans())
def test_a_cell_never_outgrows_its_column(x, digits, signed):
    text = Text(digits=digits)
    assert len(text.cell(x, signed)) <= text.width + (abs(x) >= 1e100 or 0 < abs(x) < 1e-99)


@pytest.mark.parametrize(
    ("x", "two", "four", "eight"),
    [
        (99.5, "99.50", "99.500", "99.5000000"),
        (999.25, "999.25", "999.25", "999.250000"),
        (12345.6789, "12346", "12346", "12345.6789"),
        (123456.7, "123457", "123457", "123456.700"),
        (-1e7, "−1.0e+7", "−1.0e+7", "−10000000.0"),
        (0.0123456, "1.2e−2", "0.0123", "0.01234560"),
        (0.001, "1.0e−3", "0.0010", "0.00100000"),
        (0.000123456, "1.2e−4", "1.2e−4", "0.00012346"),
        (-1e-5, "−1.0e−5", "−1.0e−5", "−0.00001000"),
        (1e-100, "1e−100", "1e−100", "1.000e−100"),
        (-0.0, "0.00", "0.0000", "0.00000000"),
        (-math.inf, "−inf", "−inf", "−inf"),
    ],
)
def test_a_number_in_a_column(x, two, four, eight):
    assert [Text(digits=digits).cell(x) for digits in (2, 4, 8)] == [two, four, eight]


def test_a_sign_is_written_where_it_is_asked_for():
    signed = [TEXT.cell(x, signed=True) for x in (0.5, -0.5, 0.0, -0.0, math.nan, -math.inf)]
    assert signed == ["+0.5000", "−0.5000", "+0.0000", "+0.0000", "+nan", "−inf"]
    assert TEXT.cell(math.copysign(math.nan, -1)) == "nan"  # as of the logarithm of a negative


@pytest.mark.parametrize(
    ("x", "five", "seven"),
    [
        (0.08852, "+.089", "+.08852"),
        (-0.5628, "−.563", "−.56280"),
        (1.5, "+1.50", "+1.5000"),
        (-12.345, "−12.3", "−12.345"),
        (1234.5, "+1234", "+1234.5"),
        (12345.6, "+1e+4", "+12346"),
        (0.00312, "+3e−3", "+.00312"),
        (3e-9, "+3e−9", "+3.0e−9"),
        (-2.5e-12, "−2e−12", "−2e−12"),
        (0.0, "+.000", "+.00000"),
        (99.95, "+100", "+99.950"),
        (math.nan, "+nan", "+nan"),
        (-math.inf, "−inf", "−inf"),
    ],
)
def test_a_short_number(x, five, seven):
    assert (TEXT.short(x, 5), TEXT.short(x, 7)) == (five, seven)


@given(st.floats(width=64), st.integers(5, 9))
def test_a_short_number_keeps_its_sign_and_size(x, width):
    shown = TEXT.short(x, width).replace("−", "-")
    assert shown[0] in "+-n"
    if math.isfinite(x) and 1e-9 < abs(x) < 1e9:
        assert len(shown) <= width
        assert float(shown) == pytest.approx(x, rel=0.6)


@pytest.mark.parametrize(
    ("symbol", "form", "plain"),
    [
        ("delta2", "δ[2]", "delta[2]"),
        ("dW1", "∂L/∂W[1]", "dL/dW[1]"),
        ("yhat", "ŷ", "yhat"),
        ("mhat.W1", "mˆ(W[1])", "mhat(W[1])"),
        ("fprime12", "f′[12]", "f'[12]"),
        ("da1", "∂L/∂a[1]", "dL/da[1]"),
        ("loss", "L", "L"),
        ("lr", "η", "eta"),
    ],
)
def test_every_symbol_has_a_form_and_a_plain_form(symbol, form, plain):
    assert TEXT.name(symbol) == form
    assert Text(ascii=True).name(symbol) == plain


def test_no_character_needs_more_or_less_than_one_cell():
    from rich.cells import cell_len

    for character in map(chr, ASCII):
        assert cell_len(character) == 1, character


def test_elements_count_from_one_and_a_single_sample_is_a_vector():
    assert TEXT.element("W1", (0, 1), (2, 2)) == "W[1]₁₂"
    assert TEXT.element("z1", (0, 1), (1, 2)) == "z[1]₂"
    assert TEXT.element("z1", (2, 1), (8, 2)) == "z[1]₃₂"
    assert TEXT.element("W1", (11, 1), (20, 2)) == "W[1]₁₂,₂"
    assert TEXT.element("loss", (), ()) == "L"
    assert Text(ascii=True).element("m.W1", (0, 1), (2, 2)) == "m(W[1])_12"


@given(st.text(), st.integers(1, 60), st.integers(0, 5))
def test_wrapped_text_fits_and_loses_nothing(words, width, indent):
    lines = wrap(words, width, indent)
    assert all(len(line) <= max(width, indent + 1) for line in lines)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")


@given(st.text())
def test_ascii_text_is_ascii(text):
    assert Text(ascii=True).plain(text).isascii()


def test_arrays_in_formulas():
    assert TEXT.array(np.array([[0.5, 1.1]]), sample=True) == "(0.5, 1.1)"
    assert TEXT.array(np.array([[0.1, 0.2], [0.3, 0.4]])) == "(0.1 0.2; 0.3 0.4)"
    assert TEXT.array(np.zeros((64, 784))) == "(64×784)"
    assert TEXT.array(np.array(0.5)) == "0.5"


def test_unknown_symbols_stay_as_they_are():
    assert Symbol("gain").written == "gain"
