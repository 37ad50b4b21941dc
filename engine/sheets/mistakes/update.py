"""Mistakes of the update, by plain descent, with momentum, and by Adam."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.sheets.mistakes.own import Samples
from engine.sheets.mistakes.row import Mistake, Wrong

Rule = Callable[["Update"], "Array | None"]


class Update:
    """What the update of one parameter reads, from the sheet's own figures."""

    def __init__(self, s: Samples, parameter: Symbol) -> None:
        self.s, self.parameter = s, parameter
        self.old = s.old(parameter)
        clipped = parameter.under("clip")
        self.g = s[clipped] if clipped in s else s[parameter.gradient]
        self.lr = s.scalar("lr")

    def vector(self, prefix: str) -> Array | None:
        """One of the optimizer's vectors as it now is."""
        return self.s.now.get(self.parameter.under(prefix))

    def before(self, prefix: str) -> Array | None:
        """The same before this update."""
        return self.s.before.get(self.parameter.under(prefix))

    def has(self, *names: str) -> bool:
        """Whether the update reads such numbers."""
        return all(name in self.s.own.scalars for name in names)

    def number(self, name: str) -> float:
        """One of them."""
        return self.s.scalar(name)

    @property
    def t(self) -> int:
        """How many updates the optimizer has done with this one."""
        return int(self.number("t")) if self.has("t") else self.s.own.trace.t

    def last_gradient(self) -> Array | None:
        """The gradient of the iteration before."""
        last = self.s.own.last
        found = last.now.get(self.parameter.gradient) if last else None
        return None if found is None else found[0]


def _of(rule: Rule) -> Wrong:
    def wrong(s: Samples, symbol: Symbol) -> Array | None:
        parameter = symbol.parameter
        if parameter is None or parameter.gradient not in s:
            return None
        return rule(Update(s, parameter))

    return wrong


# -- the parameter ---------------------------------------------------------------------------------


def _change(u: Update) -> Array:
    """What is taken off, by the run's own rule."""
    if (m := _first(u)) is not None:
        v = u.vector("vhat")
        assert v is not None
        return u.lr * m / (np.sqrt(v) + _eps(u))
    if (direction := u.vector("buf")) is not None:
        return u.lr * direction
    return u.lr * u.g


def _first(u: Update) -> Array | None:
    return u.vector("mhat") if u.vector("vhat") is not None else None


def _eps(u: Update) -> float:
    return u.number("eps") if u.has("eps") else 1e-8


def _adam(make: Callable[[Update, Array, Array], Array]) -> Rule:
    """A rule of the corrected moments."""

    def rule(u: Update) -> Array | None:
        m, v = u.vector("mhat"), u.vector("vhat")
        return None if m is None or v is None else make(u, m, v)

    return rule


def _moments(make: Callable[[Update, Array, Array], Array]) -> Rule:
    """A rule of the moments as they are."""

    def rule(u: Update) -> Array | None:
        m, v = u.vector("m"), u.vector("v")
        return None if m is None or v is None else make(u, m, v)

    return rule


def _divided(u: Update) -> Array | None:
    return u.old - _change(u) / u.s.count if u.s.count > 1 else None


def _decayed(u: Update) -> Array | None:
    decay = u.number("weight_decay") if u.has("weight_decay") else 0.0
    return u.old - _change(u) - u.lr * decay * u.old if decay else None


def _no_decay(u: Update) -> Array | None:
    decay = u.number("weight_decay") if u.has("weight_decay") else 0.0
    return u.old - u.lr * u.g if decay else None


def _averaged_momentum(u: Update) -> Array | None:
    buffer = u.before("buf")
    mu = u.number("momentum") if u.has("momentum") else 0.0
    return None if buffer is None else u.old - u.lr * (mu * buffer + (1 - mu) * u.g)


def _plain_descent(u: Update) -> Array | None:
    adaptive = u.vector("vhat") is not None or u.vector("buf") is not None
    return u.old - u.lr * u.g if adaptive else None


