"""Arithmetic beyond the largest number is what NumPy, which trains, makes of it."""

import numpy as np
import pytest

from engine.formula.expr import apply


@pytest.mark.parametrize(
    ("op", "values", "numpy"),
    [
        ("add", (1.5e308, 1.5e308), np.add),
        ("add", (-1.5e308, -1.5e308), np.add),
        ("mul", (1e200, -1e200), np.multiply),
        ("sub", (-1.5e308, 1.5e308), np.subtract),
        ("div", (1e300, 1e-300), np.divide),
        ("pow", (1e200, 2.0), np.power),
        ("pow", (-1e200, 3.0), np.power),
        ("pow", (-1e200, 2.0), np.power),
        ("expm1", (800.0,), np.expm1),
        ("exp", (800.0,), np.exp),
        ("exp", (-800.0,), np.exp),
    ],
)
def test_what_overflows_is_the_infinity_that_training_gets(op, values, numpy):
    with np.errstate(all="ignore"):
        expected = float(numpy(*map(np.float64, values)))
    assert apply(op, values) == expected
