"""The table of mistakes: what may have gone wrong with numbers that do not follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.program.step import Step
from engine.sheets.figures import Cause, Figure
from engine.sheets.mistakes import (
    digits,
    forward,
    gradients,
    hidden,
    loss,
    moments,
    output,
    penalties,
    slopes,
    update,
)
from engine.sheets.mistakes.own import Own, Samples
from engine.sheets.mistakes.row import Mistake, made_in
from engine.sheets.mistakes.through import through
from engine.sheets.spread import spread

MISTAKES: tuple[Mistake, ...] = (
    *forward.ROWS,
    *loss.ROWS,
    *output.ROWS,
    *hidden.ROWS,
    *gradients.ROWS,
    *penalties.ROWS,
    *slopes.ROWS,
    *moments.ROWS,
    *update.ROWS,
)
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
    samples = own.samples(dict.fromkeys((*own.now, *own.before)), VARIANTS)
    fits = list(_fits(samples, step, at, halves, slips))
    farther = list(through(own, step, samples, MISTAKES, at, halves))
    several = len(at) > 1
    found: dict[Index, tuple[Cause, ...]] = {}
    for index, figure in slips.items():
        loose = _loose(own, step, index, expected)
        written = list(digits.slips(figure, halves[index], float(expected[index]), loose))
        rules = _explaining(fits, index, figure, halves)
        if written and written[0] == digits.TRUNCATED and not (rules and several):
            found[index] = (digits.TRUNCATED,)
            continue
        if any(fit.whole for fit in rules):
            written = [c for c in written if not _same_as_rule(c, rules, index, expected, several)]
            written = [*_merged(rules), *written]
        else:
            written = [*written, *_merged(rules)]
        often = bool(rules) and rules[0].whole and rules[0].mistake.rank == 0
        found[index] = tuple(_in_order(written, farther, often)[:MOST])
    return found


def _explaining(
    fits: list[_Fit], index: Index, figure: Figure, halves: Mapping[Index, float]
) -> list[_Fit]:
    """The rules that explain a slip, most likely first: only those that explain every figure of
    the step, where there are any.
    """
    rules = [fit for fit in fits if fit.whole or _explains(fit, index, figure, halves)]
    whole = [fit for fit in rules if fit.whole]
    return sorted(whole or rules, key=lambda fit: (fit.mistake.rank, fit.off))


def _in_order(causes_: list[Cause], farther: list[tuple[int, Cause]], often: bool) -> list[Cause]:
    """Those of this step and those of steps that are left out: what happens often first; `often`
    says that the first of this step does.
    """
    frequent = [cause for rank, cause in farther if rank == 0]
    seldom = [cause for rank, cause in farther if rank]
    return [*causes_, *frequent, *seldom] if often else [*frequent, *causes_, *seldom]


def _merged(rules: list[_Fit]) -> list[Cause]:
    """The causes of rules, those that give the very same numbers on this run as one."""
    groups: list[list[_Fit]] = []
    for fit in rules:
        for group in groups:
            if _same_numbers(group[0].values[0], fit.values[0]):
                group.append(fit)
                break
        else:
            groups.append([fit])
    causes_ = []
    for group in groups:
        first = group[0].mistake.cause
        others = [fit.mistake.name for fit in group[1:] if fit.mistake.name != first.name]
        others = list(dict.fromkeys(others))
        if others:
            said = f"{first.name}; or {'; or '.join(others)}: on this run the numbers are the same"
            first = replace(first, name=said, also=tuple(f.mistake.key for f in group[1:]))
        causes_.append(first)
    return causes_


def _same_numbers(one: Array, other: Array) -> bool:
    return np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True)


def _same_as_rule(
    cause: Cause, rules: list[_Fit], index: Index, expected: Array, several: bool
) -> bool:
    """Whether what is said of one number says no more than a rule that explains all of them."""
    if cause.key == digits.SIGN.key:
        at = [float(fit.values[(0, *index)]) for fit in rules]
        return any(np.isclose(each, -expected[index]) for each in at)
    return several or cause.key == "digits"


def _fits(
    samples: Samples,
    step: Step,
    at: Mapping[Index, Figure],
    halves: Mapping[Index, float],
    slips: Mapping[Index, Figure],
) -> Iterable[_Fit]:
    """The mistakes that explain the slips, or all figures of the step."""
    for mistake, values in made_in(MISTAKES, step, samples):
        off = [_off(values, index, at[index], halves[index]) for index in at]
        of_slips = [_off(values, index, at[index], halves[index]) for index in slips]
        if min(of_slips) <= 1:
            yield _Fit(mistake, max(off) <= 1, max(of_slips), values)


def _off(values: Array, index: Index, figure: Figure, half: float) -> float:
    """How far a figure is from what a wrong rule gives, in tolerances."""
    here = np.array([variant[index] for variant in values])
    here = here[np.isfinite(here)]
    if not here.size:
        return np.inf
    nominal = float(here[0])
    loose = float(max(here.max() - nominal, nominal - here.min())) * 1.2
    return abs(figure.value - nominal) / (half + loose + _TINY)


def _explains(fit: _Fit, index: Index, figure: Figure, halves: Mapping[Index, float]) -> bool:
    return _off(fit.values, index, figure, halves[index]) <= 1


def _loose(own: Own, step: Step, index: Index, expected: Array) -> float:
    """How far the expected value may lie from what is worked out with the figures as written."""
    low, high = spread(step.expand(own.read, index), own.range_of)
    middle = float(expected[index])
    return max(high - middle, middle - low, 0.0)
