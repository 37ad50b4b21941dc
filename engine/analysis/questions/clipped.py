"""What clipping did to the gradients."""

from __future__ import annotations

import numpy as np

from engine.analysis.questions.base import (
    Answer,
    Question,
    Say,
    Scene,
    line,
    made,
    parameter,
    size,
    waits,
)
from engine.formula import expr as ex
from engine.formula.calls import Array
from engine.program.clip import Clipping, clipping_of, clippings
from engine.program.parameters import fed, trained
from engine.program.step import Phase


def _no_clip(scene: Scene) -> str:
    if clipping_of(scene.spec, None) is None:
        return "This run does not clip. Try the run diverging-clipped."
    return waits(scene) if trained(scene.spec) else "No parameter learns here."


def _clipping(scene: Scene) -> Clipping:
    """That of the parameter that is looked at, else the first."""
    found = [each for each in clippings(scene.spec) if each.clips]
    about = parameter(scene, [name for each in found for name in each.names])
    return next(each for each in found if about in each.names)


def _clipped(scene: Scene) -> Answer:
    clipping = _clipping(scene)
    clip, names = clipping.spec, [name for name in trained(scene.spec) if name in clipping.names]
    before = np.concatenate([scene.array(fed(scene.spec, name)).ravel() for name in names]).astype(
        float
    )
    after = np.concatenate([scene.array(name.under("clip")).ravel() for name in names]).astype(
        float
    )
    lengths, product = (size(before), size(after)), _dot(before, after)
    changed = int((before != after).sum())
    name, whose = parameter(scene, names), "these" if clip.params else "all"
    largest = scene.array(fed(scene.spec, name))
    place = tuple(int(i) for i in np.unravel_index(int(np.abs(largest).argmax()), largest.shape))
    found: Answer = [
        scene.arithmetic(name.under("clip"), place),
        line(f"length of {whose} gradients before", made(lengths[0])),
        line("after", made(lengths[1]), f"the limit is {scene.number(clip.limit)}"),
    ]
    if not changed:
        return [Say("Here it changes nothing: all is within the limit."), *found]
    if lengths[0]:
        found.append(
            line("the length over the old one", ex.div(made(lengths[1]), made(lengths[0])))
        )
    cosine = ex.div(made(product), ex.mul(made(lengths[0]), made(lengths[1])))
    found.append(line("cosine of the angle between them", cosine))
    if clip.kind == "norm":
        found.append(
            Say("The cosine is 1: clipping by norm changes the length, not the direction.")
        )
        found += _by_value(before, clip.limit, scene)
    else:
        turned = (
            "so the direction turns" if cosine.value < 1 - 1e-9 else "yet the direction stays here"
        )
        found.append(
            Say(f"Each number is cut by itself, {changed} of {before.size} here, {turned}.")
        )
        ratio = [made(float(x)) for x in (before[0], after[0])]
        if before[0] != after[0] and before[0]:
            found.append(line("the first number, after over before", ex.div(ratio[1], ratio[0])))
    return found


def _by_value(before: Array, limit: float, scene: Scene) -> Answer:
    """What clipping each number by itself would have done with the direction."""
    after = np.clip(before, -limit, limit)
    lengths = made(size(before)), made(size(after))
    cosine = ex.div(made(_dot(before, after)), ex.mul(*lengths))
    note = "1 only where the direction stays"
    return [
        Say(f"With each number cut to ±{scene.number(limit)} by itself instead:"),
        line("by value, cosine", cosine, note),
    ]


def _dot(a: Array, b: Array) -> float:
    with np.errstate(all="ignore"):
        return float(a @ b)


ROWS = (
    Question(
        id="clipping",
        asks="What did clipping change?",
        words="clip clipping norm value direction length gradient explode",
        raised=lambda step: step.phase is Phase.CLIP,
        missing=_no_clip,
        answer=_clipped,
        more=("clip", "diverging-clipped"),
        place=16,
        needs="",
    ),
)
