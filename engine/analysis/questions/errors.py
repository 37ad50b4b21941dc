"""What δ is, how a bias gets its gradient, and whether a gradient is right."""

from __future__ import annotations

from engine.analysis.gradcheck import GradientCheck, checked
from engine.analysis.questions.base import (
    Answer,
    Question,
    Say,
    Scene,
    by_kind,
    line,
    made,
    measured,
    total,
)
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.program.parameters import trained
from engine.program.step import Phase, Step
from engine.spec.problem import Problem

STEP = 0.01
"""How far z is moved to see what δ says."""


def _errors(scene: Scene) -> list[int]:
    return [n for n in range(scene.depth, 0, -1) if scene.has(f"delta{n}")]


def _no_error(scene: Scene) -> str:
    return "" if _errors(scene) else "No parameter learns here, so no δ is computed."


def _layer(scene: Scene) -> int:
    known = _errors(scene)
    found = scene.layer("delta", scene.symbol.layer or known[0])
    return found if found in known else known[0]


def _delta(scene: Scene) -> Answer:
    number = _layer(scene)
    place = scene.picked(f"delta{number}")
    z, delta = f"z{number}", f"delta{number}"
    name, of = scene.name(z, place), scene.name(delta, place)
    value, error = scene.trial.value(z, place), scene.num(delta, place)
    before = scene.trial.loss()
    after = scene.trial.loss_with(z, place, value + STEP)
    predicted = ex.mul(error, ex.num(STEP))
    return [
        Say(f"{of} is ∂L/∂{name}: how much the loss moves when this one sum z moves a little."),
        line(of, error),
        line("so a step of 0.01 should do", predicted, f"{of} times the step"),
        line(
            "and it does", ex.sub(measured(after), measured(before)), f"the loss with {name} + 0.01"
        ),
        Say("What is left is the bend of the loss; a smaller step leaves less."),
        Say(
            "The article calls it responsibility: a weight's gradient is δ at its end times the"
            " value at its start, a bias's is δ itself, and the layer below gets Wᵀ·δ."
        ),
    ]


def _no_bias(scene: Scene) -> str:
    if not any(name.kind.key == "b" for name in trained(scene.spec)):
        return "No bias learns in this run."
    return ""


def _how(several: bool, penalized: bool) -> str:
    """How the gradient of a bias comes about."""
    added = ", added over the samples" if several else ""
    return f"δ times 1{added}{', and the slope of its penalty' if penalized else ''}"


def _bias(scene: Scene) -> Answer:
    learned = [name for name in trained(scene.spec) if name.kind.key == "b"]
    wanted = scene.layer("db", scene.symbol.layer or scene.depth)
    name = next((each for each in learned if each.layer == wanted), learned[-1])
    number = name.in_layer
    place = scene.picked(name)
    written = scene.name(name.gradient, place)
    terms = [ex.mul(delta, ex.num(1.0)) for delta in scene.shares(name, place)]
    terms += scene.penalty(name, place)
    several = scene.samples > 1
    return [
        Say(
            f"{{z{number}}} = W·a + 1·b: a bias is a weight whose input is always 1, so ∂z/∂b is 1."
        ),
        total(written, terms, _how(several, bool(scene.penalty(name, place)))),
        Say("No a, no slope of its own: f′ is in δ already. By two passes with another bias:"),
        scene.slope(name, place),
    ]


# -- is it right -----------------------------------------------------------------------------------


def _target(scene: Scene) -> Symbol:
    """What is checked: what the selection or the step is about, or the first weights."""
    for symbol in (scene.symbol, scene.step.symbol if scene.step else None):
        if symbol is None:
            continue
        try:
            target = checked(symbol)
            scene.trial.changeable(target)
        except Problem:
            continue
        return target
    return trained(scene.spec)[0]


def _nothing_learns(scene: Scene) -> str:
    return "" if trained(scene.spec) else "No parameter learns here."


def _right(scene: Scene) -> Answer:
    target = _target(scene)
    check = GradientCheck(scene.history, scene.t).check(target, scene.picked(target))
    place = check.index
    name = scene.name(target, place)
    h = check.h
    found: Answer = [
        Say(f"Two passes tell: one with {name} a little larger, one with it a little smaller."),
        line(f"(L({name} + h) − L({name} − h))/2h", made(check.numeric), f"h = {scene.number(h)}"),
    ]
    if check.backprop is None:
        return [*found, Say("Backpropagation computes no such gradient here, as none is needed.")]
    found += [
        line(
            "by differentiation" if scene.spec.instead else "by backpropagation",
            made(check.backprop),
        ),
        line("relative error", made(check.error or 0)),
        Say(
            "They agree: the gradient is right."
            if check.agrees
            else "A kink lies between the two passes: the difference is no slope there."
            if check.kinks
            else "They differ: something is wrong, or h is too large for this bend."
        ),
        Say("The key = shows both losses, the error against h, and whole layers."),
    ]
    return found


def _gradient(step: Step) -> bool:
    if step.phase is not Phase.BACKWARD:
        return False
    return step.symbol.is_gradient or step.symbol.kind.key in ("delta", "da")


ROWS = (
    Question(
        id="delta",
        asks="What is δ?",
        words="delta error responsibility sensitivity meaning",
        raised=by_kind("delta"),
        missing=_no_error,
        answer=_delta,
        more=("delta",),
        place=17,
    ),
    Question(
        id="bias",
        asks="How does a bias get its gradient?",
        words="bias gradient db one input",
        raised=by_kind("db"),
        missing=_no_bias,
        answer=_bias,
        more=("db",),
        place=19,
    ),
    Question(
        id="right",
        asks="Is this gradient right?",
        words="gradient check right correct numerical difference gradcheck verify",
        raised=_gradient,
        missing=_nothing_learns,
        answer=_right,
        place=26,
        needs="loss",
    ),
)
