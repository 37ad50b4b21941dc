"""Arrays drawn one after another as a PyTorch script draws them."""

from __future__ import annotations

import math

from engine.drawn.fused import Array
from engine.drawn.generator import Generator, Order
from engine.formula.layout import Shape


class FromTorch:
    """Draws arrays of `dtype` from a seed, as `engine.catalog.draws.Draws` has it."""

    exact = True

    def __init__(self, seed: int, dtype: str) -> None:
        self._generator = Generator(seed)
        self._dtype = dtype

    @property
    def drawn(self) -> int:
        """How many words of 32 bits have been drawn."""
        return self._generator.drawn

    def uniform(self, low: float, high: float, shape: Shape) -> Array:
        """tensor.uniform_(low, high)."""
        return self._generator.uniform(math.prod(shape), self._dtype, low, high).reshape(shape)

    def normal(self, mean: float, std: float, shape: Shape) -> Array:
        """tensor.normal_(mean, std)."""
        return self._generator.normal(math.prod(shape), self._dtype, mean, std).reshape(shape)

    def permutation(self, count: int) -> Order:
        """torch.randperm(count)."""
        return self._generator.permutation(count)
