"""What a question is: what it asks, where it is raised, what it needs, and how it is answered."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import lt
from typing import Literal

import numpy as np

from engine.analysis.trial import Trial
from engine.catalog.activations import ACTIVATIONS
from engine.catalog.sentences import Number
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.calls import Array
from engine.formula.expr import Expr, Index
from engine.formula.layout import Shape
from engine.history.history import History
from engine.program.parameters import held, users
from engine.program.penalty import penalty_of
from engine.program.step import Step
from engine.program.trace import Trace
from engine.spec.run import RunSpec

MADE = "made"
"""The symbol of a number that is computed for an answer, and stands nowhere in the run."""
NUDGE = 1e-2
"""By so much a number is changed to see what follows."""

MEASURED = 9
"""So many digits after the point a loss has where two are compared."""


@dataclass(frozen=True)
class Say:
    """A sentence; {z1} in it stands for the symbol z1."""

    text: str


@dataclass(frozen=True)
class Sum:
    """A line of arithmetic: a number's name, a template, what it is computed from, and the number
    as it is; `note` follows it.
    """

    name: str
    e: Expr
    value: float
    note: str = ""


Cell = str | float


@dataclass(frozen=True)
class Table:
    """Numbers in columns under a head, those of the `signed` columns with their signs; `bars` are
    sizes that are drawn behind the rows, on a logarithmic scale.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    bars: tuple[float, ...] = ()
    signed: tuple[int, ...] = ()


Line = Say | Sum | Table
Answer = list[Line]


