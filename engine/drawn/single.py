"""Logarithm, sine and cosine in float32 as PyTorch has them where it draws normal numbers.

They are those of Cephes in ATen/native/cpu/avx_mathfun.h; where a product is added there, PyTorch's
builds for processors with AVX2 round once, and so is it here.
"""

from __future__ import annotations

import numpy as np

from engine.drawn.fused import Array, fma

F = np.float32
LOG = (
    *(7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1),
    *(-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1),
)
SINE = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
COSINE = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
QUARTER = (-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)
"""−π/4, as three numbers."""
LOG_2 = (-2.12194440e-4, 0.693359375)
"""log 2, as two numbers."""
ROOT_HALF = F(0.707106781186547524)
FOUR_BY_PI = F(1.27323954473516)


def log(x: Array) -> Array:
    """The natural logarithm of numbers from 2⁻¹²⁶ to 1."""
    mantissa, power = np.frexp(x)
    below = mantissa < ROOT_HALF
    x = np.where(below, mantissa - F(1) + mantissa, mantissa - F(1))
    e = power.astype(F) - below.astype(F)
    z = x * x
    y = fma(_polynomial(LOG, x) * x, z, e * F(LOG_2[0]))
    y = fma(z, -0.5, y)
    return fma(e, LOG_2[1], x + y)


def sine_and_cosine(x: Array) -> tuple[Array, Array]:
    """Sine and cosine of numbers from 0 to 2π."""
    octant = ((x * FOUR_BY_PI).astype(np.int32) + 1) & ~1
    for part in QUARTER:
        x = fma(octant.astype(F), part, x)
    z = x * x
    cosine = fma(_polynomial(COSINE, z) * z, z, z * F(-0.5)) + F(1)
    sine = fma(_polynomial(SINE, z) * z, x, x)
    swapped = (octant & 2) != 0
    sines = np.where(swapped, cosine, sine) * np.where(octant & 4, F(-1), F(1))
    cosines = np.where(swapped, sine, cosine) * np.where((octant + 2) & 4, F(-1), F(1))
    return sines, cosines


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """The polynomial of x, the highest power first."""
    found = np.full_like(x, coefficients[0])
    for each in coefficients[1:]:
        found = fma(found, x, each)
    return found
