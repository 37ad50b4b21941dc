"""Rprop, as PyTorch's: each parameter has its own step size, and of gradients only signs count."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np

from engine.catalog.optimizers import parts
from engine.catalog.optimizers.base import Operands, Optimizer, Rule, Rules, Vectors
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.check import FLOAT_MOST, Check, fits
from engine.spec.options import Option, Options


def _pair(default: tuple[float, float], valid: str, test: Any, does: str) -> Option:
    """Two numbers that pass a test together."""

    def accept(value: Any) -> tuple[float, float] | None:
        if not isinstance(value, list | tuple) or len(value) != 2:
            return None
        if not all(fits(each, FLOAT_MOST) for each in value) or not test(*value):
            return None
        return float(value[0]), float(value[1])

    return Option(default, Check(valid, accept), does)


def factors(product: Array, less: Array, more: Array, out: Array) -> None:
    """Write `more` where a product is above 0, `less` where it is below, 1 where it is 0; NaN stays
    NaN. `out` may be the product.
    """
    above, below, zero = product > 0, product < 0, product == 0
    np.copyto(out, product)
    out[above], out[below], out[zero] = more, less, 1


def unturned(factor: Array, less: Array, gradient: Array, out: Array) -> None:
    """Write the gradient, or 0 where the factor is `less`."""
    np.copyto(out, gradient)
    out[factor == less] = 0


def _turned(e: Operands) -> bool:
    return e["grow"].value == e["etaminus"].value


def _factor(g: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        emit(np.multiply, vec[g], vec["prev"], vec["grow"])
        emit(factors, vec["grow"], c["etaminus"], c["etaplus"], vec["grow"])

    def value(e: Operands) -> Expr:
        product = e[g].value * e["prev"].value
        if product > 0:
            return e["etaplus"]
        if product < 0:
            return e["etaminus"]
        return ex.num(1) if product == 0 else ex.num(product)

    return Rule(
        prefix="grow",
        title="factor of the step size",
        formula=f"{{etaplus}} where {{{g}}}⊙{{prev}} > 0,"
        f" else {{etaminus}} where {{{g}}}⊙{{prev}} < 0, else 1",
        why="Only whether the sign of the gradient has changed decides, not how steep it is.",
        emit=emit_rule,
        value=value,
        says=partial(_case, g=g),
    )


def _case(e: Operands, _number: Number, g: str) -> str:
    """Which of the three holds."""
    gradient, before = e[g].value, e["prev"].value
    product, being = gradient * before, parts.being(e, g)
    if product > 0:
        return f"The same sign as before: the factor is {{etaplus}}{being}."
    if product < 0:
        return f"The sign has turned: too far, so the factor is {{etaminus}}{being}."
    if product != 0:
        return ""
    if before == 0:
        return "Nothing kept to compare with, so the step size stays."
    return f"No sign to compare, so the step size stays{being}."


def _size() -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        emit(np.multiply, vec["size"], vec["grow"], vec["size"])
        emit(np.maximum, vec["size"], c["least"], vec["size"])
        emit(np.minimum, vec["size"], c["most"], vec["size"])

    return Rule(
        prefix="size",
        title="step size",
        formula="min(max({size}⊙{grow}, {least}), {most})",
        why="Every parameter has its own; the first is {lr}.",
        emit=emit_rule,
        value=lambda e: ex.fn(
            "min", ex.fn("max", ex.mul(e["size"], e["grow"]), e["least"]), e["most"]
        ),
        slot=True,
        start="lr",
        says=_cut,
    )


def _cut(e: Operands, _number: Number) -> str:
    """Whether a bound holds it."""
    size = e["size"].value * e["grow"].value
    if size < e["least"].value:
        return "Held at {least}, the least there may be."
    return "Held at {most}, the most there may be." if size > e["most"].value else ""


def _kept(g: str) -> Rule:
    return Rule(
        prefix="prev",
        title="gradient that is kept",
        formula=f"0 where {{grow}} < 1, else {{{g}}}",
        why="The next gradient's sign is compared with it; this update goes by it.",
        emit=lambda emit, vec, c: emit(unturned, vec["grow"], c["etaminus"], vec[g], vec["prev"]),
        value=lambda e: ex.num(0) if _turned(e) else e[g],
        slot=True,
        says=_forgotten,
    )


def _forgotten(e: Operands, _number: Number) -> str:
    """Why it is 0 where the sign has turned."""
    if _turned(e):
        return "The sign has turned: 0, so no step now, and no second cut next time."
    return ""


def _update() -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, _c: Vectors) -> None:
        change = emit.temporary(vec["theta"].shape)
        emit(np.sign, vec["prev"], change)
        emit(np.multiply, change, vec["size"], change)
        emit(np.subtract, vec["theta"], change, vec["theta"])

    return Rule(
        prefix="theta",
        title="update",
        formula="{theta} − {size}⊙sign({prev})",
        why="A step has the parameter's own size, against the gradient's sign.",
        emit=emit_rule,
        value=lambda e: ex.sub(e["theta"], ex.mul(e["size"], ex.fn("sign", e["prev"]))),
        says=_stays,
    )


def _stays(e: Operands, _number: Number) -> str:
    """Why it does not move."""
    if e["prev"].value:
        return ""
    return "No step: the sign has turned." if _turned(e) else "No step: the gradient is 0."


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, g = parts.gradient(on)
    return (*rules, _factor(g), _size(), _kept(g), _update())


def _constants(o: Options) -> dict[str, float]:
    (etaminus, etaplus), (least, most) = o["etas"], o["step_sizes"]
    return {
        "lr": o["lr"],
        "etaminus": etaminus,
        "etaplus": etaplus,
        "least": least,
        "most": most,
    }


ROW = Optimizer(
    name="rprop",
    label="Rprop",
    torch="torch.optim.Rprop(parameters, **options)",
    torch_slots={"size": "step_size", "prev": "prev"},
    options={
        "lr": parts.lr(0.01),
        "etas": _pair(
            (0.5, 1.2),
            "two numbers, the first above 0 and below 1, the second above 1",
            lambda less, more: 0 < less < 1 < more,
            "η− and η+: what a step size is multiplied by where a sign turns, and where not.",
        ),
        "step_sizes": _pair(
            (1e-6, 50.0),
            "two numbers of at least 0, the first at most the second",
            lambda least, most: 0 <= least <= most,
            "The least and the greatest step size.",
        ),
        "maximize": parts.maximize(),
    },
    forms=parts.FORMS
    | {
        "etaminus": "η⁻",
        "etaplus": "η⁺",
        "least": "Δmin",
        "most": "Δmax",
        "grow": "f",
        "size": "s",
        "prev": "g₀",
    },
    build=_rules,
    constants=_constants,
    place=10,
)
