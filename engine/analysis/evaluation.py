"""How well a network does with some parameters, on what is trained on and what is held out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.analysis.regions import seconds
from engine.formula.calls import Array
from engine.program.exam import Classing, Exam, Score, classing
from engine.program.trace import Trace
from engine.spec.data import training_rows
from engine.spec.problem import Problem
from engine.spec.run import RunSpec

Counts = npt.NDArray[np.intp]
MOST_NUMBERS = 20_000_000
"""So many results of layers a part may have; a larger one is left out."""
MOST_WORST = 20
TRAINED, HELD_OUT = "trained on", "held out"


class Sample(NamedTuple):
    """A sample, `row` among all, counted from 0: its numbers, targets and outputs, and its loss."""

    row: int
    x: Array
    y: Array
    yhat: Array
    loss: float
    true: int
    said: int


@dataclass(frozen=True, eq=False)
class Part:
    """What a part of the data scores: its `name`, its samples, how many of these name a class and
    how many of them are right; `confusion` (classes, classes) counts them, a row for each true
    class and a column for each that was said, None where the run names no classes; and the samples
    with the largest losses, the largest first.
    """

    name: str
    samples: int
    score: Score
    asked: int
    right: int
    confusion: Counts | None
    worst: tuple[Sample, ...]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The parts of the data with the parameters after `updates` iterations; how outputs name
    classes, None where they name none, and what these are called.
    """

    updates: int
    parts: tuple[Part, ...]
    rule: Classing | None
    classes: tuple[str, ...]


def class_names(spec: RunSpec, rule: Classing | None) -> tuple[str, ...]:
    """What classes are called: by the data, or else by their numbers, or by the two targets."""
    if rule is None:
        return ()
    if spec.data.classes:
        return spec.data.classes
    if rule.units == 1:
        return ("0", "1") if rule.middle == 0.5 else ("-1", "1")
    return tuple(map(str, range(rule.units)))


def evaluate(spec: RunSpec, trace: Trace, step: int) -> Evaluation:
    """How well the network does when `step` steps of an iteration are done: with the parameters
    that it began with, or has left where all are. Raises Problem where the run has no network or
    its data is too large.
    """
    parts, done = parts_of(spec), step == len(trace.steps)
    state, rule = trace.after if done else trace.before, classing(spec)
    found = tuple(_part(name, Exam(spec, rows), spec, state) for name, rows in parts)
    return Evaluation(trace.t - (not done), found, rule, class_names(spec, rule))


def parts_of(spec: RunSpec) -> list[tuple[str, Counts]]:
    """The parts of the data by name, the samples of each. Raises Problem where there are none."""
    if spec.instead is not None:
        raise Problem("There is no network here, and no data that it could be right about.")
    held = np.array(spec.data.held, np.intp)
    parts = [(TRAINED, training_rows(len(spec.data.x), spec.data.held)), (HELD_OUT, held)]
    room = MOST_NUMBERS // (4 * sum(spec.sizes))
    found = [(name, rows) for name, rows in parts if 0 < len(rows) <= room]
    if not found:
        raise Problem(f"{len(spec.data.x):,} samples are too many to be looked at all at once.")
    return found


def estimated(spec: RunSpec) -> float:
    """Roughly how many seconds it takes."""
    return 0.01 + 3 * seconds(spec, len(spec.data.x))


def _part(name: str, exam: Exam, spec: RunSpec, state: Array) -> Part:
    marked, rule = exam.marked(state), exam.rule
    none = np.full(len(exam.rows), -1)
    true, said = (rule.true(exam.y), rule.said(marked.yhat)) if rule else (none, none)
    asked = true >= 0
    confusion = None
    if rule:
        confusion = np.zeros((max(2, rule.units),) * 2, np.intp)
        named = asked & (said >= 0)
        np.add.at(confusion, (true[named], said[named]), 1)
    losses = np.where(np.isnan(marked.losses), math.inf, marked.losses)
    order = np.argsort(-losses, kind="stable")[:MOST_WORST]
    worst = tuple(
        Sample(
            int(exam.rows[i]), spec.data.x[exam.rows[i]], exam.y[i], marked.yhat[i],
            float(marked.losses[i]), int(true[i]), int(said[i]),
        )
        for i in order.tolist()
    )  # fmt: skip
    right = int(np.count_nonzero((true == said) & asked))
    return Part(name, len(exam.rows), marked.score, int(asked.sum()), right, confusion, worst)


def recall(confusion: Counts) -> Array:
    """Of each class the share that was found, (classes,); nan where there is none of it."""
    return _over(confusion.diagonal(), confusion.sum(axis=1))


def precision(confusion: Counts) -> Array:
    """Of each class the share that is one of those said to be, (classes,); nan where none was."""
    return _over(confusion.diagonal(), confusion.sum(axis=0))


def _over(a: Counts, b: Counts) -> Array:
    found = np.full(len(a), np.nan)
    np.divide(a, b, out=found, where=b > 0)
    return found
