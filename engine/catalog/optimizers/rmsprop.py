"""RMSprop, as PyTorch's: each gradient divided by its recent size."""

from __future__ import annotations

import math
from functools import cache, partial

import numpy as np

from engine.catalog.optimizers import parts, roots
from engine.catalog.optimizers.base import Operands, Optimizer, Rule, Rules, Vectors
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.spec.options import Options, at_least_0, flag, up_to_1

SAME = 1e-5
"""So close to each other, two numbers are the same but for rounding, of float32 too."""


def _is_first(of_squares: float, square: float) -> bool:
    """Whether a running mean of squares, so many times as large as it is kept, is one square."""
    return 0 < square < math.inf and math.isclose(of_squares, square, rel_tol=SAME)


def _first_variance(e: Operands, _number: Number) -> str:
    share, mean = 1 - e["alpha"].value, e["avg"].value
    if _is_first(share * e["v"].value, mean * mean):
        return (
            "Of the first gradient alone it is {alpha}·(1 − {alpha})·g², as both means began at 0."
        )
    return ""


def _first_step(e: Operands, number: Number, g: str, root: roots.Root) -> str:
    """How long the step is, and why the first is longer than η."""
    share, gradient = 1 - e["alpha"].value, e[g].value
    first = _is_first(e[root.of].value, share * gradient * gradient)
    if first and root.outweighs(e):
        long = number(float(f"{share**-0.5:.9g}"))  # 1 − 0.99 is off in its last digits
        about = f"the step is about {{lr}}/√(1 − {{alpha}}), {long} times {{lr}}"
        return f"As v = (1 − {{alpha}})·g² here, {about}{parts.being(e, g)}."
    return roots.times_lr(e, number, g, root)


def _variance() -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, _c: Vectors) -> None:
        emit(np.multiply, vec["avg"], vec["avg"], vec["var"])
        emit(np.subtract, vec["v"], vec["var"], vec["var"])

    return Rule(
        prefix="var",
        title="variance",
        formula="{v} − {avg}²",
        why="The mean square less the squared mean: after many gradients, how much they vary.",
        emit=emit_rule,
        value=lambda e: ex.sub(e["v"], ex.power(e["avg"], 2)),
        says=_first_variance,
    )


def _buffer(g: str, root: roots.Root) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        ratio = root.ratio(emit, vec, c, g)
        emit(np.multiply, vec["buf"], c["momentum"], vec["buf"])
        emit(np.add, vec["buf"], ratio, vec["buf"])

    return Rule(
        prefix="buf",
        title="momentum buffer",
        formula=f"{{momentum}}·{{buf}} + {{{g}}}/{root.formula}",
        why="It becomes {momentum} times itself plus the gradient divided by its recent "
        + ("spread." if root.of == "var" else "size."),
        emit=emit_rule,
        value=lambda e: ex.add(ex.mul(e["momentum"], e["buf"]), root.value(e, e[g])),
        slot=True,
    )


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g = parts.gradient(on, scaled=True)
    rules, spread = (*rules, parts.size_of_late("alpha", g)), "v"
    if "centered" in on:
        average = parts.mean(
            prefix="avg",
            title="gradient average",
            keep="alpha",
            of=g,
            why="A running mean of the gradients, to measure their spread around it.",
        )
        rules, spread = (*rules, average, _variance()), "var"
    root = roots.Root(spread, roots.INSIDE in on)
    if "momentum" in on:
        why = "A step against {buf}, what the scaled gradients so far add up to."
        return (*rules, _buffer(g, root), parts.descend("theta", "buf", why))
    why = "Divided by its recent size, so that how steep the loss is counts little."
    if "centered" in on:
        why = "Divided by its recent spread: a gradient that varies little takes long steps."
    says = partial(_first_step, g=g, root=root)
    return (*rules, roots.descend_by_root("theta", g, root, why, says))


def _constants(o: Options) -> dict[str, float]:
    names = ("lr", "alpha", "eps", "weight_decay", "momentum")
    return {name: o[name] for name in names} | {"1-alpha": 1 - o["alpha"]}


ROW = Optimizer(
    name="rmsprop",
    label="RMSprop",
    torch="torch.optim.RMSprop(parameters, **options)",
    torch_slots={"v": "square_avg", "avg": "grad_avg", "buf": "momentum_buffer"},
    options={
        "lr": parts.lr(0.01),
        "alpha": up_to_1(0.99, "How much of the running means is kept."),
        "eps": parts.eps(1e-8),
        "weight_decay": parts.weight_decay(),
        "momentum": at_least_0(0.0, "How much of the buffer of past steps is kept."),
        "centered": flag(False, "Divides by the spread around the mean gradient, not by its size."),
        "maximize": parts.maximize(),
        roots.INSIDE: roots.eps_inside(),
    },
    ours=frozenset({roots.INSIDE}),
    forms=parts.FORMS | {"alpha": "α", "eps": "ε", "momentum": "μ"},
    build=_rules,
    constants=_constants,
    place=3,
)
