"""What the update of a parameter reads, for the wrong rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array, Emit
from engine.sheets.mistakes.own import Samples
from engine.sheets.mistakes.row import Wrong
from engine.spec.run import OptimizerSpec

Rule = Callable[["Update"], "Array | None"]
GRADIENTS = {"grad", "gneg", "gwd"}


class Update:
    """What the update of one parameter reads, from the sheet's own figures."""

    def __init__(self, s: Samples, parameter: Symbol) -> None:
        self.s, self.parameter = s, parameter
        self.old = s.old(parameter)
        clipped = parameter.under("clip")
        summed = parameter.under("gsum")
        self.g = s[next((each for each in (clipped, summed) if each in s), parameter.gradient)]
        self.lr = s.scalar("lr")

    def vector(self, prefix: str) -> Array | None:
        """One of the optimizer's vectors as it now is."""
        return self.s.now.get(self.parameter.under(prefix))

    def before(self, prefix: str) -> Array | None:
        """The same before this update."""
        return self.s.before.get(self.parameter.under(prefix))

    def has(self, *names: str) -> bool:
        """Whether the update reads such numbers."""
        return all(name in self.s.own.scalars for name in names)

    def number(self, name: str) -> float:
        """One of them."""
        return self.s.scalar(name)

    @cached_property
    def optimizer(self) -> OptimizerSpec | None:
        """What updates the parameter; None where nothing does."""
        groups = self.s.own.network.groups
        return next((g.optimizer for g in groups if self.parameter in g.names), None)

    @cached_property
    def reads(self) -> frozenset[str]:
        """What the row's rule of the parameter reads, by the names of vectors and scalars."""
        if self.optimizer is None:
            return frozenset()
        rules = OPTIMIZERS[self.optimizer.name].rules(self.optimizer.options)
        return frozenset(next(rule.reads for rule in rules if rule.prefix == "theta"))

    def at_rate(self, rate: float) -> Array | None:
        """The new value by the row's own rule at another learning rate; None where the rule reads
        no learning rate, or goes by a whole matrix.
        """
        own = self.optimizer
        if own is None or "lr" not in self.reads:
            return None
        row, options = OPTIMIZERS[own.name], {**own.options, "lr": rate}
        rule = next(rule for rule in row.rules(options) if rule.prefix == "theta")
        found: dict[str, Array | None] = {"theta": self.old.copy(), "grad": self.g}
        found |= {name: self.vector(name) for name in rule.reads if name not in found}
        vectors = {name: array for name, array in found.items() if array is not None}
        numbers = {**row.constants(options), **row.scalars(self.t, options)}
        if rule.whole or not {*rule.reads} <= vectors.keys() | numbers.keys():
            return None
        emit = Emit(self.old.dtype)
        rule.emit(emit, vectors, {name: emit.const(x) for name, x in numbers.items()})
        for function, args in emit.calls:
            function(*args)
        return vectors["theta"]

    def option(self, name: str) -> Any:
        """An option of the optimizer; None where it has none of that name."""
        own = self.optimizer
        return OPTIMIZERS[own.name].complete(own.options).get(name) if own else None

    def descends(self) -> Array | None:
        """What θ − η·g goes by: the gradient, turned or with decay where that is so; None where
        the run's rule is another one.
        """
        if not (self.reads & GRADIENTS and self.reads <= {"theta", "lr", *GRADIENTS}):
            return None
        (direction,) = self.reads & GRADIENTS
        return self.g if direction == "grad" else self.vector(direction)

    @property
    def t(self) -> int:
        """How many updates the optimizer has done with this one."""
        return int(self.number("t")) if self.has("t") else self.s.own.trace.t

    def last_gradient(self) -> Array | None:
        """The gradient of the iteration before."""
        last = self.s.own.last
        found = last.now.get(self.parameter.gradient) if last else None
        return None if found is None else found[0]


def of(rule: Rule) -> Wrong:
    """The rule for a parameter or one of its vectors."""

    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        parameter = symbol.parameter
        if parameter is None or parameter.gradient not in s:
            return None
        return rule(Update(s, parameter))

    return wrong
