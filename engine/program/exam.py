"""Samples that are not trained on, put through a run's own forward pass and its loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.catalog.losses import LOSSES, parts
from engine.formula.calls import Array
from engine.program.step import Phase
from engine.program.trainer import Trainer
from engine.spec.data import Batches
from engine.spec.run import DataSpec, RunSpec

Classes = npt.NDArray[np.intp]
FORWARD = (Phase.FORWARD, Phase.LOSS)
SIDES = {0.0: ("sigmoid", "hardsigmoid"), -1.0: ("tanh", "hardtanh", "softsign")}
"""The activations whose outputs lie between the least of two targets and 1."""


class Score(NamedTuple):
    """The loss of samples, reduced as the run's is, and the share of them that is right, nan where
    the run names no classes or all of them are ignored.
    """

    loss: float
    accuracy: float


class Marked(NamedTuple):
    """What samples score together, the outputs (samples, units), and each one's loss (samples,)."""

    score: Score
    yhat: Array
    losses: Array


class Exam:
    """The forward pass and the loss of a run on samples of its data, in a program of their own,
    with any parameters. `rows` are the samples, counted from 0: those that are held out, by
    default. Penalties on parameters are no part of it. It is for one thread at a time.
    """

    def __init__(self, spec: RunSpec, rows: Sequence[int] | Classes | None = None) -> None:
        self.rows = np.array(spec.data.held if rows is None else rows, np.intp)
        self.y = np.asarray(spec.data.y[self.rows], spec.dtype)
        self.rule = classing(spec)
        self._trainer = Trainer(replace(spec, data=_only(spec.data, self.rows), penalty=None))
        optimizers = filter(None, (spec.optimizer, spec.compare))
        self._program = self._trainer.begin(1 + max(0, *(each.since for each in optimizers)))
        steps = self._program.steps
        self._calls = [call for step in steps if step.phase in FORWARD for call in step.calls]

    def score(self, state: Array) -> Score:
        """What the parameters of a state (state,) are worth."""
        self._trainer.state[...] = state
        with np.errstate(all="ignore"):
            for function, args in self._calls:
                function(*args)
        loss = float(self._program.loss)
        return Score(loss, self.rule.share(self._yhat, self.y) if self.rule else math.nan)

    def marked(self, state: Array) -> Marked:
        """The same sample by sample."""
        score = self.score(state)
        layout, work = self._program.layout, self._program.work
        losses = layout.view(work, "lossn" if "lossn" in layout else "loss")
        return Marked(score, self._yhat.copy(), losses.reshape(-1).copy())

    @property
    def _yhat(self) -> Array:
        return self._program.layout.view(self._program.work, "yhat")


def _only(data: DataSpec, rows: Classes) -> DataSpec:
    """Some samples of the data as a data set of their own, all in one mini-batch."""
    weights = None if data.weights is None else data.weights[rows]
    return replace(
        data, x=data.x[rows], y=data.y[rows], weights=weights,
        batch_size=len(rows), shuffle=False, batches=(), held=(),
    )  # fmt: skip


def due(batches: Batches, every: str, t: int) -> int:
    """The first iteration from t on after which the samples that are held out are tested with."""
    return t if every == "iteration" else batches.of_pass(t)[-1]


def last_due(batches: Batches, every: str, t: int) -> int:
    """The last one up to t; 0 where there is none."""
    if every == "iteration" or due(batches, every, t) == t:
        return t
    return batches.of_pass(t)[0] - 1


# -- classes ---------------------------------------------------------------------------------------


class Classing(NamedTuple):
    """How outputs name a class: the greatest of several does, the first of equal ones; a single one
    says yes from `middle` on.
    """

    units: int
    middle: float

    def said(self, yhat: Array) -> Classes:
        """The classes (samples,) that outputs (samples, units) name, -1 where one is no number."""
        if self.units == 1:
            found = (yhat[:, 0] >= self.middle).astype(np.intp)
        else:
            found = yhat.argmax(axis=1)
        found[np.isnan(yhat).any(axis=1)] = -1
        return found

    def true(self, y: Array) -> Classes:
        """The classes (samples,) that targets (samples, units) name, -1 where all are 0, as those
        of an ignored sample are.
        """
        found = self.said(y)
        if self.units > 1:
            found[~y.any(axis=1)] = -1
        return found

    def share(self, yhat: Array, y: Array) -> float:
        """The share of samples whose outputs name the class that their targets do, of those that
        name one; nan where none does.
        """
        true = self.true(y)
        asked = true >= 0
        right = np.count_nonzero((self.said(yhat) == true) & asked)
        return right / int(asked.sum()) if asked.any() else math.nan


def classing(spec: RunSpec) -> Classing | None:
    """How the outputs of a run name classes; None where its targets name none. Those of several
    outputs do where the loss takes classes, or where each sample's are 1 at one output and 0, or
    -1, at the others; those of a single one where all are 0 and 1, or -1 and 1, and the loss, the
    data or the last activation says that this is meant.
    """
    data, rule = spec.data, LOSSES[spec.loss.name].targets
    y, units, last = data.y, spec.sizes[-1], spec.layers[-1].activation
    low = float(y.min())
    if low not in (0.0, -1.0) or not np.isin(y, (low, 1.0)).all():
        return Classing(units, math.nan) if units > 1 and rule and rule.classes else None
    if units > 1:
        ones = (y == 1).sum(axis=1)
        one = (ones == 1) | ((ones == 0) & bool(data.labels))
        return Classing(units, math.nan) if (rule and rule.classes) or one.all() else None
    meant = rule in (parts.YES_OR_NO, parts.SIDES) or data.labels or data.classes
    return Classing(1, (1 + low) / 2) if meant or last in SIDES[low] else None
