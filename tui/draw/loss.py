"""The loss pane: the losses of the first iterations as numbers, then as curves; those of the other
optimizer's run beside them where it is within reach.
"""

from __future__ import annotations

from functools import lru_cache

from tui.draw.cell import dot
from tui.draw.cell import width as cell_width
from tui.draw.parts import paragraph, title
from tui.frame.frame import Frame
from tui.frame.losses import Losses
from tui.text.cells import clipped
from tui.text.plot import Series, plot
from tui.text.raster import Line

CURVE = 3
"""From so many values on there is a curve to be seen."""
LABEL = 10
HELD_OUT = "held out"
LEGEND, EACH = 14, 6
"""The cells of a legend beside its names: left of it, and of each."""
Points = tuple[tuple[float, float], ...]


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane."""
    head = title(frame, "loss", width, _of_pass(frame, width) or _parts(frame))
    if frame.lossless:
        said = "There is no loss: the gradients of this run are given, and θ moves by them alone."
        return [head, *paragraph(frame.text.plain(said), width, "dim")][:height]
    own, other, here = frame.losses, frame.other_losses, frame.position.iteration
    if frame.means and frame.of_pass:
        own, other, here = frame.means, frame.other_means, frame.of_pass.number
    runs = [(frame.label, "own", own)]
    if other and other.iterations.size:
        runs.append((frame.other_label, "other", other))
    if frame.tested and (tested := frame.tested.curve(bool(frame.means))).iterations.size:
        runs.append((_held_out(frame, width), "accent", tested))
    last = max(
        (int(losses.iterations[-1]) for _, _, losses in runs if losses.iterations.size), default=0
    )
    if last < CURVE:
        return [head, *_numbers(frame, runs, width, here)][:height]
    curves = tuple((name, role, _points(losses, width)) for name, role, losses in runs)
    return [head, *_curves(curves, width, height - 1, frame.text.ascii, last, min(here, last))]


def _parts(frame: Frame) -> str:
    """The title where the loss has a penalty beside it: what it adds up, once that is known."""
    known = [frame.value(symbol) for symbol in ("dataloss", "penalty", "loss")]
    if frame.spec.penalty is None or any(each is None for each in known):
        return ""
    names = (frame.text.cell(float(each)).strip() for each in known if each is not None)
    return "loss · E {} + R {} = L {}".format(*names)


def _of_pass(frame: Frame, width: int) -> str:
    """The title where there are passes: what the losses of this one come to."""
    if (own := frame.of_pass) is None:
        return ""
    from tui.draw.passes import brief  # most runs take all their data at once

    name = "loss, mean by pass" if frame.means else "loss"
    said = brief(frame, own, width - len(f"─ {name} · ") - 2)
    return f"{name} · {said}" if said else name


def _held_out(frame: Frame, width: int) -> str:
    """The name of the curve of what is held out, with its last values as far as there is room."""
    from tui.draw.tested import score  # most runs hold nothing out

    names = (frame.label, frame.other_label if frame.other_losses else "", f"{HELD_OUT} ")
    said = score(frame)
    room = width - LEGEND - sum(len(name) + EACH for name in names)
    return f"{HELD_OUT} {said}" if len(said) <= room else HELD_OUT


@lru_cache(maxsize=4)
def _curves(
    curves: tuple[tuple[str, str, Points], ...],
    width: int,
    height: int,
    ascii: bool,
    last: int,
    here: int,
) -> tuple[Line, ...]:
    """The plot; at most steps it is what it was at the one before."""
    series = [Series(*curve) for curve in curves]
    return tuple(plot(series, width, height, ascii=ascii, x_range=(1, last), position=here))


def _numbers(
    frame: Frame, runs: list[tuple[str, str, Losses]], width: int, here: int
) -> list[Line]:
    """The losses in rows, an iteration a column; dots for those that are still to come."""
    text, each = frame.text, cell_width(frame.text) + 1
    count, unit = max(here, CURVE - 1), "pass" if frame.means else "iteration"
    heads = "".join(str(t).rjust(each) for t in range(1, count + 1))
    lines: list[Line] = [((f" {unit}".ljust(LABEL + 1), "dim"), (heads, "dim"))]
    for name, role, losses in runs:
        known = dict(zip(losses.iterations.tolist(), losses.low.tolist(), strict=True))
        cells = "".join(
            text.cell(known[t]).rjust(each)
            if t in known
            else dot(text).rjust(each - text.digits).ljust(each)
            for t in range(1, count + 1)
        )
        lines.append(((f" {clipped(name, LABEL, text.ascii)}".ljust(LABEL + 1), role), (cells, "")))
    said = f" From {unit} {CURVE} on they are drawn as a curve."
    return [*lines, (), ((said[:width], "dim"),)]


def _points(losses: Losses, width: int) -> Points:
    """The curve at no more points than the plot can tell apart."""
    stride = max(1, len(losses.iterations) // (2 * width))
    x, y = losses.iterations[::stride].tolist(), losses.low[::stride].tolist()
    end = (float(losses.iterations[-1]), float(losses.low[-1]))
    points = tuple(zip(x, y, strict=True))
    return points if points[-1] == end else (*points, end)
