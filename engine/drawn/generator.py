"""PyTorch's generator of a processor: a Mersenne Twister, and what is made of its words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.drawn.fused import Array, fma
from engine.drawn.single import log, sine_and_cosine

Words = npt.NDArray[np.uint32]
Order = npt.NDArray[np.intp]

BLOCK = 16
"""So many normal numbers, or more, are drawn in blocks."""
DIGITS = {"float32": 24, "float64": 53}
MOST_WORDS = 1 << 20
"""So many words are passed over at a time."""


class Generator:
    """As PyTorch 2.13 is after torch.manual_seed(seed), of which the twister takes the last 32
    bits. Follows ATen/core/DistributionsHelper.h and ATen/native/cpu/DistributionTemplates.h as
    built for processors with AVX2, where a product and a sum are rounded once.
    """

    def __init__(self, seed: int) -> None:
        self._twister = np.random.RandomState(seed & 0xFFFFFFFF)
        self._kept: float | None = None
        self.drawn = 0
        """So many words have been drawn."""

    @property
    def state(self) -> Any:
        """Where the twister stands."""
        return self._twister.get_state()

    @state.setter
    def state(self, state: Any) -> None:
        self._twister.set_state(state)

    def words(self, count: int) -> Words:
        """The next numbers of 32 bits."""
        self.drawn += count
        return self._twister.randint(0, 1 << 32, count, np.uint32)

    def skip(self, count: int) -> None:
        """Pass over so many words."""
        while count > 0:
            self.words(min(count, MOST_WORDS))
            count -= MOST_WORDS

    def uniform(self, count: int, dtype: str, low: float = 0.0, high: float = 1.0) -> Array:
        """tensor.uniform_(low, high)."""
        kind = np.dtype(dtype).type
        digits = DIGITS[dtype]
        if digits == 24:
            whole: npt.NDArray[Any] = self.words(count) & np.uint32(2**24 - 1)
        else:
            pairs = self.words(2 * count).astype(np.uint64)
            whole = ((pairs[::2] << np.uint64(32)) | pairs[1::2]) & np.uint64(2**53 - 1)
        share = whole.astype(dtype) * kind(2.0**-digits)
        start, end = kind(low), kind(high)
        found = fma(share, end - start, start)
        return np.where(found == end, start, found)

    def normal(self, count: int, dtype: str, mean: float = 0.0, std: float = 1.0) -> Array:
        """tensor.normal_(mean, std) of a contiguous tensor."""
        if count < BLOCK:
            one_by_one = np.array([self._one() for _ in range(count)])
            return fma(one_by_one, std, mean).astype(dtype)
        drawn = self.uniform(count, dtype)
        found = _box_muller(drawn[: count - count % BLOCK], mean, std)
        if count % BLOCK:  # the last 16 are drawn anew
            last = _box_muller(self.uniform(BLOCK, dtype), mean, std)
            found = np.concatenate([found[: count - BLOCK], last])
        return found

    def _one(self) -> float:
        """A normal number alone: they are made two at a time, and the other one is kept."""
        if self._kept is not None:
            kept, self._kept = self._kept, None
            return kept
        u1, u2 = self.uniform(2, "float64").tolist()
        radius, angle = math.sqrt(-2.0 * math.log1p(-u2)), 2.0 * math.pi * u1
        self._kept = radius * math.sin(angle)
        return radius * math.cos(angle)

    def permutation(self, count: int) -> Order:
        """torch.randperm(count), of fewer than 2³²/20 numbers."""
        order = list(range(count))
        left = np.arange(count, 1, -1, dtype=np.uint32)
        for i, far in enumerate((self.words(len(left)) % left).tolist()):
            order[i], order[i + far] = order[i + far], order[i]
        return np.array(order, np.intp)


def _box_muller(uniform: Array, mean: float, std: float) -> Array:
    """Normal numbers, as many as uniform ones, of which 8 make radii and the next 8 angles."""
    blocks = uniform.reshape(-1, 2, BLOCK // 2)
    kind = np.float32 if uniform.dtype == np.float32 else np.float64
    left, angle = 1 - blocks[:, 0], kind(2 * math.pi) * blocks[:, 1]
    if kind is np.float32:
        radius = np.sqrt(kind(-2) * log(left))
        sine, cosine = sine_and_cosine(angle)
    else:
        radius = np.sqrt(-2 * _each(math.log, left))
        sine, cosine = _each(math.sin, angle), _each(math.cos, angle)
    both = np.stack([radius * cosine, radius * sine], axis=1)
    return fma(both, std, mean).reshape(-1)


def _each(function: Callable[[float], float], x: Array) -> Array:
    """A function of the C library, whose last bit NumPy's own may have otherwise."""
    return np.array(list(map(function, x.ravel().tolist()))).reshape(x.shape)
