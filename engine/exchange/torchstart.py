"""The start of a script where PyTorch's generator has drawn it: a seed instead of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from engine.catalog.inits import LINEAR
from engine.program.parameters import trained
from engine.runfile.drawing import GENERATORS, Named, Start, by_torch
from engine.spec.data import Batches
from engine.spec.run import RunSpec

ATTRIBUTES = {"W": "weight", "b": "bias"}
CAST = {"float32": ".float()", "float64": ".double()"}


class Seeded(NamedTuple):
    """A run that starts as PyTorch's layers are made, drawn in `dtype`; `drawn` words in all."""

    spec: RunSpec
    dtype: str
    drawn: int

    @property
    def names(self) -> set[str]:
        """The parameters that PyTorch's layers have."""
        layers = enumerate(self.spec.layers, 1)
        return {f"{kind}{n}" for n, each in layers for kind in ATTRIBUTES if kind in each.own}

    def parameters(self) -> Iterator[str]:
        """The lines that make them."""
        dtype = self.spec.dtype
        own = "" if self.dtype == dtype else f", dtype=torch.{self.dtype}"
        cast = "" if self.dtype == dtype else CAST[dtype]
        yield f"torch.manual_seed({self.spec.seed})"
        yield "layers = ["
        for layer, (inputs, units) in zip(self.spec.layers, pairwise(self.spec.sizes), strict=True):
            bias = ", bias=False" if layer.b is None else ""
            yield f"    nn.Linear({inputs}, {units}{bias}{own}){cast},"
        yield "]"
        learned = trained(self.spec)
        for number, layer in enumerate(self.spec.layers, 1):
            for kind, attribute in ATTRIBUTES.items():
                name = f"{kind}{number}"
                if kind in layer.own:
                    still = "" if name in learned else ".detach()"
                    yield f"{name} = layers[{number - 1}].{attribute}{still}"

    @property
    def shuffles(self) -> bool:
        """Whether the mini-batches are those of a DataLoader that comes next."""
        data = self.spec.data
        return data.shuffle and not data.batches and data.drawn == self.drawn

    def batches(self, iterations: int) -> Iterator[str]:
        """The lines that have them."""
        batches = Batches(self.spec.data, self.spec.seed)
        passes = batches.pass_of(iterations) + 1
        own = "own" if self.spec.data.held else f"range({batches.samples})"
        size = f"batch_size={batches.size}, shuffle=True"
        yield f"loader = torch.utils.data.DataLoader({own}, {size})"
        yield f"batches = [rows for _ in range({passes}) for rows in loader]"


def seeded(spec: RunSpec) -> Seeded | None:
    """How a run starts that starts as PyTorch's layers are made; None where it does not."""
    if spec.data.drawn is None or any(
        layer.tie or (layer.b is not None and not layer.b.ndim) for layer in spec.layers
    ):
        return None
    row: Named = (LINEAR, {})
    starts = [
        Start(units, inputs, layer.b is not None, row, row)
        for layer, (inputs, units) in zip(spec.layers, pairwise(spec.sizes), strict=True)
    ]
    for dtype in filter(None, GENERATORS.values()):
        found, drawn = by_torch(spec.seed, dtype, starts)
        if all(
            own is None or np.array_equal(np.asarray(array, spec.dtype), own)
            for layer, pair in zip(spec.layers, found, strict=True)
            for array, own in zip(pair, (layer.W, layer.b), strict=True)
        ):
            return Seeded(spec, dtype, drawn)
    return None
