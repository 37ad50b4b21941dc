"""What the update of a parameter reads, for the wrong rules."""

from __future__ import annotations

from collections.abc import Callable

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.sheets.mistakes.own import Samples
from engine.sheets.mistakes.row import Wrong

Rule = Callable[["Update"], "Array | None"]


class Update:
    """What the update of one parameter reads, from the sheet's own figures."""

    def __init__(self, s: Samples, parameter: Symbol) -> None:
        self.s, self.parameter = s, parameter
        self.old = s.old(parameter)
        clipped = parameter.under("clip")
        self.g = s[clipped] if clipped in s else s[parameter.gradient]
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

    @property
    def formula(self) -> str:
        """The formula of the parameter's update."""
        steps = self.s.own.trace.steps
        return next((step.formula for step in steps if step.symbol == self.parameter), "")

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
