"""The loss pane: the loss by iteration, and the other optimizer's where it is within reach."""

from __future__ import annotations

from tui.draw.parts import title
from tui.frame.frame import Frame
from tui.frame.losses import Losses
from tui.text.plot import Series, plot
from tui.text.raster import Line


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane."""
    head = title(frame, "loss", width)
    if not frame.losses.iterations.size:
        return [head, ((frame.text.plain("  no loss yet"), "dim"),)]
    series = [Series(frame.label, "own", _points(frame.losses, width))]
    if frame.other_losses and frame.other_losses.iterations.size:
        series.append(Series(frame.other_label, "other", _points(frame.other_losses, width)))
    last = max(int(points.points[-1][0]) for points in series)
    return [
        head,
        *plot(
            series,
            width,
            height - 1,
            ascii=frame.text.ascii,
            x_range=(1, max(2, last)),
            position=frame.position.iteration,
        ),
    ]


def _points(losses: Losses, width: int) -> list[tuple[float, float]]:
    """The curve at no more points than the plot can tell apart."""
    stride = max(1, len(losses.iterations) // (2 * width))
    picked = slice(None, None, stride)
    points = list(zip(losses.iterations[picked].tolist(), losses.low[picked].tolist(), strict=True))
    end = (float(losses.iterations[-1]), float(losses.low[-1]))
    return points if points[-1] == end else [*points, end]
