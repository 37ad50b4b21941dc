"""What optimizers keep: momentum as a sum over past gradients, and weight decay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.analysis.derivation import Derivation, Number
from engine.analysis.questions.base import (
    Answer,
    Cell,
    Question,
    Say,
    Scene,
    Sum,
    Table,
    by_update,
    line,
    made,
    parameter,
    parameters_with,
)
from engine.catalog.optimizers import FORMS, OPTIMIZERS, Rule
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.program.parameters import fed, group_of, trained
from engine.program.step import Step
from engine.spec.run import OptimizerSpec

BACK = 5
"""So many of the last gradients are written out."""
SLOTS = ("buf", "m")
"""The slots that remember gradients."""
STEP = "the step of this run"
EXAMPLE = 0.01
"""The decay that is tried where a run has none."""


def _slot(scene: Scene) -> str:
    return next((slot for slot in SLOTS if parameters_with(scene, slot)), "")


def _no_memory(scene: Scene) -> str:
    if not _slot(scene):
        return "This optimizer remembers no sum of gradients. Try the run momentum."
    name = parameter(scene, parameters_with(scene, _slot(scene)))
    if "lr" in _rule(scene, name, _slot(scene)).reads and scene.spec.schedule:
        return "This buffer is a sum of steps, whose η is another one in each iteration."
    return ""


def _remembers(scene: Scene) -> Answer:
    slot = _slot(scene)
    name = parameter(scene, parameters_with(scene, slot))
    place = scene.picked(name)
    kept = name.under(slot)
    derivation = Derivation(scene.history)
    keep, weight = _shares(scene, name, slot)
    rows: list[tuple[Cell, ...]] = []
    terms: list[Expr] = []
    number, left = Number(scene.t, kept, place), 1.0
    rest = 0.0
    for back in range(BACK):
        found = _step_back(derivation, number, kept)
        if found is None:
            break
        gradient, past = found
        share = weight * left
        rows.append((f"iteration {number.t}", gradient, share, share * gradient))
        terms.append(ex.mul(ex.num(round(share, 12)), made(gradient)))
        left *= keep
        rest = left * (derivation.value(past) if past else 0.0)
        if past is None or past.t == 0 or past.changed or back == BACK - 1:
            break
        number = past
    if rest:
        terms.append(made(rest))
    value = float(scene.array(kept)[place])
    gain = scene.number(round(weight / (1 - keep), 9)) if keep < 1 else ""
    form = FORMS.get("momentum" if slot == "buf" else "beta1", keep)
    return [
        Say(
            f"{{{kept}}} is a sum over the past: each gradient, {form} times as heavy with each"
            f" iteration that it is older. Its last ones, at {scene.name(name, place)}:"
        ),
        Table(("", "gradient", "weight", "together"), tuple(rows)),
        Sum(
            scene.name(kept, place),
            ex.add(*terms),
            value,
            "the last is all older ones" if rest else "",
        ),
        Say(
            f"Where gradients agree it comes to {gain} of them, where they change sign they cancel."
            if keep < 1
            else "Nothing is ever forgotten here."
        ),
    ]


def _rule(scene: Scene, name: Symbol, slot: str) -> Rule:
    """How a parameter's slot is computed."""
    own = group_of(scene.spec, name).optimizer
    return next(r for r in OPTIMIZERS[own.name].rules(own.options) if r.prefix == slot)


def _shares(scene: Scene, name: Symbol, slot: str) -> tuple[float, float]:
    """How much of a slot is kept, and by what a gradient is multiplied when it enters it: what its
    rule makes of 1 for the one and 0 for the other.
    """
    options, rule = _options(scene, name), _rule(scene, name, slot)
    row = OPTIMIZERS[group_of(scene.spec, name).optimizer.name]
    scalars = {**row.constants(options), **row.scalars(scene.t, options)}
    new = [each for each in rule.reads if each != slot and each not in scalars]

    def made_of(kept: float, entering: float) -> float:
        numbers = scalars | {slot: kept} | dict.fromkeys(new, entering)
        return rule.value({each: ex.num(x) for each, x in numbers.items()}).value

    return made_of(1, 0), made_of(0, 1) if len(new) == 1 else 1.0


