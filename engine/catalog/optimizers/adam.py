"""Adam, as PyTorch's: a running mean of the gradients over their usual size."""

from __future__ import annotations

import math
from functools import cache, partial

import numpy as np

from engine.catalog.optimizers import parts, roots
from engine.catalog.optimizers.base import Operands, Optimizer, Rule, Rules
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.spec.options import Option, Options, flag, pair_below_1

CORRECTION = "bias_correction"


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
    return ex.sub(ex.num(1), ex.raised(beta, t))


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


def moments(g: str, on: frozenset[str]) -> Rules:
    """The two running means of what the update goes by, and their corrected forms."""
    amsgrad = "amsgrad" in on
    largest = (_largest(),) if amsgrad else ()
    hats = (corrected_mean(), corrected_square(amsgrad)) if CORRECTION in on else ()
    return (first_moment(g), second_moment(g), *largest, *hats)


SAME = 1e-4
"""So close to each other, mˆ and √vˆ are the same but for rounding."""


def update(g: str, origin: str, on: frozenset[str]) -> Rule:
    """The step from `origin`, which is the parameter or what decay left of it, by `g`."""
    inside = roots.INSIDE in on
    if CORRECTION not in on:
        root = roots.Root("vmax" if "amsgrad" in on else "v", inside)
        second = "the greatest v" if "amsgrad" in on else "v"
        why = f"m and {second} as they are: nothing makes up for their beginning at 0."
        return roots.descend_by_root(
            origin, "m", root, why, partial(_bare, origin=origin, root=root)
        )
    why = "The more alike the gradients so far are, the nearer mˆ/√vˆ is to ±1."
    root = roots.Root("vhat", inside)
    says = partial(_said, g=g, origin=origin, root=root)
    return roots.descend_by_root(origin, "mhat", root, why, says)


def _bare(e: Operands, number: Number, origin: str, root: roots.Root) -> str:
    return roots.times_lr(e, number, "m", root, origin)


def _said(e: Operands, number: Number, g: str, origin: str, root: roots.Root) -> str:
    """How long the step is, and why the first is η."""
    mean, size = e["mhat"].value, math.sqrt(abs(e["vhat"].value))
    if e["t"].value == 1 and root.outweighs(e) and abs(abs(mean) / size - 1) < SAME:
        step = f"the step{roots.from_decayed(origin)}"
        what = parts.being(e, g)
        return f"t = 1: mˆ = g and √vˆ = |g|, so {step} is {{lr}}·sign g{what}."
    return roots.times_lr(e, number, "mhat", root, origin)


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g, origin = parts.decoupled(on)
    return (*rules, *moments(g, on), update(g, origin, on))


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
    if not o[CORRECTION]:
        return {"t": t}
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
        CORRECTION: flag(True, "Divides m and v by 1 − βᵗ, as both began at 0."),
        roots.INSIDE: roots.eps_inside(),
    }


OURS = frozenset({CORRECTION, roots.INSIDE})
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
    torch_has=("amsgrad",),
    ours=OURS,
    options={
        **options(parts.weight_decay()),
        "decoupled_weight_decay": parts.decouples(),
    },
    forms=FORMS,
    build=_rules,
    constants=constants,
    scalars=scalars,
    shown=SHOWN,
    place=4,
)
