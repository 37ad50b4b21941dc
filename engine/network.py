"""The forward pass, the loss and the backward pass of a multilayer perceptron, as steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine import expr as ex
from engine.activations import ACTIVATIONS, Activation
from engine.emit import Array, Emit
from engine.expr import Expr, Index
from engine.layout import Layout
from engine.losses import LOSSES, Head, Row
from engine.spec import RunSpec
from engine.steps import Phase, Read, Step

Expand = Callable[[Read, Index], Expr]


def weights(spec: RunSpec) -> list[str]:
    """The names of all parameters, first layer first."""
    return [
        name
        for number, layer in enumerate(spec.layers, 1)
        for name in (f"W{number}", *([f"b{number}"] if layer.b is not None else []))
    ]


def trained(spec: RunSpec) -> list[str]:
    """The names of the parameters that are updated, first layer first."""
    return [name for name in weights(spec) if name[0] not in spec.layers[int(name[1:]) - 1].frozen]


def element(read: Read, symbol: str, index: Index = ()) -> Expr:
    """One element of a symbol, as an operand."""
    return ex.num(float(read(symbol)[index]), symbol, index)


def row(read: Read, symbol: str, sample: int) -> list[Expr]:
    """The elements of one sample."""
    return [element(read, symbol, (sample, i)) for i in range(read(symbol).shape[1])]


class NetworkSteps:
    """Builds the steps up to the gradients for mini-batches of `samples`.

    `declare` gives every result its place in a layout; `build` then emits the calls over the
    arrays that `view` hands out, and appends to `steps`.
    """

    def __init__(self, spec: RunSpec, samples: int) -> None:
        self.spec = spec
        self.samples = samples
        self.steps: list[Step] = []
        self.loss = LOSSES[spec.loss.name]
        self.depth = len(spec.layers)
        self.trained = trained(spec)
        self.single = samples == 1
        count = samples * (spec.sizes[-1] if self.loss.per_element else 1)
        self.divisor = count if spec.loss.reduction == "mean" else 1

    def activation(self, number: int) -> Activation:
        """The activation of layer `number`, counted from 1."""
        return ACTIVATIONS[self.spec.layers[number - 1].activation]

    def out(self, number: int) -> str:
        """The symbol that layer `number` puts out; x is layer 0's."""
        return "x" if number == 0 else "yhat" if number == self.depth else f"a{number}"

    @property
    def joined(self) -> bool:
        """Whether loss and last activation have one joint derivative."""
        return self.loss.joined == self.spec.layers[-1].activation

    def needs_delta(self, number: int) -> bool:
        """Whether layer `number` or one before it learns."""
        return any(int(name[1:]) <= number for name in self.trained)

    # -- places ------------------------------------------------------------------------------

    def declare(self, layout: Layout) -> None:
        """Give every result a place. The gradients stand together, as "grad", in the order of
        the parameters; for one sample ∂L/∂b is δ itself, seen as a vector."""
        n = self.samples
        first = layout.size
        for name in self.trained:
            layer = self.spec.layers[int(name[1:]) - 1]
            layout.add(f"d{name}", layer.W.shape if name[0] == "W" else (layer.units,))
        layout.group("grad", first)
        for number, layer in enumerate(self.spec.layers, 1):
            shape = (n, layer.units)
            layout.add(f"z{number}", shape)
            layout.add(self.out(number), shape)
            if not self.needs_delta(number):
                continue
            if self.single and f"db{number}" in layout:
                layout.alias(f"delta{number}", f"db{number}", shape)
            else:
                layout.add(f"delta{number}", shape)
            if number == self.depth and self.joined:
                continue
            layout.add(self._upstream(number), shape)
            elementwise = self.activation(number).elementwise
            layout.add(self._slope(number), shape if elementwise else (*shape, layer.units))
        layout.add("lossn", (n,))
        if self.single and self.divisor == 1:
            layout.alias("loss", "lossn", ())
        else:
            layout.add("loss", ())

    def _upstream(self, number: int) -> str:
        return "dyhat" if number == self.depth else f"da{number}"

    def _slope(self, number: int) -> str:
        return f"{'fprime' if self.activation(number).elementwise else 'jac'}{number}"

    # -- steps -------------------------------------------------------------------------------

    def build(self, emit: Emit, view: Callable[[str], Array]) -> None:
        """Emit the calls and append the steps."""
        self._emit, self._view, self._mark = emit, view, len(emit.calls)
        self._head = Head(
            view(f"z{self.depth}"),
            view("yhat"),
            view("y"),
            view("lossn"),
            view(f"delta{self.depth}") if self.joined else view("dyhat"),
        )
        for number in range(1, self.depth + 1):
            self._linear(number)
            self._activate(number)
        self._loss_step()
        for number in range(self.depth, 0, -1):
            if self.needs_delta(number):
                self._delta(number)
                self._gradients(number)

    def _add(
        self,
        phase: Phase,
        symbol: str,
        title: str,
        reads: tuple[str, ...],
        right: str,
        why: str,
        expand: Expand,
    ) -> None:
        """Append the step that the calls emitted since the last one make up."""
        calls = tuple(self._emit.calls[self._mark :])
        self._mark = len(self._emit.calls)
        formula = f"{{{symbol}}} = {right}"
        shape = self._view(symbol).shape
        number = len(self.steps) + 1
        self.steps.append(
            Step(number, phase, symbol, shape, title, reads, formula, why, calls, expand)
        )

    def _linear(self, number: int) -> None:
        z, W, b, a = f"z{number}", f"W{number}", f"b{number}", self.out(number - 1)
        biased = self.spec.layers[number - 1].b is not None
        view = self._view
        self._emit(np.dot, view(a), view(W).T, view(z))
        if biased:
            bias = view(b).reshape(1, -1) if self.single else view(b)
            self._emit(np.add, view(z), bias, view(z))

        def expand(read: Read, index: Index) -> Expr:
            n, j = index
            inputs = row(read, a, n)
            terms = [ex.mul(element(read, W, (j, i)), x) for i, x in enumerate(inputs)]
            return ex.add(*terms, *([element(read, b, (j,))] if biased else []))

        product = f"{{{W}}}·{{{a}}}" if self.single else f"{{{a}}}·{{{W}}}ᵀ"
        self._add(
            Phase.FORWARD,
            z,
            f"weighted sum, layer {number}",
            (a, W, b) if biased else (a, W),
            f"{product} + {{{b}}}" if biased else product,
            "Each unit weighs its inputs, adds them up and adds its bias."
            if biased
            else "Each unit weighs its inputs and adds them up.",
            expand,
        )

    def _activate(self, number: int) -> None:
        z, a = f"z{number}", self.out(number)
        act = self.activation(number)
        if number == self.depth and self.joined and self.loss.output:
            self.loss.output(self._emit, self._head)
        else:
            act.forward(self._emit, self._view(z), self._view(a))

        def expand(read: Read, index: Index) -> Expr:
            if act.elementwise:
                return act.value(element(read, z, index))
            zs = row(read, z, index[0])
            top = max(zs, key=lambda e: e.value)
            powers = [ex.fn("exp", ex.sub(e, top)) for e in zs]
            return ex.div(powers[index[1]], ex.add(*powers))

        self._add(
            Phase.FORWARD,
            a,
            f"{act.name}, layer {number}" if number < self.depth else f"prediction, {act.name}",
            (z,),
            act.formula.replace("{z}", f"{{{z}}}"),
            act.why,
            expand,
        )

    def _loss_step(self) -> None:
        emit, view, loss = self._emit, self._view, self.loss
        loss.forward(emit, self._head)
        if not (self.single and self.divisor == 1):
            emit(np.dot, view("lossn"), emit.ones(self.samples), view("loss"))
            if self.divisor != 1:
                emit(np.multiply, view("loss"), emit.const(1 / self.divisor), view("loss"))

        def sample(read: Read, n: int) -> Expr:
            z = f"z{self.depth}"
            return loss.sample_value(Row(row(read, z, n), row(read, "yhat", n), row(read, "y", n)))

        def expand(read: Read, index: Index) -> Expr:
            if self.single:
                total = sample(read, 0)
            else:
                total = ex.add(*(element(read, "lossn", (n,)) for n in range(self.samples)))
            return ex.div(total, ex.num(self.divisor)) if self.divisor != 1 else total

        right = loss.formula
        if self.divisor != 1:
            right = f"1/{self.divisor} · ({right})"
        self._add(
            Phase.LOSS,
            "loss",
            loss.name.replace("_", " "),
            ("yhat", "y"),
            right,
            loss.why,
            expand,
        )

    def _delta(self, number: int) -> None:
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
            f"error, layer {number}",
            (upstream, slope),
            product,
            f"How much the loss feels layer {number}'s weighted sums: its share of the error.",
            expand,
        )

    def _loss_gradient(self) -> None:
        loss, scale = self.loss, 1 / self.divisor
        symbol = f"delta{self.depth}" if self.joined else "dyhat"
        loss.backward(self._emit, self._head, scale)

        def expand(read: Read, index: Index) -> Expr:
            value = loss.grad_value(element(read, "yhat", index), element(read, "y", index))
            return ex.div(value, ex.num(self.divisor)) if self.divisor != 1 else value

        right = loss.grad_formula
        if self.divisor != 1:
            right = f"({right}) / {self.divisor}"
        self._add(
            Phase.BACKWARD,
            symbol,
            "output error" if self.joined else "gradient at the output",
            ("yhat", "y"),
            right,
            loss.grad_why,
            expand,
        )

    def _back_through_weights(self, number: int) -> None:
        symbol, W, delta = f"da{number}", f"W{number + 1}", f"delta{number + 1}"
        view = self._view
        self._emit(np.dot, view(delta), view(W), view(symbol))

        def expand(read: Read, index: Index) -> Expr:
            n, i = index
            deltas = row(read, delta, n)
            return ex.add(*(ex.mul(element(read, W, (j, i)), d) for j, d in enumerate(deltas)))

        self._add(
            Phase.BACKWARD,
            symbol,
            f"back through {{{W}}}",
            (W, delta),
            f"{{{W}}}ᵀ·{{{delta}}}" if self.single else f"{{{delta}}}·{{{W}}}",
            "Each unit gets back the errors it fed, weighed by the same weights as on the way up.",
            expand,
        )

    def _slope_step(self, number: int) -> None:
        symbol, z, a = self._slope(number), f"z{number}", self.out(number)
        act = self.activation(number)
        act.slope(self._emit, self._view(z), self._view(a), self._view(symbol))

        def expand(read: Read, index: Index) -> Expr:
            if act.elementwise:
                return act.slope_value(element(read, z, index), element(read, a, index))
            n, i, j = index
            ai, aj = element(read, a, (n, i)), element(read, a, (n, j))
            return ex.mul(ai, ex.sub(ex.num(float(i == j)), aj))

        formula = act.slope_formula.replace("{z}", f"{{{z}}}").replace("{a}", f"{{{a}}}")
        self._add(
            Phase.BACKWARD,
            symbol,
            f"slope of {act.name}, layer {number}",
            tuple(s for s in (z, a) if f"{{{s}}}" in formula),
            formula,
            act.note,
            expand,
        )

    def _gradients(self, number: int) -> None:
        W, b = f"W{number}", f"b{number}"
        delta, a = f"delta{number}", self.out(number - 1)
        if W in self.trained:
            self._weight_gradient(f"d{W}", delta, a)
        if b in self.trained:
            self._bias_gradient(f"d{b}", delta)

    def _weight_gradient(self, symbol: str, delta: str, a: str) -> None:
        view = self._view
        if self.single:
            self._emit(np.multiply, view(delta).T, view(a), view(symbol))
        else:
            self._emit(np.dot, view(delta).T, view(a), view(symbol))

        def expand(read: Read, index: Index) -> Expr:
            j, i = index
            return ex.add(
                *(
                    ex.mul(element(read, delta, (n, j)), element(read, a, (n, i)))
                    for n in range(self.samples)
                )
            )

        self._add(
            Phase.BACKWARD,
            symbol,
            "gradient of the weights",
            (delta, a),
            f"{{{delta}}}·{{{a}}}ᵀ" if self.single else f"{{{delta}}}ᵀ·{{{a}}}",
            "A weight's gradient is the error at its end times the value at its start.",
            expand,
        )

    def _bias_gradient(self, symbol: str, delta: str) -> None:
        view = self._view
        if not self.single:
            self._emit(np.dot, self._emit.ones(self.samples), view(delta), view(symbol))

        def expand(read: Read, index: Index) -> Expr:
            return ex.add(*(element(read, delta, (n, *index)) for n in range(self.samples)))

        self._add(
            Phase.BACKWARD,
            symbol,
            "gradient of the biases",
            (delta,),
            f"{{{delta}}}" if self.single else f"Σₙ {{{delta}}}",
            "A bias adds straight to the sum, so its gradient is the error itself."
            if self.single
            else "A bias adds straight to every sample's sum, so its gradient is the errors' sum.",
            expand,
        )