@dataclass(frozen=True, eq=False)
class Scene:
    """What a question is asked of: iteration t of a history, the step that is looked at, and the
    selected element. `named` writes an element of a symbol, given its array's shape, and `number` a
    number, as they are shown.
    """

    history: History
    t: int
    step: Step | None
    symbol: Symbol
    index: Index
    sample: int
    number: Number
    named: Callable[[str, Index, Shape], str]

    @cached_property
    def trace(self) -> Trace:
        """All that the iteration computes."""
        return self.history.trace(self.t)

    @property
    def spec(self) -> RunSpec:
        """The run spec of the iteration."""
        return self.history.spec_of(self.t)

    @property
    def depth(self) -> int:
        """The number of the last layer."""
        return len(self.spec.layers)

    @property
    def samples(self) -> int:
        """Samples in the mini-batch."""
        return len(self.trace.known("x", 0))

    @property
    def divided(self) -> bool:
        """Whether the loss is divided by N."""
        return self.trace.value("N", 0) is not None

    def at(self, t: int) -> Scene:
        """The same question of another iteration."""
        return replace(self, t=t)

    def has(self, symbol: str) -> bool:
        """Whether a step of the iteration computes the symbol."""
        return self.trace.writer(symbol) is not None

    def array(self, symbol: str) -> Array:
        """A symbol's array when the iteration is done: a parameter's after its update."""
        return self.trace.known(symbol, len(self.trace.steps))

    def before(self, symbol: str) -> Array:
        """A parameter's array, or a slot's, before the update."""
        return self.trace.known(symbol, 0)

    def weights(self, layer: int, new: bool = False) -> Array:
        """The weights that a layer has, its own or another's, (units, inputs), before their update
        or after it.
        """
        has = held(self.spec, "W", layer)
        array = self.array(has.name) if new else self.before(has.name)
        return array.T if has.turned else array

    def weight(self, layer: int, j: int, i: int) -> Expr:
        """The weight from input i to unit j of a layer as an operand, before its update."""
        has = held(self.spec, "W", layer)
        return self.num(has.name, (i, j) if has.turned else (j, i))

    def shares(self, name: Symbol, place: Index) -> list[Expr]:
        """What a parameter's gradient is a sum of, as operands: δ times a value of each sample, and
        of each layer that has the parameter; of a slope ∂L/∂a times what it is multiplied by.
        """
        found: list[Expr] = []
        for layer in users(self.spec, name):
            if name.kind.key == "alpha":
                found += self.met(layer, place)
                continue
            delta, out = f"delta{layer}", self.out(layer - 1)
            has = held(self.spec, name.kind.key, layer)
            j = place[1] if has.turned else place[0] if place else None
            units = range(self.array(delta).shape[1]) if j is None else (j,)
            for n in range(self.samples):
                for unit in units:
                    error = self.num(delta, (n, unit))
                    if name.kind.key == "W":
                        i = place[0] if has.turned else place[1]
                        error = ex.mul(error, self.num(out, (n, i)))
                    found.append(error)
        return found

    def met(self, layer: int, place: Index) -> list[Expr]:
        """What the slope of a layer's activation gets through each sample and unit: of all units,
        or of that of the place.
        """
        learns = ACTIVATIONS[self.spec.layers[layer - 1].activation].learns
        assert learns is not None
        upstream = "dyhat" if layer == self.depth else f"da{layer}"
        units = place or range(self.spec.layers[layer - 1].units)
        at = ((n, unit) for n in range(self.samples) for unit in units)
        return [ex.mul(self.num(upstream, i), learns.value(self.num(f"z{layer}", i))) for i in at]

    def penalty(self, name: Symbol, place: Index) -> list[Expr]:
        """What a penalty adds to a parameter's gradient beside these; nothing where it has none."""
        each = penalty_of(self.spec, name, self.samples)
        return each.slope_terms(self.before, place) if each else []

    def out(self, layer: int) -> str:
        """The symbol that a layer puts out."""
        return "x" if layer == 0 else "yhat" if layer == self.depth else f"a{layer}"

    def name(self, symbol: str, index: Index = ()) -> str:
        """The name of an element."""
        found = self.trace.value(symbol, len(self.trace.steps))
        return self.named(symbol, index, () if found is None else found.shape)

    def num(self, symbol: str, index: Index = ()) -> Expr:
        """An element as an operand: a parameter's before its update."""
        parameter = Symbol(symbol).is_parameter
        array = self.before(symbol) if parameter else self.array(symbol)
        return ex.num(float(array[index]), symbol, index)

    def arithmetic(self, symbol: str, index: Index) -> Sum:
        """The line of a step's element."""
        step = self.trace.steps[self.trace.number(symbol) - 1]
        e = self.trace.expand(step, index)
        return Sum(self.name(symbol, index), e, float(self.array(symbol)[index]))

    def picked(self, symbol: str) -> Index:
        """The element of a symbol that the reader looks at: the selected one, that which belongs to
        it, or else the first, of the sample that is looked at.
        """
        shape = self.array(symbol).shape
        known = Symbol(symbol)
        same = self.symbol == known or (
            known.parameter is not None and known.parameter == self.symbol.parameter
        )
        within = len(self.index) == len(shape) and all(map(lt, self.index, shape))
        if same and within:
            return self.index
        if known.batchwise and shape:
            unit = self._unit(known)
            inner = tuple(unit if i == 0 and unit < n else 0 for i, n in enumerate(shape[1:]))
            return (self.sample % shape[0], *inner)
        return (0,) * len(shape)

    def _unit(self, symbol: Symbol) -> int:
        """The unit of a layer that the selected element is of; else the first."""
        same = self.symbol.batchwise and self.symbol.layer == symbol.layer
        return self.index[1] if same and len(self.index) > 1 else 0

    def layer(self, kind: str, default: int) -> int:
        """The layer of the step, where it computes a symbol of that kind, else the default."""
        step = self.step
        if step and step.symbol.kind.key == kind and step.symbol.layer:
            return step.symbol.layer
        return default

    @cached_property
    def trial(self) -> Trial:
        """The iteration computed again beside it, in float64."""
        return Trial(self.trace, self.spec, exact=True)

    def slope(self, symbol: str, index: Index, h: float = NUDGE) -> Sum:
        """The central difference of the loss by a number of the forward pass or a parameter, from
        this iteration's pass.
        """
        value = self.trial.value(symbol, index)
        above = self.trial.loss_with(symbol, index, value + h)
        below = self.trial.loss_with(symbol, index, value - h)
        e = ex.div(ex.sub(measured(above), measured(below)), ex.num(2 * h))
        name = self.name(symbol, index)
        return Sum(f"ΔL/Δ{name}", e, e.value, f"the loss with {name} ± {self.number(h)}")


