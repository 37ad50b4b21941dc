"""The one-row panes: header, timeline with the losses so far, and footer."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from engine.program.step import Step
from tui.draw.parts import length, pad
from tui.frame.frame import Frame
from tui.text.cells import cells, clipped, wrap
from tui.text.raster import Line
from tui.text.strips import sparkline, timeline

SHORTEST = 8
"""The header names the run where so many cells are left for that."""


def header(frame: Frame, width: int, height: int) -> list[Line]:
    """The run and its optimizer on the left, the position on the right."""
    text, position, step = frame.text, frame.position, frame.step
    optimizer = text.plain(frame.optimizer)
    place = f"iteration {position.iteration} · step {position.step}/{len(frame.steps)}"
    phase = step.phase.upper() if step else "START"
    left: Line = (
        (" gradstep", "accent"),
        (text.plain(f" · {frame.title} · "), ""),
        (optimizer, "own"),
    )
    right: Line = ((text.plain(f"{place} · "), ""), (f"{phase} ", "accent"))
    if length(left) + length(right) >= width:
        left = ((text.plain(f" {frame.title} · "), ""), (optimizer, "own"))
    if length(left) + length(right) >= width:
        room = width - length(right) - len(optimizer) - 5
        name = clipped(text.plain(frame.title), room, text.ascii) if room >= SHORTEST else ""
        left = ((text.plain(f" {name} · " if name else " "), ""), (optimizer, "own"))
    if length(left) + length(right) >= width:
        short = f"{position.iteration}.{position.step}/{len(frame.steps)} "
        right = ((short, ""), (f"{phase} ", "accent"))
    gap = max(1, width - length(left) - length(right))
    return [(*left, (" " * gap, ""), *right)[: width or 1]]


ALWAYS = ("help", "quit", "close")
"""The keys that no screen is too narrow for."""


@lru_cache(maxsize=16)
def _phases(steps: tuple[Step, ...]) -> tuple[tuple[str, int], ...]:
    """The phases of an iteration, each with how many steps it has."""
    grouped = groupby(steps, key=lambda step: step.phase)
    return tuple((str(phase), len(list(each))) for phase, each in grouped)


def timeline_bar(frame: Frame, width: int, height: int) -> list[Line]:
    """The phases of the iteration, then the loss and how it went; or the first row of a sentence
    that needs two.
    """
    text = frame.text
    if frame.hint:
        return [((f" {clipped(text.plain(cells(frame.hint)), width - 1, text.ascii)}", "dim"),)]
    if frame.footer and len(rows := sentence_rows(frame, width)) > 1:
        return [((f" {rows[0]}", "error" if frame.error else "accent"),)]
    phases = _phases(frame.steps)
    losses = frame.losses
    loss = frame.value("loss")
    shown = "loss " + (text.number(float(loss)) if loss is not None else text.plain("…"))
    bars = max(0, min(24, width - 66 - len(frame.trouble)))
    spark = (
        sparkline(losses.low[-200:].tolist(), bars, text.ascii) if bars and losses.low.size else ""
    )
    trouble = f"  {frame.trouble}" if frame.trouble else ""
    right: Line = ((trouble, "error"), (f"  {shown} ", ""), (spark, "own"))
    left = timeline(phases, frame.position.step, max(0, width - 1 - length(right)), text.ascii)
    return [(*pad(((" ", ""), *left), width - length(right)), *right)]


def sentence_rows(frame: Frame, width: int) -> list[str]:
    """What the last action has to say in at most two rows; of a prompt the end that is typed at."""
    sentence = frame.text.plain(cells(frame.footer))
    if frame.prompting:
        return [sentence if len(sentence) < width else sentence[-(width - 1) :]]
    first, *rest = wrap(sentence, max(1, width - 1))
    return [first, clipped(" ".join(rest), width - 1, frame.text.ascii)] if rest else [first]


def footer(frame: Frame, width: int, height: int) -> list[Line]:
    """What the last action has to say, else the keys, help and quit always among them."""
    if frame.footer:
        last = sentence_rows(frame, width)[-1]
        return [((f" {last}", "error" if frame.error else "accent"),)]
    keys = [(frame.text.plain(key), frame.text.plain(what)) for key, what in frame.keys]
    sizes = [len(key) + len(what) + 3 for key, what in keys]
    always = {i for i, name in enumerate(frame.keys) if name[1] in ALWAYS}
    room = width - sum(sizes[i] for i in always)
    spans: list[tuple[str, str]] = [(" ", "")]
    for i, (key, what) in enumerate(keys):
        if i not in always:
            room -= sizes[i]
            if room < -1:
                continue
        spans += [(key, "key"), (f" {what}  ", "")]
    spans[-1] = (spans[-1][0].rstrip(), "")
    return [tuple(spans)]
