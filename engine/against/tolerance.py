"""How far two numbers may be apart: by tolerance, in units of the last place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.spec.run import Array

Mask = npt.NDArray[np.bool_]

USUAL = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}
"""The rtol and atol of torch.testing.assert_close, by what was computed in."""


@dataclass(frozen=True)
class Tolerance:
    """Two numbers agree where they are no further apart than atol + rtol·|ours|. `dtype` is the
    less exact of what the two were computed in.
    """

    rtol: float
    atol: float
    dtype: str

    @property
    def eps(self) -> float:
        """The distance from 1 to the next number."""
        return float(np.finfo(self.dtype).eps)

    def of(self, ours: Array) -> Array:
        """How far from each of ours a number may be, in float64."""
        with np.errstate(all="ignore"):
            found: Array = self.atol + self.rtol * np.abs(ours.astype(np.float64))
        return found

    def beyond(self, ours: Array, theirs: Array, noise: Array | float = 0.0) -> Mask:
        """Where two arrays do not agree, and are further apart than some noise. NaN agrees with
        NaN alone and an infinity with itself alone, whatever the noise.
        """
        a, b = ours.astype(np.float64), theirs.astype(np.float64)
        with np.errstate(all="ignore"):
            near = np.abs(a - b) <= np.maximum(self.of(ours), noise)
        finite = np.isfinite(a) & np.isfinite(b)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        return np.asarray(~(same | (finite & near)))

    def ulps(self, ours: float, theirs: float) -> float:
        """How far two numbers are apart in units of the last place of the larger one."""
        size = max(abs(ours), abs(theirs))
        with np.errstate(all="ignore"):
            unit = float(np.spacing(np.asarray(size, self.dtype)))
        return abs(ours - theirs) / unit if unit else float("nan")


def usual(*dtypes: str) -> Tolerance:
    """The usual tolerance of the least exact of some kinds of numbers."""
    dtype = min(dtypes, key=lambda each: np.dtype(each).itemsize)
    rtol, atol = USUAL[dtype]
    return Tolerance(rtol, atol, dtype)
