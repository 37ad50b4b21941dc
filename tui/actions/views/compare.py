"""The view `compare`: this branch and the one it is toggled with, side by side."""

from __future__ import annotations

from engine.analysis.compare import differences, effort, first_parting, scanned
from engine.history.history import History
from engine.history.position import Position
from engine.history.work import Progress, Stop, never
from engine.session.tree import Branch
from tui.actions.context import Context, View, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import compute, near, quick
from tui.draw.compare import Comparison, Side, draw
from tui.draw.parts import paragraph
from tui.frame import labels
from tui.frame.frame import Lines
from tui.frame.losses import losses

Parting = tuple[int, Position | None]
"""Up to which iteration two branches have been searched for where they part, and the position."""


class Partings(dict[tuple[History, History], Parting]):
    """What is known of where pairs of branches part."""


def _compared(c: Context) -> tuple[History, History, int]:
    return c.history, c.session.other.history, c.session.position.iteration


def _parting(c: Context) -> Parting | None:
    """Where the branches part, as far as this iteration; None while that is not known."""
    a, b, t = _compared(c)
    last = scanned(a, b, t)
    searched, position = c.desk.memory.of(Partings).get((a, b), (-1, None))
    if position and position.iteration <= t:
        return last, position
    return (last, None) if position or searched >= last else None


def prepare(c: Context) -> Effects:
    """Compute what the page needs, beside it where that takes long."""
    a, b, t = _compared(c)
    last, partings = scanned(a, b, t), c.desk.memory.of(Partings)

    def part(stop: Stop) -> bool:
        position = first_parting(a, b, last, stop)
        if stop():
            return False
        partings[a, b] = (last, position)
        return True

    known = _parting(c) is not None or (quick(effort(a, b)) and part(never))
    if known and near(b, t):
        return ()

    def run(stop: Stop, tell: Progress) -> bool:
        return (known or part(stop)) and b.approach(t, stop, tell)

    return (compute(c, "comparing", run, lambda _done: None, max(0, t - b.wait(t)), t),)


def page(c: Context) -> Lines:
    """The branches at the same position, once the other one has come to it."""
    session = c.session
    parting = _parting(c)
    if parting is None or not near(session.other.history, session.position.iteration):
        return _soon(c)
    key = (VIEW, session.branch, session.other, session.position, c.text)
    return c.shown.once(key, lambda: _comparison(c, parting))


def _soon(c: Context) -> Lines:
    name, t = c.session.other.name, c.session.position.iteration
    words = c.text.plain(f"{name} is not computed up to iteration {t:,} yet.")
    return lambda _frame, width: paragraph(words, width)


def _comparison(c: Context, parting: Parting) -> Lines:
    session, text = c.session, c.text
    here, there = session.branch, session.other
    position, other = session.position, session.beside(session.other)
    t = position.iteration
    searched, part = parting
    own, others = labels.runs(session)
    known = t if position.step >= session.trace.loss_step else t - 1
    found = Comparison(
        known,
        _side(here, own, known),
        _side(there, others, known),
        part,
        here.history.steps_of(part.iteration)[part.step - 1] if part else None,
        searched,
        differences(here.history, there.history, t, position.step, other.step),
    )
    return lambda _frame, width: draw(found, text, width)


def _side(branch: Branch, label: str, t: int) -> Side:
    branch.history.extend(t)
    told = branch.label if label == branch.name else label
    return Side(branch.name, told, losses(branch.history, t))


VIEW = View(id="compare", page=page, prepare=prepare)


@command
def show(c: Context, _count: Count) -> None:
    """The branch and its partner side by side, and back."""
    c.shown.open(VIEW)
