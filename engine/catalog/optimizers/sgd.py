"""Stochastic gradient descent, with momentum, as PyTorch's SGD."""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.catalog.optimizers import parts
from engine.catalog.optimizers.base import Optimizer, Rule, Rules, Vectors
from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.spec.check import choice
from engine.spec.options import Option, Options, at_least_0, flag

FORM = "momentum_form"
MOMENTUM_FORMS = ("sum", "mean", "step")
"""PyTorch's μ·buf + g; the moving average μ·buf + (1 − μ)·g; and μ·buf − η·g, which is added."""


def _mean(g: str) -> Rule:
    return parts.mean(
        prefix="buf",
        title="momentum average",
        keep="momentum",
        of=g,
        why="A running mean of the gradients: it is never longer than the longest of them.",
    )


def _velocity(g: str) -> Rule:
    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        step = emit.temporary(vec["buf"].shape)
        emit(np.multiply, vec["buf"], c["momentum"], vec["buf"])
        emit(np.multiply, vec[g], c["lr"], step)
        emit(np.subtract, vec["buf"], step, vec["buf"])

    return Rule(
        prefix="buf",
        title="velocity",
        formula=f"{{momentum}}·{{buf}} − {{lr}}·{{{g}}}",
        why="The last step goes on, {momentum} times as long, with a new one against {" + g + "}.",
        emit=emit_rule,
        value=lambda e: ex.sub(ex.mul(e["momentum"], e["buf"]), ex.mul(e["lr"], e[g])),
        slot=True,
    )


def _moved() -> Rule:
    return Rule(
        prefix="theta",
        title="update",
        formula="{theta} + {buf}",
        why="The velocity is the step itself: η and the sign are in it.",
        emit=lambda emit, vec, _c: emit(np.add, vec["theta"], vec["buf"], vec["theta"]),
        value=lambda e: ex.add(e["theta"], e["buf"]),
    )


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
    if "momentum" in on and f"{FORM}=step" in on:
        return (*rules, _velocity(direction), _moved())
    if "momentum" in on and f"{FORM}=mean" in on:
        why = "A step against {buf}, the running mean of the gradients, which began at 0."
        return (*rules, _mean(direction), parts.descend("theta", "buf", why))
    if "momentum" in on:
        rules = (*rules, _buffer(direction, "dampening" in on))
        if "nesterov" in on:
            rules = (*rules, _nesterov(direction))
        direction = "nes" if "nesterov" in on else "buf"
        why = f"A step against {{{direction}}}, what the gradients so far add up to."
    return (*rules, parts.descend("theta", direction, why))


def _constants(o: Options) -> dict[str, float]:
    found = {name: o[name] for name in ("lr", "momentum", "weight_decay")}
    return found | ({"1-momentum": 1 - o["momentum"]} if o[FORM] == "mean" else {})


def _scalars(t: int, o: Options) -> dict[str, float]:
    """PyTorch's buffer begins as the gradient itself, so the first update has no dampening."""
    if not (o["momentum"] and o["dampening"] and o[FORM] == "sum"):
        return {}
    dampening = o["dampening"] if t > 1 else 0.0
    return {"dampening": dampening, "1-dampening": 1 - dampening}


def _conflict(o: Options) -> str:
    if o[FORM] != "sum":
        if o["nesterov"] or o["dampening"]:
            which = "nesterov" if o["nesterov"] else "dampening"
            return f'{which} goes with momentum_form = "sum", not with "{o[FORM]}".'
        if not o["momentum"] or (o["momentum"] >= 1 and o[FORM] == "mean"):
            below = " and below 1" if o[FORM] == "mean" else ""
            return f'momentum_form = "{o[FORM]}" needs a momentum above 0{below}.'
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
        FORM: Option(
            "sum", choice(MOMENTUM_FORMS), "Whether the buffer adds g, (1 − μ)·g, or −η·g."
        ),
    },
    ours=frozenset({FORM}),
    conflict=_conflict,
    forms=parts.FORMS | {"momentum": "μ"},
    build=_rules,
    constants=_constants,
    scalars=_scalars,
    rival="adam",
    place=1,
)
