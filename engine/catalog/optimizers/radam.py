"""RAdam, as PyTorch's: Adam that divides by the root of v only once v can be trusted."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from engine.catalog.optimizers import adam, parts, roots
from engine.catalog.optimizers.base import (
    Operands,
    Optimizer,
    Rule,
    Rules,
    RuleSaid,
    ScalarRule,
    Vectors,
)
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import Options, pair_below_1

LEAST = 5
"""v can be trusted where it is a mean of more squares than this (L. Liu et al., 2020)."""


def most(beta2: float) -> float:
    """ρ∞, how many squares a running mean with β₂ is of, after many."""
    return 2 / (1 - beta2) - 1


def count(t: int, beta2: float) -> float:
    """ρₜ, how many it is of after t updates."""
    return most(beta2) - 2 * t * (beta2**t) / (1 - beta2**t)


def rectified(rho: float, infinite: float) -> float:
    """r, which the step is multiplied by where ρₜ is above 5: 1 where it is ρ∞."""
    over = (rho - 4) * (rho - 2) * infinite
    return float((over / ((infinite - 4) * (infinite - 2) * rho)) ** 0.5)


def _most(e: Operands) -> Expr:
    return ex.sub(ex.div(ex.num(2), ex.sub(ex.num(1), e["beta2"])), ex.num(1))


def _power(e: Operands) -> Expr:
    return ex.raised(e["beta2"], e["t"])


def _count(e: Operands) -> Expr:
    gone = ex.mul(ex.num(2), e["t"], _power(e))
    return ex.sub(e["rhoinf"], ex.div(gone, ex.sub(ex.num(1), _power(e))))


def _rectified(e: Operands) -> Expr:
    rho, infinite = e["rhot"], e["rhoinf"]
    if not rho.value > LEAST:
        return ex.num(1)

    def less(a: Expr, b: int) -> Expr:
        return ex.sub(a, ex.num(b))

    over = ex.mul(less(rho, 4), less(rho, 2), infinite)
    under = ex.mul(less(infinite, 4), less(infinite, 2), rho)
    return ex.fn("sqrt", ex.div(over, under))


def _case(above: str, below: str) -> RuleSaid:
    """A sentence that holds where ρₜ is above 5, or the other one."""

    def said(e: Operands, _number: Number) -> str:
        return above if e["rhot"].value > LEAST else below

    return said


SCALAR_RULES = (
    ScalarRule(
        name="rhoinf",
        title="length of the mean in the end",
        formula="2/(1 − {beta2}) − 1",
        why="As many squares as v is a mean of after very many updates.",
        value=_most,
    ),
    ScalarRule(
        name="rhot",
        title="length of the mean so far",
        formula="{rhoinf} − 2·{t}·{beta2}^{t}/(1 − {beta2}^{t})",
        why="As many squares as v is a mean of by now.",
        value=_count,
        says=_case(
            "ρₜ > 5: enough squares, so the update divides by √v, times r.",
            "ρₜ ≤ 5: too few squares, so the update goes by mˆ alone, undivided.",
        ),
    ),
    ScalarRule(
        name="rect",
        title="rectification",
        formula="√(({rhot} − 4)·({rhot} − 2)·{rhoinf}/(({rhoinf} − 4)·({rhoinf} − 2)·{rhot}))"
        " where {rhot} > 5, else 1",
        why="The fewer squares, the shorter the step: 1/√v scatters more then.",
        value=_rectified,
        says=_case("", "ρₜ ≤ 5: nothing is rectified, and it stays 1."),
    ),
)


def unless(on: Array, array: Array) -> None:
    """Make an array 1 where `on`, of no axes, is 0."""
    if not on:
        array[...] = 1


def _scale() -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        emit(np.sqrt, vec["v"], vec["scale"])
        emit(np.add, vec["scale"], c["eps"], vec["scale"])
        emit(np.divide, c["root2"], vec["scale"], vec["scale"])
        emit(unless, c["divides"], vec["scale"])

    def value(e: Operands) -> Expr:
        if not e["rhot"].value > LEAST:
            return ex.num(1)
        above = ex.fn("sqrt", ex.sub(ex.num(1), _power(e)))
        return ex.div(above, ex.add(ex.fn("sqrt", e["v"]), e["eps"]))

    return Rule(
        prefix="scale",
        title="adaptive scale",
        formula="√(1 − {beta2}^{t})/(√{v} + {eps}) where {rhot} > 5, else 1",
        why="Where v is of enough squares it is 1/√vˆ, but for ε.",
        emit=emit_rule,
        value=value,
        says=_case("", "ρₜ ≤ 5: v is of too few squares to divide by, so this is 1."),
    )


def _update(origin: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        change = emit.temporary(vec["theta"].shape)
        emit(np.multiply, vec["mhat"], c["lr"], change)
        emit(np.multiply, change, vec["scale"], change)
        emit(np.multiply, change, c["rect"], change)
        emit(np.subtract, vec[origin], change, vec["theta"])

    return Rule(
        prefix="theta",
        title="update",
        formula=f"{{{origin}}} − {{lr}}·{{rect}}·{{mhat}}⊙{{scale}}",
        why="Momentum alone at first, Adam by degrees once v is a mean of enough squares.",
        emit=emit_rule,
        value=lambda e: ex.sub(e[origin], ex.mul(e["lr"], e["rect"], e["mhat"], e["scale"])),
        says=partial(_said, origin=origin),
    )


def _said(e: Operands, number: Number, origin: str) -> str:
    """How long the step is."""
    if not e["rhot"].value > LEAST:
        return f"ρₜ ≤ 5: the step{roots.from_decayed(origin)} is {{lr}}·mˆ, by momentum alone."
    return roots.long(number, e["mhat"].value * e["scale"].value * e["rect"].value, origin)


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g, origin = parts.decoupled(on)
    moments = adam.first_moment(g), adam.second_moment(g), adam.corrected_mean()
    return (*rules, *moments, _scale(), _update(origin))


def _constants(o: Options) -> dict[str, float]:
    return adam.constants(o) | {"rhoinf": most(o["betas"][1])}


def _scalars(t: int, o: Options) -> dict[str, float]:
    beta1, beta2 = o["betas"]
    rho = count(t, beta2)
    divides = rho > LEAST
    return {
        "t": t,
        "correction1": 1 - beta1**t,
        "rhot": rho,
        "divides": float(divides),
        "rect": rectified(rho, most(beta2)) if divides else 1.0,
        "root2": (1 - beta2**t) ** 0.5,
    }


ROW = Optimizer(
    name="radam",
    label="RAdam",
    torch="torch.optim.RAdam(parameters, **options)",
    torch_slots={"m": "exp_avg", "v": "exp_avg_sq"},
    options={
        "lr": parts.lr(0.001),
        "betas": pair_below_1((0.9, 0.999), "How much of the two running means is kept."),
        "eps": parts.eps(1e-8),
        "weight_decay": parts.weight_decay(),
        "decoupled_weight_decay": parts.decouples(),
        "maximize": parts.maximize(),
    },
    forms=adam.FORMS | {"rhoinf": "ρ∞", "rhot": "ρₜ", "rect": "r", "scale": "l"},
    build=_rules,
    scalar_rules=SCALAR_RULES,
    constants=_constants,
    scalars=_scalars,
    shown=("lr", "t", "rhot", "rect", "correction1"),
    place=8,
)
