"""How much room a run wants on the screen, and what stands where on it."""

from __future__ import annotations

from tui.arrange import Box, Wants, arrange, places
from tui.draw import network, optimizer, values
from tui.frame.frame import Frame


def wants(frame: Frame, width: int) -> Wants:
    """What follows from the run, and not from the step, in so many columns."""
    found = Wants(
        network=network.wanted(frame),
        values=values.wanted(frame),
        optimizer=optimizer.wanted(frame),
        steps=1 + len(frame.steps),
    )
    if not places(width):
        return found
    from tui.draw import across, columns  # small screens show none

    return found._replace(table=across.wanted(frame), columns=columns.order(frame))


def placed(frame: Frame, width: int, height: int) -> dict[str, Box]:
    """The boxes of the panes that the frame is shown in, in `width` x `height` cells."""
    return arrange(width, height, frame.layout, frame.pane, wants(frame, width))