_RIGHT = "the old value less what the rule says"
PARAMETER: tuple[tuple[str, str, Rule, int], ...] = (
    ("no-rate", "η forgotten", lambda u: u.old - _change(u) / u.lr if u.lr else None, 0),
    ("rate-twice", "η taken twice", lambda u: u.old - u.lr * _change(u), 0),
    ("plus", "plus instead of minus", lambda u: u.old + _change(u), 0),
    ("change", "the change written for the new value", lambda u: -_change(u), 0),
    ("minus-change", "the step written for the new value", lambda u: _change(u), 0),
    ("gradient", "the gradient written for the new value", lambda u: u.g, 1),
    ("scaled", "W(1 − η·g) instead of W − η·g", lambda u: u.old * (1 - _change(u)), 0),
    ("kept", "not updated", lambda u: u.old, 0),
    ("share-again", "1/N taken again in the update", _divided, 0),
    ("without-sign", "the sign of the gradient lost", lambda u: u.old - np.abs(_change(u)), 1),
    ("times-ten", "a rate ten times too large", lambda u: u.old - 10 * _change(u), 1),
    ("tenth", "a rate ten times too small", lambda u: u.old - _change(u) / 10, 1),
    ("one-minus-rate", "1 − η in the place of η", lambda u: u.old - (1 - u.lr) * _change(u) / u.lr if u.lr else None, 1),
    ("accumulated", "the gradients of both iterations added", lambda u: None if (g := u.last_gradient()) is None else u.old - u.lr * (u.g + g), 0),
    ("L2-decoupled", "decay taken off the weights besides", _decayed, 1),
    ("no-decay", "weight decay left out", _no_decay, 0),
    ("plain", "plain gradient descent instead of the run's optimizer", _plain_descent, 0),
    ("momentum-averaged", "momentum as an average: (1 − μ)·g", _averaged_momentum, 0),
    ("no-root", "the root forgotten: divided by v̂", _adam(lambda u, m, v: u.old - u.lr * m / (v + _eps(u))), 0),
    ("eps-inside", "ε inside the root", _adam(lambda u, m, v: u.old - u.lr * m / np.sqrt(v + _eps(u))), 1),
    ("no-correction", "no bias correction", _moments(lambda u, m, v: u.old - u.lr * m / (np.sqrt(v) + _eps(u))), 0),
    ("only-m-corrected", "v not corrected", lambda u: None if (m := u.vector("mhat")) is None or (v := u.vector("v")) is None else u.old - u.lr * m / (np.sqrt(v) + _eps(u)), 1),
    ("only-v-corrected", "m not corrected", lambda u: None if (m := u.vector("m")) is None or (v := u.vector("vhat")) is None else u.old - u.lr * m / (np.sqrt(v) + _eps(u)), 1),
    ("no-v", "not divided by the root of v̂", _adam(lambda u, m, v: u.old - u.lr * m), 0),
    ("g-for-m", "g instead of m̂", _adam(lambda u, m, v: u.old - u.lr * u.g / (np.sqrt(v) + _eps(u))), 1),
)  # fmt: skip


