"""Adam, as PyTorch's: a running mean of the gradients over their usual size."""

from __future__ import annotations

import math
from functools import cache, partial

import numpy as np

from engine.catalog.optimizers import parts
from engine.catalog.optimizers.base import Operands, Optimizer, Rule, Rules
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.spec.options import Option, Options, flag, pair_below_1


def _largest() -> Rule:
    return Rule(
        prefix="vmax",
        title="largest second moment",
        formula="max({vmax}, {v})",
        why="AMSGrad never forgets the largest v: where v falls, this stays.",
        emit=lambda emit, vec, _c: emit(np.maximum, vec["vmax"], vec["v"], vec["vmax"]),
        value=lambda e: ex.fn("max", e["vmax"], e["v"]),
        slot=True,
    )


def _correction(beta: Expr, t: Expr) -> Expr:
    return ex.sub(ex.num(1), Expr("pow", (beta, t), beta.value**t.value))


def _corrected(*, prefix: str, title: str, moment: str, number: str, why: str) -> Rule:
    beta, correction = f"beta{number}", f"correction{number}"
    return Rule(
        prefix=prefix,
        title=title,
        formula=f"{{{moment}}} / (1 − {{{beta}}}^{{t}})",
        why=why,
        emit=lambda emit, vec, c: emit(np.divide, vec[moment], c[correction], vec[prefix]),
        value=lambda e: ex.div(e[moment], _correction(e[beta], e["t"])),
    )


def first_moment(g: str) -> Rule:
    """The running mean of what the update goes by."""
    return parts.mean(
        prefix="m",
        title="first moment",
        keep="beta1",
        of=g,
        why="A running mean of the gradients: what they agree on stays, noise cancels.",
    )


def second_moment(g: str) -> Rule:
    """The running mean of its squares."""
    return parts.square_mean(
        prefix="v",
        title="second moment",
        keep="beta2",
        of=g,
        why="A running mean of the squared gradients: their usual size.",
    )


def corrected_mean() -> Rule:
    """The first moment as a true mean."""
    return _corrected(
        prefix="mhat",
        title="corrected first moment",
        moment="m",
        number="1",
        why="m began at 0: its shares of the gradients add up to 1 − β₁ᵗ.",
    )


def corrected_square(amsgrad: bool = False) -> Rule:
    """The second moment as a true mean, or the largest so far."""
    return _corrected(
        prefix="vhat",
        title="corrected second moment",
        moment="vmax" if amsgrad else "v",
        number="2",
        why="The greatest v so far, which began at 0 as well, over 1 − β₂ᵗ."
        if amsgrad
        else "v began at 0 as well; 1 − β₂ᵗ makes it a true mean of the squares so far.",
    )


def moments(g: str, amsgrad: bool) -> Rules:
    """The two running means of what the update goes by, and their corrected forms."""
    largest = (_largest(),) if amsgrad else ()
    hats = corrected_mean(), corrected_square(amsgrad)
    return (first_moment(g), second_moment(g), *largest, *hats)


SAME = 1e-4
"""So close to each other, mˆ and √vˆ are the same but for rounding."""


def update(g: str, origin: str) -> Rule:
    """The step from `origin`, which is the parameter or what decay left of it, by `g`."""
    why = "The more alike the gradients so far are, the nearer mˆ/√vˆ is to ±1."
    return parts.descend_by_root(origin, "mhat", "vhat", why, partial(_said, g=g, origin=origin))


def _said(e: Operands, number: Number, g: str, origin: str) -> str:
    """How long the step is, and why the first is η."""
    mean, size = e["mhat"].value, math.sqrt(abs(e["vhat"].value))
    if e["t"].value == 1 and parts.outweighs(e, size) and abs(abs(mean) / size - 1) < SAME:
        step = f"the step{parts.from_decayed(origin)}"
        what = parts.being(e, g)
        return f"t = 1: mˆ = g and √vˆ = |g|, so {step} is {{lr}}·sign g{what}."
    return parts.times_lr(e, number, "mhat", "vhat", origin)


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g = parts.gradient(on, scaled=True)
    return (*rules, *moments(g, "amsgrad" in on), update(g, "theta"))


def constants(o: Options) -> dict[str, float]:
    """The scalars of every update."""
    beta1, beta2 = o["betas"]
    return {
        "lr": o["lr"],
        "beta1": beta1,
        "1-beta1": 1 - beta1,
        "beta2": beta2,
        "1-beta2": 1 - beta2,
        "eps": o["eps"],
        "weight_decay": o["weight_decay"],
        "1-lr*weight_decay": 1 - o["lr"] * o["weight_decay"],
    }


def scalars(t: int, o: Options) -> dict[str, float]:
    """The scalars of update t."""
    beta1, beta2 = o["betas"]
    return {"t": t, "correction1": 1 - beta1**t, "correction2": 1 - beta2**t}


def options(decay: Option) -> dict[str, Option]:
    """The options, with a weight decay of either kind."""
    return {
        "lr": parts.lr(0.001),
        "betas": pair_below_1((0.9, 0.999), "How much of the two running means is kept."),
        "eps": parts.eps(1e-8),
        "weight_decay": decay,
        "amsgrad": flag(False, "Divides by the largest second moment so far."),
        "maximize": parts.maximize(),
    }


FORMS = parts.FORMS | {
    "beta1": "β₁",
    "beta2": "β₂",
    "eps": "ε",
    "correction1": "1−β₁ᵗ",
    "correction2": "1−β₂ᵗ",
    "mhat": "mˆ",
    "vhat": "vˆ",
}
TORCH_SLOTS = {"m": "exp_avg", "v": "exp_avg_sq", "vmax": "max_exp_avg_sq"}
SHOWN = ("lr", "t", "correction1", "correction2")

ROW = Optimizer(
    name="adam",
    label="Adam",
    torch="torch.optim.Adam(parameters, **options)",
    torch_slots=TORCH_SLOTS,
    torch_group={"decoupled_weight_decay": False},
    options=options(parts.weight_decay()),
    forms=FORMS,
    build=_rules,
    constants=constants,
    scalars=scalars,
    shown=SHOWN,
    place=4,
)
