"""Judging a sheet: every figure against the true one, and against what its own figures give."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.history.history import History
from engine.program.step import Step
from engine.program.trace import Trace
from engine.sheets.figures import Cause, Figure, Judged, Verdict
from engine.sheets.mistakes import causes
from engine.sheets.mistakes.own import Network, Own
from engine.sheets.spread import worked
from engine.spec.problem import Problem

MOST_NUMBERS = 60_000
"""So many numbers are worked out from a sheet at the most, which takes some seconds."""
_TINY = 1e-12


@dataclass
class Sheet:
    """What was judged of a sheet, in the order of the training."""

    judged: list[Judged] = field(default_factory=list)

    @property
    def slips(self) -> list[Judged]:
        """The slips, the first one first."""
        return [each for each in self.judged if each.verdict is Verdict.SLIP]

    def counts(self) -> dict[str, int]:
        """How many figures there are of each verdict."""
        return {v.value: sum(e.verdict is v for e in self.judged) for v in Verdict}


def judge(history: History, figures: Iterable[Figure]) -> Sheet:
    """Judge figures of a run's first iterations. A figure is recomputed from the sheet's own
    earlier figures, each taken with half a unit of its last digit either way.

    Raises Problem for more numbers than can be worked out one by one.
    """
    by_iteration: dict[int, list[Figure]] = {}
    for figure in figures:
        by_iteration.setdefault(figure.iteration, []).append(figure)
    sheet = Sheet()
    usual = _usual_decimals(each for all_ in by_iteration.values() for each in all_)
    own: Own | None = None
    last = max(by_iteration, default=0)
    numbers = sum(math.prod(step.shape) for step in history.steps_of(1))
    if numbers * last > MOST_NUMBERS:
        raise Problem(
            f"Up to iteration {last:,} this run has {numbers * last:,} numbers, too many to be"
            " worked out from a sheet; grade fewer iterations, or a run of fewer units."
        )
    for t in range(1, last + 1):
        trace = history.trace(t)
        own = Own.begin(trace, Network.of(history.spec_of(t)), own)
        _Iteration(trace, own, usual, sheet).judge(by_iteration.get(t, []))
    return sheet


def _usual_decimals(figures: Iterable[Figure]) -> int:
    """How many digits after the point a sheet's figures usually have."""
    found = sorted(n for each in figures if (n := each.number.decimals) is not None)
    return found[len(found) // 2] if found else 0


class _Iteration:
    """One iteration's figures against its steps."""

    def __init__(self, trace: Trace, own: Own, usual: int, sheet: Sheet) -> None:
        self.trace, self.own, self.usual, self.sheet = trace, own, usual, sheet

    def judge(self, figures: list[Figure]) -> None:
        """Judge them in the order of the steps, and go on from them."""
        told = [each for each in figures if each.given]
        for figure in told:
            self._given(figure)
        at: dict[Symbol, dict[Index, Figure]] = {}
        for figure in figures:
            if not figure.given:
                at.setdefault(figure.symbol, {})[figure.index] = figure
        self._look_ahead(at)
        for step in self.trace.steps:
            self._step(step, at.get(step.symbol, {}))

    def _look_ahead(self, at: Mapping[Symbol, Mapping[Index, Figure]]) -> None:
        """The parameters after the update, for who takes them too soon: as the sheet has them,
        else as they truly are.
        """
        for parameter in self.trace.parameters:
            after = self.trace.known(parameter, len(self.trace.steps)).copy()
            for index, figure in at.get(parameter, {}).items():
                after[index] = figure.value
            self.own.after[parameter] = after

    def half(self, figure: Figure) -> float:
        """Half a unit of the last digit; a number without a point has the sheet's usual digits."""
        number = figure.number
        return 0.5 * 10.0**-self.usual if number.whole and self.usual else number.half

    # -- what is told ----------------------------------------------------------------------------

    def _given(self, figure: Figure) -> None:
        """Data, starting parameters and η are as the run has them; what is restated of the last
        iteration is taken for what this one starts from.
        """
        if figure.iteration > 1 and figure.symbol.is_parameter:
            self._add(figure, *self.own.ends(figure.symbol, figure.index), Verdict.UNCHECKED)
            self.own.put(figure.symbol, figure.index, figure.value, self.half(figure))
            return
        true = self._true(figure.symbol, figure.index, 0)
        half = figure.number.half or abs(true) * _TINY
        fits = abs(figure.value - true) <= half * (1 + 1e-9) + _TINY
        verdict = Verdict.RIGHT if fits else Verdict.SLIP
        copied = Cause("copied", "a given number copied wrong", f"it is {true:.6g}")
        self._add(figure, true, true, true, verdict, () if fits else (copied,))
        if not fits:
            self.own.put(figure.symbol, figure.index, figure.value, 0.0)

    def _true(self, symbol: Symbol, index: Index, step: int) -> float:
        if symbol == "lr":
            return self.trace.scalars["lr"]
        return float(self.trace.known(symbol, step)[index])

    # -- what is worked out ----------------------------------------------------------------------

    def _step(self, step: Step, at: Mapping[Index, Figure]) -> None:
        """Work out a step from the sheet's own figures, judge those that it has of it, and take
        them for what follows.
        """
        middle, low, high = worked(step, self.own.read, self.own.range_of)
        found = {index: self._verdict(step, figure, low, high) for index, figure in at.items()}
        slips = {i: at[i] for i, verdict in found.items() if verdict is Verdict.SLIP}
        reasons: Mapping[Index, tuple[Cause, ...]] = {}
        if slips:
            halves = {index: self.half(figure) for index, figure in at.items()}
            reasons = causes(self.own, step, middle, at, halves, slips)
        before = {index: (middle[index], low[index], high[index]) for index in at}
        self.own.write(step, middle, low, high)
        for index, figure in at.items():
            self._add(figure, *before[index], found[index], reasons.get(index, ()))
            self.own.put(step.symbol, index, figure.value, self.half(figure))

    def _verdict(self, step: Step, figure: Figure, low: Array, high: Array) -> Verdict:
        half = self.half(figure) * (1 + 1e-9) + _TINY
        true = self._true(step.symbol, figure.index, step.number)
        right = abs(figure.value - true) <= half
        follows = low[figure.index] - half <= figure.value <= high[figure.index] + half
        if follows:
            return Verdict.RIGHT if right else Verdict.CARRIED
        return Verdict.UNBASED if right else Verdict.SLIP

    def _add(
        self,
        figure: Figure,
        expected: float,
        low: float,
        high: float,
        verdict: Verdict,
        causes_: tuple[Cause, ...] = (),
    ) -> None:
        number = 0 if figure.given else len(self.trace.steps)
        true = self._true(figure.symbol, figure.index, number)
        half = self.half(figure)
        self.sheet.judged.append(
            Judged(figure, half, true, float(expected), float(low), float(high), verdict, causes_)
        )
