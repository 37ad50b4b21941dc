"""The backward pass as steps: the error of each layer, and what it is made of."""

from __future__ import annotations

from functools import partial

import numpy as np

from engine.catalog.activations import Rowwise
from engine.catalog.sentences import Sight
from engine.formula import expr as ex
from engine.formula.expr import Expr, Index
from engine.program.base import Places, column, element, grouped, named, of_unit, row
from engine.program.step import Phase, Read

CLOSE = 1e-6
"""So close to each other, two ways to one array have led to the same."""
LITTLE = 0.01
"""A slope below lets hardly anything pass."""


def _passes(z: str, upstream: str, delta: str, sight: Sight) -> str:
    """What the slope of an element does to the error."""
    slope, x = float(sight.result[sight.index]), sight.number(sight.value(z, sight.index))
    here = f"{sight.name(z, sight.index)} = {x}: slope"
    if not np.isfinite(slope * sight.value(upstream, sight.index)):
        return ""
    if slope == 0:
        return f"{here} 0, so {sight.name(delta, sight.index)} is 0 for this sample."
    if slope == 1:
        return f"{here} 1: the error passes whole."
    share = f"{here} {sight.number(slope)}"
    if slope < 0:
        return f"{share}: the error passes with its sign turned, so much of it."
    if slope < LITTLE:
        return f"{share}: little of the error passes."
    if slope > 1:
        return f"{share}: the error grows as it passes."
    return f"{share}, the share of the error that passes."


class Backward(Places):
    """Adds the steps from the loss back through the layers."""

    def delta(self, number: int) -> None:
        """The error of a layer, that is ∂L/∂z, and what it is made of."""
        if number == self.depth:
            self._loss_gradient()
            if self.joined:
                return
        else:
            self._back_through_weights(number)
        self._slope_step(number)
        delta, upstream, slope = f"delta{number}", self._upstream(number), self._slope(number)
        view, elementwise = self._view, self.activation(number).elementwise
        if elementwise:
            self._emit(np.multiply, view(upstream), view(slope), view(delta))
        else:
            rows = view(upstream)[:, None, :], view(slope), view(delta)[:, None, :]
            self._emit(np.matmul, *rows)

        def expand(read: Read, index: Index) -> Expr:
            if elementwise:
                return ex.mul(element(read, upstream, index), element(read, slope, index))
            n, j = index
            ups = row(read, upstream, n)
            return ex.add(*(ex.mul(element(read, slope, (n, i, j)), u) for i, u in enumerate(ups)))

        product = f"{{{upstream}}} ⊙ {{{slope}}}" if elementwise else f"{{{slope}}}ᵀ·{{{upstream}}}"
        self._add(
            Phase.BACKWARD,
            delta,
            title=f"error, layer {number}",
            reads=(upstream, slope),
            right=product,
            why=f"{{{delta}}} = ∂L/∂{{z{number}}}: how much the loss feels each weighted sum.",
            expand=expand,
            says=() if elementwise or number < self.depth else (self._as_joined,),
        )

    def _loss_gradient(self) -> None:
        loss = self.loss
        symbol = f"delta{self.depth}" if self.joined else "dyhat"
        loss.grad_emit(self._emit, self._head, 1 / self.divisor)
        if self.counted:
            self._emit(np.divide, self._head.grad, self._view("N"), self._head.grad)
        if self.weighted:
            self._emit(np.multiply, self._head.grad, self._view("wn"), self._head.grad)

        def expand(read: Read, index: Index) -> Expr:
            n, j = index
            value = self._weighed_value(read, n, loss.grad_value(self._sample(read, n), j))
            return ex.div(value, element(read, "N")) if self.averaged else value

        right = self._weighed(loss.grad_formula)
        if self.averaged:
            right = f"1/{{N}} · {grouped(right)}"
        self._add(
            Phase.BACKWARD,
            symbol,
            title="output error" if self.joined else "gradient at the output",
            reads=("yhat", "y"),
            right=right,
            why=loss.grad_why.replace("{delta}", f"{{{symbol}}}").replace(
                "{z}", f"{{z{self.depth}}}"
            ),
            expand=expand,
        )

    def _back_through_weights(self, number: int) -> None:
        symbol, delta = f"da{number}", f"delta{number + 1}"
        weights = self.held("W", number + 1)
        W, turned, view = weights.name, weights.turned, self._view
        self._emit(np.dot, view(delta), view(W).T if turned else view(W), view(symbol))

        def expand(read: Read, index: Index) -> Expr:
            n, i = index
            own = row(read, W, i) if turned else column(read, W, i)
            return ex.add(*map(ex.mul, own, row(read, delta, n)))

        single = f"{{{W}}}{'' if turned else 'ᵀ'}·{{{delta}}}"

        self._add(
            Phase.BACKWARD,
            symbol,
            title=f"back through {{{W}}}",
            reads=(W, delta),
            right=single if self.single else f"{{{delta}}}·{{{W}}}{'ᵀ' * turned}",
            why="Each unit collects δ of all that it feeds, times the weight to it. That is"
            f" {{{W}}} before its update.",
            expand=expand,
        )

    def _as_joined(self, sight: Sight) -> str:
        """What softmax and the likelihood make together, where the numbers show it."""
        share = sight.value("N") if self.averaged else 1.0
        with np.errstate(all="ignore"):
            plain = (sight.read("yhat") - sight.read("y")) / share
            if not np.allclose(sight.result, plain, CLOSE, CLOSE):
                return ""
        return f"Here it equals {'1/{N} · ({yhat} − {y})' if self.averaged else '{yhat} − {y}'}."

    def _slope_step(self, number: int) -> None:
        symbol, z, a = self._slope(number), f"z{number}", self.out(number)
        act, learned = self.activation(number), self.learned(number)
        arrays = {name: self._view(of) for name, of in learned.items()}
        act.slope_emit(self._emit, self._view(z), self._view(a), self._view(symbol), **arrays)

        def expand(read: Read, index: Index) -> Expr:
            if isinstance(act, Rowwise):
                n, i, j = index
                return act.slope_value(row(read, z, n), row(read, a, n), i, j)
            given = of_unit(read, learned, index[1])
            return act.slope_value(element(read, z, index), element(read, a, index), **given)

        formula = named(act.slope_formula, {"z": z, "a": a, **learned})
        self._add(
            Phase.BACKWARD,
            symbol,
            title=f"slope of {act.name}, layer {number}",
            reads=tuple(s for s in (z, a, *learned.values()) if f"{{{s}}}" in formula),
            right=formula,
            why=named(act.note, learned),
            expand=expand,
            says=(partial(_passes, z, self._upstream(number), f"delta{number}"),)
            if act.elementwise
            else (),
        )
