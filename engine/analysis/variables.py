"""The variables of a run without a network as people type them: the elements of θ."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.analysis.conditions import ACCURACY, DERIVED, FINITE, ITERATION, PASS
from engine.functions.names import subscripted
from engine.spec.run import RunSpec

_KEPT = {*DERIVED, ACCURACY, FINITE, ITERATION, PASS, "loss", "and", "or", "not"}
"""Words that mean something in conditions already."""


def as_elements(text: str, spec: RunSpec) -> str:
    """A text with its variables as elements of θ: theta[1] for x1, dtheta[1] for ∂L/∂x₁ or dx1, and
    m.theta[1] for m(x₁) or m.x1. A run with a network has none.
    """
    names = spec.instead.names if spec.instead else ()
    found = _pattern(names)
    if found is None:
        return text
    pattern, place = found

    def element(match: re.Match[str]) -> str:
        before, inner = match["before"] or "", match["inner"]
        index = place[match["plain"] or inner]
        if inner:
            return f"{match['prefix']}(θ)[{index}]"
        before = "d" if before and before[-1] != "." else before
        return f"{before}theta[{index}]"

    return pattern.sub(element, text)


@lru_cache(maxsize=16)
def _pattern(names: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, int]] | None:
    """What finds the variables, and the number of each by its forms; None where there are none."""
    place = {
        form: number
        for number, name in enumerate(names, 1)
        if name not in _KEPT
        for form in _forms(name)
    }
    if not place:
        return None
    one = "|".join(map(re.escape, sorted(place, key=len, reverse=True)))
    after = r"(?![\w\[(′'₀-₉])"
    plain = rf"(?P<before>∂L/∂|dL/d|d|\w+\.)?(?P<plain>{one}){after}"
    return re.compile(rf"(?<![\w.∂])(?:(?P<prefix>\w+ˆ?)\((?P<inner>{one})\)|{plain})"), place


def _forms(name: str) -> tuple[str, ...]:
    stem = name.rstrip("0123456789")
    number = name[len(stem) :]
    return (name, subscripted(name), f"{stem}_{number}", f"{stem}[{number}]") if number else (name,)
