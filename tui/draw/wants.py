"""How much room a run wants on the screen, and what stands where on it."""

from __future__ import annotations

from tui.arrange import Box, Wants, arrange
from tui.draw import across, columns, network, optimizer, values
from tui.frame.frame import Frame


def wants(frame: Frame) -> Wants:
    """What follows from the run, and not from the step."""
    return Wants(
        network=network.wanted(frame),
        values=values.wanted(frame),
        optimizer=optimizer.wanted(frame),
        table=across.wanted(frame),
        steps=1 + len(frame.steps),
        columns=columns.order(frame),
    )


def placed(frame: Frame, width: int, height: int) -> dict[str, Box]:
    """The boxes of the panes that the frame is shown in, in `width` x `height` cells."""
    return arrange(width, height, frame.layout, frame.pane, wants(frame))
