"""The forward pass and the loss as steps."""

from __future__ import annotations

from functools import partial

import numpy as np

from engine.catalog.activations import Rowwise
from engine.catalog.sentences import Sight
from engine.formula import expr as ex
from engine.formula.expr import Expr, Index
from engine.program.base import Places, column, element, grouped, named, of_unit, row
from engine.program.parameters import Held, shape
from engine.program.step import Phase, Read

WEIGHED = " {wn} is how much a sample counts; what a mean divides by does not change."


class Forward(Places):
    """Adds the steps of the forward pass and of the loss."""

    def linear(self, number: int) -> None:
        """A layer's weighted sums."""
        z, a = f"z{number}", self.out(number - 1)
        weights, bias = self.held("W", number), self.held("b", number)
        W, b, turned = weights.name, bias.name, weights.turned
        biased = self.spec.layers[number - 1].b is not None
        view, sums = self._view, self._view(z)
        self._emit(np.dot, view(a), view(W) if turned else view(W).T, sums)
        alike = biased and shape(self.spec, b) == ()
        if biased:
            added = view(b).reshape(1, -1) if self.single and not alike else view(b)
            self._emit(np.add, sums, added, sums)

        def expand(read: Read, index: Index) -> Expr:
            n, j = index
            own = column(read, W, j) if turned else row(read, W, j)
            terms = map(ex.mul, own, row(read, a, n))
            return ex.add(*terms, *([element(read, b, () if alike else (j,))] if biased else []))

        if self.single:
            product = f"{{{W}}}{'ᵀ' * turned}·{{{a}}}"
        else:
            product = f"{{{a}}}·{{{W}}}{'' if turned else 'ᵀ'}"
        self._add(
            Phase.FORWARD,
            z,
            title=f"weighted sum, layer {number}",
            reads=(a, W, b) if biased else (a, W),
            right=f"{product} + {{{b}}}" if biased else product,
            why=_sums(biased, alike) + _others(weights, number),
            expand=expand,
        )

    def activate(self, number: int) -> None:
        """What a layer puts out."""
        z, a = f"z{number}", self.out(number)
        act, learned = self.activation(number), self.learned(number)
        if number == self.depth and self.joined and self.loss.output_emit:
            self.loss.output_emit(self._emit, self._head)
        else:
            given = {name: self._view(symbol) for name, symbol in learned.items()}
            act.emit(self._emit, self._view(z), self._view(a), **given)

        def expand(read: Read, index: Index) -> Expr:
            if isinstance(act, Rowwise):
                return act.value(row(read, z, index[0]), index[1])
            return act.value(element(read, z, index), **of_unit(read, learned, index[1]))

        self._add(
            Phase.FORWARD,
            a,
            title=f"{act.name}, layer {number}"
            if number < self.depth
            else f"prediction, {act.name}",
            reads=(z, *learned.values()),
            right=named(act.formula, {"z": z, **learned}),
            why=act.why,
            expand=expand,
        )

    def loss_steps(self) -> None:
        """Each sample's loss where there are several, and the loss, their mean or sum; where
        there are penalties these, and then the loss.
        """
        emit, view, whole = self._emit, self._view, self.data_loss
        self.loss.emit(emit, self._head)
        if self.weighted:
            emit(np.multiply, self._head.per_sample, view("wn")[:, 0], self._head.per_sample)
        if self.counted and self.loss.count_emit:
            self.loss.count_emit(emit, self._head, view("N"))
        if not self.alone:
            self._sample_losses()
            emit(np.dot, view("lossn"), emit.ones(self.samples), view(whole))
        if self.averaged:
            loss = view(whole)
            emit(np.divide, loss, view("N"), loss)

        def expand(read: Read, _index: Index) -> Expr:
            if self.alone:
                total = self._loss_value(read, 0)
            else:
                total = ex.add(*(element(read, "lossn", (n,)) for n in range(self.samples)))
            return ex.div(total, self._count(read)) if self.averaged else total

        right = self._weighed(self.loss.formula) if self.alone else "Σₙ {lossn}"
        why = f"{self.loss.why}{WEIGHED if self.weighted else ''} {self._reduction()}".strip()
        name = self.loss.name.replace("_", " ")
        self._add(
            Phase.LOSS,
            whole,
            title=name if self.alone else f"{name}, {self.spec.loss.reduction} of the samples",
            reads=("yhat", "y") if self.alone else ("lossn",),
            right=f"1/{{N}} · {grouped(right)}" if self.averaged else right,
            why=why if self.alone else self._reduction(),
            expand=expand,
            says=(partial(self._said, 0),) if self.alone else (),
        )
        if self.penalised:
            from engine.program.penaltysteps import penalty_steps

            parts = tuple(self.penalised.values())
            penalty_steps(emit, view, self._add, parts, whole)

    def _said(self, n: int | None, sight: Sight) -> str:
        """What the loss says of a sample's numbers, the selected one's where n is None."""
        if self.weighted:
            return ""
        sample = self._sample(sight.read, sight.index[0] if n is None else n)
        return self.loss.says(sample, sight.number)

    def _loss_value(self, read: Read, n: int) -> Expr:
        return self._weighed_value(read, n, self.loss.value(self._sample(read, n)))

    def _sample_losses(self) -> None:
        def expand(read: Read, index: Index) -> Expr:
            return self._loss_value(read, index[0])

        self._add(
            Phase.LOSS,
            "lossn",
            title=f"{self.loss.name.replace('_', ' ')} of each sample",
            reads=("yhat", "y"),
            right=self._weighed(self.loss.formula),
            why=self.loss.why + (WEIGHED if self.weighted else ""),
            expand=expand,
            says=(partial(self._said, None),),
        )

    def _count(self, read: Read) -> Expr:
        """What the mean divides by."""
        value = self.loss.count_value
        if not self.counted or value is None:
            return element(read, "N")
        return ex.add(*(value(self._sample(read, n)) for n in range(self.samples)))

    def _reduction(self) -> str:
        """How the loss is made of the samples' losses, as a sentence."""
        if not self.averaged:
            return (
                ""
                if self.alone
                else "The sum of the samples' losses: the gradients are those of this number."
            )
        if self.counted:
            return self.loss.count_why
        if self.loss.per_element:
            units = self.spec.sizes[-1]
            return f"The mean over all outputs: N = {self.samples} × {units}."
        mean = f"The mean over the samples of the mini-batch: N = {self.samples}."
        return f"{mean} {self.loss.count_why}".strip()


def _sums(biased: bool, alike: bool) -> str:
    """What a weighted sum is, as a sentence."""
    if not biased:
        return "Each unit weighs its inputs and adds them up."
    whose = "the bias, the same for all" if alike else "its bias"
    return f"Each unit weighs its inputs, adds them up and adds {whose}."


def _others(weights: Held, number: int) -> str:
    """Whose the weights of layer `number` are, as a sentence; "" where they are its own."""
    if weights.name.layer == number:
        return ""
    turned = ", transposed" if weights.turned else ""
    return f" The weights are those of layer {weights.name.layer}{turned}."