Needs = Literal["network", "loss", ""]
Applies = Callable[[Scene], str]
"""What is missing where a question cannot be answered, as a sentence; "" where it can."""
Raised = Callable[[Step], bool]
"""Whether a step raises a question."""
Answered = Callable[[Scene], Answer]
"""The lines of an answer."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Question:
    """A row of the table: what it `asks`, in one line, and further `words` that it is found by;
    which steps it is `raised` by; what is `missing` where it cannot be answered; and its answer,
    computed from the numbers of a scene. `more` names the symbols or the built-in runs where more
    is to be seen. The most asked have the lowest `place`. It `needs` a network, a loss, or neither.
    """

    id: str
    asks: str
    words: str
    raised: Raised
    missing: Applies
    answer: Answered
    more: tuple[str, ...] = ()
    place: float = math.inf
    needs: Needs = "network"

    def __repr__(self) -> str:
        return f"Question({self.id!r})"

    def lacks(self, scene: Scene) -> str:
        """What is missing where it cannot be answered, as a sentence; "" where it can."""
        if scene.spec.instead and self.needs == "network":
            return "This is asked of a network, and the run has none."
        if not scene.spec.has_loss and self.needs == "loss":
            return "The gradients of this run are given: it has no loss."
        return self.missing(scene)


# -- for the rows ----------------------------------------------------------------------------------


def made(value: float) -> Expr:
    """A number that is computed for an answer, as an operand."""
    return ex.num(value, MADE)


def measured(value: float) -> Expr:
    """A loss, as an operand of a difference: with nine digits after the point, and no more."""
    return ex.num(round(value, MEASURED))


def total(name: str, terms: Sequence[Expr], note: str = "") -> Sum:
    """The line of a sum."""
    e = ex.add(*terms)
    return Sum(name, e, e.value, note)


def line(name: str, e: Expr, note: str = "") -> Sum:
    """The line of any arithmetic with what it gives."""
    return Sum(name, e, e.value, note)


def swapped(e: Expr, instead: Callable[[Expr], Expr | None]) -> Expr:
    """The tree with other numbers in the place of some, worked out again."""
    if e.op == "num":
        return instead(e) or e
    parts = tuple(swapped(part, instead) for part in e.args)
    return Expr(e.op, parts, ex.apply(e.op, [part.value for part in parts]), e.symbol, e.index)


def by_kind(*kinds: str) -> Raised:
    """Raised by the steps whose symbols are of these kinds, and have no prefix."""
    return lambda step: step.symbol.kind.key in kinds and not step.symbol.prefix


def by_update(step: Step) -> bool:
    """Raised by the steps that change a parameter."""
    return step.param is not None and step.symbol == step.param


def always(_scene: Scene) -> str:
    """Nothing is ever missing."""
    return ""


def waits(scene: Scene) -> str:
    """Why the update cannot be asked for where this iteration makes none."""
    if scene.trace.updates:
        return ""
    return f"Nothing is updated here: gradients are added up, and {scene.trace.update_in} updates."


def parameters_with(scene: Scene, prefix: str) -> list[Symbol]:
    """The parameters whose update has a vector of a prefix, as they are updated."""
    found = [step.param for step in scene.trace.steps if step.symbol.prefix == prefix]
    return [name for name in found if name is not None]


def parameter(scene: Scene, among: Sequence[Symbol]) -> Symbol:
    """The parameter that the step or the selection is about, if it is one of these; else the
    first of them.
    """
    step = scene.step.symbol.parameter if scene.step else None
    for name in (scene.symbol.parameter, step):
        if name is not None and name in among:
            return name
    return among[0]


def size(array: Array) -> float:
    """The length of all numbers of an array as one vector."""
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(np.asarray(array, np.float64)))
