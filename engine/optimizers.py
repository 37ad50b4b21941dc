"""Optimizers, a row each: their options, and the rules of one update as PyTorch defines them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import expr as ex
from engine.emit import Array, Emit
from engine.expr import Expr

Options = Mapping[str, Any]
Vectors = Mapping[str, Array]


@dataclass(frozen=True)
class Rule:
    """One formula of an update, the same for every parameter.

    `emit(emit, vec, c)` emits the calls that write `vec[prefix]` from the other vectors, each
    holding all trained parameters at once (as `theta`, `grad` and by prefix), and from the 0-d
    arrays `c`. `value(e)` is one element, with `e` giving the operands by the same names.
    `formula` names its operands {theta}, {grad}, {m} and so on; scalars likewise. A rule whose
    prefix is "theta" writes the parameter. `slot` says that the result is kept for the next
    iteration.
    """

    prefix: str
    title: str
    formula: str
    reads: tuple[str, ...]
    why: str
    emit: Callable[[Emit, Vectors, Vectors], None]
    value: Callable[[Mapping[str, Expr]], Expr]
    slot: bool = False


@dataclass(frozen=True)
class Optimizer:
    """A row of the table: `options` with their defaults and `rules` in the order of computation.

    The rules read the numbers of `constants(options)` and, where they differ from one update to
    the next, of `scalars(t, options)` for update t, counted from 1; `slots_vary` says that even
    the rules of slots read those. `formula` is the whole update in one line.
    """

    name: str
    label: str
    formula: str
    options: Options
    rules: tuple[Rule, ...]
    constants: Callable[[Options], dict[str, float]]
    scalars: Callable[[int, Options], dict[str, float]] | None = None
    slots_vary: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        """The prefixes of the vectors kept between iterations."""
        return tuple(rule.prefix for rule in self.rules if rule.slot)


def _sgd(emit: Emit, vec: Vectors, c: Vectors) -> None:
    change = emit.scratch(vec["theta"].shape)
    emit(np.multiply, vec["grad"], c["lr"], change)
    emit(np.subtract, vec["theta"], change, vec["theta"])


def _adam_m(emit: Emit, vec: Vectors, c: Vectors) -> None:
    new = emit.scratch(vec["m"].shape)
    emit(np.multiply, vec["m"], c["beta1"], vec["m"])
    emit(np.multiply, vec["grad"], c["1-beta1"], new)
    emit(np.add, vec["m"], new, vec["m"])


def _adam_v(emit: Emit, vec: Vectors, c: Vectors) -> None:
    new = emit.scratch(vec["v"].shape)
    emit(np.multiply, vec["v"], c["beta2"], vec["v"])
    emit(np.multiply, vec["grad"], vec["grad"], new)
    emit(np.multiply, new, c["1-beta2"], new)
    emit(np.add, vec["v"], new, vec["v"])


def _adam_theta(emit: Emit, vec: Vectors, c: Vectors) -> None:
    change = emit.scratch(vec["theta"].shape)
    emit(np.sqrt, vec["vhat"], change)
    emit(np.add, change, c["eps"], change)
    emit(np.divide, vec["mhat"], change, change)
    emit(np.multiply, change, c["lr"], change)
    emit(np.subtract, vec["theta"], change, vec["theta"])


def _correction(beta: Expr, t: Expr) -> Expr:
    return ex.sub(ex.num(1), Expr("pow", (beta, t), beta.value**t.value))


def _adam_constants(o: Options) -> dict[str, float]:
    beta1, beta2 = o["betas"]
    return {
        "lr": o["lr"],
        "beta1": beta1,
        "1-beta1": 1 - beta1,
        "beta2": beta2,
        "1-beta2": 1 - beta2,
        "eps": o["eps"],
    }


def _adam_scalars(t: int, o: Options) -> dict[str, float]:
    beta1, beta2 = o["betas"]
    return {"t": t, "correction1": 1 - beta1**t, "correction2": 1 - beta2**t}


OPTIMIZERS: dict[str, Optimizer] = {
    row.name: row
    for row in (
        Optimizer(
            "sgd",
            "SGD",
            "θ ← θ − η·g",
            {"lr": 0.1},
            (
                Rule(
                    "theta",
                    "update",
                    "{theta} − {lr}·{grad}",
                    ("grad",),
                    "A step against the gradient, as long as the learning rate says.",
                    _sgd,
                    lambda e: ex.sub(e["theta"], ex.mul(e["lr"], e["grad"])),
                ),
            ),
            lambda o: {"lr": o["lr"]},
        ),
        Optimizer(
            "adam",
            "Adam",
            "θ ← θ − η·{mhat}/(√{vhat} + ε)",
            {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8},
            (
                Rule(
                    "m",
                    "first moment",
                    "{beta1}·{m} + (1 − {beta1})·{grad}",
                    ("grad",),
                    "A running mean of the gradients: what they agree on stays, noise cancels.",
                    _adam_m,
                    lambda e: ex.add(
                        ex.mul(e["beta1"], e["m"]),
                        ex.mul(ex.sub(ex.num(1), e["beta1"]), e["grad"]),
                    ),
                    slot=True,
                ),
                Rule(
                    "v",
                    "second moment",
                    "{beta2}·{v} + (1 − {beta2})·{grad}²",
                    ("grad",),
                    "A running mean of the squared gradients: how large they usually are.",
                    _adam_v,
                    lambda e: ex.add(
                        ex.mul(e["beta2"], e["v"]),
                        ex.mul(ex.sub(ex.num(1), e["beta2"]), ex.power(e["grad"], 2)),
                    ),
                    slot=True,
                ),
                Rule(
                    "mhat",
                    "corrected first moment",
                    "{m} / (1 − {beta1}ᵗ)",
                    ("m",),
                    "m began at 0 and is too small at first; dividing by 1 − β₁ᵗ mends that.",
                    lambda emit, vec, c: emit(np.divide, vec["m"], c["correction1"], vec["mhat"]),
                    lambda e: ex.div(e["m"], _correction(e["beta1"], e["t"])),
                ),
                Rule(
                    "vhat",
                    "corrected second moment",
                    "{v} / (1 − {beta2}ᵗ)",
                    ("v",),
                    "v began at 0 as well; 1 − β₂ᵗ makes it a true mean of the squares so far.",
                    lambda emit, vec, c: emit(np.divide, vec["v"], c["correction2"], vec["vhat"]),
                    lambda e: ex.div(e["v"], _correction(e["beta2"], e["t"])),
                ),
                Rule(
                    "theta",
                    "update",
                    "{theta} − {lr}·{mhat}/(√{vhat} + {eps})",
                    ("mhat", "vhat"),
                    "Divided by its usual size, each gradient moves its parameter by about η.",
                    _adam_theta,
                    lambda e: ex.sub(
                        e["theta"],
                        ex.div(
                            ex.mul(e["lr"], e["mhat"]), ex.add(ex.fn("sqrt", e["vhat"]), e["eps"])
                        ),
                    ),
                ),
            ),
            _adam_constants,
            _adam_scalars,
        ),
    )
}
