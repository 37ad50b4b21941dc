"""The column of a sample that is an image: what the network says of it, and how it and the weights
of a unit look.
"""

from __future__ import annotations

import math

import numpy as np

from engine.analysis.regions import classes_of
from engine.spec.run import RunSpec
from tui.draw.cell import cell
from tui.draw.columns.column import PICTURE, Column
from tui.draw.parts import MARKS, length, pad, title
from tui.frame.frame import Array, Frame
from tui.frame.kept import kept
from tui.text.cells import cells, clipped
from tui.text.raster import Line

LEAST_SIDE, MOST_SIDE = 5, 9
"""An image of fewer pixels a side is none; one of more is shown by the means of its squares."""
INK, ASCII_INK = " ░▒▓█", " .+*#"
MOST_CLASSES = 10
BESIDE = 20
"""Where the second image begins."""


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The column: a bar for each class, then the image and one of the weights below."""
    lines = _classes(frame, width)
    side = _side(frame)
    if height - len(lines) >= side + 2:
        lines += _images(frame, width)
    return lines[:height]


def _classes(frame: Frame, width: int) -> list[Line]:
    """A class a row: its probability as a bar, which is largest, and which is true."""
    text, sample = frame.text, frame.sample
    target = frame.entries["y"].array[sample]
    true = int(target.argmax())
    said = f"ŷ of sample {sample + 1} · true class {_name(frame, true)}"
    lines = [title(frame, "sample", width, text.plain(said))]
    entry = frame.entries.get("yhat")
    most = float(entry.array[sample].max()) if entry else 1.0
    shown = list(range(min(len(target), MOST_CLASSES)))
    if true not in shown:
        shown[-1] = true
    for k in shown:
        y = float(entry.array[sample, k]) if entry else None
        mark = entry.mark if entry else ""
        line: Line = (
            (text.plain(MARKS[mark]), mark),
            (clipped(_name(frame, k), 4, text.ascii).rjust(4), mark),
            *cell(text, y, role=mark),
            ("  ", ""),
        )
        notes = "most " * (y is not None and y == most)
        notes += "y = 1" * (k == true)
        note = text.plain(f" ◂ {notes.strip()}") if notes else ""
        room = width - length(line) - 13
        if y is not None and most > 0 and math.isfinite(y / most):
            bar = max(0, min(room, round(y / most * room)))
            line = (*line, (("#" if text.ascii else "█") * bar, mark or "own"))
        lines.append((*line, (note, "accent")))
    return lines


def _name(frame: Frame, k: int) -> str:
    names = frame.spec.data.classes
    return frame.text.plain(cells(names[k])) if names else str(k + 1)


def _side(frame: Frame) -> int:
    """The pixels of a side, as they are shown."""
    side = math.isqrt(frame.sizes[0])
    return -(-side // -(-side // MOST_SIDE))


def _images(frame: Frame, width: int) -> list[Line]:
    """The sample beside what belongs to its pixels of one unit of the first layer: the gradients
    of its weights once they are known, else the weights.
    """
    text, sample = frame.text, frame.sample
    first = frame.entries.get("dW1", frame.entries["W1"])
    own = frame.symbol.layer == 1 and bool(frame.index)
    unit = frame.index[frame.symbol.batchwise] if own else 0
    weights = first.array[unit]
    named = text.name(first.symbol)
    head = title(frame, "sample", width, f"x · {named} of unit {unit + 1}")
    image, table = _square(frame.entries["x"].array[sample]), _square(weights)
    at = _pixel(frame, frame.index[-1]) if frame.index else None
    left = _drawn(frame, image, False, at if frame.symbol == "x" else None)
    right = _drawn(frame, table, True, at if frame.symbol == first.symbol else None)
    lines: list[Line] = [head]
    for a, b in zip(left, right, strict=True):
        lines.append((*pad((("  ", ""), *a), BESIDE), *b))
    most, least = (text.cell(float(x), signed=True) for x in (weights.max(), weights.min()))
    scale = text.plain(f"{least} … {most}")
    lines.append(((" " * min(BESIDE, width - len(scale)) + scale, "dim"),))
    return lines


def _square(pixels: Array) -> Array:
    """The pixels (side, side), by the means of squares of them where there are many."""
    side = math.isqrt(len(pixels))
    each = -(-side // MOST_SIDE)
    starts = np.arange(0, side, each)
    counts = np.minimum(starts + each, side) - starts
    with np.errstate(all="ignore"):
        sums = np.add.reduceat(pixels.reshape(side, side).astype(np.float64), starts, axis=0)
        means: Array = np.add.reduceat(sums, starts, axis=1) / np.outer(counts, counts)
    return means


def _pixel(frame: Frame, place: int) -> tuple[int, int]:
    """The row and column that a pixel is shown in."""
    side = math.isqrt(frame.sizes[0])
    each = -(-side // MOST_SIDE)
    return place // side // each, place % side // each


def _drawn(frame: Frame, image: Array, signed: bool, at: tuple[int, int] | None) -> list[Line]:
    """An image, two cells a pixel: how strong it is, or its sign and how strong."""
    ink = ASCII_INK if frame.text.ascii else INK
    minus = frame.text.plain("−")
    finite = np.abs(image[np.isfinite(image)])
    most = float(finite.max(initial=0.0))
    lines: list[Line] = []
    for y, row in enumerate(image.tolist()):
        spans: list[tuple[str, str]] = []
        for x, value in enumerate(row):
            strong = _strength(value, most, ink)
            sign = (minus if value < 0 else "+" if value > 0 else " ") if signed else strong
            role = "select" if at == (y, x) else "" if not signed else "neg" if value < 0 else "pos"
            spans.append((sign + strong, role))
        lines.append(tuple(spans))
    return lines


def _strength(value: float, most: float, ink: str) -> str:
    """How strong a pixel is beside the strongest."""
    if not math.isfinite(value):
        return "?"
    return ink[round(abs(value) / most * 4) if value else 0]


@kept
def _worth(spec: RunSpec) -> int:
    """An image is a square, and has one class of several."""
    side = math.isqrt(spec.sizes[0])
    if side < LEAST_SIDE or side * side != spec.sizes[0] or spec.sizes[-1] == 1:
        return 0
    return 0 if classes_of(spec.data.y, spec.data.y) is None else PICTURE


COLUMN = Column(
    id="sample",
    shows="the sample as an image, and what the network says of it",
    lines=draw,
    worth=lambda frame: _worth(frame.spec),
)
