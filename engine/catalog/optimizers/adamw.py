"""AdamW, as PyTorch's: Adam with a weight decay that leaves the gradient alone."""

from __future__ import annotations

from functools import cache

from engine.catalog.optimizers import adam, parts
from engine.catalog.optimizers.base import Optimizer, Rules
from engine.spec.options import at_least_0


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g = parts.gradient(on - {"weight_decay"})
    moments = adam.moments(g, on)
    if "weight_decay" in on:
        return (*rules, parts.decayed_parameter(), *moments, adam.update(g, "decay", on))
    return (*rules, *moments, adam.update(g, "theta", on))


ROW = Optimizer(
    name="adamw",
    label="AdamW",
    torch="torch.optim.AdamW(parameters, **options)",
    torch_slots=adam.TORCH_SLOTS,
    torch_group={"decoupled_weight_decay": True},
    torch_has=("amsgrad",),
    ours=adam.OURS,
    options=adam.options(
        at_least_0(0.01, "λ: draws every parameter itself towards 0, by η·λ of it.")
    ),
    forms=adam.FORMS,
    build=_rules,
    constants=adam.constants,
    scalars=adam.scalars,
    shown=adam.SHOWN,
    place=5,
)
