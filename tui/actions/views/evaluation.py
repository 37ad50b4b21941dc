"""The view `accuracy`: how well the network does with the parameters of the position."""

from __future__ import annotations

from engine.analysis.evaluation import Evaluation, estimated, evaluate, parts_of
from engine.history.work import Progress, Stop
from engine.spec.problem import Problem
from engine.spec.run import RunSpec
from tui.actions.context import Context, View, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import compute, quick
from tui.draw.evaluation import draw
from tui.draw.parts import paragraph
from tui.frame.frame import Frame, Lines
from tui.text.raster import Line


class Known(dict[object, Evaluation]):
    """What was found last, by branch and position."""


def _key(c: Context) -> object:
    """The branch, the iteration, and whether the parameters are those that it has left."""
    at = c.session.position
    return c.session.branch, at.iteration, at.step == len(c.session.trace.steps)


def prepare(c: Context) -> Effects:
    """Compute what the page needs, beside it where that takes long."""
    known, key, step = c.desk.memory.of(Known), _key(c), c.session.position.step
    spec, trace = c.history.spec_of(c.session.position.iteration), c.session.trace
    if key in known or refused(spec):
        return ()

    def run(_stop: Stop, _tell: Progress) -> Evaluation:
        return evaluate(spec, trace, step)

    def done(found: Evaluation | None) -> None:
        if found:
            known.clear()
            known[key] = found

    if quick(estimated(spec)):
        done(evaluate(spec, trace, step))
        return ()
    return (compute(c, "evaluating", run, done, 0, 0),)


def refused(spec: RunSpec) -> str:
    """Why a run cannot be evaluated, "" where it can."""
    try:
        parts_of(spec)
    except Problem as problem:
        return str(problem)
    return ""


def page(c: Context) -> Lines:
    """What was found, once it is there, or why nothing can be."""
    text, found = c.text, c.desk.memory.of(Known).get(_key(c))
    wrong = refused(c.history.spec_of(c.session.position.iteration))

    def lines(_frame: Frame, width: int) -> list[Line]:
        if found is None:
            return paragraph(text.plain(wrong or "It is being computed."), width)
        return draw(found, text, width)

    return lines


VIEW = View(id="accuracy", page=page, prepare=prepare)


@command
def show(c: Context, _count: Count) -> None:
    """How well the network does, and back."""
    c.shown.open(VIEW)
