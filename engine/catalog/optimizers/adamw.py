"""AdamW, as PyTorch's: Adam with a weight decay that leaves the gradient alone."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from engine.catalog.optimizers import adam, parts
from engine.catalog.optimizers.base import Operands, Optimizer, Rule, Rules
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.spec.options import Options, at_least_0


def _decayed() -> Rule:
    return Rule(
        prefix="decay",
        title="decayed parameter",
        formula="{theta}·(1 − {lr}·{weight_decay})",
        why="A decay of the parameter itself: no root divides it.",
        emit=lambda emit, vec, c: emit(
            np.multiply, vec["theta"], c["1-lr*weight_decay"], vec["decay"]
        ),
        value=lambda e: ex.mul(e["theta"], ex.sub(ex.num(1), ex.mul(e["lr"], e["weight_decay"]))),
        says=_said,
    )


def _said(e: Operands, number: Number) -> str:
    """How much of the parameter goes, and whether that is beyond 0."""
    part = e["lr"].value * e["weight_decay"].value
    if not e["theta"].value or not 0 < part < math.inf:
        return ""
    if part <= 1:
        return f"Here {{lr}}·{{weight_decay}} = {number(part)} of it goes."
    where = "beyond 0, and farther from it than before" if part > 2 else "beyond 0"
    return f"Here {{lr}}·{{weight_decay}} = {number(part)} times it goes: {where}."


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g = parts.gradient(on - {"weight_decay"})
    moments = adam.moments(g, "amsgrad" in on)
    if "weight_decay" in on:
        return (*rules, _decayed(), *moments, adam.update(g, "decay"))
    return (*rules, *moments, adam.update(g, "theta"))


def _constants(o: Options) -> dict[str, float]:
    return adam.constants(o) | {"1-lr*weight_decay": 1 - o["lr"] * o["weight_decay"]}


ROW = Optimizer(
    name="adamw",
    label="AdamW",
    torch="torch.optim.AdamW(parameters, **options)",
    torch_slots=adam.TORCH_SLOTS,
    torch_group={"decoupled_weight_decay": True},
    options=adam.options(
        at_least_0(0.01, "λ: draws every parameter itself towards 0, by η·λ of it.")
    ),
    forms=adam.FORMS,
    build=_rules,
    constants=_constants,
    scalars=adam.scalars,
    shown=adam.SHOWN,
    place=5,
)
