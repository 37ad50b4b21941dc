"""A sheet's own figures as arrays: what it says, and where it says nothing what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from engine.catalog.losses import LOSSES
from engine.catalog.symbols import GIVEN, Symbol
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.program.parameters import Group, groups
from engine.program.penalty import Penalised, penalised
from engine.program.step import Step
from engine.program.trace import Trace
from engine.spec.run import RunSpec


@dataclass(frozen=True)
class Network:
    """What the wrong rules must know of a run: its activations, its loss, whether the loss is a
    mean, what of it the mean divides by beside the samples, which optimizer updates what, and its
    `spec` for what only few of them ask.
    """

    activations: tuple[str, ...]
    loss: str
    mean: bool
    outputs: int = 1
    groups: tuple[Group, ...] = ()
    spec: RunSpec | None = None

    @classmethod
    def of(cls, spec: RunSpec) -> Network:
        """That of a run."""
        return cls(
            tuple(layer.activation for layer in spec.layers),
            spec.loss.name,
            spec.loss.reduction == "mean",
            1 if spec.instead or not LOSSES[spec.loss.name].per_element else spec.sizes[-1],
            tuple(groups(spec, spec.optimizer)),
            spec,
        )

    def penalties(self, samples: int, **other: bool) -> dict[Symbol, Penalised]:
        """The penalties of the run in such a mini-batch, by parameter, with other options; none
        where it has none.
        """
        if self.spec is None or self.spec.penalty is None:
            return {}
        made = replace(self.spec, penalty=replace(self.spec.penalty, **other))
        return {each.name: each for each in penalised(made, samples)}

    def share(self, samples: int) -> float:
        """What the mean makes of each error."""
        return 1 / (samples * self.outputs) if self.mean else 1.0


class Own:
    """The arrays of an iteration by symbol, each with how far its numbers may lie to either side.

    `before` are the parameters and the optimizer's vectors that the iteration starts from;
    `last` is the iteration before, None in the first.
    """

    def __init__(self, trace: Trace, network: Network, last: Own | None) -> None:
        self.trace = trace
        self.network = network
        self.after: dict[str, Array] = {}
        self.last = last
        self.now: dict[str, tuple[Array, Array, Array]] = {}
        self.before: dict[str, tuple[Array, Array, Array]] = {}
        self.scalars = dict(trace.scalars)
        self.written: set[str] = set()
        self._later: set[str] = set()

    @classmethod
    def begin(cls, trace: Trace, network: Network, last: Own | None) -> Own:
        """The figures from which an iteration starts: what the last one has led to, else what
        the run is given.
        """
        own = cls(trace, network, last)
        if last is not None:
            last.last = None
            own.scalars["lr"] = last.scalars["lr"] if last.moved_rate else own.scalars["lr"]
        symbols = [*trace.parameters, *(s.symbol for s in trace.steps)]
        for symbol in dict.fromkeys(symbols):
            start = trace.value(symbol, 0)
            if start is None:
                continue
            kept = last.now.get(symbol) if last is not None else None
            own._start(symbol, kept or (start.copy(), start.copy(), start.copy()))
        for symbol in map(Symbol, GIVEN):
            value = trace.value(symbol, 0)
            if value is None:
                continue
            kept = None
            if last is not None and np.array_equal(value, last.trace.known(symbol, 0)):
                kept = last.now[symbol]
            own._start(symbol, kept or (value.copy(), value.copy(), value.copy()))
        return own

    @property
    def moved_rate(self) -> bool:
        """Whether the sheet has another learning rate than the run."""
        return self.scalars["lr"] != self.trace.scalars["lr"]

    def _start(self, symbol: str, arrays: tuple[Array, Array, Array]) -> None:
        self.now[symbol] = arrays
        self.before[symbol] = (arrays[0].copy(), arrays[1].copy(), arrays[2].copy())

    def read(self, symbol: str) -> Array:
        """What a step finds under a symbol or scalar."""
        if symbol in self.scalars:
            return np.array(self.scalars[symbol])
        return self.now[symbol][0]

    def range_of(self, symbol: str, index: Index) -> tuple[float, float]:
        """Between what an operand lies."""
        if symbol in self.scalars or symbol not in self.now:
            value = float(self.scalars.get(symbol, np.nan))
            return value, value
        _, low, high = self.now[symbol]
        return float(low[index]), float(high[index])

    def ends(self, symbol: str, index: Index) -> tuple[float, float, float]:
        """A number and what it lies between."""
        middle, low, high = self.now[symbol]
        return float(middle[index]), float(low[index]), float(high[index])

    def put(self, symbol: str, index: Index, value: float, half: float) -> None:
        """Take a figure for a number."""
        self.written.add(symbol)
        if symbol == "lr":
            self.scalars["lr"] = value
            return
        for array, number in zip(
            self.now[symbol], (value, value - half, value + half), strict=True
        ):
            array[index] = number
        if symbol not in self._later and symbol in self.before:
            for array, number in zip(
                self.before[symbol], (value, value - half, value + half), strict=True
            ):
                array[index] = number

    def write(self, step: Step, middle: Array, low: Array, high: Array) -> None:
        """Take what follows for what a step writes."""
        self._later.add(step.symbol)
        self.now[step.symbol] = (middle.copy(), low.copy(), high.copy())

    def samples(self, symbols: Iterable[str], count: int) -> Samples:
        """The arrays of some symbols with `count` variants each on a first axis: the first as
        written, the others moved at random within what they may be.
        """
        generator = np.random.default_rng(0)
        found: dict[str, Array] = {}
        old: dict[str, Array] = {}
        for symbol in symbols:
            for source, taken in ((self.now, found), (self.before, old)):
                if symbol in source:
                    taken[symbol] = _moved(generator, *source[symbol], count)
        return Samples(self, found, old)


def _moved(
    generator: np.random.Generator, middle: Array, low: Array, high: Array, count: int
) -> Array:
    share = generator.choice([0.0, 0.5, 1.0], size=(count, *middle.shape), p=[0.4, 0.2, 0.4])
    moved = low + share * (high - low)
    moved[0] = middle
    return np.asarray(moved)


class Samples:
    """Variants of a sheet's own figures, each array (variants, *shape): what a wrong rule reads."""

    def __init__(self, own: Own, now: dict[str, Array], before: dict[str, Array]) -> None:
        self.own = own
        self.now, self.before = now, before
        self.depth = max(s.in_layer for s in own.trace.parameters)

    def __contains__(self, symbol: str) -> bool:
        return symbol in self.now

    def __getitem__(self, symbol: str) -> Array:
        return self.now[symbol]

    def out(self, layer: int) -> Array:
        """What a layer puts out; x is layer 0's."""
        return self.now["x" if layer == 0 else "yhat" if layer == self.depth else f"a{layer}"]

    def old(self, symbol: str) -> Array:
        """A parameter or an optimizer's vector before the update."""
        return self.before[symbol]

    def scalar(self, name: str) -> float:
        """A number that the update reads."""
        return float(self.own.scalars[name])

    def activation(self, layer: int) -> str:
        """The name of a layer's activation."""
        return self.own.network.activations[layer - 1]

    @property
    def count(self) -> int:
        """Samples in the mini-batch."""
        return int(self.now["x"].shape[1])

    @property
    def share(self) -> float:
        """What the mean makes of each error: 1/N, or 1."""
        return self.own.network.share(self.count)

    @property
    def updated(self) -> dict[str, Array]:
        """The parameters after the update, as far as the sheet has them or they follow."""
        return self.own.after
