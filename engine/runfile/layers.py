"""The parameters of the [[layers]] of a run file, given there or drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.symbols import OF_LAYERS
from engine.runfile.arrays import Arrays
from engine.runfile.drafts import MOST_UNITS, TURNED, Draft, contradictions
from engine.runfile.drawing import (
    GENERATORS,
    NUMPY,
    Drawn,
    Named,
    Start,
    by_numpy,
    by_torch,
    read_inits,
)
from engine.runfile.targets import MOST_NUMBERS
from engine.runfile.ties import TIE, kind_of, tied
from engine.spec.check import FLAG, Check, Table, number, whole
from engine.spec.run import Array, DataSpec, LayerSpec

MOST_PARAMETERS = 5_000_000
PENALTIES = ("l2", "l1")
"""The penalties that a layer may have of its own."""
AT_LEAST_0 = number("a number from 0 on", lambda v: v >= 0)
COUNT = "num_parameters"
"""How many parameters an activation has that has such, as PyTorch calls it: 1, or one a unit."""

FROZEN = Check(
    'a list of some of "W", "b" and "alpha"',
    lambda v: frozenset(v) if isinstance(v, list) and all(e in OF_LAYERS for e in v) else None,
)


class _Given(NamedTuple):
    """What a layer's table says of its parameters. None is an array that is not given: W is drawn
    by the row and the options `init`, b by those of `b_init`.
    """

    W: Array | None
    b: Array | None
    alpha: Array | None
    bias: bool
    frozen: frozenset[str]
    tie: tuple[str, ...]
    l2: float | None
    l1: float | None
    init: Named
    b_init: Named

    @property
    def tied(self) -> set[str]:
        """The kinds of what is another layer's."""
        return {*map(kind_of, self.tie)}

    def start(self, units: int, inputs: int) -> Start:
        """What is to be drawn for a layer of such a size."""
        W = self.init if self.W is None and "W" not in self.tied else None
        b = self.b_init if self.b is None and self.bias and "b" not in self.tied else None
        return Start(units, inputs, self.bias, W, b)


