"""The view `what if`: what this update would do in part, or at another learning rate."""

from __future__ import annotations

from engine.analysis.whatif import WhatIf, asked_of, chosen
from engine.program.parameters import trained
from tui.actions.context import Context, PageKey, View, command
from tui.actions.dialog import Count
from tui.draw.parts import paragraph
from tui.draw.whatif import Answers, draw
from tui.frame.frame import Lines


class Choice:
    """The parameters that are to be updated alone, once they are chosen."""

    parameters: tuple[str, ...] = ()


def page(c: Context) -> Lines:
    """The loss after a part of this iteration's update, and over a sweep of learning rates."""
    session, wanted = c.session, c.shown.memory.of(Choice).parameters
    key = (VIEW, session.branch, session.position, c.text, wanted)
    return c.shown.once(key, lambda: _answers(c, wanted))


def _answers(c: Context, wanted: tuple[str, ...]) -> Lines:
    session, text = c.session, c.text
    t = session.position.iteration
    if not session.trace.updates:
        said = f"Iteration {t} updates nothing: its gradients are of the update of iteration"
        said = f"{said} {session.trace.update_in}."
        return lambda _frame, width: paragraph(text.plain(said), width)
    asked = WhatIf(session.branch.history, t)
    rate = session.trace.scalars["lr"]
    parts = asked.by_layer()
    alone = tuple(name for name in wanted if name in asked.parameters)
    if alone and alone not in [part.parameters for part in parts]:
        parts.insert(-1, asked.partial(alone))
    answers = Answers(t, asked.before, tuple(parts), asked.sweep(), rate)
    return lambda _frame, width: draw(answers, text, width)


def choose(c: Context) -> None:
    """Ask which parameters alone are updated."""
    owner = c.history.owner(c.session.position.iteration)

    def enter(text: str) -> None:
        c.shown.memory.of(Choice).parameters = chosen(text, trained(owner.spec))

    c.dialog.ask("update only (such as W1 b2; 2 is layer 2): ", enter)


VIEW = View(id="what if", page=page, keys=(PageKey("enter", "choose", choose),))


@command
def show(c: Context, _count: Count) -> None:
    """What this update would do in part or at another rate, and back."""
    asked_of(c.session.spec)
    c.shown.open(VIEW)
