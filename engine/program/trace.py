"""A trace: everything that one iteration computed, as read-only arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from engine.catalog.symbols import DATA, Symbol
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr, Index
from engine.program.clip import PREFIX as CLIP
from engine.program.parameters import SUM, VECTOR
from engine.program.program import Program
from engine.program.state import OTHER
from engine.program.step import Step
from engine.program.updates import Scalars, emit_rules
from engine.spec.run import GradientsSpec


def frozen(array: Array) -> Array:
    """A read-only copy."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _given(program: Program) -> dict[str, Array]:
    """What is known before the first step: the samples, or the gradients where these are given."""
    if isinstance(program.spec.instead, GradientsSpec):
        return {"g": frozen(program.x[0])}
    return {} if program.spec.instead else {"x": frozen(program.x), "y": frozen(program.y)}


class Trace:
    """Iteration `t`: the state `before` and `after` it, each (state,), and all results between.
    `loss` is 0 where it has none, for its gradients are given; `updates` says whether it
    updates the parameters, and `update_in` in which iteration its gradients do.
    """

    def __init__(
        self,
        t: int,
        program: Program,
        before: Array,
        after: Array,
        scalars: Mapping[str, float],
        other: Sequence[Scalars],
    ) -> None:
        self.t = t
        self.steps = program.steps
        self.scalars = scalars
        self._writer = program.writer
        self.updates = program.updates
        k = program.spec.data.accumulate
        self.update_in = -(-t // k) * k
        self._state_layout, self._work_layout = program.state_layout, program.layout
        self.before, self.after = frozen(before), frozen(after)
        self._work = frozen(program.work)
        self._data = _given(program)
        self.loss = float(program.loss)
        if "N" in self._work_layout:  # what the loss divides by follows from the targets alone
            self._data["N"] = frozen(self._work_layout.view(program.work, "N"))
        if program.spec.data.weights is not None:
            self._data["wn"] = frozen(program.wn)
        self._compare = other
        self._never = len(self.steps) + 1
        self._found: dict[tuple[str, bool], Array | None] = {}

    def value(self, symbol: str, step: int) -> Array | None:
        """The array of `symbol` when `step` steps of the iteration are done; None while it is
        not known. A parameter keeps its old value until its own step.
        """
        if symbol in self._data:
            return self._data[symbol]
        done = self._writer.get(symbol, self._never) <= step
        key = (symbol, done)
        if key not in self._found:
            self._found[key] = self._find(symbol, done)
        return self._found[key]

    def _find(self, symbol: str, done: bool) -> Array | None:
        if symbol in self._work_layout:
            return self._work_layout.view(self._work, symbol) if done else None
        if symbol in self._state_layout:
            return self._state_layout.view(self.after if done else self.before, symbol)
        return None

    def known(self, symbol: str, step: int) -> Array:
        """The same, for a symbol that is known. Raises KeyError where it is not."""
        found = self.value(symbol, step)
        if found is None:
            raise KeyError(symbol)
        return found

    def number(self, symbol: str) -> int:
        """The number of the step that writes `symbol`."""
        return self._writer[symbol]

    @property
    def loss_step(self) -> int:
        """The number of the step that writes the loss; of the first one where there is no loss."""
        return self._writer.get("loss", 1)

    def writer(self, symbol: str) -> int | None:
        """The same; None for a symbol that no step writes."""
        return self._writer.get(symbol)

    @property
    def data(self) -> tuple[str, ...]:
        """The names of the samples and their targets, where the run has such."""
        return tuple(name for name in DATA if name in self._data)

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """The names of all parameters, frozen ones too."""
        return tuple(name for name in map(Symbol, self._state_layout) if name.is_parameter)

    @cached_property
    def trouble(self) -> tuple[int, str] | None:
        """Where the first number that is not finite appears: the step, or 0 where a parameter or
        an optimizer's slot had one before; and "nan" or "inf". None where all are finite.
        """
        if np.isfinite(self._work).all() and np.isfinite(self.after).all():
            return None
        symbols = [name for name in self._state_layout if not name.startswith(OTHER)]
        places = [(0, name) for name in symbols] + [(s.number, s.symbol) for s in self.steps]
        for number, symbol in places:
            value = self.known(symbol, number)
            if not np.isfinite(value).all():
                return number, "nan" if np.isnan(value).any() else "inf"
        return None

    def expand(self, step: Step, index: Index) -> Expr:
        """The arithmetic of one element of a step's result."""

        def read(symbol: str) -> Array:
            if symbol in self.scalars:
                return np.array(self.scalars[symbol])
            return self.known(symbol, step.number - 1)

        return step.expand(read, index)

    def change(self, param: str) -> Array:
        """By how much this iteration's update changes a parameter."""
        layout = self._state_layout
        return layout.view(self.after, param) - layout.view(self.before, param)

    @cached_property
    def _compared(self) -> dict[Symbol, dict[str, Array]]:
        """What the compared optimizer computes from the same gradients, by parameter."""
        if not self.updates:
            return {}
        return {name: found for each in self._compare for name, found in self._beside(each).items()}

    def _beside(self, scalars: Scalars) -> dict[Symbol, dict[str, Array]]:
        """The same for one group, all its parameters at once."""
        layout, key = self._state_layout, scalars.group.key
        before = layout.view(self.before, f"{VECTOR}{key}")
        place, _ = layout.place(f"{VECTOR}{key}")
        if CLIP not in self._work_layout and SUM in layout:
            grad = layout.view(self.after, SUM)
        else:
            named = CLIP if CLIP in self._work_layout else "grad"
            grad = self._work_layout.view(self._work, named)
        found = {"theta": before.copy(), "grad": grad[place]}
        for rule in scalars.rules:
            if rule.slot:
                kept = layout.view(self.before, f"{OTHER}{rule.prefix}{key}")
                found[rule.prefix] = kept.copy()
            elif rule.prefix != "theta" and not rule.whole:
                found[rule.prefix] = np.zeros_like(before)
        emit = Emit(before.dtype)
        parts = {name: self._of(name, found, place.start) for name in scalars.group.names}
        for rule in scalars.rules:
            if rule.whole and rule.prefix != "theta":
                for part in parts.values():
                    part[rule.prefix] = np.zeros(rule.shape_of(part["theta"].shape), before.dtype)
        emit_rules(emit, scalars.rules, found, scalars, list(parts.values()))
        with np.errstate(all="ignore"):
            scalars.set(self.t, self.before)
            for function, args in emit.calls:
                function(*args)
        found["theta"] -= before
        return parts

    def _of(self, name: Symbol, vectors: Mapping[str, Array], start: int) -> dict[str, Array]:
        """A parameter's part of vectors that begin where the state is at `start`."""
        place, shape = self._state_layout.place(name)
        own = slice(place.start - start, place.stop - start)
        return {prefix: vector[own].reshape(shape) for prefix, vector in vectors.items()}

    def compared(self, prefix: str, param: str) -> Array | None:
        """The compared optimizer's vector `prefix` for a parameter, from the same gradients;
        "theta" gives the change it would make. None where the run names no comparison.
        """
        return self._compared.get(Symbol(param), {}).get(prefix)
