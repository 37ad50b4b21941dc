"""Adagrad, as PyTorch's: each parameter's steps shrink with the gradients it has seen."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from engine.catalog.optimizers import parts, roots
from engine.catalog.optimizers.base import Operands, Optimizer, Rule, Rules, Vectors
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr
from engine.spec.options import Options, at_least_0

WHY = (
    "A gradient counts less, the more came before it. It is divided by the root of the sum of their"
    " squares."
)


def _sum(g: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, _c: Vectors) -> None:
        square = emit.temporary(vec["sum"].shape)
        emit(np.multiply, vec[g], vec[g], square)
        emit(np.add, vec["sum"], square, vec["sum"])

    return Rule(
        prefix="sum",
        title="sum of squares",
        formula=f"{{sum}} + {{{g}}}²",
        why="The squares of the gradients add up: it never shrinks.",
        emit=emit_rule,
        value=lambda e: ex.add(e["sum"], ex.power(e[g], 2)),
        slot=True,
        start="initial_accumulator_value",
    )


def _said(e: Operands, number: Number, g: str, root: roots.Root) -> str:
    """How long the step is."""
    return roots.times_lr(e, number, g, root)


def _decayed_update(g: str, root: roots.Root) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        change = root.ratio(emit, vec, c, g)
        emit(np.multiply, change, c["decayed_lr"], change)
        emit(np.subtract, vec["theta"], change, vec["theta"])

    def value(e: Operands) -> Expr:
        past = ex.sub(e["t"], ex.num(1))
        rate = ex.div(e["lr"], ex.add(ex.num(1), ex.mul(past, e["lr_decay"])))
        return ex.sub(e["theta"], root.value(e, ex.mul(rate, e[g])))

    rate = "{lr}/(1 + ({t} − 1)·{lr_decay})"
    return Rule(
        prefix="theta",
        title="update",
        formula=f"{{theta}} − {rate}·{{{g}}}/{root.formula}",
        why=WHY,
        emit=emit_rule,
        value=value,
    )


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g = parts.gradient(on, scaled=True)
    root = roots.Root("sum", roots.INSIDE in on)
    if "lr_decay" in on:
        return (*rules, _sum(g), _decayed_update(g, root))
    says = partial(_said, g=g, root=root)
    return (*rules, _sum(g), roots.descend_by_root("theta", g, root, WHY, says))


def _scalars(t: int, o: Options) -> dict[str, float]:
    if not o["lr_decay"]:
        return {}
    return {"t": t, "decayed_lr": o["lr"] / (1 + (t - 1) * o["lr_decay"])}


ROW = Optimizer(
    name="adagrad",
    label="Adagrad",
    torch="torch.optim.Adagrad(parameters, **options)",
    torch_slots={"sum": "sum"},
    options={
        "lr": parts.lr(0.01),
        "lr_decay": at_least_0(0.0, "Divides η by 1 + (t − 1)·lr_decay."),
        "weight_decay": parts.weight_decay(),
        "initial_accumulator_value": at_least_0(0.0, "What the sum of squares starts from."),
        "eps": parts.eps(1e-10),
        "maximize": parts.maximize(),
        roots.INSIDE: roots.eps_inside(),
    },
    ours=frozenset({roots.INSIDE}),
    forms=parts.FORMS | {"eps": "ε"},
    build=_rules,
    constants=lambda o: {name: o[name] for name in ("lr", "lr_decay", "weight_decay", "eps")},
    scalars=_scalars,
    place=2,
)
