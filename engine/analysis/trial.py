"""An iteration computed again beside its history, with a number changed on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.analysis.slopes import joined
from engine.catalog.symbols import DATA, Symbol
from engine.formula.calls import Array, Call
from engine.formula.expr import Index
from engine.program.step import Phase
from engine.program.trace import Trace, frozen
from engine.program.trainer import Trainer
from engine.spec.problem import Problem
from engine.spec.run import RunSpec

FORWARD = (Phase.FORWARD, Phase.LOSS)


class Trial:
    """The iteration of a trace, on its mini-batch and from its parameters, again and again, under
    its spec. With `exact` it is computed in float64, whatever the run is.

    What may be changed is a parameter, an input, or what a step of the forward pass has computed,
    from which all that follows then differs.
    """

    def __init__(self, trace: Trace, spec: RunSpec, exact: bool = False) -> None:
        self.t = t = trace.t
        self.given = trace
        self.spec = replace(spec, dtype="float64") if exact else spec
        self._trainer = Trainer(self.spec)
        self._before = self.given.before.astype(self.spec.dtype)
        self._trainer.state[...] = self._before
        self.program = self._trainer.begin(t)
        for name in self.given.data:
            self.array(name)[...] = self.given.known(name, 0)
        self._steps = [step for step in self.program.steps if step.phase in FORWARD]
        self._calls: dict[int, list[Call]] = {}
        self._changed_from = 1
        """From which step on the arrays are not those of the iteration as it is."""

    def array(self, symbol: str) -> Array:
        """The very numbers that are computed with."""
        if symbol in DATA:
            return self.program.x if symbol == "x" else self.program.y
        if symbol in self.program.layout:
            return self.program.layout.view(self.program.work, symbol)
        return self.program.state_layout.view(self._trainer.state, symbol)

    def changeable(self, symbol: str) -> None:
        """Raises Problem for what cannot be changed, and says why."""
        if not self._steps:
            raise Problem("The gradients of this run are given: nothing leads to a loss.")
        if Symbol(symbol).is_parameter or symbol == "x":
            return
        writer = self.program.writer.get(symbol)
        if writer is None or self.program.steps[writer - 1].phase not in FORWARD:
            raise Problem(
                f"{Symbol(symbol).written} is not changed by itself: choose a parameter, an input,"
                " or a number of the forward pass."
            )
        if not any(symbol in step.reads for step in self._steps):
            raise Problem(f"{Symbol(symbol).written} is what the forward pass ends with.")
        if symbol == "yhat" and joined(self.spec):
            last = f"z[{len(self.spec.layers)}]"
            raise Problem(
                f"ŷ is not changed by itself: the loss is computed from {last}; choose that."
            )

    def loss(self) -> float:
        """The loss of the iteration as it is."""
        self._run(self._changed_from)
        self._changed_from = len(self._steps) + 1
        return float(self.program.loss)

    def value(self, symbol: str, index: Index) -> float:
        """A number of the iteration as it is."""
        if self.program.writer.get(symbol, 0) >= self._changed_from:
            self.loss()
        return float(self.array(symbol)[index])

    def loss_with(self, symbol: str, index: Index, value: float) -> float:
        """The loss with one number changed."""
        array, first = self.array(symbol), self.follows(symbol)
        if first > self._changed_from:
            self.loss()
        kept = array[index]
        array[index] = value
        self._run(first)
        array[index] = kept
        self._changed_from = first
        return float(self.program.loss)

    def loss_at(self, parameters: Mapping[str, Array]) -> float:
        """The loss with other parameters."""
        for name, values in parameters.items():
            self.array(name)[...] = values
        self._run(1)
        self._trainer.state[...] = self._before
        self._changed_from = 1
        return float(self.program.loss)

    def follows(self, symbol: str) -> int:
        """The first step of the forward pass that a number of this symbol goes into."""
        writer = self.program.writer.get(symbol, 0)
        if writer and self.program.steps[writer - 1].phase in FORWARD:
            return writer + 1
        return next(s.number for s in self._steps if symbol in s.reads)

    def _run(self, first: int) -> None:
        """Compute the forward pass from a step on."""
        calls = self._calls.get(first)
        if calls is None:
            later = (step.calls for step in self._steps if step.number >= first)
            calls = self._calls[first] = [call for group in later for call in group]
        with np.errstate(all="ignore"):
            for function, args in calls:
                function(*args)

    def traced(self, symbol: str, index: Index, value: float) -> Trace:
        """All that the iteration computes with one number changed, the update too."""
        self._as_it_is()
        array = self.array(symbol)
        kept = array[index]
        array[index] = value
        parameter = symbol in self.program.state_layout
        found = self._rest(self.program.calls if parameter else self._from(self.follows(symbol)))
        if not parameter:
            array[index] = kept
        self._as_it_is()
        return found

    def with_parameters(self, changed: Mapping[str, Array]) -> Trace:
        """All that the iteration computes from other parameters."""
        for name, values in changed.items():
            self.array(name)[...] = values
        found = self._rest(self.program.calls)
        self._as_it_is()
        return found

    def _as_it_is(self) -> None:
        self._trainer.state[...] = self._before
        self._changed_from = 1
        self.loss()

    def _rest(self, calls: Sequence[Call]) -> Trace:
        """Do these calls, to the end of the iteration, and keep all that there is."""
        before, scalars = frozen(self._trainer.state), self._trainer.scalars(self.t)
        with np.errstate(all="ignore"):
            for function, args in calls:
                function(*args)
        return Trace(self.t, self.program, before, self._trainer.state, scalars, ())

    def _from(self, first: int) -> list[Call]:
        """The calls from a step on, to the end of the iteration."""
        steps = (step for step in self.program.steps if step.number < first)
        done = {id(call) for step in steps for call in step.calls}
        return [call for call in self.program.calls if id(call) not in done]
