"""Mistakes of what an optimizer keeps: moments, their correction, momentum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.formula.calls import Array
from engine.sheets.mistakes.row import Mistake
from engine.sheets.mistakes.updating import Rule, Update, of


def _blend(prefix: str, beta: str, make: Callable[[Array, float, Array], Array]) -> Rule:
    """A rule of the old moment, its β and the gradient."""

    def rule(u: Update) -> Array | None:
        old = u.before(prefix)
        name = beta if u.has(beta) else "alpha"
        return None if old is None or not u.has(name) else make(old, u.number(name), u.g)

    return rule


def _corrected_kept(prefix: str, beta: str, power: int) -> Rule:
    """The corrected moment of the last iteration, gone on with instead of the moment itself."""

    def rule(u: Update) -> Array | None:
        last = u.s.own.last
        kept = last.now.get(u.parameter.under(f"{prefix}hat")) if last else None
        if kept is None or not u.has(beta):
            return None
        return np.asarray(u.number(beta) * kept[0] + (1 - u.number(beta)) * u.g**power)

    return rule


def _corrected(prefix: str, beta: str, make: Callable[[Array, float, int], Array]) -> Rule:
    def rule(u: Update) -> Array | None:
        moment = u.vector(prefix)
        return None if moment is None or not u.has(beta) else make(moment, u.number(beta), u.t)

    return rule


MOMENTS: tuple[tuple[str, str, str, str, Rule, int], ...] = (
    (
        "m",
        "forgets",
        "the old m forgotten",
        "β₁·m + (1 − β₁)·g",
        _blend("m", "beta1", lambda m, b, g: (1 - b) * g),
        0,
    ),
    (
        "m",
        "plain",
        "g itself",
        "β₁·m + (1 − β₁)·g",
        _blend("m", "beta1", lambda m, b, g: g + 0 * m),
        1,
    ),
    (
        "m",
        "sum",
        "1 − β₁ left out",
        "β₁·m + (1 − β₁)·g",
        _blend("m", "beta1", lambda m, b, g: b * m + g),
        0,
    ),
    (
        "m",
        "exchanged",
        "β₁ and 1 − β₁ exchanged",
        "β₁·m + (1 − β₁)·g",
        _blend("m", "beta1", lambda m, b, g: (1 - b) * m + b * g),
        0,
    ),
    (
        "m",
        "square",
        "g² instead of g",
        "β₁·m + (1 − β₁)·g",
        _blend("m", "beta1", lambda m, b, g: b * m + (1 - b) * g * g),
        1,
    ),
    (
        "m",
        "kept-corrected",
        "gone on from m̂ instead of m",
        "the corrected one is used, not kept",
        _corrected_kept("m", "beta1", 1),
        0,
    ),
    (
        "m",
        "undecayed",
        "the old m not multiplied by β₁",
        "β₁·m + (1 − β₁)·g",
        _blend("m", "beta1", lambda m, b, g: m + (1 - b) * g),
        1,
    ),
    (
        "m",
        "beta2",
        "β₂ instead of β₁",
        "β₁·m + (1 − β₁)·g",
        lambda u: (
            None
            if (m := u.before("m")) is None or not u.has("beta2")
            else u.number("beta2") * m + (1 - u.number("beta2")) * u.g
        ),
        1,
    ),
    (
        "v",
        "forgets",
        "the old v forgotten",
        "β₂·v + (1 − β₂)·g²",
        _blend("v", "beta2", lambda v, b, g: (1 - b) * g * g),
        0,
    ),
    (
        "v",
        "plain",
        "g² itself",
        "β₂·v + (1 − β₂)·g²",
        _blend("v", "beta2", lambda v, b, g: g * g + 0 * v),
        1,
    ),
    (
        "v",
        "not-squared",
        "g instead of g²",
        "β₂·v + (1 − β₂)·g²",
        _blend("v", "beta2", lambda v, b, g: b * v + (1 - b) * g),
        0,
    ),
    (
        "v",
        "absolute",
        "|g| instead of g²",
        "β₂·v + (1 − β₂)·g²",
        _blend("v", "beta2", lambda v, b, g: b * v + (1 - b) * np.abs(g)),
        1,
    ),
    (
        "v",
        "sum",
        "1 − β₂ left out",
        "β₂·v + (1 − β₂)·g²",
        _blend("v", "beta2", lambda v, b, g: b * v + g * g),
        0,
    ),
    (
        "v",
        "exchanged",
        "β₂ and 1 − β₂ exchanged",
        "β₂·v + (1 − β₂)·g²",
        _blend("v", "beta2", lambda v, b, g: (1 - b) * v + b * g * g),
        0,
    ),
    (
        "v",
        "kept-corrected",
        "gone on from v̂ instead of v",
        "the corrected one is used, not kept",
        _corrected_kept("v", "beta2", 2),
        0,
    ),
    (
        "v",
        "undecayed",
        "the old v not multiplied by β₂",
        "β₂·v + (1 − β₂)·g²",
        _blend("v", "beta2", lambda v, b, g: v + (1 - b) * g * g),
        1,
    ),
    (
        "v",
        "beta1",
        "β₁ instead of β₂",
        "β₂·v + (1 − β₂)·g²",
        lambda u: (
            None
            if (v := u.before("v")) is None or not u.has("beta1")
            else u.number("beta1") * v + (1 - u.number("beta1")) * u.g**2
        ),
        1,
    ),
    *(
        row
        for letter, beta, number in (("m", "beta1", "₁"), ("v", "beta2", "₂"))
        for row in (
            (
                f"{letter}hat",
                "none",
                "no bias correction",
                f"{letter}/(1 − β{number}ᵗ)",
                _corrected(letter, beta, lambda m, b, t: m + 0),
                0,
            ),
            (
                f"{letter}hat",
                "no-power",
                "the power t forgotten",
                f"{letter}/(1 − β{number}ᵗ)",
                _corrected(letter, beta, lambda m, b, t: m / (1 - b)),
                0,
            ),
            (
                f"{letter}hat",
                "t-late",
                "t one too large",
                f"{letter}/(1 − β{number}ᵗ)",
                _corrected(letter, beta, lambda m, b, t: m / (1 - b ** (t + 1))),
                0,
            ),
            (
                f"{letter}hat",
                "t-early",
                "t one too small",
                f"{letter}/(1 − β{number}ᵗ)",
                _corrected(
                    letter, beta, lambda m, b, t: m / (1 - b ** (t - 1)) if t > 1 else m * np.inf
                ),
                0,
            ),
            (
                f"{letter}hat",
                "multiplied",
                "multiplied by 1 − βᵗ instead of divided",
                f"{letter}/(1 − β{number}ᵗ)",
                _corrected(letter, beta, lambda m, b, t: m * (1 - b**t)),
                1,
            ),
            (
                f"{letter}hat",
                "by-power",
                "divided by βᵗ",
                f"{letter}/(1 − β{number}ᵗ)",
                _corrected(letter, beta, lambda m, b, t: m / b**t),
                1,
            ),
        )
    ),
    ("buf", "forgets", "the old momentum forgotten", "μ·b + g", lambda u: u.g + 0, 0),
    (
        "buf",
        "averaged",
        "(1 − μ)·g instead of g",
        "μ·b + g",
        _blend("buf", "momentum", lambda b, mu, g: mu * b + (1 - mu) * g),
        0,
    ),
    (
        "buf",
        "minus",
        "the gradient taken off",
        "μ·b + g",
        _blend("buf", "momentum", lambda b, mu, g: mu * b - g),
        0,
    ),
    (
        "buf",
        "rate-inside",
        "η inside the momentum",
        "μ·b + g",
        lambda u: (
            None
            if (b := u.before("buf")) is None or not u.has("momentum")
            else u.number("momentum") * b + u.lr * u.g
        ),
        0,
    ),
    (
        "buf",
        "undecayed",
        "μ forgotten",
        "μ·b + g",
        _blend("buf", "momentum", lambda b, mu, g: b + g),
        0,
    ),
)


ROWS = (
    *(
        Mistake(
            key=f"{kind}-{key}", name=said, right=right, kinds=(kind,), wrong=of(rule), rank=rank
        )
        for kind, key, said, right, rule, rank in MOMENTS
    ),
)