class Layers(NamedTuple):
    """Makes layers of drafts: with parameters of `dtype`, drawn by `seed` and the `generator` where
    none are given.
    """

    top: Table
    dtype: str
    seed: int
    generator: str = NUMPY

    def finished(
        self, drafts: Sequence[Draft], data: DataSpec | None, joined: str
    ) -> tuple[tuple[LayerSpec, ...] | None, DataSpec | None]:
        """The layers, None, and sentences, where one is wrong; and the data, which know from then
        on how much PyTorch's generator has drawn, if that is it. `joined` is the activation that
        the loss is joined with, "" where it is with none.
        """
        sizes = [data.x.shape[1] if data else None, *(draft.units for draft in drafts)]
        fit = self._few_enough(sizes)
        given = [
            self._given(draft, inputs) for draft, inputs in zip(drafts, sizes[:-1], strict=True)
        ]
        complete = fit and all((*given, *sizes, *(draft.activation for draft in drafts)))
        if not complete or not drafts or data is None:
            return None, data
        drawn, starts, data = self._drawn(given, sizes, data)
        found = [self._layer(*each) for each in zip(drafts, given, starts, drawn, strict=True)]
        layers = tuple(layer for layer in found if layer)
        if len(layers) < len(drafts):
            return None, data
        layers = tied([draft.table for draft in drafts], layers)
        self._room(layers, data, joined)
        return layers, data

    def _drawn(
        self, given: Sequence[_Given | None], sizes: Sequence[int | None], data: DataSpec
    ) -> tuple[list[Drawn], list[Start], DataSpec]:
        """What is not given, what it was drawn for, and the data that know how much that took."""
        starts = [
            each.start(units or 0, inputs or 0)
            for each, (inputs, units) in zip(given, pairwise(sizes), strict=True)
            if each
        ]
        dtype = GENERATORS[self.generator]
        if not dtype:
            return by_numpy(self.seed, starts), starts, data
        if data.drawn is not None and not any(start.W or start.b for start in starts):
            return [(None, None) for _ in starts], starts, data
        drawn, words = by_torch(self.seed, dtype, starts)
        return drawn, starts, replace(data, drawn=words) if data.drawn is None else data

    def _few_enough(self, sizes: Sequence[int | None]) -> bool:
        """Whether the parameters of layers with these inputs and outputs are not too many."""
        known = [size or 1 for size in sizes]
        parameters = sum(units * (inputs + 1) for inputs, units in pairwise(known))
        if parameters <= MOST_PARAMETERS:
            return True
        what = f"have {parameters:,} weights and biases together"
        self.top.wrong("layers", f"{what}, and may have at most {MOST_PARAMETERS:,}")
        return False

    def _room(self, layers: Sequence[LayerSpec], data: DataSpec, joined: str) -> None:
        """Refuse what would not fit into memory: each layer's results for a mini-batch."""
        size, samples = 0, max(data.batch_size, len(data.held))
        for layer in layers:
            alone = layer is not layers[-1] or layer.activation != joined
            squared = not ACTIVATIONS[layer.activation].elementwise and alone
            size += samples * layer.units * (layer.units if squared else 4)
        held = samples > data.batch_size
        if size > MOST_NUMBERS:
            self.top.wrong(
                "layers",
                f"need {size:,} numbers for {'samples held out' if held else 'a mini-batch'} of"
                f" {samples:,}, and may need at most {MOST_NUMBERS:,}: use fewer units or a smaller"
                f" data.{'test' if held else 'batch_size'}",
            )

    def _layer(
        self, draft: Draft, given: _Given | None, start: Start, drawn: Drawn
    ) -> LayerSpec | None:
        """A layer; None, and a sentence, where it has numbers that are not finite."""
        assert given is not None
        units, inputs = start.units, start.inputs
        W = drawn[0] if given.W is None else given.W
        b = drawn[1] if given.b is None else given.b
        if "W" in given.tied:
            W = np.broadcast_to(0.0, (units, inputs))  # until the other layer's is known
        if "b" in given.tied:
            b = np.broadcast_to(0.0, ())
        assert W is not None
        W, b = self._held(W), self._held(b) if b is not None and given.bias else None
        if not all(np.isfinite(array).all() for array in (W, b) if array is not None):
            draft.table.wrong("init", f"makes numbers that {self.dtype} does not hold")
            return None
        activation = draft.activation or ""
        made = LayerSpec(units, activation, W, b, given.frozen, draft.options, given.tie)
        alpha = None if given.alpha is None else self._held(given.alpha)
        return replace(made, l2=given.l2, l1=given.l1, alpha=alpha)

    def _held(self, array: Array) -> Array:
        """A copy that cannot be written to, infinite where the dtype does not hold a number."""
        with np.errstate(over="ignore"):
            held = array.astype(self.dtype, "C")
        held.flags.writeable = False
        return held

    def _given(self, draft: Draft, inputs: int | None) -> _Given | None:
        """What the layer's table says beside its size and activation; None where it is wrong."""
        table = draft.table
        before = len(table.problems.found)
        bias = table.take("bias", FLAG, True)
        frozen = table.take("frozen", FROZEN, frozenset())
        W = self._weights(table, draft.units, inputs)
        tie = table.take("tie", TIE, ())
        b = self._biases(table, draft.units)
        l2, l1 = (table.take(key, AT_LEAST_0, None) for key in PENALTIES)
        alpha = self._slopes(draft, "alpha" in map(kind_of, tie or ()))
        for key, what in contradictions(draft, bias, frozen or frozenset(), tie or ()):
            table.wrong(key, what)
        init = read_inits(table, drawn=not any(key in table.values for key in TURNED))
        if init is None or len(table.problems.found) > before:
            return None
        return _Given(W, b, alpha, bias, frozen, tie, l2, l1, *init)

    def _weights(self, table: Table, units: int | None, inputs: int | None) -> Array | None:
        """W (units, inputs), given so or as W_T (inputs, units)."""
        transposed = self._array(table, "W_T", {"inputs": inputs, "units": units})
        W = self._array(table, "W", {"units": units, "inputs": inputs})
        return W if transposed is None else transposed.T

    def _biases(self, table: Table, units: int | None) -> Array | None:
        """The biases b (units,), or () where one number is given for all units."""
        return self._one_or_each(table, "b", units)

    def _one_or_each(self, table: Table, key: str, units: int | None) -> Array | None:
        """An array (units,), or () where one number is given for all units."""
        value = table.values.get(key)
        if type(value) in (int, float) or (isinstance(value, np.ndarray) and not value.ndim):
            table.has(key)
            return Arrays(table.problems, self.dtype).number(value, table.at(key))
        return self._array(table, key, {"units": units})

    def _slopes(self, draft: Draft, tied: bool) -> Array | None:
        """The parameter of the activation, () for all units or (units,); None for one that has
        none, and where it is wrong. A list of one number is one for all, as PyTorch has it.
        """
        learns, table, units = draft.learns, draft.table, draft.units
        if draft.activation is None:
            table.excuse(("alpha", COUNT))
        if learns is None or tied:
            return None if learns is None else np.broadcast_to(0.0, ())  # until it is known
        count = table.take(COUNT, whole(1, MOST_UNITS), 1)
        each = COUNT in table.values and count == units
        if units and count not in (None, 1, units):
            table.wrong(COUNT, f"is {count:,}, and must be 1, or {units:,}, one for each unit")
        found = self._slopes_of(table, learns.kind, units, learns.start)
        if found is None or not units or found.ndim == each:
            return found
        if found.ndim and COUNT in table.values:
            table.wrong(COUNT, f"is {count}, and {learns.kind} has {units:,} numbers")
        return np.full(units, found) if each else found

    def _slopes_of(self, table: Table, key: str, units: int | None, start: float) -> Array | None:
        """An array (units,), or () where one number or a list of one is given, or none."""
        if key not in table.values:
            return np.array(start)
        given = table.values[key]
        alone = isinstance(given, list | np.ndarray) and np.shape(given) == (1,) and units != 1
        found = self._one_or_each(table, key, 1 if alone else units)
        return found.reshape(()) if found is not None and alone else found

    def _array(self, table: Table, key: str, axes: Mapping[str, int | None]) -> Array | None:
        """The array under a key whose axes are so long, None where there is none or it is wrong."""
        if not table.has(key):
            return None
        shape = tuple(axes.values())
        arrays = Arrays(table.problems, self.dtype)
        read = arrays.matrix if len(shape) == 2 else arrays.vector
        array = read(table.values[key], table.at(key))
        if array is None:
            return None
        if not _fits(array, shape):
            must = ", ".join("any" if n is None else str(n) for n in shape)
            found = ", ".join(map(str, array.shape))
            what = f"has shape ({found}), and must have ({', '.join(axes)}) = ({must})"
            if key in TURNED and _fits(array.T, shape):
                what += f"; if its rows are {list(axes)[1]}, call it {TURNED[key]}"
            table.wrong(key, what)
            return None
        return array


def _fits(array: Array, shape: tuple[int | None, ...]) -> bool:
    return all(n in (None, m) for n, m in zip(shape, array.shape, strict=True))


def stored_kinds(layer: Mapping[str, Any]) -> Iterator[str]:
    """The kinds of parameters that a layer has by what its table says."""
    yield "W"
    if layer.get("bias", True) is not False:
        yield "b"
    row = ACTIVATIONS.get(str(layer.get("activation")))
    if row and row.learns:
        yield row.learns.kind


def parameter_names(layers: Sequence[LayerSpec]) -> list[str]:
    """The names of the parameters of layers, W1, b1 and so on."""
    return [f"{kind}{n}" for n, layer in enumerate(layers, 1) for kind in layer.own]


def all_frozen(layers: Sequence[LayerSpec]) -> bool:
    """Whether nothing in them learns."""
    return all({*layer.own} <= layer.frozen for layer in layers)
