"""Muon, as PyTorch's: a running mean of gradients, made orthogonal by Newton-Schulz iterations.

Muon takes matrices only. PyTorch iterates in bfloat16; `newton_schulz = "float"` in the run's own
dtype, as the method is written down: K. Jordan et al., "Muon: An optimizer for hidden layers in
neural networks", 2024.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from engine.catalog.optimizers import newton, parts
from engine.catalog.optimizers.base import (
    Elements,
    MatrixRule,
    Optimizer,
    Rule,
    Rules,
    Vectors,
)
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr
from engine.spec.check import FLOAT_MOST, Check, choice, fits, whole
from engine.spec.options import Option, Options, at_least_0, flag

WAY, RATE = "newton_schulz", "adjust_lr_fn"
WAYS = ("bfloat16", "float")
RATES = ("original", "match_rms_adamw")
MOST_STEPS = 99


def _three(value: Any) -> tuple[float, ...] | None:
    if not isinstance(value, list | tuple) or len(value) != 3:
        return None
    return tuple(map(float, value)) if all(fits(each, FLOAT_MOST) for each in value) else None


def _nesterov() -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        part = emit.temporary(vec["nes"].shape)
        emit(np.multiply, vec["grad"], c["1-momentum"], vec["nes"])
        emit(np.multiply, vec["buf"], c["momentum"], part)
        emit(np.add, vec["nes"], part, vec["nes"])

    return Rule(
        prefix="nes",
        title="Nesterov's mean",
        formula="(1 − {momentum})·{grad} + {momentum}·{buf}",
        why="The mean with the new gradient in it once more: a look ahead.",
        emit=emit_rule,
        value=lambda e: ex.add(
            ex.mul(ex.sub(ex.num(1), e["momentum"]), e["grad"]), ex.mul(e["momentum"], e["buf"])
        ),
    )


def _rate(matched: bool) -> MatrixRule:
    """η as the shape has it."""

    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        emit(np.multiply, c["lr"], emit.const(_factor(vec["theta"].shape)), vec["rate"])

    def _factor(shape: tuple[int, ...]) -> float:
        rows, columns = shape
        return 0.2 * math.sqrt(max(shape)) if matched else math.sqrt(max(1, rows / columns))

    def element(e: Elements) -> Expr:
        rows, columns = (ex.num(each) for each in e.array("theta").shape)
        if matched:
            root = ex.fn("sqrt", ex.fn("max", rows, columns))
            return ex.mul(e["lr"], ex.num(0.2), root)
        root = ex.fn("sqrt", ex.fn("max", ex.num(1), ex.div(rows, columns)))
        return ex.mul(e["lr"], root)

    why = "A matrix with more rows than columns takes longer steps."
    if matched:
        why = "Makes an update about as large as AdamW's, by the matrix's shape."
    largest = "0.2·√(max(rows, columns))" if matched else "√(max(1, rows/columns))"
    return MatrixRule(
        prefix="rate",
        title="adjusted rate",
        formula=f"{{lr}}·{largest}",
        why=why,
        emit=emit_rule,
        shape=lambda _: (),
        element=element,
    )


def _update(origin: str) -> MatrixRule:
    def emit_rule(emit: Emit, vec: Vectors, _c: Vectors) -> None:
        change = emit.temporary(vec["theta"].shape)
        emit(np.multiply, vec["ortho"], vec["rate"], change)
        emit(np.subtract, vec[origin], change, vec["theta"])

    def element(e: Elements) -> Expr:
        change = ex.mul(e.at("rate", ()), e.at("ortho", e.index))
        return ex.sub(e.at(origin, e.index), change)

    return MatrixRule(
        prefix="theta",
        title="update",
        formula=f"{{{origin}}} − {{rate}}·{{ortho}}",
        why="A step against {ortho}, {rate} times as long.",
        emit=emit_rule,
        shape=lambda shape: shape,
        element=element,
    )


@cache
def _rules(on: frozenset[str]) -> Rules:
    mean = parts.mean(
        prefix="buf",
        title="momentum average",
        keep="momentum",
        of="grad",
        why="A running mean of the gradients.",
    )
    count = next((int(name[9:]) for name in on if name.startswith("ns_steps=")), 0)
    ahead: Rules = (_nesterov(),) if "nesterov" in on else ()
    direction = "nes" if ahead else "buf"
    decay: Rules = (parts.decayed_parameter(),) if "weight_decay" in on else ()
    made = newton.orthogonal(direction, count, f"{WAY}=float" not in on)
    rate = _rate(f"{RATE}=match_rms_adamw" in on)
    return (mean, *ahead, *made, rate, *decay, _update("decay" if decay else "theta"))


def _constants(o: Options) -> dict[str, float]:
    first, second, third = o["ns_coefficients"]
    return {
        **{name: o[name] for name in ("lr", "momentum", "weight_decay", "eps")},
        "1-momentum": 1 - o["momentum"],
        "1-lr*weight_decay": 1 - o["lr"] * o["weight_decay"],
        "nsa": first,
        "nsb": second,
        "nsc": third,
    }


ROW = Optimizer(
    name="muon",
    label="Muon",
    torch="torch.optim.Muon(parameters, **options)",
    torch_slots={"buf": "momentum_buffer"},
    options={
        "lr": parts.lr(0.001),
        "weight_decay": at_least_0(0.1, "λ: draws every parameter towards 0, by η·λ of it."),
        "momentum": at_least_0(0.95, "μ: how much of the mean of past gradients is kept."),
        "nesterov": flag(True, "Looks ahead by one update of the mean."),
        "ns_coefficients": Option(
            (3.4445, -4.775, 2.0315),
            Check("three numbers", _three),
            "a, b and c of X ← a·X + (b·A + c·A·A)·X with A = X·Xᵀ.",
        ),
        "eps": at_least_0(1e-7, "The least that the matrix is divided by."),
        "ns_steps": Option(5, whole(0, MOST_STEPS), "How many Newton-Schulz iterations."),
        RATE: Option(
            "original",
            choice(RATES),
            "How η goes by the shape: √max(1, rows/columns), or 0.2·√max.",
        ),
        WAY: Option(
            "bfloat16", choice(WAYS), "What is iterated in: PyTorch's, or the run's dtype."
        ),
    },
    ours=frozenset({WAY}),
    matrices=True,
    apart=frozenset({*newton.forms(MOST_STEPS), "rate"}) - {"nsa", "nsb", "nsc"},
    forms=parts.FORMS
    | {"momentum": "μ", "eps": "ε", "rate": "η′", "ortho": "O", **newton.forms(MOST_STEPS)},
    build=_rules,
    constants=_constants,
    shown=("lr",),
    rival="sgd",
    place=12,
)
