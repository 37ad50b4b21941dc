"""Runs without a network: the gradients of a function of θ, or gradients that are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial

import numpy as np

from engine.catalog.row import digits
from engine.catalog.sentences import Sight
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr, Index
from engine.formula.layout import Layout
from engine.functions.compute import Compiled, arithmetic
from engine.functions.names import subscripted
from engine.functions.read import read
from engine.functions.slopes import derivative
from engine.functions.tree import Node
from engine.functions.written import written
from engine.program.parameters import THETA
from engine.program.step import Phase, Read, Step
from engine.spec.run import FunctionSpec, GradientsSpec

GRADIENT = THETA.gradient
TERMS = Symbol("terms")
LOSS = Symbol("loss")


def steps_of(instead: FunctionSpec | GradientsSpec) -> FunctionSteps | GivenSteps:
    """The steps up to the gradient."""
    return FunctionSteps(instead) if isinstance(instead, FunctionSpec) else GivenSteps(instead)


LONGEST = 40
"""So many characters of a formula stand in a sentence."""

_KINKED = {
    "sign": "sign is 1 above 0, −1 below, 0 at 0.",
    "step": "step is 1 above 0, else 0.",
    "half": "half is 1 above 0, 0 below, ½ at 0.",
}
"""What the derivatives of functions with kinks are made of."""


class FunctionSteps:
    """The value of a function at θ, and its gradient: of a sum each term first."""

    def __init__(self, function: FunctionSpec) -> None:
        self.function = function
        self.steps: list[Step] = []
        self.tree = read(function.f, function.constants, function.names).tree
        self.terms = self.tree.args if self.tree.op == "add" else ()

    @cached_property
    def gradient(self) -> tuple[Node, ...]:
        """The derivatives by each of the variables."""
        return tuple(derivative(self.tree, i) for i in range(len(self.function.names)))

    def declare(self, layout: Layout) -> None:
        """Give every result a place."""
        first = layout.size
        layout.add(GRADIENT, (len(self.function.names),))
        layout.group("grad", first)
        if self.terms:
            layout.add(TERMS, (len(self.terms),))
        layout.add(LOSS, ())

    def build(self, emit: Emit, view: Callable[[str], Array]) -> None:
        """Emit the calls and append the steps."""
        if self.terms:
            self._add_vector(
                emit,
                view,
                Phase.FORWARD,
                TERMS,
                self.terms,
                title="the terms of f",
                why=f"f has {len(self.terms)} terms; each is a number of θ.{self._constants()}",
            )
        self._add_loss(emit, view)
        self._add_vector(
            emit,
            view,
            Phase.BACKWARD,
            GRADIENT,
            self.gradient,
            title="gradient of f",
            why="The derivative of f by each variable, the others held as they are: how fast L"
            f" grows with it.{self._kinked()}",
        )

    def _kinked(self) -> str:
        """What the functions of its derivative are that people do not write, as sentences."""
        ops = {op for part in self.gradient for op in part.ops}
        return "".join(f" {words}" for op, words in _KINKED.items() if op in ops)

    def _constants(self) -> str:
        given = self.function.constants
        said = ", ".join(f"{subscripted(name)} = {digits(value)}" for name, value in given.items())
        return f" Here {said}." if said else ""

    def _add_loss(self, emit: Emit, view: Callable[[str], Array]) -> None:
        mark = len(emit.calls)
        if self.terms:
            emit(np.dot, view(TERMS), emit.ones(len(self.terms)), view(LOSS))
        else:
            Compiled(emit, view(THETA)).into(self.tree, view(LOSS))

        def expand(found: Read, _index: Index) -> Expr:
            if not self.terms:
                return arithmetic(self.tree, _element(found))
            values = found(TERMS).tolist()
            return ex.add(*(ex.num(value, TERMS, (i,)) for i, value in enumerate(values)))

        self.steps.append(
            Step(
                number=len(self.steps) + 1,
                phase=Phase.LOSS,
                symbol=LOSS,
                shape=(),
                title="the value of f",
                reads=(TERMS if self.terms else THETA,),
                formula=f"{{{LOSS}}} = " + (f"Σ {{{TERMS}}}" if self.terms else written(self.tree)),
                why="The value of f at θ, which is to become small."
                + ("" if self.terms else self._constants()),
                says=(partial(_sum_of_none if self.terms else _undefined, (self.tree,)),),
                calls=tuple(emit.calls[mark:]),
                expand=expand,
            )
        )

    def _add_vector(
        self,
        emit: Emit,
        view: Callable[[str], Array],
        phase: Phase,
        symbol: Symbol,
        parts: Sequence[Node],
        *,
        title: str,
        why: str,
    ) -> None:
        """Append a step that computes a vector, each element by a formula of θ."""
        mark, out = len(emit.calls), view(symbol)
        compiled = Compiled(emit, view(THETA))
        for i, part in enumerate(parts):
            compiled.into(part, out[i, ...])

        def expand(found: Read, index: Index) -> Expr:
            return arithmetic(parts[index[0]], _element(found))

        formulas = ", ".join(map(written, parts))
        self.steps.append(
            Step(
                number=len(self.steps) + 1,
                phase=phase,
                symbol=symbol,
                shape=(len(parts),),
                title=title,
                reads=(THETA,),
                formula=f"{{{symbol}}} = " + (f"({formulas})" if len(parts) > 1 else formulas),
                why=why,
                calls=tuple(emit.calls[mark:]),
                expand=expand,
                says=(partial(_undefined, parts), partial(_of_none, self.tree))
                if phase is Phase.BACKWARD
                else (partial(_undefined, parts),),
            )
        )


def _undefined(parts: Sequence[Node], sight: Sight) -> str:
    """Where an element has no value, which part of its formula has none."""
    if not np.isnan(sight.result[sight.index]):
        return ""
    part = parts[sight.index[0] if sight.index else 0]
    broken = _broken(part, _element(sight.read))
    if broken is None:
        return ""
    named = written(broken)
    return f"{named if len(named) <= LONGEST else 'A part of it'} is no number at this θ."


def _sum_of_none(_trees: Sequence[Node], sight: Sight) -> str:
    """Which term has no value, where the sum has none."""
    none = np.flatnonzero(np.isnan(sight.read(TERMS)))
    if not none.size:
        return ""
    return f"{sight.name(TERMS, (int(none[0]),))} is no number: f has no value at this θ."


def _of_none(tree: Node, sight: Sight) -> str:
    """That a slope is none of f's, where f has no value and the slope has one."""
    if np.isnan(sight.result[sight.index]) or _broken(tree, _element(sight.read)) is None:
        return ""
    return "f has no value at this θ: the formula of its slope has one, and it means nothing here."


