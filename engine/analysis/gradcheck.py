"""Whether gradients are right: central differences of the loss beside what backpropagation gives.

Differences are taken in float64, also of a run in float32: from its very numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.analysis.trial import Trial
from engine.catalog.activations import Elementwise, activation
from engine.catalog.losses import loss as loss_row
from engine.catalog.optimizers import by_element
from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.history.history import History
from engine.program.parameters import weights
from engine.program.program import Program
from engine.program.trace import Trace
from engine.spec.problem import Problem
from engine.spec.run import FunctionSpec

Sides = npt.NDArray[np.bool_]

H = 1e-5
"""The usual h: for a loss about 1, truncation and rounding then weigh about the same."""
CURVE = tuple(10.0**-k for k in range(1, 13))
CLOSE = {"float64": 1e-6, "float32": 1e-4}
"""How large a relative error may be where a gradient is right, by what the run computes in."""
ROUNDINGS = 16
"""So many roundings of the loss may come together in a difference."""


@dataclass(frozen=True)
class Kink:
    """A number that passes a kink of an activation, of the loss or of a penalty between θ − h and
    θ + h, where the difference is no slope: element `index` of `symbol`, of θ itself where that is
    a parameter, () of the loss where that is a function. The kink is `at` a number, or one of the
    loss where that is None.
    """

    symbol: str
    index: Index
    at: float | None


@dataclass(frozen=True)
class Check:
    """Of one number θ: what backpropagation gives, None where it computes no gradient; the losses
    at θ + h and θ − h; and what kinks lie between.
    """

    symbol: str
    index: Index
    value: float
    backprop: float | None
    h: float
    above: float
    below: float
    kinks: tuple[Kink, ...]
    close: float

    @property
    def numeric(self) -> float:
        """(L(θ + h) − L(θ − h))/2h, with the very distance between the two in float64."""
        apart = (self.value + self.h) - (self.value - self.h)
        return (self.above - self.below) / apart if apart else float("nan")

    @property
    def error(self) -> float | None:
        """|backprop − numeric| over the larger of the two; 0 where both are 0."""
        if self.backprop is None:
            return None
        return abs(self.backprop - self.numeric) / self._larger if self._larger else 0.0

    @property
    def noise(self) -> float:
        """By how much the rounding of the two losses may move the difference."""
        size = max(abs(self.above), abs(self.below))
        return ROUNDINGS * float(np.finfo(np.float64).eps) * size / (2 * self.h)

    @property
    def lost(self) -> bool:
        """Whether both are so small that the rounding of the losses hides them."""
        return self._larger <= self.noise

    @property
    def agrees(self) -> bool:
        """Whether the two are one number but for rounding and h."""
        if self.backprop is None:
            return True
        return abs(self.backprop - self.numeric) <= self.close * self._larger + self.noise

    @property
    def _larger(self) -> float:
        return max(abs(self.backprop or 0.0), abs(self.numeric))


class GradientCheck:
    """Checks of the gradients of iteration t of a history."""

    def __init__(self, history: History, t: int) -> None:
        self.spec = history.spec_of(t)
        self._trace = history.trace(t)
        self._trial = Trial(self._trace, self.spec, exact=True)
        self.parameters = tuple(weights(self.spec))
        self._rows = [
            activation(layer.activation, layer.activation_options) for layer in self.spec.layers
        ]
        self._loss = None
        if not self.spec.instead:
            last = self.spec.layers[-1].activation
            self._loss = loss_row(self.spec.loss, self.spec.data, last)

    @property
    def program(self) -> Program:
        """What is computed for a loss."""
        return self._trial.program

    def changeable(self, symbol: str) -> None:
        """See `Trial.changeable`."""
        self._trial.changeable(symbol)

    def indices(self, symbol: str) -> Iterator[Index]:
        """The elements of a symbol."""
        return np.ndindex(self._trial.array(symbol).shape)

    def check(self, symbol: str, index: Index, h: float = H) -> Check:
        """One number's gradient. Raises Problem for what has none."""
        self._trial.changeable(symbol)
        value = self._trial.value(symbol, index)
        above = self._trial.loss_with(symbol, index, value + h)
        sides = list(self._sides(symbol))
        below = self._trial.loss_with(symbol, index, value - h)
        return Check(
            symbol,
            index,
            value,
            backprop(self._trace, Symbol(symbol), index),
            h,
            above,
            below,
            (
                *self._passed(sides, symbol),
                *self._at_zero(symbol, index, value, h),
                *self._of_function(symbol, index, value, h),
            ),
            CLOSE[self.spec.dtype],
        )

    def all_of(self, symbols: Sequence[str]) -> Iterator[Check]:
        """The gradients of all elements of these symbols."""
        for symbol in symbols:
            for index in self.indices(symbol):
                yield self.check(symbol, index)

    def curve(self, symbol: str, index: Index) -> list[Check]:
        """One number's gradient by ever smaller h: what the slope's change makes the difference
        miss goes with h², what rounding does with 1/h.
        """
        return [self.check(symbol, index, h) for h in CURVE]

    # -- kinks -------------------------------------------------------------------------------

    def _sides(self, symbol: str) -> Iterator[tuple[str, float | None, Sides]]:
        """On which side of each kink the numbers now are that follow from a symbol: a sum's symbol
        and the kink, or ŷ's and None for one of the loss.
        """
        first = self._trial.follows(symbol)
        for number, row in enumerate(self._rows, 1):
            if isinstance(row, Elementwise) and row.kinks():
                written = self._trial.program.writer[f"z{number}"]
                if written >= first or symbol == f"z{number}":
                    for kink in row.kinks():
                        yield f"z{number}", kink, self._trial.array(f"z{number}") > kink
        if self._loss is None:
            return
        for away in self._loss.kinks(self._trial.array("yhat"), self._trial.array("y")):
            yield "yhat", None, away > 0

    def _at_zero(self, symbol: str, index: Index, value: float, h: float) -> Iterator[Kink]:
        """The kink of |θ| where θ ± h passes it, and the loss has it as a penalty."""
        if self.spec.penalty is None or abs(value) > h:
            return
        from engine.program.penalty import penalty_of

        each = penalty_of(self.spec, Symbol(symbol))
        if each is not None and each.l1:
            yield Kink(symbol, index, 0.0)

    def _of_function(self, symbol: str, index: Index, value: float, h: float) -> Iterator[Kink]:
        """The kinks of a function between θ ± h."""
        if symbol != "theta" or not isinstance(self.spec.instead, FunctionSpec):
            return
        from engine.program.alone import kinks  # most runs have a network

        sides = []
        for moved in (value + h, value - h):
            theta = self._trial.array(symbol).copy()
            theta[index] = moved
            sides.append([away > 0 for away in kinks(self.spec.instead, theta)])
        if sides[0] != sides[1]:
            yield Kink("loss", (), None)

    def _passed(
        self, above: Sequence[tuple[str, float | None, Sides]], symbol: str
    ) -> Iterator[Kink]:
        for (name, kink, one), (_, _, other) in zip(above, self._sides(symbol), strict=True):
            for place in np.argwhere(one != other):
                yield Kink(name, tuple(map(int, place)), kink)


