"""Where the results of a network stand, and how a step is added: the base of both passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from engine.catalog.activations import Activation, activation
from engine.catalog.losses import LOSSES, Head, Sample, loss
from engine.catalog.sentences import Say
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr, Index
from engine.formula.layout import Layout
from engine.program.parameters import Held, held, shape, trained, users
from engine.program.step import Phase, Read, Step
from engine.spec.run import RunSpec, SpecError

if TYPE_CHECKING:
    from engine.program.penalty import Penalised

Expand = Callable[[Read, Index], Expr]


def element(read: Read, symbol: str, index: Index = ()) -> Expr:
    """One element of a symbol, as an operand."""
    return ex.num(float(read(symbol)[index]), symbol, index)


def row(read: Read, symbol: str, sample: int) -> list[Expr]:
    """The elements of one sample, or of a row of weights."""
    values = read(symbol)[sample].tolist()
    return [ex.num(value, symbol, (sample, i)) for i, value in enumerate(values)]


def column(read: Read, symbol: str, i: int) -> list[Expr]:
    """The elements of all samples at one place, or of a column of weights."""
    values = read(symbol)[:, i].tolist()
    return [ex.num(value, symbol, (n, i)) for n, value in enumerate(values)]


VIA = "via"
"""How the prefix of such a part begins; the number of the layer follows."""


def via(name: Symbol, number: int) -> Symbol:
    """What reaches a tied parameter through layer `number`, a part of its gradient."""
    return name.under(f"{VIA}{number}")


def through(symbol: Symbol) -> int | None:
    """The layer that such a part comes through; None for any other symbol."""
    return int(symbol.prefix.removeprefix(VIA)) if symbol.prefix.startswith(VIA) else None


class Places:
    """The steps up to the gradients for mini-batches of `samples`, and where their results stand.

    `declare` gives every result its place in a layout. `alone` says that the run takes one sample
    at a time: its loss then needs no step of its own beside the mini-batch's. `averaged` says
    that the loss is divided by N, `divisor` or else what the loss counts. The loss as it is without
    the penalties on the parameters `penalised` is called `data_loss`.
    Raises SpecError where the loss does not fit the last layer.
    """

    def __init__(self, spec: RunSpec, samples: int) -> None:
        self.spec = spec
        self.samples = samples
        self.steps: list[Step] = []
        self.depth = len(spec.layers)
        self.trained = trained(spec)
        self.single = samples == 1
        self.alone = spec.data.largest == 1
        self._activations = [activation(x.activation, x.activation_options) for x in spec.layers]
        last = spec.layers[-1]
        if wrong := LOSSES[spec.loss.name].misfits(spec.loss, last.activation, last.units):
            raise SpecError(*(f"loss.{key} {what}." for key, what in wrong.items()))
        self.loss = loss(spec.loss, spec.data, last.activation)
        self.penalised = _penalised(spec, samples)
        self.data_loss = "dataloss" if self.penalised else "loss"
        self.weighted = spec.data.weights is not None
        mean = spec.loss.reduction != "sum"
        self.counted = mean and self.loss.count_emit is not None
        count = samples * (last.units if self.loss.per_element else 1)
        self.divisor = count if mean and not self.counted else 1
        self.averaged = mean and not (self.alone and self.divisor == 1 and not self.counted)

    def activation(self, number: int) -> Activation:
        """The activation of layer `number`, counted from 1."""
        return self._activations[number - 1]

    def learned(self, number: int) -> dict[str, Symbol]:
        """The parameter of layer `number`'s activation under the name that the row has for it; {}
        where it has none.
        """
        learns = self.activation(number).learns
        return {learns.kind: self.held(learns.kind, number).name} if learns else {}

    def out(self, number: int) -> str:
        """The symbol that layer `number` puts out; x is layer 0's."""
        return "x" if number == 0 else "yhat" if number == self.depth else f"a{number}"

    @property
    def joined(self) -> bool:
        """Whether loss and last activation have one joint derivative."""
        return self.loss.joined == self.spec.layers[-1].activation

    def needs_delta(self, number: int) -> bool:
        """Whether layer `number` or one before it learns."""
        return any(users(self.spec, name)[0] <= number for name in self.trained)

    def held(self, kind: str, number: int) -> Held:
        """What layer `number` has of a kind of parameters, its own or another layer's."""
        return held(self.spec, kind, number)

    # -- places ------------------------------------------------------------------------------

    def declare(self, layout: Layout) -> None:
        """Give every result a place. The gradients stand together, as "grad", in the order of
        the parameters; for one sample ∂L/∂b is δ itself, seen as a vector.
        """
        n = self.samples
        first = layout.size
        for name in self.trained:
            layout.add(name.gradient, shape(self.spec, name))
        layout.group("grad", first)
        for name in self.trained:
            if len(of := users(self.spec, name)) > 1:
                for number in of:
                    layout.add(via(name, number), shape(self.spec, name))
        for number, layer in enumerate(self.spec.layers, 1):
            sums = (n, layer.units)
            layout.add(f"z{number}", sums)
            layout.add(self.out(number), sums)
            if not self.needs_delta(number):
                continue
            if self._biased_by_delta(number):
                layout.alias(f"delta{number}", f"db{number}", sums)
            else:
                layout.add(f"delta{number}", sums)
            if number == self.depth and self.joined:
                continue
            layout.add(self._upstream(number), sums)
            elementwise = self.activation(number).elementwise
            layout.add(self._slope(number), sums if elementwise else (*sums, layer.units))
        layout.add("loss", ())
        if self.penalised:
            layout.add(self.data_loss, ())
            layout.add("penalty", ())
        if not self.alone:
            layout.add("lossn", (n,))
        if self.averaged:
            layout.add("N", ())

    def _biased_by_delta(self, number: int) -> bool:
        """Whether δ of layer `number` is, seen as a vector, the gradient of its biases."""
        if not self.single or self.spec.layers[number - 1].b is None:
            return False
        bias = self.held("b", number)
        alone = not bias.shared and shape(self.spec, bias.name) != ()
        return bias.name in self.trained and alone and bias.name not in self.penalised

    def _upstream(self, number: int) -> str:
        return "dyhat" if number == self.depth else f"da{number}"

    def _slope(self, number: int) -> str:
        return f"{'fprime' if self.activation(number).elementwise else 'jac'}{number}"

    # -- steps -------------------------------------------------------------------------------

    def begin(self, emit: Emit, view: Callable[[str], Array]) -> None:
        """Take what the calls are emitted to and the arrays they work on."""
        self._emit, self._view, self._mark = emit, view, len(emit.calls)
        z, yhat, y = view(f"z{self.depth}"), view("yhat"), view("y")
        per_sample = view(self.data_loss).reshape(1) if self.alone else view("lossn")
        gradient = f"delta{self.depth}" if self.joined else "dyhat"
        learns = self.needs_delta(self.depth)
        grad = view(gradient) if learns else emit.scratch(yhat.shape)
        self._head = Head(z, yhat, y, per_sample, grad)
        if self.averaged:
            view("N")[...] = self.divisor

    def _sample(self, read: Read, n: int) -> Sample:
        """One sample's numbers, for the arithmetic of its loss."""
        return Sample(row(read, f"z{self.depth}", n), row(read, "yhat", n), row(read, "y", n))

    def _weighed(self, formula: str) -> str:
        """A formula of each sample, times the sample's weight where there are such."""
        if not self.weighted:
            return formula
        body, given, names = formula.partition(" with ")
        factor = body if body.startswith("Σ") else f"({body})"
        return f"{{wn}} ⊙ {factor}{given}{names}"

    def _weighed_value(self, read: Read, n: int, e: Expr) -> Expr:
        """The arithmetic of the same."""
        return ex.mul(element(read, "wn", (n, 0)), e) if self.weighted else e

    def _add(
        self,
        phase: Phase,
        symbol: str,
        *,
        title: str,
        reads: tuple[str, ...],
        right: str,
        why: str,
        expand: Expand,
        says: tuple[Say, ...] = (),
    ) -> None:
        """Append the step that the calls emitted since the last one make up."""
        calls = tuple(self._emit.calls[self._mark :])
        self._mark = len(self._emit.calls)
        formula = f"{{{symbol}}} = {right}"
        number = len(self.steps) + 1
        self.steps.append(
            Step(
                number=number,
                phase=phase,
                symbol=Symbol(symbol),
                shape=self._view(symbol).shape,
                title=title,
                reads=tuple(map(Symbol, reads)),
                formula=formula,
                why=why,
                calls=calls,
                expand=expand,
                says=says,
            )
        )


def _penalised(spec: RunSpec, samples: int) -> dict[Symbol, Penalised]:
    """The penalties of a run, by parameter."""
    if spec.penalty is None:
        return {}
    from engine.program.penalty import penalised

    return {each.name: each for each in penalised(spec, samples)}


def named(template: str, names: Mapping[str, str]) -> str:
    """A row's text with symbols for the names of its arguments."""
    for name, symbol in names.items():
        template = template.replace(f"{{{name}}}", f"{{{symbol}}}")
    return template


def of_unit(read: Read, learned: Mapping[str, Symbol], unit: int) -> dict[str, Expr]:
    """What a unit has of the parameters of its layer's activation, as operands."""
    found = {}
    for name, symbol in learned.items():
        found[name] = element(read, symbol, (unit,) if read(symbol).ndim else ())
    return found


def grouped(formula: str) -> str:
    """A formula that stands as a factor: in parentheses where it is a sum, has a sign or has more
    to say behind a comma. What it says of its letters stays behind it.
    """
    body, given, names = formula.partition(" with ")
    depth = 0
    for character in body:
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and character in "+−,":
            return f"({body}){given}{names}"
    return formula