def _broken(e: Node, element: Callable[[int, str], Expr]) -> Node | None:
    """The first part of a formula that has no value although all that it is made of has one."""
    for each in e.args:
        if found := _broken(each, element):
            return found
    return e if np.isnan(arithmetic(e, element).value) else None


def _element(found: Read) -> Callable[[int, str], Expr]:
    theta = found(THETA)
    return lambda index, _name: ex.num(float(theta[index]), THETA, (index,))


def kinks(function: FunctionSpec, theta: Array) -> Iterator[float]:
    """See `kinks_of`."""
    return kinks_of(read(function.f, function.constants, function.names).tree, theta)


def kinks_of(tree: Node, theta: Array) -> Iterator[float]:
    """How far each part of a function that has a kink is from it, at some θ: above 0 on one side
    of it and below on the other.
    """

    def element(index: int, _name: str) -> Expr:
        return ex.num(float(theta[index]))

    def of(e: Node) -> Iterator[float]:
        if e.op in ("abs", "relu", "sqrt"):
            yield arithmetic(e.args[0], element).value
        elif e.op in ("min", "max"):
            first, second = (arithmetic(each, element).value for each in e.args)
            yield first - second
        for each in e.args:
            yield from of(each)

    return of(tree)


class GivenSteps:
    """The gradient of each iteration as it is given."""

    def __init__(self, given: GradientsSpec) -> None:
        self.steps: list[Step] = []
        self._shape = given.start.shape

    def declare(self, layout: Layout) -> None:
        """Give the gradient a place."""
        first = layout.size
        layout.add(GRADIENT, self._shape)
        layout.group("grad", first)

    def build(self, emit: Emit, view: Callable[[str], Array]) -> None:
        """Emit the call and append the step."""
        mark = len(emit.calls)
        emit(np.positive, view("x")[0], view(GRADIENT))

        def expand(found: Read, index: Index) -> Expr:
            return ex.num(float(found("g")[index]))

        self.steps.append(
            Step(
                number=1,
                phase=Phase.BACKWARD,
                symbol=GRADIENT,
                shape=self._shape,
                title="gradient, given",
                reads=(),
                formula=f"{{{GRADIENT}}} = gₜ",
                why="The gradient of this iteration is given: nothing is computed to get it.",
                calls=tuple(emit.calls[mark:]),
                expand=expand,
            )
        )
