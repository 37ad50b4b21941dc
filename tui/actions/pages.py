"""The pages that are drawn from more than one position: branches, breakpoints, compare, what if."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.analysis.compare import differences
from engine.analysis.whatif import WhatIf
from engine.session.tree import Branch
from tui.actions.stops import describe
from tui.draw import compare, whatif
from tui.draw.parts import paragraph
from tui.frame.frame import Page, losses
from tui.text.raster import Line

if TYPE_CHECKING:
    from tui.actions import Actions


def page(actions: Actions) -> Page:
    """The page of the view."""
    return {
        "branches": branches_page,
        "breakpoints": breakpoints_page,
        "compare": compare_page,
        "what if": what_if_page,
    }[actions.view](actions)


def branches_page(actions: Actions) -> Page:
    """The tree, a branch a line, each with where it comes from."""
    session, text = actions.session, actions.text
    lines: list[Line] = []
    for i, (branch, depth) in enumerate(actions.tree()):
        here = text.plain("▸ " if i == actions.cursor else "  ")
        stands = text.plain("•") if branch is session.branch else " "
        stem = text.plain("  " * depth + ("└ " if depth else ""))
        role = "select" if i == actions.cursor else "own" if branch is session.branch else ""
        words = text.plain(f"  {branch.label} · {branch.words}")
        lines.append(((here, "write"), (f"{stands}{stem}{branch.name}", role), (words, "dim")))
    if session.deleted:
        lines += [(), ((f"{len(session.deleted)} deleted; u brings the last one back", "dim"),)]
    if actions.notes:
        lines += [(), ((f"note: {actions.notes}", ""),)]
    return Page("branches", lambda _width: lines, actions.cursor)


def breakpoints_page(actions: Actions) -> Page:
    """The breakpoints, with their hits."""
    lines: list[Line] = []
    for i, point in enumerate(actions.session.stops):
        here = actions.text.plain("▸ " if i == actions.cursor else "  ")
        state = "on " if point.enabled else "off"
        words = f"{point.id:2} {state} {describe(point)}"
        hits = f"  {point.hits} hit{'s' * (point.hits != 1)}"
        lines.append(((here, "write"), (words, "" if point.enabled else "dim"), (hits, "dim")))
    if not lines:
        lines = [(("No breakpoints; b sets one.", "dim"),)]
    return Page("breakpoints", lambda _width: lines, actions.cursor)


def what_if_page(actions: Actions) -> Page:
    """The loss after a part of this iteration's update, and over a sweep of learning rates."""
    session, text = actions.session, actions.text
    t = session.position.iteration
    asked = WhatIf(session.branch.history, t)
    rate = session.trace.scalars["lr"]
    parts = asked.by_layer()
    chosen = tuple(name for name in actions.chosen if name in asked.parameters)
    if chosen and chosen not in [part.parameters for part in parts]:
        parts.insert(-1, asked.partial(chosen))
    answers = whatif.Answers(t, asked.before, tuple(parts), asked.sweep(), rate)
    return Page("what if", partial(whatif.draw, answers, text))


def compare_page(actions: Actions) -> Page:
    """The branch and its partner at the same position."""
    session, text = actions.session, actions.text
    here, there = session.branch, session.other
    position, other = session.position, session.beside(session.other)
    t = position.iteration
    searched, parting = actions.parting() or (0, None)
    known = t if position.step >= session.trace.number("loss") else t - 1
    differing = differences(here.history, there.history, t, position.step, other.step)
    found = compare.Comparison(
        known,
        _side(here, known),
        _side(there, known),
        parting,
        here.history.steps_of(parting.iteration)[parting.step - 1] if parting else None,
        searched,
        differing,
    )
    return Page("compare", partial(compare.draw, found, text))


def soon(actions: Actions) -> Page:
    """What stands there while the other branch has not come to this iteration."""
    name, t = actions.session.other.name, actions.session.position.iteration
    words = f"{name} is not computed up to iteration {t:,} yet."
    return Page("compare", lambda width: paragraph(actions.text.plain(words), width))


def _side(branch: Branch, t: int) -> compare.Side:
    return compare.Side(branch.name, branch.label, losses(branch.history, t))
