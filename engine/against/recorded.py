"""What gradstep_record.py wrote of a PyTorch training, read as a trace file of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.against.tracefile import TraceFile
from engine.arrayfiles.file import File, native
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import Symbol
from engine.formula.layout import Shape
from engine.program.clip import PREFIX as CLIP
from engine.program.parameters import groups, held, shape
from engine.recorded.clipping import gradients
from engine.recorded.network import Layer, layers_of
from engine.recorded.written import MEND, Written, in_rows, written
from engine.spec.check import printable
from engine.spec.data import one_hot
from engine.spec.run import Array, RunSpec

Values = dict[Symbol, Array]
MOST_NAMED = 6
COUNT = "step"
"""What PyTorch calls the number of updates, which is no slot."""


def recorded(file: File, arrays: Mapping[str, Array], spec: RunSpec) -> TraceFile:
    """The trace file that a record is, in the symbols of a run: its layers, in the order in which
    they were called, are the run's. Raises SpecError where it is damaged, or of another net.
    """
    record = written(file, arrays)
    layers, rest = layers_of(record)
    if not record.iterations:
        file.refuse("has no whole iteration; let the training make a step while it is recorded")
    if len(layers) != len(spec.layers):
        names = ", ".join(layer.z for layer in layers[:MOST_NAMED])
        lost = f"; {rest[0]} is not followed" if rest else ""
        file.refuse(
            f"has {len(layers)} layers ({names}){lost}, and the run has {len(spec.layers)}: a"
            " record of another net. Name the run it is of"
        )
    spans = range(1, record.iterations + 1)
    if record.adding and any(_several(record, each, t) for each in layers[:1] for t in spans):
        file.refuse(
            "has steps of the gradients of several mini-batches, of which the last alone is kept:"
            " record a training that makes a step after each backward pass"
        )
    return _Reading(record, layers, rest, spec).trace_file()


def _several(record: Written, layer: Layer, t: int) -> bool:
    """Whether a layer had other numbers in another forward pass of iteration t."""
    once, again = (record.of(t, f"{layer.z}{mark}") for mark in ("", "'"))
    return once is not None and again is not None and not np.array_equal(once, again)


@dataclass(frozen=True)
class _Of:
    """A parameter of the model's as one of the run's, transposed where `turned`."""

    symbol: Symbol
    turned: bool
    shape: Shape

    def put(self, array: Array) -> Array:
        """An array of its shape, as the run has it: what is one for all units is one number."""
        if not self.shape and array.shape == (1,):
            return array.reshape(())
        return array.T if self.turned and array.ndim == 2 else array


class _Reading:
    """Gives the arrays of a record their symbols."""

    def __init__(
        self, record: Written, layers: tuple[Layer, ...], rest: tuple[str, ...], spec: RunSpec
    ) -> None:
        self.record, self.layers, self.spec = record, layers, spec
        self.row = OPTIMIZERS[spec.optimizer.name]
        self.names: dict[Symbol, str] = {}
        self.unmapped: dict[str, str] = dict.fromkeys(rest, "not followed")
        self.parameters = dict(self._parameters())
        self.changed = {
            name
            for t in self._iterations()
            for name, (grad, after) in gradients(record, t).items()
            if grad is not after
        }

    def _iterations(self) -> range:
        return range(1, self.record.iterations + 1)

    def trace_file(self) -> TraceFile:
        """The whole of it."""
        values: dict[int, Values] = {}
        starts: dict[int, Values] = {1: dict(self._starts())}
        now = {of.symbol: starts[1][of.symbol] for of in self.parameters.values()}
        for t in self._iterations():
            before = dict(self._parameters_at(t, "before"))
            if before and t > 1:
                starts[t] = before
            now |= before | dict(self._parameters_at(t, "new"))
            values[t] = dict(self._computed(t)) | now
        kinds = {array.dtype for array in self.record.parameters.values()}
        least = min(kinds, key=lambda kind: kind.itemsize, default=np.dtype(np.float64))
        dtype = least.name if least.kind == "f" else "float32"
        return TraceFile(
            file=self.record.file.name,
            dtype=dtype,
            values=values,
            starts=starts,
            names=self.names,
            unmapped=tuple((printable(name), why) for name, why in self.unmapped.items()),
        )

    # -- parameters ----------------------------------------------------------------------------

    def _parameters(self) -> Iterator[tuple[str, _Of]]:
        """The model's parameters, by name, as the run's: those that the layers have."""
        taken: dict[Symbol, str] = {}
        for number, layer in enumerate(self.layers, 1):
            for kind, name, turned in self._of_layer(layer):
                if kind not in self.spec.layers[number - 1].kinds or name is None:
                    continue
                place = held(self.spec, kind, number)
                first = taken.get(place.name)
                if first is None:
                    taken[place.name] = self.names[place.name] = name
                    own = shape(self.spec, place.name)
                    yield name, _Of(place.name, place.turned is not turned, own)
                elif first != name:
                    self.unmapped[name] = f"{place.name} is {first}"
        known = {*taken.values(), *self.unmapped}
        self.unmapped |= {
            name: "no layer of the run has it"
            for name in self.record.parameters
            if name not in known
        }

    def _of_layer(self, layer: Layer) -> Iterator[tuple[str, str | None, bool]]:
        """The names of a layer's W, b and alpha; of b beside a W, too, where it was never added."""
        yield "W", layer.weight, layer.turned
        beside = f"{layer.z.rpartition('/')[0]}.bias"
        yield "b", layer.bias or (beside if beside in self.record.parameters else None), False
        yield "alpha", layer.slope, False

    def _parameters_at(self, t: int, what: str) -> Iterator[tuple[Symbol, Array]]:
        for name, of in self.parameters.items():
            array = self.record.of(t, f"{name}/{what}")
            if array is not None:
                yield of.symbol, self._floats(f"{t}/{name}/{what}", of.put(array))

    def _starts(self) -> Iterator[tuple[Symbol, Array]]:
        """The parameters and what the optimizer had kept before the first iteration."""
        for name, of in self.parameters.items():
            yield of.symbol, self._floats(f"0/{name}", of.put(self.record.needed(0, name)))
        yield from self._slots(0)

    def _slots(self, t: int) -> Iterator[tuple[Symbol, Array]]:
        for name, of in self.parameters.items():
            for slot, called in self.row.torch_slots.items():
                array = self.record.of(t, f"{name}/{called}")
                if array is not None:
                    if slot in self.row.torch_single and not array.ndim:
                        array = np.full(self.record.needed(0, name).shape, array)
                    symbol = of.symbol.under(slot)
                    self.names[symbol] = f"{called} of {name}"
                    yield symbol, self._floats(f"{t}/{name}/{called}", of.put(array))

    # -- an iteration --------------------------------------------------------------------------

    def _computed(self, t: int) -> Iterator[tuple[Symbol, Array]]:
        yield from self._data(t)
        last = len(self.layers)
        for number, layer in enumerate(self.layers, 1):
            output = "yhat" if number == last else f"a{number}"
            for symbol, key in ((f"z{number}", layer.z), (output, layer.a)):
                if key is not None:
                    given = in_rows(self.record.needed(t, key))
                    yield self._named(symbol, key), self._floats(key, given)
        loss = self.record.needed(t, "loss")
        yield (
            self._named("loss", "loss"),
            self._floats("loss", loss.reshape(()) if loss.size == 1 else loss),
        )
        yield from self._gradients(t)
        yield from self._slots(t)
        yield from self._rates(t)

    def _named(self, symbol: str, name: str) -> Symbol:
        self.names[Symbol(symbol)] = printable(name[:60])
        return Symbol(symbol)

    def _floats(self, name: str, array: Array) -> Array:
        if array.dtype.kind not in "fiub":
            self.record.refuse(f'"{printable(name[:60])}" is of {array.dtype}; {MEND}')
        return native(array if array.dtype.kind == "f" else array.astype(np.float64))

    def _data(self, t: int) -> Iterator[tuple[Symbol, Array]]:
        """The mini-batch, as the run has it."""
        x, y = self.record.needed(t, "x"), self.record.needed(t, "y")
        outputs = self.spec.data.y.shape[1]
        yield self._named("x", "x"), self._floats("x", in_rows(x))
        if y.dtype.kind in "iu" and y.ndim and y.size == len(y):
            y = self._classes(t, y.ravel(), outputs)
        yield self._named("y", "y"), self._floats("y", in_rows(y))

    def _classes(self, t: int, labels: Array, outputs: int) -> Array:
        ignored = self.spec.loss.options.get("ignore_index", -100)
        there = labels != ignored if outputs > 1 else np.ones(len(labels), bool)
        if not ((labels >= 0) & (labels < max(outputs, 2)))[there].all():
            self.record.refuse(f'"{t}/y" has classes that the run, of {outputs}, does not have')
        y = one_hot(np.where(there, labels, 0).astype(np.intp), outputs)
        y[~there] = 0
        targets = LOSSES[self.spec.loss.name].targets
        if targets and targets.off:
            y[y == 0] = targets.off
        return y

    def _gradients(self, t: int) -> Iterator[tuple[Symbol, Array]]:
        """Gradients, and what the step found; the same where nothing clipped them in this one."""
        for name, (grad, after) in gradients(self.record, t).items():
            if (of := self.parameters.get(name)) is None:
                continue
            symbol = of.symbol.gradient
            yield self._named(symbol, f"{name}.grad"), self._floats(f"{name}/grad", of.put(grad))
            clipped = any(clip.names(of.symbol) for clip in self.spec.clippings)
            if clipped or name in self.changed:
                called = self._named(of.symbol.under(CLIP), f"{name}.grad at the step")
                yield called, self._floats(f"{name}/clipped", of.put(after))

    def _rates(self, t: int) -> Iterator[tuple[Symbol, Array]]:
        """The learning rate of each of the run's groups: that of its parameters in the record."""
        rates: dict[str, Any] = {}
        for group in self.record.groups[t - 1]:
            rates |= dict.fromkeys(group.params, group.options.get("lr"))
        for each in groups(self.spec, self.spec.optimizer):
            of_it = [rates.get(self.names.get(name, "")) for name in each.names]
            found = [rate for rate in of_it if type(rate) in (int, float)]
            if found:
                yield Symbol(each.numbers.get("lr", "lr")), np.array(found[0], np.float64)
