"""Named arrays side by side in one flat vector, so that one copy records them all."""

from __future__ import annotations

import math
from collections.abc import Iterator

from engine.formula.calls import Array

Shape = tuple[int, ...]


class Layout:
    """Where each named array stands in a flat vector of `size` numbers."""

    def __init__(self) -> None:
        self.size = 0
        self._places: dict[str, tuple[slice, Shape]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def add(self, name: str, shape: Shape) -> None:
        """Give `name` the next free place."""
        start, self.size = self.size, self.size + math.prod(shape)
        self._places[name] = (slice(start, self.size), shape)

    def alias(self, name: str, other: str, shape: Shape) -> None:
        """Give `name` the place of `other`, seen in another shape."""
        self._places[name] = (self._places[other][0], shape)

    def group(self, name: str, first: int) -> None:
        """Name everything added since `size` was `first`, as one flat vector."""
        self._places[name] = (slice(first, self.size), (self.size - first,))

    def shape(self, name: str) -> Shape:
        """The shape of the array `name`."""
        return self._places[name][1]

    def place(self, name: str) -> tuple[slice, Shape]:
        """Where `name` stands, and its shape."""
        return self._places[name]

    def view(self, flat: Array, name: str) -> Array:
        """The array `name` within `flat`; not a copy."""
        place, shape = self._places[name]
        return flat[place].reshape(shape)
