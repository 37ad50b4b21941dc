"""The view `gradient check`: the selected gradient beside a central difference of the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.analysis.gradcheck import CURVE, Check, GradientCheck, checked, gradient_of
from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.history.segment import estimated_seconds
from engine.history.work import Progress, Stop
from engine.spec.problem import Problem
from tui.actions.context import Context, PageKey, View, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import compute, quick
from tui.draw.gradcheck import Tally, one, subject
from tui.draw.parts import paragraph
from tui.frame.frame import Frame, Lines
from tui.text.raster import Line


@dataclass(frozen=True, eq=False)
class Found:
    """What was found of one number: its check, and the checks by ever smaller h."""

    check: Check
    curve: Sequence[Check]


class Known(dict[object, Found]):
    """What has been found, by branch, iteration and number; and of whole layers, their tally."""

    def __init__(self) -> None:
        super().__init__()
        self.tally: tuple[object, str] | None = None


def _target(c: Context) -> tuple[Symbol, Index]:
    """What is changed to check the selected number. Raises Problem where it is no gradient and has
    none.
    """
    frame = c.picture()
    return checked(frame.symbol), frame.index


def _key(c: Context, target: Symbol, index: Index) -> object:
    return (c.session.branch, c.session.position.iteration, target, index)


def prepare(c: Context) -> Effects:
    """Compute what the page needs, beside it where that takes long."""
    known, t = c.desk.memory.of(Known), c.session.position.iteration
    try:
        target, index = _target(c)
        key = _key(c, target, index)
        if key in known:
            return ()
        asked = GradientCheck(c.history, t)
        asked.changeable(target)
    except Problem:  # the page says it
        return ()

    def run(stop: Stop, _tell: Progress) -> Found | None:
        curve = []
        for h in CURVE:
            if stop():
                return None
            curve.append(asked.check(target, index, h))
        return Found(asked.check(target, index), curve)

    def done(found: Found | None) -> None:
        if found:
            known.clear()
            known[key] = found

    if quick(2 * (len(CURVE) + 1) * estimated_seconds(asked.program)):
        done(run(lambda: False, lambda _t: None))
        return ()
    return (compute(c, "checking", run, done, t, t),)


def page(c: Context) -> Lines:
    """The number's check, once it is there, or what cannot be checked."""
    text = c.text
    try:
        target, index = _target(c)
        found = c.desk.memory.of(Known).get(_key(c, target, index))
        if found is None:
            GradientCheck(c.history, c.session.position.iteration).changeable(target)
    except Problem as problem:
        words = str(problem)
        return lambda _frame, width: paragraph(text.plain(words), width)
    tally = c.desk.memory.of(Known).tally
    said = tally[1] if tally and tally[0] == _layer_key(c, target) else ""
    trace = c.session.trace
    shape = trace.known(target, len(trace.steps)).shape
    gradient = gradient_of(target)
    gradient = gradient if gradient and trace.writer(gradient) else None

    def lines(_frame: Frame, width: int) -> list[Line]:
        if found is None:
            return paragraph(text.plain("It is being computed."), width)
        about = subject(text, found.check, shape, gradient)
        drawn = one(text, found.check, found.curve, about, width)
        return [*(paragraph(said, width, "accent") if said else []), *drawn]

    return lines


def _layer_key(c: Context, target: Symbol) -> object:
    return (c.session.branch, c.session.position.iteration, _layer(c, target))


def _layer(c: Context, target: Symbol) -> int | None:
    """The layer that a number belongs to: the first of inputs, the last of what no layer has; None
    where there is no network.
    """
    layers = [each.layer for each in c.session.trace.parameters if each.layer is not None]
    if target.layer is not None or not layers:
        return target.layer
    return min(layers) if target == "x" else max(layers)


def whole_layer(c: Context) -> Effects:
    """Check all parameters of the layer, beside the screen."""
    target, _ = _target(c)
    t = c.session.position.iteration
    asked = GradientCheck(c.history, t)
    layer = _layer(c, target)
    names = [name for name in asked.parameters if name.layer == layer]
    whose = f"Layer {layer}" if layer is not None else c.text.plain("θ")
    trace, text = c.session.trace, c.text
    shapes = {str(name): trace.known(name, 0).shape for name in names}
    key, known = _layer_key(c, target), c.desk.memory.of(Known)
    count = sum(1 for name in names for _ in asked.indices(name))

    def run(stop: Stop, tell: Progress) -> Tally | None:
        tally = Tally()
        for number, check in enumerate(asked.all_of(names), 1):
            tally.add(check)
            tell(number)
            if stop():
                return None
        return tally

    def done(tally: Tally | None) -> None:
        if tally:
            known.tally = key, f"{whose}: {tally.words(text, shapes)}"

    if quick(2 * count * estimated_seconds(asked.program)):
        done(run(lambda: False, lambda _n: None))
        return ()
    return (compute(c, f"checking {whose.replace('L', 'l')}", run, done, 0, count),)


VIEW = View(
    id="gradient check",
    page=page,
    keys=(PageKey("enter", "whole layer", whole_layer),),
    prepare=prepare,
)


@command
def show(c: Context, _count: Count) -> None:
    """The selected gradient beside a difference of the loss, and back."""
    c.shown.open(VIEW)
