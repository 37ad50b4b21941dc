"""The order of the samples in each pass, as PyTorch's DataLoader shuffles them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from engine.drawn.generator import Generator, Order, Words

BLOCK = 1 << 14
"""The seeds of so many passes are worked out together."""
A_PASS = 4
"""So many words a pass draws from the main generator, as two numbers of 64 bits: the loader's base
seed, and then the seed of the sampler's own generator, which takes the last 32 bits of it.
"""


class Passes:
    """The orders of `samples` samples in DataLoader(…, shuffle=True) without workers and without a
    generator of its own, when `drawn` words have been drawn since torch.manual_seed(seed). Any pass
    is found without those before it; what is kept of them is a state of the twister a block.
    """

    def __init__(self, seed: int, drawn: int, samples: int) -> None:
        self._samples = samples
        start = Generator(seed)
        start.skip(drawn)
        self._states: dict[int, Any] = {0: start.state}
        self._block: tuple[int, Words] = (-1, np.zeros(0, np.uint32))

    def order(self, number: int) -> Order:
        """The samples of a pass, counted from 0, in their order."""
        block, place = divmod(number, BLOCK)
        known, seeds = self._block
        if known != block:
            seeds = self._seeds(block)
            self._block = block, seeds
        return Generator(int(seeds[place])).permutation(self._samples)

    def _seeds(self, block: int) -> Words:
        """The seeds of the passes of a block."""
        generator = Generator(0)
        last = max(each for each in tuple(self._states) if each <= block)
        generator.state = self._states[last]
        for each in range(last + 1, block + 1):
            generator.skip(A_PASS * BLOCK)
            self._states[each] = generator.state
        return generator.words(A_PASS * BLOCK)[A_PASS - 1 :: A_PASS]


passes = lru_cache(maxsize=4)(Passes)
"""The orders of some data, which are asked for from many places."""
