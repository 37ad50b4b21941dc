"""The table of mistakes: what may have gone wrong with numbers that do not follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.program.step import Step
from engine.sheets.figures import Cause, Figure
from engine.sheets.mistakes import backward, digits, forward, loss, update
from engine.sheets.mistakes.own import Own, Samples
from engine.sheets.mistakes.row import Mistake, kind_of

MISTAKES: tuple[Mistake, ...] = (*forward.ROWS, *loss.ROWS, *backward.ROWS, *update.ROWS)
VARIANTS = 24
"""A wrong rule is evaluated with the figures as written and with so many variants of them."""
MOST = 6
"""So many causes are named at the most."""
_TINY = 1e-12


@dataclass(frozen=True)
class _Fit:
    """A mistake that explains slips: `whole` where it explains every figure of the step."""

    mistake: Mistake
    whole: bool
    off: float
    values: Array


def causes(
    own: Own,
    step: Step,
    expected: Array,
    at: Mapping[Index, Figure],
    halves: Mapping[Index, float],
    slips: Mapping[Index, Figure],
) -> Mapping[Index, tuple[Cause, ...]]:
    """The likely causes of each slip of a step, most likely first.

    `expected` is what follows, `at` are the sheet's figures of the step, `halves` half a unit of
    their last digits.
    """
    samples = _samples(own, step)
    fits = list(_fits(samples, step, at, halves, slips))
    found: dict[Index, tuple[Cause, ...]] = {}
    several = len(slips) > 1
    turned = several and _all_turned(expected, slips, halves)
    for index, figure in slips.items():
        loose = _loose(own, step, index, expected)
        written = list(digits.slips(figure, halves[index], float(expected[index]), loose))
        rules = [fit for fit in fits if fit.whole or _explains(fit, index, figure, halves)]
        whole = any(fit.whole for fit in rules)
        if whole:
            rules = [fit for fit in rules if fit.whole]
        if written and written[0].key == "truncated":
            found[index] = (written[0],)
            continue
        rules.sort(key=lambda fit: (fit.mistake.rank, fit.off))
        named = [fit.mistake.cause for fit in _told_apart(rules)]
        one_number = written if not (whole and several) or turned else []
        ordered = [*named, *one_number] if whole else [*one_number, *named]
        found[index] = tuple(dict.fromkeys(ordered))[:MOST]
    return found


def _samples(own: Own, step: Step) -> Samples:
    symbols = dict.fromkeys((*own.now, *own.before))
    del step
    return own.samples(symbols, VARIANTS)


def _fits(
    samples: Samples,
    step: Step,
    at: Mapping[Index, Figure],
    halves: Mapping[Index, float],
    slips: Mapping[Index, Figure],
) -> Iterable[_Fit]:
    """The mistakes that explain the slips, or all figures of the step."""
    kind = kind_of(step.symbol)
    for mistake in MISTAKES:
        if kind not in mistake.kinds:
            continue
        with np.errstate(all="ignore"):
            try:
                values = mistake.wrong(samples, step.symbol)
            except KeyError:
                continue
        if values is None or values.shape[1:] != step.shape:
            continue
        off = [_off(values, index, at[index], halves[index]) for index in at]
        of_slips = [_off(values, index, at[index], halves[index]) for index in slips]
        if max(of_slips) <= 1:
            yield _Fit(mistake, max(off) <= 1, max(of_slips), values)
        elif min(of_slips) <= 1:
            yield _Fit(mistake, False, max(of_slips), values)


def _off(values: Array, index: Index, figure: Figure, half: float) -> float:
    """How far a figure is from what a wrong rule gives, in tolerances."""
    here = values[(slice(None), *index)]
    here = here[np.isfinite(here)]
    if not here.size:
        return np.inf
    nominal = float(here[0])
    loose = float(max(here.max() - nominal, nominal - here.min())) * 1.2
    return abs(figure.value - nominal) / (half + loose + _TINY)


def _explains(
    fit: _Fit, index: Index, figure: Figure, halves: Mapping[Index, float]
) -> bool:
    return _off(fit.values, index, figure, halves[index]) <= 1


def _told_apart(fits: list[_Fit]) -> list[_Fit]:
    """Fits, those with the very numbers of one before left out where they are of a lower rank."""
    kept: list[_Fit] = []
    for fit in fits:
        same = [
            each
            for each in kept
            if np.allclose(each.values[0], fit.values[0], rtol=1e-9, atol=1e-12, equal_nan=True)
        ]
        if not any(each.mistake.rank < fit.mistake.rank for each in same):
            kept.append(fit)
    return kept


def _all_turned(
    expected: Array, slips: Mapping[Index, Figure], halves: Mapping[Index, float]
) -> bool:
    return all(abs(f.value + float(expected[i])) <= halves[i] for i, f in slips.items())


def _loose(own: Own, step: Step, index: Index, expected: Array) -> float:
    """How far the expected value may lie from what is worked out with the figures as written."""
    from engine.sheets.spread import spread

    low, high = spread(step.expand(own.read, index), own.range_of)
    middle = float(expected[index])
    return max(high - middle, middle - low, 0.0)