def gradient_of(symbol: Symbol) -> Symbol | None:
    """The symbol that the gradient of another one has: dW1 for W1, delta1 for z1, da1 for a1."""
    if symbol.is_parameter:
        return symbol.gradient
    match symbol.kind.key:
        case "z":
            return Symbol(f"delta{symbol.layer}")
        case "a":
            return Symbol(f"da{symbol.layer}")
        case "yhat":
            return Symbol("dyhat")
        case _:
            return None


def backprop(trace: Trace, symbol: Symbol, index: Index) -> float | None:
    """The loss's slope by a number as a step of the trace computes it; None where none does."""
    gradient = gradient_of(symbol)
    writer = trace.writer(gradient) if gradient else None
    if gradient is None or writer is None:
        return None
    return float(trace.known(gradient, writer)[index])


def checked(symbol: Symbol) -> Symbol:
    """The symbol whose change tells whether this one is right: itself, or what it is the gradient
    of. Raises Problem for what is neither.
    """
    if symbol.parameter and by_element(symbol.prefix):
        return symbol.parameter
    number = symbol.layer
    match symbol.kind.key:
        case "delta":
            return Symbol(f"z{number}")
        case "da":
            return Symbol(f"a{number}")
        case "dyhat":
            return Symbol("yhat")
        case "z" | "a" | "x":
            return symbol
        case _:
            raise Problem(
                f"{symbol.written} is no gradient and has none: choose a parameter, a sum z, an"
                " output a, or a gradient."
            )
