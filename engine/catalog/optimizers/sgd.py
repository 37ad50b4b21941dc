"""Stochastic gradient descent, with momentum, as PyTorch's SGD."""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.catalog.optimizers import parts
from engine.catalog.optimizers.base import Optimizer, Rule, Rules, Vectors
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.spec.options import Options, at_least_0, flag


def _buffer(g: str, dampened: bool) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        if dampened:
            parts.emit_mean(emit, vec, c, slot="buf", keep="momentum", new="1-dampening", of=g)
        else:
            emit(np.multiply, vec["buf"], c["momentum"], vec["buf"])
            emit(np.add, vec["buf"], vec[g], vec["buf"])

    why = "Keeps {momentum} of itself, adds the gradient: where gradients agree, it gains."
    if dampened:
        why = "The first gradient enters the buffer whole; dampening holds from the second one on."
    return Rule(
        prefix="buf",
        title="momentum buffer",
        formula="{momentum}·{buf} + "
        + (f"(1 − {{dampening}})·{{{g}}}" if dampened else f"{{{g}}}"),
        why=why,
        emit=emit_rule,
        value=lambda e: ex.add(
            ex.mul(e["momentum"], e["buf"]),
            ex.mul(ex.sub(ex.num(1), e["dampening"]), e[g]) if dampened else e[g],
        ),
        slot=True,
    )


def _nesterov(g: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        emit(np.multiply, vec["buf"], c["momentum"], vec["nes"])
        emit(np.add, vec["nes"], vec[g], vec["nes"])

    return Rule(
        prefix="nes",
        title="Nesterov's gradient",
        formula=f"{{{g}}} + {{momentum}}·{{buf}}",
        why="The gradient and what the buffer will add to it: a look ahead by one update.",
        emit=emit_rule,
        value=lambda e: ex.add(e[g], ex.mul(e["momentum"], e["buf"])),
    )


@cache
def _rules(on: frozenset[str]) -> Rules:
    rules, direction = parts.gradient(on)
    why = f"A step against {{{direction}}}, {{lr}} times as long."
    if "momentum" in on:
        rules = (*rules, _buffer(direction, "dampening" in on))
        if "nesterov" in on:
            rules = (*rules, _nesterov(direction))
        direction = "nes" if "nesterov" in on else "buf"
        why = f"A step against {{{direction}}}, what the gradients so far add up to."
    return (*rules, parts.descend("theta", direction, why))


def _scalars(t: int, o: Options) -> dict[str, float]:
    """PyTorch's buffer begins as the gradient itself, so the first update has no dampening."""
    if not (o["momentum"] and o["dampening"]):
        return {}
    dampening = o["dampening"] if t > 1 else 0.0
    return {"dampening": dampening, "1-dampening": 1 - dampening}


def _conflict(o: Options) -> str:
    if o["nesterov"] and not (o["momentum"] > 0 and o["dampening"] == 0):
        return "nesterov needs a momentum above 0 and a dampening of 0."
    return ""


ROW = Optimizer(
    name="sgd",
    label="SGD",
    torch="torch.optim.SGD(parameters, **options)",
    torch_slots={"buf": "momentum_buffer"},
    options={
        "lr": parts.lr(0.001),
        "momentum": at_least_0(0.0, "How much of the buffer of past gradients is kept."),
        "dampening": at_least_0(0.0, "How much of each new gradient the buffer leaves out."),
        "weight_decay": parts.weight_decay(),
        "nesterov": flag(False, "Looks ahead by one update of the momentum buffer."),
        "maximize": parts.maximize(),
    },
    conflict=_conflict,
    forms=parts.FORMS | {"momentum": "μ"},
    build=_rules,
    constants=lambda o: {name: o[name] for name in ("lr", "momentum", "weight_decay")},
    scalars=_scalars,
    rival="adam",
    place=1,
)
