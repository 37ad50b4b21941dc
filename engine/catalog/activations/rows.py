"""Activation functions, a row each: function, derivative, formulas and element arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from engine.catalog.activations import calls, values
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.spec.options import Option, Options, any_number, defaults, positive


@dataclass(frozen=True)
class Activation:
    """A row of the table.

    `forward(emit, z, a)` and `slope(emit, z, a, out)` emit the calls for arrays of shape
    (batch, units); `value(z)` and `slope_value(z, a)` give the same for one element. `formula`
    and `slope_formula` name their arguments {z} and {a}. `why` says what it is for and
    `note` where it saturates or dies.
    A row with `options` has them as keyword arguments of all four, and in its texts by name;
    `activation` puts their values in.
    An activation whose outputs depend on the whole row (softmax) has no slope but a Jacobian,
    and `slope` then writes J of shape (batch, units, units), J[i, j] = ∂a_i/∂z_j.
    `shares` says that the outputs are shares of classes, which add up to 1.
    """

    name: str
    formula: str
    slope_formula: str
    why: str
    note: str
    forward: Callable[..., None]
    slope: Callable[..., None]
    value: Callable[..., Expr]
    slope_value: Callable[..., Expr]
    options: Mapping[str, Option] = field(default_factory=dict)
    elementwise: bool = True
    shares: bool = False


def activation(name: str, options: Options) -> Activation:
    """The row `name` with the values of its options put in, those not given by default."""
    row = ACTIVATIONS[name]
    given = defaults(row.options) | dict(options)
    if not given:
        return row
    return replace(
        row,
        formula=filled(row.formula, given),
        slope_formula=filled(row.slope_formula, given),
        note=filled(row.note, given),
        forward=partial(row.forward, **given),
        slope=partial(row.slope, **given),
        value=partial(row.value, **given),
        slope_value=partial(row.slope_value, **given),
    )


def filled(template: str, options: Options) -> str:
    """A formula with the values of options for their names; a factor or divisor 1 is left out."""
    for name, value in options.items():
        if value == 1:
            template = template.replace(f"{{{name}}}·", "").replace(f"/{{{name}}}", "")
        template = template.replace(f"{{{name}}}", digits(value))
    return template


def digits(value: Any) -> str:
    """A number, or a list of them, as a formula has it: 1, 0.01, −2.5, (1, 0.5)."""
    if isinstance(value, list | tuple):
        return f"({', '.join(map(digits, value))})"
    return f"{value:.6g}".replace("-", "−")


ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        Activation(
            "tanh",
            "tanh({z})",
            "1 − {a}²",
            "Bends the sum into −1…1; without a bend, layers would collapse into one.",
            "Saturates: beyond |z| ≈ 3 the slope is below 0.01 and little gradient passes.",
            calls.tanh,
            calls.tanh_slope,
            lambda z: ex.fn("tanh", z),
            lambda _z, a: ex.sub(ex.num(1), ex.power(a, 2)),
        ),
        Activation(
            "sigmoid",
            "1/(1 + e^−{z})",
            "{a} ⊙ (1 − {a})",
            "Bends the sum into 0…1; without a bend, layers would collapse into one.",
            "Saturates on both sides, and its slope is never more than 0.25.",
            calls.sigmoid,
            calls.sigmoid_slope,
            values.sigmoid,
            lambda _z, a: ex.mul(a, ex.sub(ex.num(1), a)),
        ),
        Activation(
            "relu",
            "max(0, {z})",
            "1 where {z} > 0, else 0",
            "Lets positive sums through and stops the rest; the bend is what layers need.",
            "Dies: where z ≤ 0 for all data the slope is 0 and the unit no longer learns.",
            calls.relu,
            calls.relu_slope,
            lambda z: ex.fn("max", ex.num(0), z),
            lambda z, _a: ex.fn("step", z),
        ),
        Activation(
            "leaky_relu",
            "{z} where {z} > 0, else {negative_slope}·{z}",
            "1 where {z} > 0, else {negative_slope}",
            "Lets positive sums through and a small share of the negative ones.",
            "Does not die: below 0 the slope is still {negative_slope}, so the unit can come back.",
            calls.leaky_relu,
            calls.leaky_relu_slope,
            values.leaky_relu,
            values.leaky_relu_slope,
            {"negative_slope": any_number(0.01, "The slope below 0.")},
        ),
        Activation(
            "elu",
            "{z} where {z} > 0, else {alpha}·(e^{z} − 1)",
            "1 where {z} > 0, else {alpha}·e^{z}",
            "Like relu above 0; below it bends smoothly and levels off.",
            "Saturates below 0: the slope falls to 0 as e^z does, 0.05 of the start at z = −3.",
            calls.elu,
            calls.elu_slope,
            values.elu,
            values.elu_slope,
            {"alpha": any_number(1.0, "Far below 0 the function nears −alpha.")},
        ),
        Activation(
            "gelu",
            "{z} ⊙ Φ({z})",
            "Φ({z}) + {z} ⊙ φ({z})",
            "Weighs the sum by Φ, the share of a standard normal distribution that is below it.",
            "Dies slowly: below z ≈ −3 the slope is nearly 0. Between −0.75 and there it is"
            " negative.",
            calls.gelu,
            calls.gelu_slope,
            lambda z: ex.mul(z, ex.fn("Φ", z)),
            lambda z, _a: ex.add(ex.fn("Φ", z), ex.mul(z, ex.fn("φ", z))),
        ),
        Activation(
            "gelu_tanh",
            "½·{z} ⊙ (1 + tanh(0.797885·({z} + 0.044715·{z}^3)))",
            "½·(1 + tanh u) + ½·{z} ⊙ (1 − (tanh u)²) ⊙ u′ with"
            " u = 0.797885·({z} + 0.044715·{z}^3), u′ = 0.797885·(1 + 0.134145·{z}²)",
            "gelu by a tanh instead of the normal distribution: nearly the same, and faster.",
            "Dies slowly: below z ≈ −3 the slope is nearly 0. Between −0.75 and there it is"
            " negative.",
            calls.gelu_tanh,
            calls.gelu_tanh_slope,
            values.gelu_tanh,
            values.gelu_tanh_slope,
        ),
        Activation(
            "silu",
            "{z}/(1 + e^−{z})",
            "σ({z}) ⊙ (1 + {z} ⊙ (1 − σ({z})))",
            "The sum times its own sigmoid σ: like relu, but smooth.",
            "Dies slowly: below z ≈ −6 the slope is nearly 0. Between −1.28 and there it is"
            " negative.",
            calls.silu,
            calls.silu_slope,
            lambda z: ex.div(z, ex.add(ex.num(1), ex.fn("exp", ex.neg(z)))),
            values.silu_slope,
        ),
        Activation(
            "softplus",
            "log(1 + e^({beta}·{z}))/{beta}",
            "1/(1 + e^(−{beta}·{z}))",
            "relu with its corner rounded off; always positive.",
            "Saturates below 0, where the slope falls to 0 as e^z does. As in PyTorch, it is z"
            " itself, with slope 1, where {beta}·z is above {threshold}.",
            calls.softplus,
            calls.softplus_slope,
            values.softplus,
            values.softplus_slope,
            {
                "beta": positive(1.0, "How sharp the corner is."),
                "threshold": any_number(20.0, "Where beta·z is above it, the result is z itself."),
            },
        ),
        Activation(
            "identity",
            "{z}",
            "1",
            "Passes the sum on as it is.",
            "Passes everything through; layers of it alone are one linear layer.",
            lambda emit, z, a: emit(np.copyto, a, z),
            lambda emit, _z, _a, out: emit(np.copyto, out, emit.const(1)),
            lambda z: z,
            lambda _z, _a: ex.num(1),
        ),
        Activation(
            "softmax",
            "e^{z} / Σ e^{z}",
            "diag({a}) − {a}·{a}ᵀ",
            "Makes positive shares that add up to 1: a probability for each class.",
            "Saturates: as one output nears 1, all its derivatives near 0.",
            calls.softmax,
            calls.softmax_jacobian,
            lambda z: z,
            lambda _z, a: a,
            elementwise=False,
            shares=True,
        ),
    )
}
