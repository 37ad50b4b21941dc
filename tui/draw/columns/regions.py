"""The column with the plane of two inputs: which class the network gives each place, and the data
on it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.analysis.regions import Classes, Predictions, classes_of, rows_of, seconds
from engine.program.trace import Trace
from engine.spec.data import Rows
from engine.spec.run import RunSpec
from tui.draw.columns.column import PICTURE, Column
from tui.draw.parts import paragraph, title
from tui.frame.frame import Array, Frame
from tui.frame.kept import kept
from tui.text.cells import cells, clipped
from tui.text.raster import Canvas, Line

SHADES, ASCII_SHADES = "░▒▓ ", ".:= "
RIGHT, WRONG = "ox+v", "OX#V"
"""The data by class: where the network agrees, and where it does not."""
NONE = -1
"""In the place of a class; the last shade is blank."""
LEGEND = 3
MOST_ROWS = 19
"""So many rows make a square of 38 columns."""
MOST_POINTS, MOST_SECONDS = 2000, 0.02
MARGIN = 0.08
LEAST_SAMPLES = 4


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The column, with the parameters of this iteration's forward pass."""
    text, count = frame.text, len(frame.spec.data.x)
    head = title(frame, "regions", width, f"decision regions · {count:,} samples")
    rows = min(MOST_ROWS, height - 1 - LEGEND)
    if rows < 1:
        return [head]
    shades = ASCII_SHADES if text.ascii else SHADES
    seen = _seen(frame.trace, frame.spec, width, rows)
    lines = [head, *_picture(frame.trace, frame.spec, width, rows, shades)]
    chosen = int(_rows(frame.trace, frame.spec)[frame.sample])
    if chosen < len(seen.places):
        x, y = seen.places[chosen].tolist()
        lines[1 + y] = _selected(lines[1 + y], x)
    return [*lines, *_legend(frame, seen, shades, width)]


def _selected(line: Line, x: int) -> Line:
    """A line with its cell x as the selected one."""
    found: list[tuple[str, str]] = []
    for text, role in line:
        if 0 <= x < len(text):
            found += [(text[:x], role), (text[x], "select"), (text[x + 1 :], role)]
        else:
            found.append((text, role))
        x -= len(text)
    return tuple(span for span in found if span[0])


@kept
def _rows(trace: Trace, spec: RunSpec) -> Rows:
    return rows_of(spec, trace.t)


@kept
def _picture(trace: Trace, spec: RunSpec, width: int, rows: int, shades: str) -> tuple[Line, ...]:
    """The plane with the data on it; what is wrong covers what is right."""
    seen, canvas = _seen(trace, spec, width, rows), Canvas(width, rows)
    for y, row in enumerate(seen.plane.tolist()):
        canvas.put(0, y, "".join(shades[each] for each in row), "dim")
    right = seen.given == seen.found
    for place in np.argsort(~right, kind="stable").tolist():
        (x, y), k = seen.places[place].tolist(), int(seen.given[place])
        glyph, role = (RIGHT[k], "") if right[place] else (WRONG[k], "error")
        canvas.put(x, y, glyph, role)
    return tuple(canvas.lines())


class Seen(NamedTuple):
    """The class of each cell of the plane (rows, columns); of samples of the data the cells
    (samples, 2), and the classes (samples,) given and found; and how many of the mini-batch are
    right.
    """

    plane: Classes
    places: Classes
    given: Classes
    found: Classes
    batch: int


def _classes(targets: Array, y: Array) -> Classes:
    """The classes that y names; NONE where it is not finite."""
    found = classes_of(y, targets)
    assert found is not None
    return np.where(np.isfinite(y).all(axis=1), found, NONE)


@kept
def _seen(trace: Trace, spec: RunSpec, width: int, rows: int) -> Seen:
    """What there is to draw of an iteration: worked out once."""
    predictions, places = _points(spec, width, rows)
    targets = spec.data.y
    found = _classes(targets, predictions.of(trace))
    plane, data = found[: width * rows], found[width * rows :]
    given = _classes(targets, targets[: len(data)])
    own = _classes(targets, trace.known("yhat", len(trace.steps)))
    batch = int((own == _classes(targets, trace.known("y", 0))).sum())
    return Seen(plane.reshape(rows, width), places, given, data, batch)


@kept
def _points(spec: RunSpec, width: int, rows: int) -> tuple[Predictions, Classes]:
    """What predicts the middle of every cell and then the data, and the cells of the data."""
    data = np.asarray(spec.data.x[:MOST_POINTS], np.float64)
    low, high = data.min(axis=0), data.max(axis=0)
    margin = np.where(high > low, (high - low) * MARGIN, 1.0)
    low, span = low - margin, high - low + 2 * margin
    across = low[0] + span[0] * (np.arange(width) + 0.5) / width
    down = low[1] + span[1] * (1 - (np.arange(rows) + 0.5) / rows)
    grid = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    cell = (data - low) / span * (width, rows)
    cell[:, 1] = rows - cell[:, 1]
    places = np.clip(cell, 0, (width - 1, rows - 1)).astype(np.intp)
    return Predictions(spec, np.concatenate((grid, data))), places


def _legend(frame: Frame, seen: Seen, shades: str, width: int) -> list[Line]:
    """What the characters mean, and how many samples are right."""
    text, data = frame.text, frame.spec.data
    classes = int(seen.given.max()) + 1
    names = data.classes or tuple(f"class {k + 1}" for k in range(classes))
    each = max(1, width // classes - 7)
    said = "  ".join(
        f"{shades[k]} {clipped(text.plain(cells(names[k])), each, text.ascii)} ({RIGHT[k]})"
        for k in range(classes)
    )
    right, out = seen.given == seen.found, np.isin(np.arange(len(seen.given)), data.held)
    own = right[~out]
    counts = f"right: {int(own.sum()):,} of {len(own):,}"
    if out.any():
        counts += f", held out {int(right[out].sum()):,} of {int(out.sum()):,}"
    elif frame.batch < len(own):
        counts += f", batch {seen.batch} of {frame.batch}"
    wrong = " ".join(WRONG[:classes])
    return [
        ((clipped(said, width, text.ascii), ""),),
        ((counts[:width], ""),),
        *paragraph(f"{wrong}: on the wrong side", width, "dim")[:1],
    ]


@kept
def _worth(spec: RunSpec) -> int:
    data = spec.data
    if spec.sizes[0] != 2 or len(data.x) < LEAST_SAMPLES:
        return 0
    classes = classes_of(data.y, data.y)
    if classes is None or not 2 <= len(np.unique(classes)) <= len(RIGHT):
        return 0
    points = MOST_POINTS + MOST_ROWS * 2 * MOST_ROWS
    return PICTURE if seconds(spec, min(len(data.x), points)) <= MOST_SECONDS else 0


COLUMN = Column(
    id="regions",
    shows="the class of every place of the plane, and the data",
    lines=draw,
    worth=lambda frame: _worth(frame.spec),
)
