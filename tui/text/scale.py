"""Scales of an axis, straight or by the logarithm, and the numbers that stand along it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

DECADES = 2
"""Positive values that span more are shown by their logarithm."""


class Scale(NamedTuple):
    """Values to the unit interval, straight or by the logarithm."""

    low: float
    high: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where a value stands: 0 at the low end, 1 at the high one."""
        low, high = (math.log10(v) if self.log else v for v in (self.low, self.high))
        value = math.log10(value) if self.log else value
        span = high / 2 - low / 2
        return min(1.0, max(0.0, (value / 2 - low / 2) / span)) if span > 0 else 0.5

    def ticks(self, most: int) -> list[float]:
        """At most `most` round numbers within the scale, or its ends where no two of them fit."""
        ticks = self._powers_of_ten(most) if self.log else self._round_numbers(most)
        return ticks if len(ticks) > 1 else [self.low, self.high]

    def _powers_of_ten(self, most: int) -> list[float]:
        low, high = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        apart = max(1, math.ceil((high - low + 1) / most))
        return [10.0**k for k in range(low, high + 1, apart) if 10.0**k > 0]

    def _round_numbers(self, most: int) -> list[float]:
        rough = (self.high / 2 - self.low / 2) / max(1, most - 1) * 2
        if not (math.isfinite(rough) and rough > 1e-300):
            return []
        power = 10.0 ** math.floor(math.log10(rough))
        step = next((m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999), rough)
        start = math.ceil(self.low / step - 1e-9)
        ticks = ((start + k) * step for k in range(most + 1))
        return [t for t in ticks if self.low <= t <= self.high]


def along(first: float, last: float) -> Scale:
    """The scale of an axis from one place to another, or on from it where they are the same."""
    return Scale(first, last if last > first else first + max(1.0, abs(first)))


def fitting(values: Sequence[float]) -> Scale:
    """The scale of finite values, with room around them where they are all the same."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low > 0 and high / low > 10**DECADES:
        return Scale(low, high, log=True)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        pad = abs(high) / 10 or 1.0
        return Scale(low - pad, high + pad)
    return Scale(low, high)


def written(value: float, ascii: bool) -> str:
    """A number beside an axis: 0.25, 1000, 1.5e7."""
    text = f"{value:.0f}" if value == round(value) and abs(value) < 1e7 else f"{value:.4g}"
    if len(text) > 7 or "e" in text:
        text = f"{value:.1e}".replace(".0e", "e").replace("e-0", "e-").replace("e+0", "e")
    return text if ascii else text.replace("-", "−")
