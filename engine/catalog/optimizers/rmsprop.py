"""RMSprop, as PyTorch's: each gradient divided by its recent size."""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.catalog.optimizers import parts
from engine.catalog.optimizers.base import Optimizer, Rule, Rules, Vectors
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.spec.options import Options, at_least_0, flag, up_to_1


def _square_average(g: str) -> Rule:
    return Rule(
        "v",
        "square average",
        f"{{alpha}}·{{v}} + (1 − {{alpha}})·{{{g}}}²",
        "A running mean of the squared gradients: how large they were of late.",
        lambda emit, vec, c: parts.emit_square_mean(emit, vec, c["alpha"], c["1-alpha"], "v", g),
        lambda e: parts.mean_value(e, "alpha", "v", ex.power(e[g], 2)),
        slot=True,
    )


def _average(g: str) -> Rule:
    return Rule(
        "avg",
        "gradient average",
        f"{{alpha}}·{{avg}} + (1 − {{alpha}})·{{{g}}}",
        "A running mean of the gradients, to measure their spread around it.",
        lambda emit, vec, c: parts.emit_mean(emit, vec, c["alpha"], c["1-alpha"], "avg", g),
        lambda e: parts.mean_value(e, "alpha", "avg", e[g]),
        slot=True,
    )


def _variance() -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, _c: Vectors) -> None:
        emit(np.multiply, vec["avg"], vec["avg"], vec["var"])
        emit(np.subtract, vec["v"], vec["var"], vec["var"])

    return Rule(
        "var",
        "variance",
        "{v} − {avg}²",
        "The mean square less the squared mean: how much the gradients vary.",
        emit_rule,
        lambda e: ex.sub(e["v"], ex.power(e["avg"], 2)),
    )


def _buffer(g: str, spread: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        ratio = parts.root_ratio(emit, vec, c, g, spread)
        emit(np.multiply, vec["buf"], c["momentum"], vec["buf"])
        emit(np.add, vec["buf"], ratio, vec["buf"])

    return Rule(
        "buf",
        "momentum buffer",
        f"{{momentum}}·{{buf}} + {{{g}}}/(√{{{spread}}} + {{eps}})",
        "The buffer adds up the gradients, each divided by its usual size, and forgets old ones.",
        emit_rule,
        lambda e: ex.add(ex.mul(e["momentum"], e["buf"]), parts.root_ratio_value(e, e[g], spread)),
        slot=True,
    )


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g = parts.gradient(on)
    rules, spread = (*rules, _square_average(g)), "v"
    if "centered" in on:
        rules, spread = (*rules, _average(g), _variance()), "var"
    if "momentum" in on:
        why = "A step along what the scaled gradients of many iterations add up to."
        return (*rules, _buffer(g, spread), parts.descend("theta", "buf", why))
    why = "Divided by its recent size, each gradient moves its parameter by about η."
    return (*rules, parts.descend_by_root("theta", g, spread, why))


def _constants(o: Options) -> dict[str, float]:
    names = ("lr", "alpha", "eps", "weight_decay", "momentum")
    return {name: o[name] for name in names} | {"1-alpha": 1 - o["alpha"]}


RMSPROP = Optimizer(
    "rmsprop",
    "RMSprop",
    "θ ← θ − η·g/(√{v} + ε)",
    {
        "lr": parts.lr(0.01),
        "alpha": up_to_1(0.99, "How much of the running means is kept."),
        "eps": parts.eps(1e-8),
        "weight_decay": parts.weight_decay(),
        "momentum": at_least_0(0.0, "How much of the buffer of past steps is kept."),
        "centered": flag(False, "Divides by the spread around the mean gradient, not by its size."),
        "maximize": parts.maximize(),
    },
    parts.FORMS | {"alpha": "α", "eps": "ε", "momentum": "μ"},
    _rules,
    _constants,
)
