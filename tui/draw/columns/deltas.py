"""The column of how large the error is in each layer of a deep network, as bars."""

from __future__ import annotations

import math

import numpy as np

from engine.catalog.symbols import Symbol
from engine.program.trace import Trace
from tui.draw.cell import cell, power
from tui.draw.columns.column import PICTURE, Column
from tui.draw.parts import MARKS, length, title, window
from tui.frame.frame import Frame
from tui.frame.kept import kept
from tui.text.raster import Line
from tui.text.scale import Scale

DEEP = 4
"""From so many layers on it is worth a look how the error fades or grows."""


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The column: a bar a layer, the last one first, then what the slopes and gradients are."""
    head = title(frame, "deltas", width, "‖δ‖ by layer · log scale")
    layers = _layers(frame)
    scale = _scale(frame.trace, layers)
    here = frame.step.symbol.layer if frame.step else None
    at = layers.index(here) if here in layers else 0
    shown = window(len(layers), height - 2, at)
    lines = [head, *(_bar(frame, layers[place], scale, width) for place in shown)]
    lines.append(_axis(frame, scale, width))
    lines += _fading(frame, layers)
    lines += _table(frame, layers, height - len(lines))
    return lines[:height]


def _name_width(frame: Frame) -> int:
    """The cells of a layer's name, with a blank before it."""
    return 2 + len(frame.text.name(f"delta{len(frame.sizes) - 1}"))


def _layers(frame: Frame) -> list[int]:
    """The layers that have an error, the last one first."""
    depth = len(frame.sizes) - 1
    return [n for n in range(depth, 0, -1) if frame.trace.writer(f"delta{n}")]


def _norm(trace: Trace, symbol: str, step: int) -> float | None:
    """The norm of what a symbol is after so many steps; None while it is not known."""
    array = trace.value(symbol, step)
    with np.errstate(all="ignore"):
        return None if array is None else float(np.linalg.norm(array))


@kept
def _ends(trace: Trace, layers: tuple[int, ...]) -> tuple[int, int] | None:
    """The powers of ten that the errors of the whole iteration lie between."""
    norms = [_norm(trace, f"delta{n}", len(trace.steps)) or 0.0 for n in layers]
    positive = [x for x in norms if 0 < x < math.inf]
    if not positive:
        return None
    low = math.floor(math.log10(min(positive)))
    return low, max(low + 1, math.ceil(math.log10(max(positive))))


def _scale(trace: Trace, layers: list[int]) -> Scale | None:
    """The scale of the bars, which stays where it is while the errors are computed."""
    ends = _ends(trace, tuple(layers))
    return Scale(10.0 ** ends[0], 10.0 ** ends[1], log=True) if ends else None


def _bar(frame: Frame, n: int, scale: Scale | None, width: int) -> Line:
    """A layer: its error's norm, and the bar, or the step that gives it."""
    text, symbol = frame.text, Symbol(f"delta{n}")
    entry = frame.entries.get(symbol)
    mark = entry.mark if entry else ""
    norm = _norm(frame.trace, symbol, frame.position.step)
    line: Line = (
        (text.plain(MARKS[mark]), mark),
        (f" {text.name(symbol)}".ljust(_name_width(frame)), mark),
        *cell(text, norm, role=mark),
        ("  ", ""),
    )
    if norm is None:
        return (*line, (f"step {frame.trace.writer(symbol)}", "dim"))
    if scale is None or not 0 < norm < math.inf:
        return line
    cells = max(1, round(scale(norm) * (width - length(line))))
    return (*line, (("#" if text.ascii else "█") * cells, mark or "own"))


def _axis(frame: Frame, scale: Scale | None, width: int) -> Line:
    """The ends of the bars' scale, below them."""
    text = frame.text
    start = 1 + _name_width(frame) + text.width + 1 + 2
    if scale is None:
        return ()
    low, high = (
        "1" if x == 1 else power(text, round(math.log10(x))) for x in (scale.low, scale.high)
    )
    room = width - start
    left, right = "++" if text.ascii else "└┘"
    ends = f"{left}{low}{f'{high}{right}'.rjust(room - len(low) - 1)}"
    return ((text.plain("  ‖·‖").ljust(start), "dim"), (ends, "dim"))


def _fading(frame: Frame, layers: list[int]) -> list[Line]:
    """How much of the last layer's error has come to the first one that is known, and how steep
    the layers on the way are.
    """
    text, done = frame.text, frame.position.step
    norms = [(n, _norm(frame.trace, f"delta{n}", done)) for n in layers]
    known = [(n, norm) for n, norm in norms if norm is not None]
    lines: list[Line] = []
    if len(known) > 1 and known[0][1]:
        (last, most), (first, least) = known[0], known[-1]
        names = f"{text.name(f'delta{first}')} to {text.name(f'delta{last}')}"
        lines += [(), ((f"  {names}  ", ""), (text.cell(least / most), "accent"))]
    slopes = [x for n in layers if (x := frame.trace.value(f"fprime{n}", done)) is not None]
    if slopes:
        steepest = max(float(np.max(x)) for x in slopes)
        lines.append(((text.plain(f"  f′ so far is at most {text.number(steepest)}"), "dim"),))
    return lines


def _table(frame: Frame, layers: list[int], room: int) -> list[Line]:
    """The norms of slopes and gradients of the layers that are known, the one last computed in
    any case.
    """
    done = frame.position.step
    rows: list[Line] = []
    for n in layers:
        slope, grad = (_norm(frame.trace, f"{kind}{n}", done) for kind in ("fprime", "dW"))
        if slope is None and grad is None:
            continue
        marks = [frame.entries[s].mark for s in (f"fprime{n}", f"dW{n}") if s in frame.entries]
        mark = max(marks, key=("", "read", "write").index)
        cells = [cell(frame.text, norm, role=mark) for norm in (slope, grad)]
        numbers = (*cells[0], ("   ", ""), *cells[1])
        rows.append(((frame.text.plain(MARKS[mark]), mark), (f"{n:6}", ""), *numbers))
    if not rows or room < 3:
        return []
    each = frame.text.width + 1
    heads = (frame.text.plain(head) for head in ("‖f′‖", "‖∂L/∂W‖"))
    head = "  layer" + "".join(f"{name.rjust(each)}   " for name in heads)
    return [(), ((head.rstrip(), "title"),), *rows[2 - room :]]


COLUMN = Column(
    id="deltas",
    shows="the size of the error by layer",
    lines=draw,
    worth=lambda frame: PICTURE if len(frame.sizes) - 1 >= DEEP else 0,
)
