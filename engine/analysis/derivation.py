"""Where a number comes from: its operands, each with arithmetic of its own, back through layers and
iterations to the data and the starting parameters.

It is a graph: a number that is read in several places is one number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from engine.catalog.schedules import count, rate_value, watching
from engine.catalog.symbols import DATA, GIVEN, Symbol
from engine.formula import expr as ex
from engine.formula.calls import Array
from engine.formula.expr import Expr, Index
from engine.history.history import History
from engine.program.parameters import base_rate, is_rate
from engine.program.plateau import KEPT
from engine.program.step import Step
from engine.program.trace import Trace
from engine.spec.problem import Problem

TRACES = 64
"""So many iterations that were looked into are at hand."""
NORM = "norm"
"""The prefix of the norm of one array, of which that of very many numbers is made."""
TOTALS = {NORM: "gnorm", "squares": "penalty", "sizes": "penalty"}
"""The prefixes of what is one number of a whole array, where it has very many; and how the symbols
of what is made of such begin.
"""

NOTHING: Mapping[Number, float] = MappingProxyType({})


class Origin(StrEnum):
    """What a number comes from: the arithmetic of a step, or something given."""

    STEP = "step"
    START = "start"
    DATA = "data"
    CONSTANT = "constant"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Number:
    """An element of what iteration `t` made, 0 for what the run starts from: the same number
    wherever it is read. `changed` says that it was put in by hand, or by a switch of optimizers,
    after iteration t.
    """

    t: int
    symbol: str
    index: Index = ()
    changed: bool = False


class Derivation:
    """The numbers of a history and what each is made of. It looks at iterations, and so is for the
    one thread that does.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self._traces: dict[int, Trace] = {}
        self._arithmetic: dict[Number, Expr | None] = {}
        self._recomputed: dict[Number, float] = {}

    def trace(self, t: int) -> Trace:
        """Everything that iteration t computes."""
        found = self._traces.get(t)
        if found is None:
            if len(self._traces) >= TRACES:
                del self._traces[next(iter(self._traces))]
            found = self._traces[t] = self.history.trace(t)
        return found

    # -- which number ------------------------------------------------------------------------

    def at(self, t: int, step: int, symbol: str, index: Index) -> Number:
        """The number that is found under a symbol when `step` steps of iteration t are done.
        Raises Problem where it is not known then.
        """
        trace = self.trace(t)
        if symbol in trace.scalars or symbol in GIVEN or Symbol(symbol).prefix in TOTALS:
            return Number(t, symbol, index)
        writer = trace.writer(symbol)
        if writer is not None and writer <= step:
            return Number(t, symbol, index)
        if trace.value(symbol, step) is None:
            where = f"step {writer} of iteration {t}" if writer else "no step"
            raise Problem(f"{symbol} is not known yet; {where} computes it.")
        return self._before(t, symbol, index)

    def _before(self, t: int, symbol: str, index: Index) -> Number:
        """The number that iteration t begins with: what an iteration before made it, or another
        that was put in since.
        """
        while t > 1:
            stretch = self.history.owner(t)
            if self.history.owner(t - 1) is not stretch:
                past = self.trace(t - 1)
                made = past.value(symbol, len(past.steps))
                now = float(self.trace(t).known(symbol, 0)[index])
                same = made is not None and made[index] == now
                if not same and not (made is not None and np.isnan(now) and np.isnan(made[index])):
                    return Number(t - 1, symbol, index, changed=True)
            if self.trace(t - 1).writer(symbol) is not None:
                return Number(t - 1, symbol, index)
            t = stretch.origin + 1 if t > stretch.origin + 1 else t - 1
        return Number(0, symbol, index)

    def value(self, number: Number) -> float:
        """The number itself."""
        if number.changed or number.t == 0:
            return float(self.trace(number.t + 1).known(number.symbol, 0)[number.index])
        trace = self.trace(number.t)
        if number.symbol in trace.scalars:
            return trace.scalars[number.symbol]
        if is_total(number.symbol):
            return self._total(number)
        writer = trace.writer(number.symbol) or 0
        return float(trace.known(number.symbol, writer)[number.index])

    def shape(self, number: Number) -> tuple[int, ...]:
        """The shape of the array that it is an element of."""
        trace = self.trace(max(1, number.t))
        found = trace.value(number.symbol, len(trace.steps))
        if found is None and number.changed:
            found = self.trace(number.t + 1).value(number.symbol, 0)
        return () if found is None else found.shape

    def _normed(self, number: Number) -> Array:
        """The array that it is one number of; a parameter as the iteration finds it."""
        symbol = Symbol(number.symbol.partition(".")[2])
        trace = self.trace(number.t)
        return trace.known(symbol, 0 if symbol.is_parameter else trace.number(symbol))

    def _total(self, number: Number) -> float:
        prefix, array = Symbol(number.symbol).prefix, self._normed(number)
        if prefix == NORM:
            return float(np.linalg.norm(array))
        from engine.program.penalty import total

        return total(prefix, array)

    # -- what it is made of ------------------------------------------------------------------

    def step(self, number: Number) -> Step | None:
        """The step that computed it; None for what no step does."""
        if number.changed or number.t == 0:
            return None
        trace = self.trace(number.t)
        writer = trace.writer(number.symbol)
        return trace.steps[writer - 1] if writer is not None else None

    def origin(self, number: Number) -> Origin:
        """What it comes from."""
        if number.changed:
            return Origin.CHANGED
        if number.symbol in (*DATA, "wn"):
            return Origin.DATA
        if number.t == 0:
            return Origin.START
        if self.step(number) is not None or is_total(number.symbol):
            return Origin.STEP
        return Origin.CONSTANT

    def arithmetic(self, number: Number) -> Expr | None:
        """What it is computed from, with the numbers; None for what is given."""
        if number not in self._arithmetic:
            self._arithmetic[number] = self._worked(number)
        return self._arithmetic[number]

    def _worked(self, number: Number) -> Expr | None:
        if step := self.step(number):
            return self.trace(number.t).expand(step, number.index)
        if is_total(number.symbol):
            array, symbol = self._normed(number), number.symbol.partition(".")[2]
            if (prefix := Symbol(number.symbol).prefix) != NORM:
                from engine.program.penalty import terms_of

                return ex.add(*terms_of(prefix, symbol, array))
            squares = (
                ex.power(ex.num(float(array[i]), symbol, i), 2) for i in np.ndindex(array.shape)
            )
            return ex.fn("sqrt", ex.add(*squares))
        spec = self.history.spec_of(max(1, number.t))
        if is_rate(number.symbol) and spec.schedule and number.t:
            base = base_rate(spec, number.symbol)
            if (row := watching(spec.schedule)) is None:
                return rate_value(spec.schedule, base, count(spec, number.t))
            kept = self.trace(number.t).known(KEPT, 0)
            return row.value(base, kept, row.complete(spec.schedule.options))
        return None

    def operands(self, number: Number) -> tuple[Number, ...]:
        """The numbers that its arithmetic reads, each once; of a sum those of its largest terms
        first.
        """
        e = self.arithmetic(number)
        if e is None:
            return ()
        return tuple(dict.fromkeys(self.read(number, node) for node in largest_first(e)))

    def read(self, number: Number, node: Expr) -> Number:
        """The number that an operand in the arithmetic of another one is."""
        step = self.step(number)
        done = step.number - 1 if step else len(self.trace(max(1, number.t)).steps)
        return self.at(number.t, done, node.symbol, node.index)

    # -- all of it ---------------------------------------------------------------------------

    def needed(self, number: Number, known: Mapping[Number, float] = NOTHING) -> list[Number]:
        """The number and all that it depends on, each after those that it reads; without those
        that are known, and what only they depend on.
        """
        found, waiting = {number} - known.keys(), [number] if number not in known else []
        while waiting:
            for operand in self.operands(waiting.pop()):
                if operand not in found and operand not in known:
                    found.add(operand)
                    waiting.append(operand)
        return sorted(found, key=self.when)

    def when(self, number: Number) -> tuple[int, float]:
        """When it was computed: its iteration and step; what was put in comes after all steps."""
        if number.changed:
            return number.t, float("inf")
        step = self.step(number)
        between = 0.5 if step is None and self.arithmetic(number) is not None else 0
        if is_total(number.symbol):
            steps, of = self.trace(number.t).steps, TOTALS[Symbol(number.symbol).prefix]
            between = next(s.number for s in steps if s.symbol.startswith(of)) - 0.5
        return number.t, step.number if step else between

    def recomputed(self, number: Number) -> float:
        """The number worked out from what is given alone, in float64, all between it recomputed."""
        for each in self.needed(number, self._recomputed):
            e = self.arithmetic(each)
            self._recomputed[each] = self.value(each) if e is None else self._again(each, e)
        return self._recomputed[number]

    def _again(self, number: Number, e: Expr) -> float:
        if e.op == "num":
            return self._recomputed[self.read(number, e)] if is_read(e) else e.value
        return ex.apply(e.op, [self._again(number, part) for part in e.args])


def is_total(symbol: str) -> bool:
    """Whether a symbol is that of one number of a whole array."""
    return Symbol(symbol).prefix in TOTALS


def is_read(node: Expr) -> bool:
    """Whether a number in arithmetic is one of a symbol, and not a constant of the formula."""
    return bool(node.symbol) and node.symbol != "share"


def largest_first(e: Expr) -> Iterator[Expr]:
    """The numbers of symbols that stand in a tree, those of a sum's largest terms first."""
    if is_read(e):
        yield e
    for part in by_size(e.args) if e.op == "add" else e.args:
        yield from largest_first(part)


def by_size(terms: tuple[Expr, ...]) -> list[Expr]:
    """Terms by their size, the largest first; before them those that are no number."""
    return sorted(terms, key=lambda term: -abs(term.value) if term.value == term.value else -np.inf)
