"""Iterations computed again, step by step: from a record's numbers, and with shaken last places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.against.tracefile import NONE, Values
from engine.catalog.activations import ACTIVATIONS, Elementwise
from engine.catalog.symbols import DATA, Symbol
from engine.formula.calls import Array, Call
from engine.program.parameters import is_rate
from engine.program.program import Program
from engine.program.step import Step
from engine.program.trainer import Trainer
from engine.spec.run import RunSpec

REDUCING = (np.dot, np.matmul)
"""What adds up products, whose rounding goes by the sizes of these and not of their sum."""


class Shake:
    """Rounding made visible: every result of a call is moved by up to a unit of its last place,
    either way, and a sum of products by what adding in another order can make of it. This is Monte
    Carlo arithmetic (Parker, "Monte Carlo Arithmetic", 1997).
    """

    def __init__(self, eps: float, seed: int) -> None:
        self._eps = eps
        self._random = np.random.default_rng(seed)

    def move(self, array: Array) -> None:
        """Move every number of an array."""
        array *= 1 + self._eps * self._random.uniform(-1, 1, array.shape)

    def by(self, array: Array, sizes: Array) -> None:
        """Move every number of an array by up to a unit in the last place of its size."""
        array += self._eps * sizes * self._random.uniform(-1, 1, array.shape)

    def call(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        """Do a call, and move what it gives."""
        sizes = None
        if function in REDUCING:
            a, b = (np.abs(each) for each in args[:2])
            sizes = function(a, b) * (self._eps * np.sqrt(a.shape[-1] if a.ndim else 1) / 2)
        function(*args)
        out = args[-1]
        if function is np.copyto or not isinstance(out, np.ndarray) or out.dtype.kind != "f":
            return
        if sizes is not None:
            out += (sizes * self._random.uniform(-1, 1, sizes.shape)).reshape(out.shape)
        self.move(out)


@dataclass(frozen=True, eq=False)
class Part:
    """Calls that are done together, and the steps that they make up; those of no step have none."""

    calls: tuple[Call, ...]
    steps: tuple[Step, ...]


class Again:
    """Computes iterations under a spec again. `state` is what the last one left."""

    def __init__(self, spec: RunSpec) -> None:
        self._trainer = Trainer(spec)
        self._parts: dict[int, tuple[Part, ...]] = {}
        self._coarse = coarse(spec)
        self.layout = self._trainer.layout
        self.state = self._trainer.state

    def run(
        self, t: int, before: Array, given: Values = NONE, shake: Shake | None = None
    ) -> dict[Symbol, Array]:
        """What each step of iteration t makes from the state before it, by its symbol. A step reads
        those of its operands that are `given` as these say, and not as they have been computed;
        with `shake` each result is shaken, and so are the inputs.
        """
        self.state[...] = before
        trainer = self._trainer
        program = trainer.begin(t)
        trainer.set_rates(t, {name: float(given[name]) for name in given if is_rate(name)})
        kept = program.x.copy(), program.y.copy()
        for name in map(Symbol, DATA):
            if name in given:
                _array(program, self.state, name)[...] = given[name]
        if shake:
            shake.move(self.state)
            shake.move(program.x)
        with np.errstate(all="ignore"):
            found = self._done(program, given, shake)
        program.x[...], program.y[...] = kept
        return found

    def _plan(self, program: Program) -> tuple[Part, ...]:
        if id(program) not in self._parts:
            self._parts[id(program)] = tuple(parts(program))
        return self._parts[id(program)]

    def _done(self, program: Program, given: Values, shake: Shake | None) -> dict[Symbol, Array]:
        made: dict[Symbol, Array] = {}
        now: dict[Symbol, Array] = {}
        for part in self._plan(program):
            reads = {name for step in part.steps for name in step.reads}
            if not part.steps:
                reads = {name for name in now if name.is_gradient}
            for name in reads & now.keys():  # two can be one array: δ of one sample and ∂L/∂b
                _array(program, self.state, name)[...] = now[name]
            for function, args in part.calls:
                if shake:
                    shake.call(function, args)
                else:
                    function(*args)
            for step in part.steps:
                array = _array(program, self.state, step.symbol)
                if shake and step.symbol in self._coarse:
                    z = _array(program, self.state, self._coarse[step.symbol])
                    shake.by(array, 1 + np.abs(z))
                made[step.symbol] = array.copy()
                now[step.symbol] = given.get(step.symbol, made[step.symbol])
                array[...] = now[step.symbol]
                if shake and step.symbol in given:
                    shake.move(array)
                    now[step.symbol] = array.copy()
        return made


def coarse(spec: RunSpec) -> dict[Symbol, Symbol]:
    """What activations and slopes others compute with fewer digits than it has, by its symbol; and
    of which sum it is.
    """
    found: dict[Symbol, Symbol] = {}
    for number, layer in enumerate(spec.layers, 1):
        row = ACTIVATIONS[layer.activation]
        if isinstance(row, Elementwise) and row.added_to_1:
            out = "yhat" if number == len(spec.layers) else f"a{number}"
            found |= {Symbol(out): Symbol(f"z{number}")}
            found |= {Symbol(f"fprime{number}"): Symbol(f"z{number}")}
    return found


def _array(program: Program, state: Array, symbol: str) -> Array:
    if symbol in DATA:
        return program.x if symbol == "x" else program.y
    if symbol in program.layout:
        return program.layout.view(program.work, symbol)
    return program.state_layout.view(state, symbol)


def parts(program: Program) -> list[Part]:
    """The calls of a program in their order, those of the same steps together. A step without calls
    of its own, whose array another one has made, comes after the step before it.
    """
    owners: dict[int, list[Step]] = {}
    for step in program.steps:
        for call in step.calls:
            owners.setdefault(id(call), []).append(step)
    found: list[Part] = []
    for call in program.calls:
        steps = tuple(owners.get(id(call), ()))
        if found and found[-1].steps == steps:
            found[-1] = Part((*found[-1].calls, call), steps)
        else:
            found.append(Part((call,), steps))
    for step in program.steps:
        if not step.calls:
            places = (i for i, part in enumerate(found) if _number(part) == step.number - 1)
            found.insert(next(places, -1) + 1, Part((), (step,)))
    return found


def _number(part: Part) -> int:
    return part.steps[-1].number if part.steps else 0
