"""A penalty in the loss, and weight decay in the optimizer: what differs."""

from __future__ import annotations

from engine.analysis.questions.base import (
    Answer,
    Question,
    Say,
    Scene,
    line,
    made,
    parameter,
)
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.expr import Expr, Index
from engine.program.parameters import group_of, trained
from engine.program.penalty import PENALTY, penalised, penalty_of
from engine.program.step import Step


def _none_penalised(scene: Scene) -> str:
    if scene.spec.penalty is None:
        return "This run has no penalty in its loss: [penalty] l2 = 0.01 gives it one."
    if scene.spec.optimizer.options.get("maximize"):
        return "This run climbs: its penalty drives weights from 0, weight decay draws them to it."
    return "" if _learned(scene) else "No parameter with a penalty learns here."


def _learned(scene: Scene) -> list[Symbol]:
    names = trained(scene.spec)
    return [each.name for each in penalised(scene.spec) if each.name in names]


def _differs(scene: Scene) -> Answer:
    name = parameter(scene, _learned(scene))
    place = scene.picked(name)
    each = penalty_of(scene.spec, name, scene.samples)
    assert each is not None
    own = ex.add(*scene.penalty(name, place))
    theta, g = scene.num(name, place), scene.num(name.gradient, place)
    found: Answer = [
        Say("A penalty is a term of the loss, and so of every gradient and all that goes by these,"
            " such as clipping. Weight decay is a rule of the update: no loss shows it. Here"
            f" {scene.name(name.gradient, place)} is {scene.number(g.value)}. Of that is"),
        line("the penalty's slope", own),
    ]  # fmt: skip
    if not each.l2:
        found.append(Say("It is an L1 penalty, λ₁·sign(θ): weight decay has no such thing."))
        return found
    decay = 2 * each.l2 / each.share / each.samples
    same = f"weight_decay = {decay:g}"
    if each.l1:
        found.append(Say(f"Weight decay has only its first part: {same}. With that alone:"))
    rest = ex.sub(g, made(own.value))
    return found + _side_by_side(scene, name, place, rest, made(decay), theta, same)


def _side_by_side(
    scene: Scene, name: Symbol, place: Index, rest: Expr, decay: Expr, theta: Expr, same: str
) -> Answer:
    """The first updates by SGD, Adam and AdamW from the same numbers."""
    row = OPTIMIZERS[scene.spec.optimizer.name]
    options = row.complete(group_of(scene.spec, name).optimizer.options)
    lr, eps = ex.num(float(options["lr"])), ex.num(float(options.get("eps", 1e-8)))
    e = made(rest.value)
    whole = ex.add(e, ex.mul(decay, theta))
    drawn = ex.mul(theta, ex.sub(ex.num(1.0), ex.mul(lr, decay)))
    sgd = ex.sub(theta, ex.mul(lr, whole))
    apart = ex.sub(drawn, ex.mul(lr, e))
    adam = ex.sub(theta, _first(lr, made(whole.value), eps))
    adamw = ex.sub(drawn, _first(lr, e, eps))
    written = scene.name(name, place)
    off = scene.number(abs(adamw.value - adam.value))
    return [
        line("the gradient without it", rest),
        Say(f"For SGD the two are one, {same}. The new {written}:"),
        line("SGD, with the penalty", sgd),
        line("SGD, with weight decay", apart, "the same"),
        Say("For Adam they are not: it divides the penalty by the root with all the rest; AdamW's"
            " decay draws θ by itself. A first step:"),
        line("Adam, with the penalty", adam),
        line("AdamW, with weight decay", adamw),
        Say(f"They end {off} apart. Adam's own weight_decay adds λ·θ to g as the penalty does."),
    ]  # fmt: skip


def _first(rate: Expr, g: Expr, eps: Expr) -> Expr:
    """A first step of Adam from a gradient: η·g/(√g² + ε)."""
    return ex.div(ex.mul(rate, g), ex.add(ex.fn("sqrt", ex.power(g, 2)), eps))


def _raises(step: Step) -> bool:
    """Raised by the penalty, the loss that has it, and the gradients that do."""
    of_gradient = step.symbol.is_gradient and step.symbol.parameter in step.reads
    return step.symbol == PENALTY or PENALTY in step.reads or of_gradient


ROWS = (
    Question(
        id="penalty",
        asks="Penalty or weight decay: what differs?",
        words="penalty or weight decay l2 l1 regularization lambda adam adamw loss ridge lasso",
        raised=_raises,
        missing=_none_penalised,
        answer=_differs,
        more=("penalty",),
        place=15.5,
    ),
)
