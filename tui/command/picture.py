"""The screen of the app as text."""

from __future__ import annotations

from tui.draw import DRAWINGS
from tui.draw.wants import placed
from tui.frame.frame import Frame
from tui.text.cells import part, printed, whole


def picture(frame: Frame, width: int, height: int) -> str:
    """The rows of the screen, without blanks at their ends."""
    rows = [[" "] * width for _ in range(height)]
    for name, (x, y, w, h) in placed(frame, width, height).items():
        for i, line in enumerate(DRAWINGS[name](frame, w, h)[:h]):
            cut = part("".join(whole(text) for text, _ in line), 0, w)
            rows[y + i][x : x + len(cut)] = cut
    return "\n".join(printed("".join(row)).rstrip() for row in rows)
