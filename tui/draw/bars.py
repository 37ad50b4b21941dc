"""The one-row panes: header, timeline with the losses so far, and footer."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from engine.steps import Step
from tui.cells import cells
from tui.draw.parts import length, pad
from tui.frame import Frame
from tui.raster import Line, sparkline, timeline


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
        left = ((" ", ""), (optimizer, "own"))
    if length(left) + length(right) >= width:
        short = f"{position.iteration}.{position.step}/{len(frame.steps)} "
        right = ((short, ""), (f"{phase} ", "accent"))
    gap = max(1, width - length(left) - length(right))
    return [(*left, (" " * gap, ""), *right)[: width or 1]]


@lru_cache(maxsize=16)
def _phases(steps: tuple[Step, ...]) -> tuple[tuple[str, int], ...]:
    """The phases of an iteration, each with how many steps it has."""
    grouped = groupby(steps, key=lambda step: step.phase)
    return tuple((str(phase), len(list(each))) for phase, each in grouped)


def timeline_bar(frame: Frame, width: int, height: int) -> list[Line]:
    """The phases of the iteration, then the loss and how it went."""
    text = frame.text
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


def footer(frame: Frame, width: int, height: int) -> list[Line]:
    """What the last action has to say, else the keys."""
    if frame.footer:
        sentence = frame.text.plain(cells(f" {frame.footer}"))
        return [((sentence[:width], "error" if frame.error else "accent"),)]
    spans: list[tuple[str, str]] = [(" ", "")]
    for key, what in frame.keys:
        key, what = frame.text.plain(key), frame.text.plain(what)
        if length(tuple(spans)) + len(key) + len(what) + 1 > width:
            break
        spans += [(key, "key"), (f" {what}  ", "")]
    spans[-1] = (spans[-1][0].rstrip(), "")
    return [tuple(spans)]
