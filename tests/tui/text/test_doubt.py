"""Why a line says ≈."""

import math

import numpy as np
import pytest

from engine.formula import expr as ex
from engine.formula.expr import Expr
from tui.text.format import Text

TEXT = Text()


def x(value: float) -> Expr:
    """An operand that was computed."""
    return ex.num(value, "z1", (0, 0))


@pytest.mark.parametrize(
    ("e", "result", "sentence"),
    [
        (
            ex.sub(x(1.0000012345), ex.mul(ex.num(0.1), x(10))),
            1.2345e-6,
            "terms cancel. Of 1.0000012 only 1.2345e−6 is left, of which 6 digits of the operands"
            " say too little.",
        ),
        (
            ex.power(x(1.0123456789), 64),
            2.1930338806597987,
            "6 digits of the operands are too few; with all of them the line closes.",
        ),
        (
            ex.mul(ex.num(0.001), ex.power(x(0.2457447605), 2)),
            6.0390487e-5,
            "6.0390487e−5 lies in the middle between two numbers with the digits shown, nearly:"
            " more than 6 digits of the operands decide.",
        ),
        (
            ex.mul(x(0.125), x(0.25)),
            0.03125,
            "0.03125 lies in the middle between two numbers with the digits shown.",
        ),
        (
            ex.add(x(0.1), x(0.2), x(-0.3)),
            0.1 + 0.2 - 0.3,
            "float64 rounds. Exact arithmetic on its numbers gives 0.",
        ),
        (ex.fn("exp", x(-2000)), 0.0, "2.5765359e−869 is so near to 0 that float64 makes it 0."),
        (ex.mul(x(1e200), x(1e200)), math.inf, "1e+400 is more than float64 can hold."),
        (ex.mul(x(0), ex.fn("log", x(0))), 40.0, "exact arithmetic gives nan."),
    ],
)
def test_the_sentence_is_true_of_the_line(e, result, sentence):
    assert TEXT.line(e, result).sign == "≈"
    assert TEXT.doubt(e, result, "float64") == f"≈: {sentence}"


@pytest.mark.parametrize(
    ("e", "result"),
    [
        (ex.fn("exp", x(-math.inf)), 0.0),
        (ex.fn("exp", x(math.inf)), math.inf),
        (ex.fn("tanh", x(-math.inf)), -1.0),
    ],
)
def test_what_is_exact_of_infinity_closes(e, result):
    assert TEXT.line(e, result).sign == "="


def test_single_precision_is_named():
    text = Text(digits=8)
    a, b = np.float32(1 / 3), np.float32(100 / 7)
    e = ex.mul(x(float(a)), x(float(b)))
    said = text.doubt(e, float(a * b), "float32")
    assert said.startswith("≈: float32 rounds.")


def test_terms_that_are_exact_cancel_nothing():
    """1 − 0.999 loses no digit, as both are constants."""
    e = ex.div(x(1.94349e-7), ex.sub(ex.num(1), ex.num(0.9999)))
    assert "cancel" not in TEXT.doubt(e, e.value, "float64")
