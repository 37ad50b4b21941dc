"""The way back through the weights: which ones, why transposed, in which order they change."""

from __future__ import annotations

from dataclasses import replace

from engine.analysis.questions.base import (
    Answer,
    Question,
    Say,
    Scene,
    by_kind,
    by_update,
    line,
    made,
    total,
    waits,
)
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.program.parameters import held, trained

CLOSE = 1e-3
"""So near, as a share, a difference of the loss tells which of two numbers is its slope."""


def _no_hidden(scene: Scene) -> str:
    if not any(step.symbol.kind.key == "da" for step in scene.trace.steps):
        return "No error goes back through weights here: no layer before the last one learns."
    return ""


def _no_update(scene: Scene) -> str:
    if missing := _no_hidden(scene):
        return missing
    layer = _layer(scene)
    name = held(scene.spec, "W", layer + 1).name
    if name not in trained(scene.spec):
        return f"{name.written} is frozen: old and new are one."
    return ""


def _layer(scene: Scene) -> int:
    """The hidden layer that is asked of: that of the step or the selection, or else the last."""
    known = [s.symbol.in_layer for s in scene.trace.steps if s.symbol.kind.key == "da"]
    found = scene.layer("da", 0)
    if not found and scene.symbol.kind.key in ("da", "a", "delta", "z"):
        found = scene.symbol.in_layer
    return found if found in known else max(known)


def _terms(scene: Scene, layer: int, n: int, i: int, new: bool = False) -> list[Expr]:
    """W[l+1]ⱼᵢ·δ[l+1]ⱼ of every j, with the weights before or after their update."""
    delta = f"delta{layer + 1}"
    after = scene.weights(layer + 1, new=True)
    return [
        ex.mul(
            made(float(after[j, i])) if new else scene.weight(layer + 1, j, i),
            scene.num(delta, (n, j)),
        )
        for j in range(len(after))
    ]


def _old_or_new(scene: Scene) -> Answer:
    layer = _layer(scene)
    n, i = scene.picked(f"da{layer}")
    name = scene.name(f"da{layer}", (n, i))
    W = held(scene.spec, "W", layer + 1).name.written
    old = total(f"{name} with the old {W}", _terms(scene, layer, n, i))
    new = total(f"{name} with the new {W}", _terms(scene, layer, n, i, new=True))
    slope = scene.slope(f"a{layer}", (n, i))
    apart = line("new − old", ex.sub(made(new.value), made(old.value)))
    found: Answer = [
        Say(f"The old: the loss was computed with the {W} before its update. Both, to compare:"),
        old,
        new,
        apart,
        Say("What the loss really does when this a moves, by two passes with the old weights:"),
        slope,
    ]
    nearer = abs(slope.value - old.value) <= abs(slope.value - new.value)
    if abs(apart.value) > CLOSE * abs(old.value) and nearer:
        found.append(
            Say(f"It is the old one's number. The new {W} gives an error of another loss.")
        )
    elif not nearer:
        found.append(Say("The difference does not tell them apart here: look at a nearby element."))
    else:
        found.append(Say("Here the update is so small that both are nearly one number."))
    return found


def _transposed(scene: Scene) -> Answer:
    layer = _layer(scene)
    n, i = scene.picked(f"da{layer}")
    has, delta = held(scene.spec, "W", layer + 1), f"delta{layer + 1}"
    weights, W = scene.weights(layer + 1), has.name
    a, name = scene.name(f"a{layer}", (n, i)), scene.name(f"da{layer}", (n, i))
    outs, ins = weights.shape
    first = scene.name(W, (i, 0) if has.turned else (0, i))
    found: Answer = [
        Say(
            f"Forward, {a} goes into every sum z[{layer + 1}] by column {i + 1} of {{{W}}}:"
            f" {first} is its first. Back, it gets its errors by the same weights:"
        ),
        total(f"{name}, column {i + 1}", _terms(scene, layer, n, i)),
    ]
    if outs == ins:
        row = [
            ex.mul(scene.weight(layer + 1, i, j), scene.num(delta, (n, j))) for j in range(outs)
        ]  # what it is without ᵀ
        found.append(total(f"row {i + 1}, without ᵀ", row, "the weights into another unit"))
    else:
        found.append(
            Say(
                f"Without ᵀ it does not even fit: {{{W}}} is {outs}×{ins}, and there are {outs}"
                f" numbers in {{{delta}}}, one for each row."
            )
        )
    return [
        *found,
        Say(f"What the loss really does when {a} moves, by two passes:"),
        scene.slope(f"a{layer}", (n, i)),
    ]


# -- the order of the updates ----------------------------------------------------------------------


def _one_parameter(scene: Scene) -> str:
    learning = len(trained(scene.spec))
    if learning < 2:
        return f"{'One' if learning else 'No'} parameter learns: there is no order."
    return waits(scene)


def _order(scene: Scene) -> Answer:
    names = trained(scene.spec)
    first, last = names[-1], names[0]
    if first.kind.key == "b" and first.layer and f"W{first.layer}" in names:
        first = Symbol(f"W{first.layer}")
    others = _foreign(scene)
    index = scene.picked(last)
    usual = scene.arithmetic(last, index)
    found: Answer = []
    if others:
        found.append(Say(f"Here an update reads another parameter: {', '.join(others)}."))
    else:
        found.append(
            Say(
                f"No. Each of the {len(names)} updates reads its own parameter and its own"
                " gradient, never another's new value. All gradients are of one pass."
            )
        )
    gradient = last.gradient
    again = scene.trial.with_parameters({first: scene.array(first)})
    done = len(again.steps)
    old, new = (float(t.known(gradient, done)[index]) for t in (scene.trace, again))
    result = float(again.known(last, done)[index])
    name = scene.name(last, index)
    found += [
        replace(usual, note="in whatever order"),
        Say(f"It would matter if the pass were run again after the update of {{{first}}}:"),
        line(scene.name(gradient, index), made(new), f"and not {scene.number(old)}"),
        line(name, made(result), "another algorithm, of two passes"),
        line("the difference", ex.sub(made(result), made(usual.value))),
    ]
    return found


def _foreign(scene: Scene) -> list[str]:
    """The parameters that the update of another one reads."""
    found = []
    for step in scene.trace.steps:
        if step.param:
            found += [f"{name} in that of {step.param}" for name in step.reads
                      if name.is_parameter and name != step.param]  # fmt: skip
    return found


ROWS = (
    Question(
        id="old-or-new",
        asks="The hidden error: with the old or the new weights?",
        words="old new W2 weights before after update hidden error backpropagation",
        raised=by_kind("da"),
        missing=_no_update,
        answer=_old_or_new,
        more=("da",),
        place=2,
    ),
    Question(
        id="order",
        asks="Does the order of the updates matter?",
        words="order updates simultaneous first last sequence",
        raised=by_update,
        missing=_one_parameter,
        answer=_order,
        more=("W",),
        place=3,
    ),
    Question(
        id="transpose",
        asks="Why is W transposed on the way back?",
        words="transpose transposed WT Wᵀ column row back",
        raised=by_kind("da"),
        missing=_no_hidden,
        answer=_transposed,
        more=("da",),
        place=4,
    ),
)
