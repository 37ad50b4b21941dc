"""The pane of a run without a network, in the place of the network: the function and the path of θ
through it; of more than two variables, or of none that is known, θ over the iterations.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.analysis.landscape import ahead, heights
from engine.formula.calls import Array
from engine.program.trace import Trace
from engine.spec.run import FunctionSpec, RunSpec
from tui.draw import cell
from tui.draw.parts import paragraph, title
from tui.frame.courses import column
from tui.frame.frame import Frame
from tui.frame.kept import kept
from tui.text.axes import Point, Region, around, grown
from tui.text.contour import contour, places
from tui.text.curve import curve
from tui.text.paths import ASCII_POINTS, POINTS, Path, legend
from tui.text.plot import Series, plot
from tui.text.raster import Line

WANTED = 24
"""So many lines a picture is worth."""
MOST_CURVES = 3
"""More variables are a table."""
ROLES = "own", "other", "accent"


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane."""
    function = frame.spec.instead
    if not isinstance(function, FunctionSpec) or len(function.names) > 2:
        head = title(frame, "network", width, "θ over the iterations")
        return [head, *_over_time(frame, width, height - 1)][:height]
    kind = "contour" if len(function.names) == 2 else "function"
    variables = ", ".join(_names(frame))
    head = title(frame, "network", width, f"{kind} · f({variables})")
    return [head, *_picture(frame, width, height - 1)]


def wanted(frame: Frame) -> int:
    """How many lines the pane is worth."""
    function = frame.spec.instead
    if isinstance(function, FunctionSpec) and len(function.names) <= 2:
        return WANTED
    many = len(_names(frame)) > MOST_CURVES
    return 2 + len(_names(frame)) if many else WANTED // 2


def _names(frame: Frame) -> tuple[str, ...]:
    """What the variables are called."""
    return tuple(map(frame.text.plain, frame.text.variables))


# -- the function ----------------------------------------------------------------------------------


def _picture(frame: Frame, width: int, height: int) -> list[Line]:
    """The function with the paths of θ."""
    assert frame.courses
    after = frame.value("theta") if _updated(frame) else None
    own, other = (_path(frame.spec, points) for points in frame.courses)
    following = _path(frame.spec, [(0, after)]) if after is not None else ()
    beside = frame.other_label if other else ""
    size = width, height, frame.text.ascii
    return list(_drawn(frame.trace, frame.spec, own, other, following, _names(frame), beside, size))


def _updated(frame: Frame) -> bool:
    """Whether θ after this iteration is known."""
    return frame.position.step >= (frame.trace.writer("theta") or len(frame.steps) + 1)


def _path(spec: RunSpec, points: Sequence[tuple[int, Array]]) -> tuple[Point, ...]:
    """Where θ stands in the picture: of one variable on its curve."""
    if not points:
        return ()
    variables: list[Array] = [*np.array([theta for _, theta in points], np.float64).T]
    if len(variables) == 1:
        assert isinstance(spec.instead, FunctionSpec)
        variables.append(heights(spec.instead, variables))
    x, y = (each.tolist() for each in variables)
    return tuple(zip(x, y, strict=True))


@kept
def _drawn(
    trace: Trace,
    spec: RunSpec,
    own: tuple[Point, ...],
    other: tuple[Point, ...],
    following: tuple[Point, ...],
    variables: tuple[str, ...],
    beside: str,
    size: tuple[int, int, bool],
) -> tuple[Line, ...]:
    """The picture; at most steps of an iteration it is what it was at the one before."""
    width, height, ascii = size
    region = grown(_region(spec), (*own, *other, *following))
    paths = [Path("own", (*own, *following), own[-1], following[0] if following else None)]
    marks = legend(ascii)
    if other:
        paths.append(Path("other", other))
        marks += f"  {(ASCII_POINTS if ascii else POINTS)[1]} {beside}"
    if len(variables) == 1:
        points = _curve(spec, region, width)
        ends = variables[0], "f"
        return tuple(curve(points, region, ends, paths, width, height, ascii, marks))
    values = _values(spec, region, width, height, ascii)
    ends = variables[0], variables[1]
    return tuple(contour(values, region, ends, paths, width, height, ascii, marks))


@kept
def _region(spec: RunSpec) -> Region:
    """What is seen of the plane where the run goes no further than it asks for."""
    found = around(_path(spec, [(0, theta) for theta in ahead(spec)]))
    return found or Region(-1.0, 1.0, -1.0, 1.0)


@kept
def _values(spec: RunSpec, region: Region, width: int, height: int, ascii: bool) -> Array:
    x, y = places(region, width, height, ascii)
    assert isinstance(spec.instead, FunctionSpec)
    return heights(spec.instead, [x[None, :], y[:, None]])


@kept
def _curve(spec: RunSpec, region: Region, width: int) -> tuple[Point, ...]:
    """Points of the curve, two for each column."""
    assert isinstance(spec.instead, FunctionSpec)
    shares = np.linspace(0, 1, 2 * width)
    x = region.left * (1 - shares) + region.right * shares
    return tuple(zip(x.tolist(), heights(spec.instead, [x]).tolist(), strict=True))


# -- over time -------------------------------------------------------------------------------------


def _over_time(frame: Frame, width: int, height: int) -> list[Line]:
    """θ over the iterations: as curves, or as a table of what it was at the start and is now."""
    assert frame.courses
    points, variables = frame.courses.own, _names(frame)
    if _updated(frame) and (after := frame.value("theta")) is not None:
        points = (*points, (frame.position.iteration, after))
    if len(variables) > MOST_CURVES:
        return _table(frame, [theta for _, theta in points], width, height)
    if len(points) < 2:
        said = "θ is drawn from its first update on."
        return [*_table(frame, [points[0][1]], width, height - 2), (), *paragraph(said, width)]
    series = [Series(name, ROLES[i], column(points, i)) for i, name in enumerate(variables)]
    return plot(series, width, height, ascii=frame.text.ascii)


def _table(frame: Frame, path: Sequence[Array], width: int, height: int) -> list[Line]:
    """A row for each variable: at the start, now, and the difference."""
    text, each = frame.text, cell.width(frame.text) + 1
    label = min(12, max(len(name) for name in _names(frame)) + 2)
    heads = "".join(word.rjust(each) for word in ("start", "now", "change"))
    lines: list[Line] = [((" " * label + heads, "dim"),)]
    first, last = path[0].tolist(), path[-1].tolist()
    for i, name in enumerate(_names(frame)):
        numbers = (text.cell(first[i]), text.cell(last[i]), text.cell(last[i] - first[i], True))
        cells = "".join(number.rjust(each) for number in numbers)
        chosen = frame.text.variable(frame.symbol, frame.index) == frame.text.variables[i]
        lines.append(((f" {name}".ljust(label)[:label], "dim"), (cells, "select" * chosen)))
    return lines[:height]
