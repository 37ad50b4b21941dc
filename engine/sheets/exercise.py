"""Exercises: runs made from a seed, of small numbers, chosen so that mistakes show."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.history.branching import history_of
from engine.runfile.read import from_table
from engine.sheets.visible import Score, score
from engine.spec.check import one_of, printable
from engine.spec.run import RunSpec, SpecError

PREFIX = "exercise:"
TRIES = 8
"""So many sets of numbers are tried for a seed; the one that shows most is taken."""
DIGITS = 3
MOST_UNITS, MOST_LAYERS, MOST_SAMPLES, MOST_SEED = 8, 4, 8, 10**9
_CLASSES = ("cross_entropy", "nll")
_OUTPUTS = {"cross_entropy": "softmax", "nll": "log_softmax", "binary_cross_entropy": "sigmoid"}


@dataclass(frozen=True)
class Exercise:
    """What an exercise is made of: the units of its layers, hidden activation, loss,
    optimizer, its samples and its seed. `code` says all of it.
    """

    sizes: tuple[int, ...] = (2, 2, 2)
    hidden: str = "tanh"
    loss: str = "cross_entropy"
    optimizer: str = "sgd"
    samples: int = 2
    seed: int = 1

    @property
    def code(self) -> str:
        """Its name, from which it is made again: exercise:2-2-2,tanh,cross_entropy,sgd,n2,#1."""
        sizes = "-".join(map(str, self.sizes))
        names = f"{self.hidden},{self.loss},{self.optimizer}"
        return f"{PREFIX}{sizes},{names},n{self.samples},#{self.seed}"


def parse(code: str) -> Exercise:
    """The exercise of a code, in which every part may be left out. Raises SpecError, a sentence."""
    found = Exercise()
    for part in filter(None, (each.strip() for each in code.removeprefix(PREFIX).split(","))):
        found = _with(found, part, code)
    return found


def _with(exercise: Exercise, part: str, code: str) -> Exercise:
    if re.fullmatch(r"[0-9]{1,3}(-[0-9]{1,3})+", part):
        sizes = tuple(map(int, part.split("-")))
        if not (2 <= len(sizes) <= MOST_LAYERS + 1 and all(1 <= n <= MOST_UNITS for n in sizes)):
            raise _wrong(code, f"{part}: at most {MOST_LAYERS} layers of 1 to {MOST_UNITS} units")
        return replace(exercise, sizes=sizes)
    if match := re.fullmatch(r"n([0-9]{1,3})", part):
        if not 1 <= int(match[1]) <= MOST_SAMPLES:
            raise _wrong(code, f"{part}: n1 to n{MOST_SAMPLES} samples")
        return replace(exercise, samples=int(match[1]))
    if match := re.fullmatch(r"#([0-9]{1,10})", part):
        if int(match[1]) > MOST_SEED:
            raise _wrong(code, f"{part}: a seed is at most {MOST_SEED:,}")
        return replace(exercise, seed=int(match[1]))
    if part in ACTIVATIONS:
        return replace(exercise, hidden=part)
    if part in LOSSES:
        return replace(exercise, loss=part)
    if part in OPTIMIZERS:
        return replace(exercise, optimizer=part)
    names = [*ACTIVATIONS, *LOSSES, *OPTIMIZERS]
    raise _wrong(code, f'"{printable(part[:40])}" {one_of(part, names)}; or 2-3-2, n2, #17')


def _wrong(code: str, what: str) -> SpecError:
    return SpecError(f"{printable(code[:80])}: {what}.")


@lru_cache(maxsize=64)
def spec_of(exercise: Exercise) -> RunSpec:
    """The run: of several sets of numbers made from its seed the one on which most mistakes show.
    Raises SpecError where its parts do not go together.
    """
    best: tuple[int, RunSpec] | None = None
    for attempt in range(TRIES):
        spec = from_table(_table(exercise, attempt), exercise.code)
        found = scored(spec)
        if best is None or found.shown > best[0]:
            best = found.shown, spec
        if not found.hidden:
            break
    assert best is not None
    return best[1]


def scored(spec: RunSpec, digits: int = DIGITS) -> Score:
    """How many mistakes show on a run."""
    return score(history_of(spec), digits)


def _table(exercise: Exercise, attempt: int) -> dict[str, Any]:
    """A run file's table, with numbers of one decimal, none of them 0."""
    generator = np.random.default_rng([exercise.seed, attempt])

    def few(*shape: int, least: int = 1, most: int = 9) -> list[Any]:
        size = generator.integers(least, most, shape, endpoint=True)
        signs = generator.choice([-1, 1], shape)
        return list((size * signs / 10).tolist())

    sizes, samples = exercise.sizes, exercise.samples
    output = _OUTPUTS.get(exercise.loss, exercise.hidden)
    data: dict[str, Any] = {"x": few(samples, sizes[0], least=5, most=20)}
    if exercise.loss in _CLASSES:
        data["labels"] = generator.integers(0, sizes[-1], samples).tolist()
    else:
        data["y"] = (generator.integers(1, 9, (samples, sizes[-1]), endpoint=True) / 10).tolist()
    layers = [
        {
            "units": units,
            "activation": output if number == len(sizes) - 1 else exercise.hidden,
            "W": few(units, sizes[number - 1]),
            "b": few(units, most=4),
        }
        for number, units in enumerate(sizes[1:], 1)
    ]
    return {
        "name": exercise.code,
        "iterations": 1,
        "data": data,
        "layers": layers,
        "loss": {"name": exercise.loss},
        "optimizer": {"name": exercise.optimizer, "lr": float(generator.choice([0.2, 0.3, 0.5]))},
    }
