"""Adadelta, as PyTorch's: each step as long as those before, not as the gradient."""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.catalog.optimizers import parts, roots
from engine.catalog.optimizers.base import Operands, Optimizer, Rule, Rules, Vectors
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr
from engine.spec.options import Options, up_to_1


def _step(g: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        below = emit.temporary(vec["d"].shape)
        emit(np.add, vec["v"], c["eps"], below)
        emit(np.sqrt, below, below)
        emit(np.add, vec["acc"], c["eps"], vec["d"])
        emit(np.sqrt, vec["d"], vec["d"])
        emit(np.divide, vec["d"], below, vec["d"])
        emit(np.multiply, vec["d"], vec[g], vec["d"])

    def root(e: Operands, of: str) -> Expr:
        return ex.fn("sqrt", ex.add(e[of], e["eps"]))

    return Rule(
        prefix="d",
        title="step before η",
        formula=f"√({{acc}} + {{eps}})/√({{v}} + {{eps}})⊙{{{g}}}",
        why="The gradient over its size of late, times the size of the steps of late.",
        emit=emit_rule,
        value=lambda e: ex.mul(ex.div(root(e, "acc"), root(e, "v")), e[g]),
        says=_begun,
    )


def _begun(e: Operands, _number: Number) -> str:
    """That there is no size of steps to go by."""
    if e["acc"].value == 0 and e["eps"].value > 0:
        return "{acc} is 0: √ε stands for the size of the steps so far."
    return ""


def _said(e: Operands, number: Number) -> str:
    """How long the step is."""
    return roots.long(number, e["d"].value)


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g = parts.gradient(on, scaled=True)
    squares = parts.size_of_late("rho", g)
    steps = parts.square_mean(
        prefix="acc",
        title="average of squared steps",
        keep="rho",
        of="d",
        why="A running mean of the squared steps: their size, for the next update.",
    )
    why = "The step is in the parameter's own unit, so that η can be 1."
    return (*rules, squares, _step(g), steps, parts.descend("theta", "d", why, _said))


def _constants(o: Options) -> dict[str, float]:
    names = ("lr", "rho", "eps", "weight_decay")
    return {name: o[name] for name in names} | {"1-rho": 1 - o["rho"]}


ROW = Optimizer(
    name="adadelta",
    label="Adadelta",
    torch="torch.optim.Adadelta(parameters, **options)",
    torch_slots={"v": "square_avg", "acc": "acc_delta"},
    options={
        "lr": parts.lr(1.0),
        "rho": up_to_1(0.9, "How much of the two running means is kept."),
        "eps": parts.eps(1e-6),
        "weight_decay": parts.weight_decay(),
        "maximize": parts.maximize(),
    },
    forms=parts.FORMS | {"rho": "ρ", "eps": "ε", "acc": "D"},
    build=_rules,
    constants=_constants,
    place=9,
)
