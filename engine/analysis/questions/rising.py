"""Why a loss rose: another mini-batch, or a step that went too far."""

from __future__ import annotations

import math

from engine.analysis.descent import Descent, descent
from engine.analysis.questions.base import (
    Answer,
    Question,
    Say,
    Scene,
    by_kind,
    line,
    made,
)
from engine.formula import expr as ex


def _not_risen(scene: Scene) -> str:
    if scene.t == 1:
        return "This is the first iteration: there is no loss before it. t goes to the next one."
    before, now = _loss(scene.at(scene.t - 1)), _loss(scene)
    if not math.isfinite(before):
        return "The loss before was no number: :nan goes to where that began."
    if now <= before:
        losses = f"{scene.number(before)} before, {scene.number(now)} now"
        return f"It fell: {losses}."
    return ""


def _loss(scene: Scene) -> float:
    return float(scene.array("loss"))


def _rose(scene: Scene) -> Answer:
    past = scene.at(scene.t - 1)
    before, now = _loss(past), _loss(scene)
    found: Answer = [
        line(f"loss of iteration {scene.t} − of {past.t}", ex.sub(made(now), made(before)))
    ]
    seen = descent(past.trace, past.spec)
    if seen.after <= before:
        found += [
            line(f"mini-batch {past.t} again, after its update", made(seen.after),
                f"it was {scene.number(before)}"),
            Say("On its own samples the update did lower the loss. Iteration"
                f" {scene.t} has other samples: what rose is a loss of other data."),
        ]  # fmt: skip
        return found
    return found + _overshot(scene, seen, past.trace.scalars["lr"])


def _overshot(scene: Scene, seen: Descent, rate: float) -> Answer:
    slope, bend = made(seen.slope), made(seen.bend)
    found: Answer = [
        Say("The update overshot. Along its step s the loss goes as L + slope·s + bend/2·s²,"
            " with s = 1 the whole step:"),
        line("slope", slope, "gradient times step: downhill at first"),
        line("bend", bend, "the curvature along the step, by two passes beside"),
        line("predicted change", ex.add(slope, ex.div(bend, ex.num(2.0)))),
    ]  # fmt: skip
    if seen.lowest is not None:
        least = ex.div(ex.neg(slope), bend)
        lowest = ex.mul(ex.num(rate), made(least.value))
        found += [
            line("the lowest point is at s", least),
            line("so overshoot begins at η", lowest, f"here η is {scene.number(rate)}"),
            line("and from this η on the loss rises", ex.mul(ex.num(2.0), made(lowest.value))),
        ]
    elif seen.slope >= 0:
        found.append(Say("The step does not even go downhill: momentum or decay carries it."))
    found.append(Say("The key w shows the loss over all learning rates."))
    return found


ROWS = (
    Question(
        id="rose",
        asks="Why did the loss rise?",
        words="loss rose rise increase overshoot diverge learning rate too large curvature",
        raised=by_kind("loss"),
        missing=_not_risen,
        answer=_rose,
        more=("loss", "diverging"),
        place=11,
        needs="loss",
    ),
)
