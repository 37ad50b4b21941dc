"""Adamax, as PyTorch's: Adam by the largest gradient of late, not by the mean of their squares."""

from __future__ import annotations

import math
from functools import cache, partial

import numpy as np

from engine.catalog.optimizers import adam, parts, roots
from engine.catalog.optimizers.base import Operands, Optimizer, Rule, Rules, Vectors
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.spec.options import Options, pair_below_1


def _largest(g: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        size = emit.temporary(vec["u"].shape)
        emit(np.multiply, vec["u"], c["beta2"], vec["u"])
        emit(np.abs, vec[g], size)
        emit(np.add, size, c["eps"], size)
        emit(np.maximum, vec["u"], size, vec["u"])

    return Rule(
        prefix="u",
        title="largest gradient",
        formula=f"max({{beta2}}·{{u}}, |{{{g}}}| + {{eps}})",
        why="The largest gradient so far, where an older one counts less by {beta2} an update.",
        emit=emit_rule,
        value=lambda e: ex.fn(
            "max", ex.mul(e["beta2"], e["u"]), ex.add(ex.fn("abs", e[g]), e["eps"])
        ),
        slot=True,
        says=partial(_which, g=g),
    )


def _which(e: Operands, _number: Number, g: str) -> str:
    """Which of the two is the larger."""
    old, new = e["beta2"].value * e["u"].value, abs(e[g].value) + e["eps"].value
    if not (math.isfinite(old) and math.isfinite(new)):
        return ""
    if old > new:
        return f"Here {{beta2}}·{{u}} is the larger: |g| was larger before{parts.being(e, g)}."
    if old == new:
        return ""
    return f"Here |g| + {{eps}} is the larger{parts.being(e, g)}."


def _update(g: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        change = emit.temporary(vec["theta"].shape)
        emit(np.divide, vec["mhat"], vec["u"], change)
        emit(np.multiply, change, c["lr"], change)
        emit(np.subtract, vec["theta"], change, vec["theta"])

    return Rule(
        prefix="theta",
        title="update",
        formula="{theta} − {lr}·{mhat}/{u}",
        why="No root: what divides is a gradient's size itself, and ε is in it.",
        emit=emit_rule,
        value=lambda e: ex.sub(e["theta"], ex.div(ex.mul(e["lr"], e["mhat"]), e["u"])),
        says=partial(_step, g=g),
    )


def _step(e: Operands, number: Number, g: str) -> str:
    """How long the step is, and why the first is η."""
    mean, below = e["mhat"].value, e["u"].value
    if not 0 < below < math.inf or not math.isfinite(mean):
        return ""
    first = e["t"].value == 1 and roots.outweighs(e, below)
    if first and abs(abs(mean) / below - 1) < adam.SAME:
        return f"t = 1: mˆ = g and u = |g| + ε, so the step is {{lr}}·sign g{parts.being(e, g)}."
    return roots.long(number, mean / below)


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g = parts.gradient(on, scaled=True)
    return (*rules, adam.first_moment(g), _largest(g), adam.corrected_mean(), _update(g))


def _constants(o: Options) -> dict[str, float]:
    kept = ("lr", "beta1", "1-beta1", "beta2", "eps", "weight_decay")
    return {name: value for name, value in adam.constants(o).items() if name in kept}


def _scalars(t: int, o: Options) -> dict[str, float]:
    return {"t": t, "correction1": 1 - o["betas"][0] ** t}


ROW = Optimizer(
    name="adamax",
    label="Adamax",
    torch="torch.optim.Adamax(parameters, **options)",
    torch_slots={"m": "exp_avg", "u": "exp_inf"},
    options={
        "lr": parts.lr(0.002),
        "betas": pair_below_1((0.9, 0.999), "How much of the mean and of the maximum is kept."),
        "eps": parts.eps(1e-8),
        "weight_decay": parts.weight_decay(),
        "maximize": parts.maximize(),
    },
    forms=adam.FORMS | {"u": "u"},
    build=_rules,
    constants=_constants,
    scalars=_scalars,
    shown=("lr", "t", "correction1"),
    place=7,
)