# -- moments ---------------------------------------------------------------------------------------


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
    ("m", "forgets", "the old m forgotten", "β₁·m + (1 − β₁)·g", _blend("m", "beta1", lambda m, b, g: (1 - b) * g), 0),
    ("m", "plain", "g itself", "β₁·m + (1 − β₁)·g", _blend("m", "beta1", lambda m, b, g: g + 0 * m), 1),
    ("m", "sum", "1 − β₁ left out", "β₁·m + (1 − β₁)·g", _blend("m", "beta1", lambda m, b, g: b * m + g), 0),
    ("m", "exchanged", "β₁ and 1 − β₁ exchanged", "β₁·m + (1 − β₁)·g", _blend("m", "beta1", lambda m, b, g: (1 - b) * m + b * g), 0),
    ("m", "square", "g² instead of g", "β₁·m + (1 − β₁)·g", _blend("m", "beta1", lambda m, b, g: b * m + (1 - b) * g * g), 1),
    ("m", "kept-corrected", "gone on from m̂ instead of m", "the corrected one is used, not kept", _corrected_kept("m", "beta1", 1), 0),
    ("m", "undecayed", "the old m not multiplied by β₁", "β₁·m + (1 − β₁)·g", _blend("m", "beta1", lambda m, b, g: m + (1 - b) * g), 1),
    ("m", "beta2", "β₂ instead of β₁", "β₁·m + (1 − β₁)·g", lambda u: None if (m := u.before("m")) is None or not u.has("beta2") else u.number("beta2") * m + (1 - u.number("beta2")) * u.g, 1),
    ("v", "forgets", "the old v forgotten", "β₂·v + (1 − β₂)·g²", _blend("v", "beta2", lambda v, b, g: (1 - b) * g * g), 0),
    ("v", "plain", "g² itself", "β₂·v + (1 − β₂)·g²", _blend("v", "beta2", lambda v, b, g: g * g + 0 * v), 1),
    ("v", "not-squared", "g instead of g²", "β₂·v + (1 − β₂)·g²", _blend("v", "beta2", lambda v, b, g: b * v + (1 - b) * g), 0),
    ("v", "absolute", "|g| instead of g²", "β₂·v + (1 − β₂)·g²", _blend("v", "beta2", lambda v, b, g: b * v + (1 - b) * np.abs(g)), 1),
    ("v", "sum", "1 − β₂ left out", "β₂·v + (1 − β₂)·g²", _blend("v", "beta2", lambda v, b, g: b * v + g * g), 0),
    ("v", "exchanged", "β₂ and 1 − β₂ exchanged", "β₂·v + (1 − β₂)·g²", _blend("v", "beta2", lambda v, b, g: (1 - b) * v + b * g * g), 0),
    ("v", "kept-corrected", "gone on from v̂ instead of v", "the corrected one is used, not kept", _corrected_kept("v", "beta2", 2), 0),
    ("v", "undecayed", "the old v not multiplied by β₂", "β₂·v + (1 − β₂)·g²", _blend("v", "beta2", lambda v, b, g: v + (1 - b) * g * g), 1),
    ("v", "beta1", "β₁ instead of β₂", "β₂·v + (1 − β₂)·g²", lambda u: None if (v := u.before("v")) is None or not u.has("beta1") else u.number("beta1") * v + (1 - u.number("beta1")) * u.g**2, 1),
    *(
        row
        for letter, beta, number in (("m", "beta1", "₁"), ("v", "beta2", "₂"))
        for row in (
            (f"{letter}hat", "none", "no bias correction", f"{letter}/(1 − β{number}ᵗ)", _corrected(letter, beta, lambda m, b, t: m + 0), 0),
            (f"{letter}hat", "no-power", "the power t forgotten", f"{letter}/(1 − β{number}ᵗ)", _corrected(letter, beta, lambda m, b, t: m / (1 - b)), 0),
            (f"{letter}hat", "t-late", "t one too large", f"{letter}/(1 − β{number}ᵗ)", _corrected(letter, beta, lambda m, b, t: m / (1 - b ** (t + 1))), 0),
            (f"{letter}hat", "t-early", "t one too small", f"{letter}/(1 − β{number}ᵗ)", _corrected(letter, beta, lambda m, b, t: m / (1 - b ** (t - 1)) if t > 1 else m * np.inf), 0),
            (f"{letter}hat", "multiplied", "multiplied by 1 − βᵗ instead of divided", f"{letter}/(1 − β{number}ᵗ)", _corrected(letter, beta, lambda m, b, t: m * (1 - b**t)), 1),
            (f"{letter}hat", "by-power", "divided by βᵗ", f"{letter}/(1 − β{number}ᵗ)", _corrected(letter, beta, lambda m, b, t: m / b**t), 1),
        )
    ),
    ("buf", "forgets", "the old momentum forgotten", "μ·b + g", lambda u: u.g + 0, 0),
    ("buf", "averaged", "(1 − μ)·g instead of g", "μ·b + g", _blend("buf", "momentum", lambda b, mu, g: mu * b + (1 - mu) * g), 0),
    ("buf", "minus", "the gradient taken off", "μ·b + g", _blend("buf", "momentum", lambda b, mu, g: mu * b - g), 0),
    ("buf", "rate-inside", "η inside the momentum", "μ·b + g", lambda u: None if (b := u.before("buf")) is None or not u.has("momentum") else u.number("momentum") * b + u.lr * u.g, 0),
    ("buf", "undecayed", "μ forgotten", "μ·b + g", _blend("buf", "momentum", lambda b, mu, g: b + g), 0),
)  # fmt: skip


ROWS = (
    *(
        Mistake(key=f"update-{key}", name=said, right=_RIGHT, kinds=("W", "b"), wrong=_of(rule), rank=rank)
        for key, said, rule, rank in PARAMETER
    ),
    *(
        Mistake(key=f"{kind}-{key}", name=said, right=right, kinds=(kind,), wrong=_of(rule), rank=rank)
        for kind, key, said, right, rule, rank in MOMENTS
    ),
)  # fmt: skip
