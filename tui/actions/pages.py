"""The pages that are drawn from more than one position: branches, breakpoints, compare, what if."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.compare import Difference, differences, first_parting, scanned
from engine.targets import like
from engine.whatif import WhatIf
from tui.actions.stops import describe
from tui.cells import cells
from tui.frame import Page
from tui.plot import Series, plot
from tui.raster import Line

if TYPE_CHECKING:
    from tui.actions import Actions

PLOT_WIDTH, PLOT_HEIGHT = 76, 12
SHOWN = 4
"""So many elements of a symbol are set side by side."""


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
    return Page("branches", tuple(lines), actions.cursor)


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
    return Page("breakpoints", tuple(lines), actions.cursor)


def what_if_page(actions: Actions) -> Page:
    """The loss after a part of this iteration's update, and over a sweep of learning rates."""
    session, text = actions.session, actions.text
    t = session.position.iteration
    asked = WhatIf(session.branch.history, t)
    before, after = asked.before, asked.by_layer()
    names = [", ".join(text.name(n) for n in part.parameters) for part in after[:-1]]
    names.append("all of them")
    width = max(map(len, names))
    intro = f"The loss on iteration {t}'s mini-batch is {text.number(before)}; after updating only"
    lines: list[Line] = [((text.plain(intro), ""),)]
    for name, part in zip(names, after, strict=True):
        change = text.cell(part.loss - before, signed=True)
        lines.append(
            ((f"  {name.ljust(width)}  ", ""), (text.number(part.loss), "own"), (f"  {change}", ""))
        )
    lines.append(())
    sweep = asked.sweep()
    lines.append(((text.plain("After this one update, by its learning rate:"), ""),))
    points = [
        (float(np.log10(rate)), float(loss))
        for rate, loss in zip(sweep.rates, sweep.losses, strict=True)
        if np.isfinite(loss)
    ]
    own = session.trace.scalars["lr"]
    curves = [Series("loss", "own", points)]
    if sweep.overshoot is not None:
        least = [(x, y) for x, y in points if x >= float(np.log10(sweep.overshoot)) - 1e-9][:1]
        curves.append(Series("least: overshoot begins", "write", least))
    lines += plot(
        curves,
        PLOT_WIDTH,
        PLOT_HEIGHT,
        ascii=text.ascii,
        x_range=(-3, 1),
        position=float(np.clip(np.log10(own), -3, 1)) if own > 0 else None,
        x_label=lambda x: text.number(10.0**x),
    )
    if not np.isfinite(before):
        lines.append((("The loss is not finite before the update; no rate mends that.", ""),))
    elif sweep.overshoot is None:
        lines.append((("No overshoot from 0.001 to 10: the loss goes one way.", ""),))
    else:
        where = f"Overshoot begins at a rate of ≈ {sweep.overshoot:.2g}: least loss there."
        lines.append(((text.plain(where), ""),))
    if sweep.worse is not None:
        worse = f"From ≈ {sweep.worse:.2g} on it is worse than no update."
        lines.append(((text.plain(worse), ""),))
    return Page("what if", tuple(lines))


def compare_page(actions: Actions) -> Page:
    """The branch and its partner at the same position."""
    session, text = actions.session, actions.text
    here, there = session.branch, session.other
    position = session.position
    other = like(session.step, there.history, position.iteration)
    t = position.iteration
    names = f"{here.name} ({here.label})", f"{there.name} ({there.label})"
    parting = first_parting(here.history, there.history, t)
    if parting is None:
        last = scanned(here.history, there.history, t)
        words = f"{names[0]} and {names[1]} compute the same numbers, bit for bit, up to {last:,}."
    else:
        step = here.history.steps_of(parting.iteration)[parting.step - 1]
        place = f"{parting.iteration}.{parting.step}"
        words = f"{names[0]} and {names[1]} part at {place}, {text.name(step.symbol)}."
    lines: list[Line] = [((text.plain(words), ""),), ()]
    column = text.width + 2
    shown = [text.plain(cells(branch.name)) for branch in (here, there)]
    head = "".join(name.rjust(column)[:column] for name in shown)
    lines.append(((f"{'':12}{head}{'difference':>{column + 2}}", "title"),))
    for found in differences(here.history, there.history, t, position.step, other.step):
        lines += _rows(actions, found)
    lines.append(())
    series = []
    for branch, name, role in ((here, shown[0], "own"), (there, shown[1], "other")):
        ends, low, _ = branch.history.losses(t)
        points = list(zip(ends.tolist(), low.tolist(), strict=True))
        series.append(Series(name, role, points[:: max(1, len(points) // 200)]))
    if t > 1 and all(s.points for s in series):
        lines += plot(
            series,
            PLOT_WIDTH,
            PLOT_HEIGHT,
            ascii=text.ascii,
            x_range=(1, t),
            position=t,
        )
    return Page("compare", tuple(lines))


def _rows(actions: Actions, found: Difference) -> list[Line]:
    """The elements of a symbol in both branches, those that differ most first if not all fit."""
    text = actions.text
    with np.errstate(all="ignore"):
        difference = np.abs(found.here - found.there)
    gap = np.where(np.isnan(difference), np.inf, difference).ravel()
    chosen = range(gap.size) if gap.size <= SHOWN else sorted(np.argsort(-gap)[:SHOWN].tolist())
    lines: list[Line] = []
    for place in chosen:
        index = tuple(int(i) for i in np.unravel_index(place, found.here.shape))
        a, b = float(found.here[index]), float(found.there[index])
        name = text.element(found.symbol, index, found.here.shape).ljust(12)
        cells = "".join(text.cell(v).rjust(text.width + 2) for v in (a, b))
        if a == b:
            lines.append(((name, ""), (cells, ""), ("   same", "dim")))
        else:
            apart = text.cell(a - b, signed=True).rjust(text.width + 4)
            lines.append(((name, ""), (cells, ""), (apart, "write")))
    if gap.size > SHOWN:
        more = f"  … {gap.size - SHOWN} more of {text.name(found.symbol)} differ less"
        lines.append(((text.plain(more), "dim"),))
    return lines
