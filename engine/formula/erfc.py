"""The complementary error function for arrays, which NumPy lacks.

Rational approximations of W. J. Cody, "Rational Chebyshev Approximations for the Error
Function", Mathematics of Computation 23 (1969), with the coefficients of his CALERF.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]

_NEAR, _FAR = 0.46875, 4.0
"""Up to the first |x| erf itself is approximated, from the second on erfc's tail."""
_GONE = 27.3
"""From here on erfc is less than any number."""
_FEW = 512
"""Up to so many elements, one by one is faster."""

_A = (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2,
      3.77485237685302021e2, 3.20937758913846947e3)  # fmt: skip
_B = (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
      2.84423683343917062e3)  # fmt: skip
_C = (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594,
      6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
      1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3)  # fmt: skip
_D = (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
      1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3,
      3.43936767414372164e3, 1.23033935480374942e3)  # fmt: skip
_P = (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
      1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4)  # fmt: skip
_Q = (1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1,
      6.05183413124413191e-2, 2.33520497626869185e-3)  # fmt: skip


def _ratio(x: Array, above: Sequence[float], below: Sequence[float]) -> Array:
    """The quotient of two polynomials of one degree, the highest coefficient first."""
    p, q = np.full_like(x, above[0]), np.full_like(x, below[0])
    for a, b in zip(above[1:], below[1:], strict=True):
        p *= x
        p += a
        q *= x
        q += b
    p /= q
    return p


def _gauss(y: Array) -> Array:
    """e^(−y²), by parts, as the rounding of y² alone would cost digits where y is large."""
    coarse = np.trunc(y * 16) / 16
    return np.exp(-coarse * coarse) * np.exp(-(y - coarse) * (y + coarse))


def _tail(y: Array) -> Array:
    square = 1 / (y * y)
    series = square * _ratio(square, _P, _Q)
    found: Array = _gauss(y) * (1 / math.sqrt(math.pi) - series) / y
    return found


def erfc(x: Array, out: Array) -> None:
    """Write 1 − erf(x) to `out`, of the same shape and any floating dtype, to about 1e−15 of its
    size in both tails; computed in float64. NaN gives NaN. `out` may be x itself.
    """
    if x.size <= _FEW:
        found = np.array([math.erfc(number) for number in x.ravel().tolist()]).reshape(x.shape)
    else:
        found = _many(x.astype(np.float64))
    np.copyto(out, found, "same_kind")


def _many(x: Array) -> Array:
    y = np.abs(x)
    near, far = y <= _NEAR, (y > _FAR) & (y < _GONE)
    middle = (y > _NEAR) & (y <= _FAR)
    found = np.where(y < _GONE, 1.0, np.where(np.isnan(y), y, 0.0))
    found[middle] = _gauss(y[middle]) * _ratio(y[middle], _C, _D)
    found[far] = _tail(y[far])
    np.subtract(2, found, found, where=x < -_NEAR)
    small = x[near]
    found[near] = 1 - small * _ratio(small * small, _A, _B)
    return found
