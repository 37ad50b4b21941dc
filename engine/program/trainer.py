"""A run under way: states taken from iteration to iteration by the programs that compute them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.formula.calls import Array, Emit
from engine.program.clip import clip_scalars
from engine.program.plateau import KEPT
from engine.program.program import Program
from engine.program.state import starting_state, state_layout
from engine.program.trace import Trace
from engine.program.updates import scalars_of
from engine.spec.data import Batches, Kind
from engine.spec.run import RunSpec


class Trainer:
    """A run under way: the state, and the programs that take it from iteration to iteration.

    Not for two threads at once; each takes a Trainer of its own.
    """

    def __init__(self, spec: RunSpec) -> None:
        self.spec = spec
        self.layout = state_layout(spec)
        self.state = starting_state(spec, self.layout)
        self.batches = Batches(spec.data, spec.seed)
        emit = Emit(spec.dtype)
        kept = self.layout.place(KEPT)[0] if KEPT in self.layout else None
        self._own = scalars_of(spec, spec.optimizer, emit, self.batches, kept)
        self._other = scalars_of(spec, spec.compare, emit, self.batches, kept)
        self._x = np.ascontiguousarray(spec.data.x, spec.dtype)
        self._y = np.ascontiguousarray(spec.data.y, spec.dtype)
        self._weights = spec.data.weights
        self._programs: dict[int | tuple[int, Kind], Program] = {}
        alone = self.batches.accumulate == 1
        self._first = self._sized(self.batches.size, Kind.ALONE if alone else Kind.LAST)
        self._alike = alone and len(self.batches.sizes()) == 1
        self._whole = alone and self.batches.whole
        self._scalars = [
            *(each for each in self._own if each.varying),
            *(each for each in self._other if each.slots_vary),
        ]
        by_pass = spec.schedule is not None and spec.schedule.by == "pass"
        self._passes = by_pass and KEPT in self.layout
        if self._whole:
            self._filled(1)

    @property
    def usual(self) -> Program:
        """The program of the largest mini-batch, one that updates."""
        return self._first

    def _sized(self, samples: int, kind: Kind) -> Program:
        """The program of mini-batches of so many samples, compiled when it is first asked for."""
        key = samples if kind is Kind.ALONE else (samples, kind)
        if key not in self._programs:
            scalars = self._own, self._other
            made = Program(self.spec, samples, self.layout, self.state, *scalars, kind)
            self._programs.setdefault(key, made)
        return self._programs[key]

    def of_kind(self, kind: Kind) -> Program:
        """The program of the largest mini-batch in an iteration of that kind."""
        return self._sized(self.batches.size, kind)

    def program(self, t: int) -> Program:
        """The program of iteration t."""
        return self._first if self._alike else self._of(t, len(self.batches.rows(t)))

    def _of(self, t: int, samples: int) -> Program:
        return self._sized(samples, self.batches.kind(t))

    def scalars(self, t: int) -> dict[str, float]:
        """The numbers that penalties, the clipping and the update of iteration t read, from the
        state before it, by name; those that only a group has are called lr#1 and so on.
        """
        found = {**clip_scalars(self.spec), **self._own[0].at(t, self.state)}
        if self.spec.penalty:
            from engine.program.penalty import penalty_scalars

            found |= penalty_scalars(self.spec)
        for each in self._own[1:]:
            numbers = each.at(t, self.state)
            found |= {symbol: numbers[name] for name, symbol in each.group.numbers.items()}
        return found

    def begin(self, t: int) -> Program:
        """Load the mini-batch and the scalars of iteration t."""
        for scalars in self._scalars:
            scalars.set(t, self.state)
        program = self._first if self._whole else self._filled(t)
        if self._passes:
            program.ends[()] = self.batches.ends_pass(t)
        return program

    def _filled(self, t: int) -> Program:
        """The program of iteration t with the samples of its mini-batch."""
        rows = self.batches.rows(t)
        program = self._programs.get(len(rows)) or self._of(t, len(rows))
        np.take(self._x, rows, 0, program.x)
        np.take(self._y, rows, 0, program.y)
        if self._weights is not None:
            program.wn[:, 0] = self._weights[rows]
        return program

    def run(self, first: int, last: int, losses: Array, states: Array | None = None) -> None:
        """Train on iterations first to last from the state before them. `losses` (iterations,)
        takes their losses and `states` (iterations, state) the states after them.
        """
        fixed = self._whole and not self._scalars
        program = self._first
        calls, loss, state = program.calls, program.loss, self.state
        with np.errstate(all="ignore"):
            for i in range(last - first + 1):
                if not fixed:
                    program = self.begin(first + i)
                    calls, loss = program.calls, program.loss
                for function, args in calls:
                    function(*args)
                losses[i] = loss
                if states is not None:
                    states[i] = state

    def set_rates(self, t: int, rates: Mapping[str, float]) -> None:
        """Make the learning rates of iteration t, which has begun, those that are given by their
        symbols, lr#1, and the others its own.
        """
        for each in self._own:
            rate = rates.get(each.group.numbers.get("lr", "lr"))
            each.set_rate(t, each.at(t, self.state)["lr"] if rate is None else rate)

    def step_at(self, t: int, rate: float) -> None:
        """Run iteration t at another learning rate, that of the parameters in no group with one of
        its own; those of groups are as many times as large as it is.
        """
        program = self.begin(t)
        rates = [each.at(t, self.state)["lr"] for each in self._own]
        for each, own in zip(self._own, rates, strict=True):
            alone = "lr" in each.group.own and rates[0]
            each.set_rate(t, own * rate / rates[0] if alone else rate)
        with np.errstate(all="ignore"):
            for function, args in program.calls:
                function(*args)
        for each, own in zip(self._own, rates, strict=True):
            each.set_rate(t, own)

    def trace(self, t: int, before: Array) -> Trace:
        """Run iteration t from the state before it, and keep everything."""
        self.state[...] = before
        program, scalars = self.program(t), self.scalars(t)
        self.run(t, t, np.zeros(1))
        return Trace(t, program, before, self.state, scalars, self._other)
