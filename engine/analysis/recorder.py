"""Recording: the quantities that conditions read, taken while a trainer trains."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from engine.analysis.conditions import (
    ACCURACY,
    FINITE,
    ITERATION,
    LOSS,
    PASS,
    PASS_ENDS,
    TEST_LOSS,
    TESTED,
    Quantity,
    Values,
)
from engine.analysis.tested import Scores
from engine.catalog.losses import LOSSES
from engine.formula.calls import Array
from engine.formula.layout import Layout, Shape
from engine.history.history import History
from engine.program.exam import Score, classing, due
from engine.program.parameters import VECTOR, shape, trained, weights
from engine.program.program import Program
from engine.program.state import OTHER
from engine.program.step import Step
from engine.program.trainer import Trainer
from engine.spec.run import RunSpec

Probe = Callable[[], Any]
ALL = "theta"
"""What conditions call all trained parameters, as one vector."""


def symbol_shapes(spec: RunSpec, steps: Sequence[Step]) -> dict[str, Shape]:
    """The symbols that a condition can name in a run with these steps, and their shapes on a
    mini-batch of the usual size: the data, all parameters, the results of the steps, and ALL
    and "grad", all trained parameters and all their gradients as one vector.
    """
    samples = spec.data.largest
    found: dict[str, Shape] = {}
    if spec.instead is None:
        found = {"x": (samples, spec.sizes[0]), "y": (samples, spec.sizes[-1])}
    found |= {name: shape(spec, name) for name in weights(spec)}
    found |= {step.symbol: step.shape for step in steps}
    size = sum(math.prod(found[name]) for name in trained(spec))
    lumped = size and spec.instead is None  # θ and its gradient are that by themselves
    return found | ({ALL: (size,), "grad": (size,)} if lumped else {})


def condition_shapes(spec: RunSpec, steps: Sequence[Step]) -> dict[str, Shape]:
    """The same, and what the samples score that are held out, where some are."""
    return symbol_shapes(spec, steps) | (dict.fromkeys(TESTED, ()) if spec.data.held else {})


class Recorder:
    """Trains and records `quantities`. The loss, the iteration and the pass cost nothing. What is
    held out is looked up in the `history` where it was tested with before what is recorded.
    """

    def __init__(self, quantities: Iterable[Quantity], history: History | None = None) -> None:
        self.quantities = tuple(quantities)
        self._tests = [q for q in self.quantities if q.symbol in TESTED]
        self._history, self._scores = history, Scores()
        self._tested: tuple[int, Score] = (-1, UNTESTED)
        quick = (_LOSS, *_COUNTED, *self._tests)
        self._read = [q for q in self.quantities if q not in quick]
        self._probes: dict[Program, list[Probe]] = {}

    def train(self, trainer: Trainer, first: int, last: int, losses: Array) -> Values:
        """Train on iterations first to last, as `Trainer.run`, and return their quantities.
        What an iteration does not have, an optimizer's slot or a sample of a smaller mini-batch,
        is nan.
        """
        count = last - first + 1
        values: dict[Quantity, Array] = {_LOSS: losses[:count]}
        for quantity in filter(_COUNTED.__contains__, self.quantities):
            values[quantity] = _counted(quantity, trainer, first, last)
        if not self._read and not self._tests:
            trainer.run(first, last, losses)
            return values
        usual = trainer.usual
        rows = [np.empty((count, *_shape(q, trainer, usual))) for q in self._read]
        tested = np.empty((len(self._tests), count))
        with np.errstate(all="ignore"):
            for i in range(count):
                trainer.run(first + i, first + i, losses[i:])
                probes = self._of(trainer, trainer.program(first + i))
                for row, probe in zip(rows, probes, strict=True):
                    row[i] = probe()
                if self._tests:
                    score = self._score(trainer, first + i)
                    tested[:, i] = [_number(q, score) for q in self._tests]
        values |= dict(zip(self._tests, tested, strict=True))
        return values | dict(zip(self._read, rows, strict=True))

    def _score(self, trainer: Trainer, t: int) -> Score:
        """What is held out scored last, where the trainer stands after iteration t."""
        seen, score = self._tested
        data = trainer.spec.data
        if data.held and due(trainer.batches, data.test_every, t) == t:
            score = self._scores.exam(trainer.spec).score(trainer.state)
        elif seen != t - 1:
            known = self._scores.last(self._history, t - 1) if self._history else None
            score = known.score if known else UNTESTED
        self._tested = (t, score)
        return score

    def start(self, trainer: Trainer) -> Values:
        """The quantities before iteration 1: of the trainer's state; all else is unknown."""
        probes = self._of(trainer, trainer.program(1))
        return {
            q: np.array(probe())
            for q, probe in zip(self._read, probes, strict=True)
            if _kept(q.symbol) in trainer.layout
        }

    def _of(self, trainer: Trainer, program: Program) -> list[Probe]:
        if program not in self._probes:
            self._probes[program] = [_probe(q, trainer, program) for q in self._read]
        return self._probes[program]