def _options(scene: Scene, name: Symbol) -> dict[str, Any]:
    """The options that a parameter is updated with."""
    return _complete(group_of(scene.spec, name).optimizer)


def _complete(own: OptimizerSpec) -> dict[str, Any]:
    return OPTIMIZERS[own.name].complete(own.options)


def _step_back(
    derivation: Derivation, number: Number, kept: Symbol
) -> tuple[float, Number | None] | None:
    """What an iteration put into a slot, as a gradient, and the slot's number before."""
    if number.t == 0 or number.changed:
        return None
    operands = derivation.operands(number)
    past = next((each for each in operands if each.symbol == kept), None)
    new = [each for each in operands if "." in each.symbol or Symbol(each.symbol).is_gradient]
    entered = next((each for each in new if each.symbol != kept), None)
    return (derivation.value(entered), past) if entered else None


# -- weight decay ----------------------------------------------------------------------------------


def _no_decay(scene: Scene) -> str:
    if "weight_decay" not in OPTIMIZERS[scene.spec.optimizer.name].options:
        return "This optimizer has no weight decay."
    return "" if trained(scene.spec) else "No parameter learns here."


def _decay(scene: Scene) -> Answer:
    name = parameter(scene, trained(scene.spec))
    options = _options(scene, name)
    given = float(options["weight_decay"])
    rate, decay = float(options["lr"]), given or EXAMPLE
    place = scene.picked(name)
    theta, g = scene.num(name, place), scene.num(fed(scene.spec, name), place)
    lr, lam = ex.num(rate), ex.num(decay)
    written = scene.name(name, place)
    coupled = ex.add(g, ex.mul(lam, theta))
    words = "of this run" if given else "as an example, since this run has none"
    found: Answer = [
        Say(f"It pulls every parameter towards 0, by its size. With λ = {scene.number(decay)},"
            f" {words}, at {written} and its gradient:"),
        line("SGD: g + λ·θ", coupled, "a little more gradient"),
        line("the new θ", ex.sub(theta, ex.mul(lr, coupled))),
    ]  # fmt: skip
    eps = ex.num(float(options.get("eps", 1e-8)))
    adam = ex.sub(theta, _first(lr, made(coupled.value), eps))
    drawn = ex.mul(theta, ex.sub(ex.num(1.0), ex.mul(lr, lam)))
    adamw = ex.sub(drawn, _first(lr, g, eps))
    apart = scene.number(abs(adamw.value - adam.value))
    found += [
        Say("A first Adam step from the same numbers: λ·θ goes into g, and g's size is lost:"),
        line("Adam: the new θ", adam),
        Say("AdamW draws θ itself, apart from g and its root:"),
        line("AdamW: the new θ", adamw),
        Say(f"They end {apart} apart: so much of the decay Adam divided away."),
    ]
    steps = [name.under(prefix) for prefix in ("decay", "gwd") if scene.has(name.under(prefix))]
    if given and steps:
        found.append(replace(scene.arithmetic(steps[0], place), note=STEP))
    return found


def _first(rate: Expr, g: Expr, eps: Expr) -> Expr:
    """A first step of Adam from a gradient: η·g/(√g² + ε)."""
    below = ex.add(ex.fn("sqrt", ex.power(g, 2)), eps)
    return ex.div(ex.mul(rate, g), below)


def _momentum(step: Step) -> bool:
    reads = (name.prefix for name in step.reads)
    return bool({step.symbol.prefix, *reads} & {*SLOTS, "nes"})


ROWS = (
    Question(
        id="momentum",
        asks="What does momentum remember?",
        words="momentum buffer remember past gradients velocity moving average mu m",
        raised=_momentum,
        missing=_no_memory,
        answer=_remembers,
        more=("momentum", "buf", "m"),
        place=10,
        needs="",
    ),
    Question(
        id="decay",
        asks="What does weight decay do, and how does AdamW differ from Adam?",
        words="weight decay lambda L2 adamw adam regularization decoupled",
        raised=lambda step: step.symbol.prefix in ("gwd", "decay") or by_update(step),
        missing=_no_decay,
        answer=_decay,
        more=("gwd", "decay", "adam-decay"),
        place=15,
        needs="",
    ),
)
