"""The gradients of the parameters of each layer, as steps."""

from __future__ import annotations

from functools import partial

import numpy as np

from engine.catalog.sentences import Sight
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.expr import Expr, Index
from engine.program.added import NOTHING, Added
from engine.program.base import Places, column, element, named, via
from engine.program.parameters import AS_THEY_COME, Held, shape
from engine.program.step import Phase, Read

SUMMED = {True: "", False: " It is summed over the samples."}
"""By whether there is one sample."""


def _untouched(z: str, sight: Sight) -> str:
    """That no sum has met a slope, where that is so."""
    sums, each = sight.read(z), sight.result.ndim > 0
    if not (sums[:, sight.index[0]] if each else sums).min() > 0:
        return ""
    whose = "this unit" if each else "this layer"
    return f"No sum of {whose} is below 0 here: nothing comes to the slope from it."


class Gradients(Places):
    """Adds the gradients of parameters; the errors that they are made of are there before."""

    def gradients(self, number: int) -> None:
        """The gradients of those of a layer's parameters that learn: of what it has in common with
        others its part, and the sum of all parts once these are there.
        """
        steps = {
            "alpha": self._slope_gradient,
            "W": self._weight_gradient,
            "b": self._bias_gradient,
        }
        for kind in filter(steps.get, AS_THEY_COME):
            step, found = steps[kind], self.held(kind, number)
            if found.name not in self.trained or kind not in self.spec.layers[number - 1].kinds:
                continue
            step(via(found.name, number) if found.shared else found.name.gradient, found, number)
            if found.shared and number == found.users[0]:
                self._sum(found)

    def _slope_gradient(self, symbol: Symbol, slope: Held, number: int) -> None:
        """The gradient of the parameter of an activation."""
        z, upstream, view = f"z{number}", self._upstream(number), self._view
        learns = self.activation(number).learns
        assert learns is not None
        alike = shape(self.spec, slope.name) == ()
        parts = self._emit.temporary(view(z).shape)
        learns.emit(self._emit, view(z), parts)
        self._emit(np.multiply, parts, view(upstream), parts)
        if alike:
            flat = parts.reshape(-1)
            self._emit(np.dot, self._emit.ones(flat.size), flat, view(symbol))
        else:
            self._emit(np.dot, self._emit.ones(self.samples), parts, view(symbol))
        penalty = self._penalty(symbol, slope)

        def expand(read: Read, index: Index) -> Expr:
            samples, units = read(z).shape
            among = range(units) if alike else index
            products = (
                ex.mul(element(read, upstream, (n, j)), learns.value(element(read, z, (n, j))))
                for n in range(samples)
                for j in among
            )
            return ex.add(*products, *penalty.terms(read, index))

        product = f"{{{upstream}}} ⊙ {named(learns.formula, {'z': z})}"
        summed = "Σ " if alike else "" if self.single else "Σₙ "
        whose = "every unit" if self.single else "every unit and sample"
        self._add(
            Phase.BACKWARD,
            symbol,
            title="gradient of the slope" + _through(slope, number),
            reads=(upstream, z, *penalty.reads),
            right=f"{summed}{product}{penalty.formula}",
            why=named(learns.why, {learns.kind: slope.name, "upstream": upstream})
            + (f" The parts of {whose} add up." if alike else SUMMED[self.single])
            + penalty.why,
            expand=expand,
            says=(partial(_untouched, z), *penalty.says),
        )

    def _weight_gradient(self, symbol: Symbol, weights: Held, number: int) -> None:
        view, turned = self._view, weights.turned
        delta, a = f"delta{number}", self.out(number - 1)
        first, second = (a, delta) if turned else (delta, a)
        self._emit(np.dot, view(first).T, view(second), view(symbol))
        penalty = self._penalty(symbol, weights)

        def expand(read: Read, index: Index) -> Expr:
            j, i = index[::-1] if turned else index
            products = map(ex.mul, column(read, delta, j), column(read, a, i))
            return ex.add(*products, *penalty.terms(read, index))

        product = f"{{{first}}}·{{{second}}}ᵀ" if self.single else f"{{{first}}}ᵀ·{{{second}}}"
        self._add(
            Phase.BACKWARD,
            symbol,
            title="gradient of the weights" + _through(weights, number),
            reads=(delta, a, *penalty.reads),
            right=product + penalty.formula,
            why="A weight's gradient: the error at its end times the value at its start."
            + SUMMED[self.single]
            + penalty.why,
            expand=expand,
            says=penalty.says,
        )

    def _bias_gradient(self, symbol: Symbol, biases: Held, number: int) -> None:
        delta = f"delta{number}"
        if shape(self.spec, biases.name) == ():
            self._common_bias_gradient(symbol, biases, number)
            return
        view = self._view
        if not self._biased_by_delta(number):
            self._emit(np.dot, self._emit.ones(self.samples), view(delta), view(symbol))
        penalty = self._penalty(symbol, biases)

        def expand(read: Read, index: Index) -> Expr:
            return ex.add(*column(read, delta, index[0]), *penalty.terms(read, index))

        but = ", but for the penalty," if penalty.formula else ""
        self._add(
            Phase.BACKWARD,
            symbol,
            title="gradient of the biases" + _through(biases, number),
            reads=(delta, *penalty.reads),
            right=(f"{{{delta}}}" if self.single else f"Σₙ {{{delta}}}") + penalty.formula,
            why=(
                f"A bias adds straight to the sum, so{but} its gradient is the error itself."
                if self.single
                else f"A bias adds straight to each sum, so{but} its gradient is the errors' sum."
            )
            + penalty.why,
            expand=expand,
            says=penalty.says,
        )

    def _common_bias_gradient(self, symbol: Symbol, bias: Held, number: int) -> None:
        """The gradient of a bias that all units of a layer have."""
        delta = f"delta{number}"
        flat = self._view(delta).reshape(-1)
        self._emit(np.dot, self._emit.ones(flat.size), flat, self._view(symbol))
        penalty = self._penalty(symbol, bias)

        def expand(read: Read, index: Index) -> Expr:
            n, units = read(delta).shape
            errors = (element(read, delta, (i, j)) for i in range(n) for j in range(units))
            return ex.add(*errors, *penalty.terms(read, index))

        but = ", but for the penalty," if penalty.formula else ""
        self._add(
            Phase.BACKWARD,
            symbol,
            title="gradient of the bias" + _through(bias, number),
            reads=(delta, *penalty.reads),
            right=f"Σ {{{delta}}}{penalty.formula}",
            why=f"One bias adds straight to every unit's sum, so{but} its gradient is the sum of"
            + (" all errors." if self.single else " all errors, of every unit and sample.")
            + penalty.why,
            expand=expand,
            says=penalty.says,
        )

    def _penalty(self, symbol: Symbol, of: Held) -> Added:
        """Add the slope of a parameter's penalty to its gradient; nothing to a part of one."""
        if of.name not in self.penalised or symbol != of.name.gradient:
            return NOTHING
        from engine.program.penaltysteps import penalty_slope

        return penalty_slope(self._emit, self._view, self.penalised[of.name])

    def _sum(self, tied: Held) -> None:
        """The gradient of a parameter that several layers have, from its parts, which came last
        layer first.
        """
        symbol, parts = tied.name.gradient, [via(tied.name, number) for number in tied.users[::-1]]
        view, (first, *others) = self._view, parts
        for other in others:
            self._emit(np.add, view(first), view(other), view(symbol))
            first = symbol
        penalty = self._penalty(symbol, tied)

        def expand(read: Read, index: Index) -> Expr:
            through = (element(read, part, index) for part in parts)
            return ex.add(*through, *penalty.terms(read, index))

        whose = ", ".join(map(str, tied.users[:-1])) + f" and {tied.users[-1]}"
        self._add(
            Phase.BACKWARD,
            symbol,
            title=f"gradient of {{{tied.name}}}, by all its layers",
            reads=(*parts, *penalty.reads),
            right=" + ".join(f"{{{part}}}" for part in parts) + penalty.formula,
            why=f"Layers {whose} have {{{tied.name}}} in common: what comes through each adds up."
            + penalty.why,
            expand=expand,
            says=penalty.says,
        )


def _through(tied: Held, number: int) -> str:
    """Which layer's part of a gradient it is, for a title; "" where it is all."""
    return f" through layer {number}" if tied.shared else ""