UNTESTED = Score(math.nan, math.nan)
_LOSS = Quantity(LOSS)
_COUNTED = tuple(map(Quantity, (ITERATION, PASS, PASS_ENDS)))
"""What follows from the number of an iteration, and needs no training."""


def _number(quantity: Quantity, score: Score) -> float:
    """What a condition reads of a score."""
    found = score.loss if quantity.symbol == TEST_LOSS else score.accuracy
    return abs(found) if quantity.size else found


def _counted(quantity: Quantity, trainer: Trainer, first: int, last: int) -> Array:
    """One of these of iterations first to last."""
    if quantity.symbol == ITERATION:
        return np.arange(first, last + 1, dtype=np.float64)
    passes = np.array([trainer.batches.pass_of(t) + 1.0 for t in range(first, last + 2)])
    return passes[:-1] if quantity.symbol == PASS else np.diff(passes)


def _array(symbol: str, trainer: Trainer, program: Program) -> Array | None:
    """The array that a trainer computes with, None where it has no such symbol."""
    if symbol in ("x", "y"):
        return program.x if symbol == "x" else program.y
    if symbol in program.layout:
        return program.layout.view(program.work, symbol)
    name = _kept(symbol)
    return trainer.layout.view(trainer.state, name) if name in trainer.layout else None


def _kept(symbol: str) -> str:
    """What a symbol is called among what an iteration hands to the next."""
    return VECTOR if symbol == ALL else symbol


def _shape(quantity: Quantity, trainer: Trainer, program: Program) -> Shape:
    if quantity.index is not None or quantity.size:
        return ()
    array = _array(quantity.symbol, trainer, program)
    return () if array is None else array.shape


def _probe(quantity: Quantity, trainer: Trainer, program: Program) -> Probe:
    """What gives the quantity after an iteration of that program."""
    if quantity.symbol == ACCURACY:
        if (known := classing(program.spec)) is not None:
            yhat, y = program.layout.view(program.work, "yhat"), program.y
            return lambda: known.share(yhat, y)
        rule = LOSSES[program.spec.loss.name].targets
        middle = (1 + rule.off) / 2 if rule else 0.5
        return lambda: accuracy(program.layout.view(program.work, "yhat"), program.y, middle)
    if quantity.symbol == FINITE:
        own = trainer.state[: _own_size(trainer.layout)]
        return lambda: float(all_finite(program.work) and all_finite(own))
    array, index = _array(quantity.symbol, trainer, program), quantity.index
    if array is None:
        return lambda: np.nan
    if index is not None:
        if len(index) != array.ndim or any(i >= n for i, n in zip(index, array.shape, strict=True)):
            return lambda: np.nan
        element = array[tuple(slice(i, i + 1) for i in index)].reshape(())
        return (lambda: abs(element)) if quantity.size else (lambda: element)
    if quantity.size:
        flat = array.reshape(-1)
        return lambda: norm(flat)
    shape = _shape(quantity, trainer, trainer.usual)
    if array.shape == shape:
        return lambda: array
    missing = np.full((shape[0] - array.shape[0], *array.shape[1:]), np.nan)
    return lambda: np.concatenate([array, missing])


def _own_size(layout: Layout) -> int:
    """The numbers of a state up to what the compared optimizer keeps."""
    starts: list[int] = [layout.place(name)[0].start for name in layout if name.startswith(OTHER)]
    return min(starts, default=layout.size)


def accuracy(yhat: Array, y: Array, middle: float) -> float:
    """The share of samples whose prediction (samples, units) is right; see `Quantity`. Of rows of
    several targets, those that are 0 everywhere are ignored; one output says yes from `middle` on.
    """
    if y.shape[1] > 1 and not (asked := y.any(axis=1)).all():
        yhat, y = yhat[asked], y[asked]
        if not len(y):
            return math.nan
    if yhat.shape[1] == 1:
        right = ((yhat >= middle) == (y >= middle)) & (yhat == yhat)
    else:
        right = yhat.argmax(axis=1) == y.argmax(axis=1)
        known = yhat.max(axis=1)
        right &= known == known
    return float(np.count_nonzero(right) / len(yhat))


def all_finite(array: Array) -> bool:
    """Whether every number is finite. A finite sum says so at once."""
    return math.isfinite(np.add.reduce(array, axis=None)) or bool(np.isfinite(array).all())


def norm(flat: Array) -> float:
    """The root of the sum of the squares of (n,), exact where the squares would leave the range."""
    with np.errstate(over="ignore"):
        squares = float(np.dot(flat, flat))
    if 1e-25 < squares < 1e25:
        return math.sqrt(squares)
    greatest = float(np.max(np.abs(flat)))
    if greatest == 0 or not math.isfinite(greatest):
        return greatest
    scaled = flat.astype(np.float64) / greatest
    return greatest * math.sqrt(float(np.dot(scaled, scaled)))
