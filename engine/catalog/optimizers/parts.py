"""The rules and calls that several optimizers share."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np

from engine.catalog.optimizers.base import Operands, Rule, Rules, RuleSaid, Vectors, nothing
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr
from engine.spec.options import Option, at_least_0, flag

LR = "The learning rate η: how far a step goes."
DECAY = "λ: draws every parameter towards 0, as an L2 penalty of λ/2·θ² would."
MAXIMIZE = "Climbs the loss instead of descending it."
AS_CALLED = ("t", "m", "v", "buf", "nes", "gwd", "decay")
"""What several rows have and is written as it is called."""
FORMS = {"lr": "η", "weight_decay": "λ", "gsum": "Σg"} | {name: name for name in AS_CALLED}
"""How what belongs to no row alone is written; no other row is imported to look for it."""
EPS = "Keeps the division finite where the root is 0."


def lr(default: float) -> Option:
    """The option of that name, as most rows have it; likewise the others here."""
    return at_least_0(default, LR)


def weight_decay() -> Option:
    """The λ of an L2 penalty, off by default."""
    return at_least_0(0.0, DECAY)


def decouples() -> Option:
    """Whether weight decay leaves the gradient alone, off by default."""
    return flag(False, "Draws the parameter itself towards 0, by η·λ of it, as AdamW does.")


def maximize() -> Option:
    """Whether to climb, off by default."""
    return flag(False, MAXIMIZE)


def eps(default: float) -> Option:
    """The ε beside a root."""
    return at_least_0(default, EPS)


def gradient(on: Collection[str], scaled: bool = False) -> tuple[Rules, str]:
    """The rules that turn the gradient into what the update goes by, and the name of that;
    `scaled` says that the update divides it by a root.
    """
    rules: Rules = ()
    g = "grad"
    if "maximize" in on:
        rules, g = (*rules, _negated(g)), "gneg"
    if "weight_decay" in on:
        rules, g = (*rules, _decayed(g, scaled)), "gwd"
    return rules, g


def _negated(g: str) -> Rule:
    return Rule(
        prefix="gneg",
        title="negated gradient",
        formula=f"−{{{g}}}",
        why="The run climbs: down the negated gradient is up the loss.",
        emit=lambda emit, vec, _c: emit(np.negative, vec[g], vec["gneg"]),
        value=lambda e: ex.neg(e[g]),
    )


def _decayed(g: str, scaled: bool) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        emit(np.multiply, vec["theta"], c["weight_decay"], vec["gwd"])
        emit(np.add, vec[g], vec["gwd"], vec["gwd"])

    return Rule(
        prefix="gwd",
        title="gradient with weight decay",
        formula=f"{{{g}}} + {{weight_decay}}·{{theta}}",
        why="Weight decay adds a pull towards 0 that grows with the parameter itself"
        + (" and is then divided by the root as well; AdamW's is not." if scaled else "."),
        emit=emit_rule,
        value=lambda e: ex.add(e[g], ex.mul(e["weight_decay"], e["theta"])),
    )


def decayed_parameter() -> Rule:
    """θ·(1 − ηλ), where the step begins: decoupled weight decay."""
    return Rule(
        prefix="decay",
        title="decayed parameter",
        formula="{theta}·(1 − {lr}·{weight_decay})",
        why="A decay of the parameter itself: no root divides it.",
        emit=lambda emit, vec, c: emit(
            np.multiply, vec["theta"], c["1-lr*weight_decay"], vec["decay"]
        ),
        value=lambda e: ex.mul(e["theta"], ex.sub(ex.num(1), ex.mul(e["lr"], e["weight_decay"]))),
        says=_goes,
    )


def _goes(e: Operands, number: Number) -> str:
    """How much of the parameter goes, and whether that is beyond 0."""
    part = e["lr"].value * e["weight_decay"].value
    if not e["theta"].value or not 0 < part < math.inf:
        return ""
    if part <= 1:
        return f"Here {{lr}}·{{weight_decay}} = {number(part)} of it goes."
    where = "beyond 0, and farther from it than before" if part > 2 else "beyond 0"
    return f"Here {{lr}}·{{weight_decay}} = {number(part)} times it goes: {where}."


def decoupled(on: Collection[str], scaled: bool = True) -> tuple[Rules, str, str]:
    """The rules of the gradient and of weight decay where an option says whether it is decoupled;
    the name of what the update goes by, and of where it begins.
    """
    if "decoupled_weight_decay" not in on:
        return (*gradient(on, scaled), "theta")
    rules, g = gradient([name for name in on if name != "weight_decay"])
    if "weight_decay" in on:
        return (*rules, decayed_parameter()), g, "decay"
    return rules, g, "theta"


def descend(origin: str, direction: str, why: str, says: RuleSaid = nothing) -> Rule:
    """θ ← origin − η·direction."""

    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        change = emit.temporary(vec["theta"].shape)
        emit(np.multiply, vec[direction], c["lr"], change)
        emit(np.subtract, vec[origin], change, vec["theta"])

    return Rule(
        prefix="theta",
        title="update",
        formula=f"{{{origin}}} − {{lr}}·{{{direction}}}",
        why=why,
        emit=emit_rule,
        value=lambda e: ex.sub(e[origin], ex.mul(e["lr"], e[direction])),
        says=says,
    )


def being(e: Operands, g: str) -> str:
    """What g stands for, behind a sentence on it; "" where it is the gradient itself."""
    return f", g being {{{g}}}" if "." in e[g].symbol else ""


def emit_mean(
    emit: Emit, vec: Vectors, c: Vectors, *, slot: str, keep: str, new: str, of: str
) -> None:
    """Emit slot ← keep·slot + new·of."""
    part = emit.temporary(vec[slot].shape)
    emit(np.multiply, vec[slot], c[keep], vec[slot])
    emit(np.multiply, vec[of], c[new], part)
    emit(np.add, vec[slot], part, vec[slot])


def mean(*, prefix: str, title: str, keep: str, of: str, why: str) -> Rule:
    """A running mean: keep·prefix + (1 − keep)·of, where 1 − keep is the scalar "1-" + keep."""
    names = {"slot": prefix, "keep": keep, "new": f"1-{keep}", "of": of}
    return Rule(
        prefix=prefix,
        title=title,
        formula=f"{{{keep}}}·{{{prefix}}} + (1 − {{{keep}}})·{{{of}}}",
        why=why,
        emit=lambda emit, vec, c: emit_mean(emit, vec, c, **names),
        value=lambda e: _mean_value(e, prefix, keep, e[of]),
        slot=True,
    )


def square_mean(*, prefix: str, title: str, keep: str, of: str, why: str) -> Rule:
    """A running mean of squares: keep·prefix + (1 − keep)·of², likewise."""

    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        slot, part = vec[prefix], emit.temporary(vec[prefix].shape)
        emit(np.multiply, slot, c[keep], slot)
        emit(np.multiply, vec[of], vec[of], part)
        emit(np.multiply, part, c[f"1-{keep}"], part)
        emit(np.add, slot, part, slot)

    return Rule(
        prefix=prefix,
        title=title,
        formula=f"{{{keep}}}·{{{prefix}}} + (1 − {{{keep}}})·{{{of}}}²",
        why=why,
        emit=emit_rule,
        value=lambda e: _mean_value(e, prefix, keep, ex.power(e[of], 2)),
        slot=True,
    )


def size_of_late(keep: str, of: str) -> Rule:
    """The running mean of squared gradients that is divided by."""
    return square_mean(
        prefix="v",
        title="square average",
        keep=keep,
        of=of,
        why="A running mean of the squared gradients: their size of late.",
    )


def _mean_value(e: Operands, slot: str, keep: str, new: Expr) -> Expr:
    rest = ex.sub(ex.num(1), e[keep])
    return ex.add(ex.mul(e[keep], e[slot]), ex.mul(rest, new))
