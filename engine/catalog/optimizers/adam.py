"""Adam and AdamW, as PyTorch's: a running mean of the gradients over their usual size."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np

from engine.catalog.optimizers import parts
from engine.catalog.optimizers.base import Optimizer, Rule, Rules
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.spec.options import Option, Options, at_least_0, flag, pair_below_1


def _first_moment(g: str) -> Rule:
    return Rule(
        "m",
        "first moment",
        f"{{beta1}}·{{m}} + (1 − {{beta1}})·{{{g}}}",
        "A running mean of the gradients: what they agree on stays, noise cancels.",
        lambda emit, vec, c: parts.emit_mean(emit, vec, c["beta1"], c["1-beta1"], "m", g),
        lambda e: parts.mean_value(e, "beta1", "m", e[g]),
        slot=True,
    )


def _second_moment(g: str) -> Rule:
    return Rule(
        "v",
        "second moment",
        f"{{beta2}}·{{v}} + (1 − {{beta2}})·{{{g}}}²",
        "A running mean of the squared gradients: how large they usually are.",
        lambda emit, vec, c: parts.emit_square_mean(emit, vec, c["beta2"], c["1-beta2"], "v", g),
        lambda e: parts.mean_value(e, "beta2", "v", ex.power(e[g], 2)),
        slot=True,
    )


def _largest() -> Rule:
    return Rule(
        "vmax",
        "largest second moment",
        "max({vmax}, {v})",
        "AMSGrad never forgets the largest v: a parameter's steps cannot grow back.",
        lambda emit, vec, _c: emit(np.maximum, vec["vmax"], vec["v"], vec["vmax"]),
        lambda e: ex.fn("max", e["vmax"], e["v"]),
        slot=True,
    )


def _correction(beta: Expr, t: Expr) -> Expr:
    return ex.sub(ex.num(1), Expr("pow", (beta, t), beta.value**t.value))


def _corrected(prefix: str, title: str, moment: str, beta: str, number: str, why: str) -> Rule:
    correction = f"correction{number}"
    return Rule(
        prefix,
        title,
        f"{{{moment}}} / (1 − {{{beta}}}^{{t}})",
        why,
        lambda emit, vec, c: emit(np.divide, vec[moment], c[correction], vec[prefix]),
        lambda e: ex.div(e[moment], _correction(e[beta], e["t"])),
    )


def _decayed() -> Rule:
    return Rule(
        "decay",
        "decayed parameter",
        "{theta}·(1 − {lr}·{weight_decay})",
        "AdamW draws the parameter itself towards 0, and leaves its gradient alone.",
        lambda emit, vec, c: emit(np.multiply, vec["theta"], c["1-lr*weight_decay"], vec["decay"]),
        lambda e: ex.mul(e["theta"], ex.sub(ex.num(1), ex.mul(e["lr"], e["weight_decay"]))),
    )


def _rules(on: frozenset[str], decoupled: bool) -> Rules:
    decays = decoupled and "weight_decay" in on
    rules, g = parts.gradient(on - {"weight_decay"} if decoupled else on)
    origin = "decay" if decays else "theta"
    moment = "vmax" if "amsgrad" in on else "v"
    return (
        *rules,
        *((_decayed(),) if decays else ()),
        _first_moment(g),
        _second_moment(g),
        *((_largest(),) if "amsgrad" in on else ()),
        _corrected(
            "mhat",
            "corrected first moment",
            "m",
            "beta1",
            "1",
            "m began at 0 and is too small at first; dividing by 1 − β₁ᵗ mends that.",
        ),
        _corrected(
            "vhat",
            "corrected second moment",
            moment,
            "beta2",
            "2",
            "v began at 0 as well; 1 − β₂ᵗ makes it a true mean of the squares so far.",
        ),
        parts.descend_by_root(
            origin,
            "mhat",
            "vhat",
            "Divided by its usual size, each gradient moves its parameter by about η.",
        ),
    )


def _constants(o: Options) -> dict[str, float]:
    beta1, beta2 = o["betas"]
    return {
        "lr": o["lr"],
        "beta1": beta1,
        "1-beta1": 1 - beta1,
        "beta2": beta2,
        "1-beta2": 1 - beta2,
        "eps": o["eps"],
        "weight_decay": o["weight_decay"],
    }


def _decoupled_constants(o: Options) -> dict[str, float]:
    return _constants(o) | {"1-lr*weight_decay": 1 - o["lr"] * o["weight_decay"]}


def _scalars(t: int, o: Options) -> dict[str, float]:
    beta1, beta2 = o["betas"]
    return {"t": t, "correction1": 1 - beta1**t, "correction2": 1 - beta2**t}


def _options(decay: Option) -> dict[str, Option]:
    return {
        "lr": parts.lr(0.001),
        "betas": pair_below_1((0.9, 0.999), "How much of the two running means is kept."),
        "eps": parts.eps(1e-8),
        "weight_decay": decay,
        "amsgrad": flag(False, "Divides by the largest second moment so far."),
        "maximize": parts.maximize(),
    }


_FORMS = parts.FORMS | {
    "beta1": "β₁",
    "beta2": "β₂",
    "eps": "ε",
    "correction1": "1−β₁ᵗ",
    "correction2": "1−β₂ᵗ",
    "mhat": "mˆ",
    "vhat": "vˆ",
}
_SHOWN = ("lr", "t", "correction1", "correction2")


def _cached(decoupled: bool) -> Callable[[frozenset[str]], Rules]:
    return cache(partial(_rules, decoupled=decoupled))


ADAM = Optimizer(
    "adam",
    "Adam",
    "θ ← θ − η·{mhat}/(√{vhat} + ε)",
    _options(parts.weight_decay()),
    _FORMS,
    _cached(decoupled=False),
    _constants,
    _scalars,
    shown=_SHOWN,
)

ADAMW = Optimizer(
    "adamw",
    "AdamW",
    "θ ← θ·(1 − η·λ) − η·{mhat}/(√{vhat} + ε)",
    _options(at_least_0(0.01, "λ: draws every parameter itself towards 0, by η·λ of it.")),
    _FORMS,
    _cached(decoupled=True),
    _decoupled_constants,
    _scalars,
    shown=_SHOWN,
)
