"""The screen of the app as text."""

from __future__ import annotations

from tui.draw.whole import written
from tui.frame.frame import Frame


def picture(frame: Frame, width: int, height: int) -> str:
    """The rows of the screen, without blanks at their ends."""
    return written(frame, width, height)
