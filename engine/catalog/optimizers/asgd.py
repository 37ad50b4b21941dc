"""ASGD, as PyTorch's: descent with a rate that falls, and a mean of the parameters beside it."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from engine.catalog.optimizers import parts
from engine.catalog.optimizers.base import Operands, Optimizer, Rule, Rules, ScalarRule, Vectors
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import Options, at_least_0


def _decayed() -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        emit(np.multiply, vec["eta"], c["lambd"], vec["decay"])
        emit(np.subtract, c["one"], vec["decay"], vec["decay"])
        emit(np.multiply, vec["theta"], vec["decay"], vec["decay"])

    return Rule(
        prefix="decay",
        title="decayed parameter",
        formula="{theta}⊙(1 − {lambd}·{eta})",
        why="A decay of the parameter itself, the less the smaller the rate has become.",
        emit=emit_rule,
        value=lambda e: ex.mul(e["theta"], ex.sub(ex.num(1), ex.mul(e["lambd"], e["eta"]))),
    )


def _moved(g: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, _c: Vectors) -> None:
        emit(np.multiply, vec["eta"], vec[g], vec["moved"])
        emit(np.subtract, vec["decay"], vec["moved"], vec["moved"])

    return Rule(
        prefix="moved",
        title="new value",
        formula=f"{{decay}} − {{eta}}⊙{{{g}}}",
        why="A step against the gradient, by the rate that the update before has left.",
        emit=emit_rule,
        value=lambda e: ex.sub(e["decay"], ex.mul(e["eta"], e[g])),
    )


def begun(weight: Array, new: Array, out: Array) -> None:
    """Copy the new values where the weight, of no axes, is 1: a mean that has not begun."""
    if weight == 1:
        np.copyto(out, new)


def _average() -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        way = emit.temporary(vec["ax"].shape)
        emit(np.subtract, vec["moved"], vec["ax"], way)
        emit(np.multiply, way, c["mu"], way)
        emit(np.add, vec["ax"], way, vec["ax"])
        emit(begun, c["mu"], vec["moved"], vec["ax"])

    def value(e: Operands) -> Expr:
        if e["mu"].value == 1:
            return e["moved"]
        return ex.add(e["ax"], ex.mul(e["mu"], ex.sub(e["moved"], e["ax"])))

    return Rule(
        prefix="ax",
        title="average",
        formula="{ax} + {mu}·({moved} − {ax}) where {mu} < 1, else {moved}",
        why="A mean of the later values, beside the training, which does not read it.",
        emit=emit_rule,
        value=value,
        slot=True,
        says=_same,
    )


def _same(e: Operands, _number: Number) -> str:
    """That nothing is averaged yet."""
    return "With μₜ = 1 it is the new value itself." if e["mu"].value == 1 else ""


def _rate() -> Rule:
    def value(e: Operands) -> Expr:
        below = ex.add(ex.num(1), ex.mul(e["lambd"], e["lr"], e["t"]))
        return ex.div(e["lr"], ex.raised(below, e["alpha"]))

    return Rule(
        prefix="eta",
        title="rate of the next update",
        formula="{lr}/(1 + {lambd}·{lr}·{t})^{alpha}",
        why="It falls with t unless λ₀ or α is 0; all of a group have the same.",
        emit=lambda emit, vec, c: emit(np.positive, c["etanext"], vec["eta"]),
        value=value,
        slot=True,
        start="lr",
    )


def _update() -> Rule:
    return Rule(
        prefix="theta",
        title="update",
        formula="{moved}",
        why="The new value, not the average: that is kept beside it.",
        emit=lambda emit, vec, _c: emit(np.positive, vec["moved"], vec["theta"]),
        value=lambda e: e["moved"],
    )


def _said(e: Operands, _number: Number, name: str) -> str:
    return "1: up to update t₀ + 2 nothing is averaged." if e[name].value == 1 else ""


SCALAR_RULES = (
    ScalarRule(
        name="mu",
        title="weight of the average",
        formula="1/max(1, {t} − 1 − {t0})",
        why="How far the average goes towards the new value.",
        value=lambda e: ex.div(
            ex.num(1), ex.fn("max", ex.num(1), ex.sub(ex.sub(e["t"], ex.num(1)), e["t0"]))
        ),
        says=partial(_said, name="mu"),
    ),
)


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g = parts.gradient(on)
    return (*rules, _decayed(), _moved(g), _average(), _rate(), _update())


def _constants(o: Options) -> dict[str, float]:
    return {name: o[name] for name in ("lr", "lambd", "alpha", "t0", "weight_decay")} | {"one": 1.0}


def _scalars(t: int, o: Options) -> dict[str, float]:
    lr = o["lr"]
    below = ex.apply("pow", (1 + o["lambd"] * lr * t, o["alpha"]))
    return {"t": t, "mu": 1 / max(1, t - 1 - o["t0"]), "etanext": lr / below}


def _kept(t: int, o: Options) -> dict[str, float]:
    return {"mu": 1 / max(1, t - o["t0"])}


ROW = Optimizer(
    name="asgd",
    label="ASGD",
    torch="torch.optim.ASGD(parameters, **options)",
    torch_slots={"ax": "ax", "eta": "eta"},
    torch_single=frozenset({"eta"}),
    torch_counts=_kept,
    options={
        "lr": parts.lr(0.01),
        "lambd": at_least_0(1e-4, "λ₀: how fast parameters decay and the rate falls."),
        "alpha": at_least_0(0.75, "The power of t with which the rate falls."),
        "t0": at_least_0(1e6, "From which update on values are averaged."),
        "weight_decay": parts.weight_decay(),
        "maximize": parts.maximize(),
    },
    forms=parts.FORMS
    | {"lambd": "λ₀", "alpha": "α", "t0": "t₀", "mu": "μₜ", "eta": "ηₜ", "moved": "θ′"},
    build=_rules,
    scalar_rules=SCALAR_RULES,
    constants=_constants,
    scalars=_scalars,
    shown=("lr", "t", "mu"),
    place=11,
)
