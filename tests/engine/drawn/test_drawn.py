"""The generator's parts: sums rounded once, passes found without those before, states that are few.

What PyTorch draws is in tests/engine/runfile/test_drawing.py.
"""

import math
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.drawn.fused import fma
from engine.drawn.generator import Generator
from engine.drawn.passes import A_PASS, BLOCK, Passes
from engine.drawn.single import log, sine_and_cosine

NUMBERS = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)


def nearest(exact: Fraction, width: int) -> float:
    """The float32 or float64 that is nearest to a number, the even one of two."""
    if width == 64:
        return float(exact)
    around = np.float32(float(exact))
    near = [
        around,
        np.nextafter(around, np.float32(-np.inf)),
        np.nextafter(around, np.float32(np.inf)),
    ]
    return float(min(near, key=lambda x: (abs(Fraction(float(x)) - exact), x.view(np.int32) & 1)))


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from([32, 64]))
def test_a_product_and_a_sum_are_rounded_once(a, b, c, width):
    kind = np.float32 if width == 32 else np.float64
    a, b, c = (float(kind(each)) for each in (a, b, c))
    for third in (c, -a * b, -a * b * (1 + 2.0**-20)):
        third = float(kind(third))
        exact = Fraction(a) * Fraction(b) + Fraction(third)
        assert fma(np.array([a], kind), b, third)[0] == nearest(exact, width)


def test_single_precision_is_near_the_functions():
    x = np.concatenate([np.float32(2.0) ** -np.arange(25), Generator(1).uniform(5000, "float32")])
    x = np.maximum(x, np.float32(2**-25)).astype(np.float32)
    np.testing.assert_allclose(log(x), np.log(x.astype(float)), 3e-7, 1e-9)
    angle = x * np.float32(2 * math.pi)
    sine, cosine = sine_and_cosine(angle)
    np.testing.assert_allclose(sine, np.sin(angle.astype(float)), 0, 2e-7)
    np.testing.assert_allclose(cosine, np.cos(angle.astype(float)), 0, 2e-7)


def test_a_seed_counts_by_its_last_32_bits():
    assert Generator(5).words(3).tolist() == Generator(2**40 + 5).words(3).tolist()
    assert Generator(5).words(3).tolist() != Generator(6).words(3).tolist()
    generator = Generator(5)
    generator.skip(3_000_000)
    assert generator.drawn == 3_000_000
    assert generator.words(1)[0] == Generator(5).words(3_000_001)[-1]


@pytest.mark.parametrize("number", [0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 5])
def test_any_pass_is_found_without_those_before_it(number):
    generator = Generator(4)
    generator.skip(12 + A_PASS * number)
    seed = int(generator.words(A_PASS)[-1])
    want = Generator(seed).permutation(9).tolist()
    assert Passes(4, 12, 9).order(number).tolist() == want
    passes = Passes(4, 12, 9)
    passes.order(2 * BLOCK)  # and after another one
    assert passes.order(number).tolist() == want


def test_ten_million_passes_are_near_and_small():
    passes = Passes(0, 0, 2)
    passes.order(10_000_000)
    assert len(vars(passes)["_states"]) <= 10_000_000 // BLOCK + 1
    begun = time.process_time()
    for number in (9_999_999, 5_000_000, 10_000_000, 1):
        passes.order(number)
    assert time.process_time() - begun < 0.2
