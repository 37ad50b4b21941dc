"""RMSprop, as PyTorch's: each gradient divided by its recent size."""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.catalog.optimizers import parts
from engine.catalog.optimizers.base import Optimizer, Rule, Rules, Vectors
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.spec.options import Options, at_least_0, flag, up_to_1


def _variance() -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, _c: Vectors) -> None:
        emit(np.multiply, vec["avg"], vec["avg"], vec["var"])
        emit(np.subtract, vec["v"], vec["var"], vec["var"])

    return Rule(
        prefix="var",
        title="variance",
        formula="{v} − {avg}²",
        why="The mean square less the squared mean: how much the gradients vary.",
        emit=emit_rule,
        value=lambda e: ex.sub(e["v"], ex.power(e["avg"], 2)),
    )


def _buffer(g: str, spread: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        ratio = parts.root_ratio(emit, vec, c, g, spread)
        emit(np.multiply, vec["buf"], c["momentum"], vec["buf"])
        emit(np.add, vec["buf"], ratio, vec["buf"])

    return Rule(
        prefix="buf",
        title="momentum buffer",
        formula=f"{{momentum}}·{{buf}} + {{{g}}}/(√{{{spread}}} + {{eps}})",
        why="The buffer adds up the gradients, each divided by its usual size, and forgets old"
        " ones.",
        emit=emit_rule,
        value=lambda e: ex.add(
            ex.mul(e["momentum"], e["buf"]), parts.root_ratio_value(e, e[g], spread)
        ),
        slot=True,
    )


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g = parts.gradient(on)
    squares = parts.square_mean(
        prefix="v",
        title="square average",
        keep="alpha",
        of=g,
        why="A running mean of the squared gradients: how large they were of late.",
    )
    rules, spread = (*rules, squares), "v"
    if "centered" in on:
        average = parts.mean(
            prefix="avg",
            title="gradient average",
            keep="alpha",
            of=g,
            why="A running mean of the gradients, to measure their spread around it.",
        )
        rules, spread = (*rules, average, _variance()), "var"
    if "momentum" in on:
        why = "A step along what the scaled gradients of many iterations add up to."
        return (*rules, _buffer(g, spread), parts.descend("theta", "buf", why))
    why = "Divided by its recent size, each gradient moves its parameter by about η."
    return (*rules, parts.descend_by_root("theta", g, spread, why))


def _constants(o: Options) -> dict[str, float]:
    names = ("lr", "alpha", "eps", "weight_decay", "momentum")
    return {name: o[name] for name in names} | {"1-alpha": 1 - o["alpha"]}


ROW = Optimizer(
    name="rmsprop",
    label="RMSprop",
    torch="torch.optim.RMSprop(parameters, **options)",
    options={
        "lr": parts.lr(0.01),
        "alpha": up_to_1(0.99, "How much of the running means is kept."),
        "eps": parts.eps(1e-8),
        "weight_decay": parts.weight_decay(),
        "momentum": at_least_0(0.0, "How much of the buffer of past steps is kept."),
        "centered": flag(False, "Divides by the spread around the mean gradient, not by its size."),
        "maximize": parts.maximize(),
    },
    forms=parts.FORMS | {"alpha": "α", "eps": "ε", "momentum": "μ"},
    build=_rules,
    constants=_constants,
    place=3,
)
