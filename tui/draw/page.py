"""A page in the place of the panes, and the notice of a small screen."""

from __future__ import annotations

from tui.arrange import MIN_HEIGHT, MIN_WIDTH
from tui.draw.parts import paragraph
from tui.frame.frame import Frame
from tui.text.cells import clipped
from tui.text.raster import Line

MOST_WIDE = 158
"""A page is at most four columns wide."""


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The frame's page, from the line scrolled to. Raises ValueError where it has none."""
    text, page = frame.text, frame.page
    if page is None:
        raise ValueError("This frame has no page.")
    lines = page.lines(frame, max(1, min(width - 2, MOST_WIDE)))
    room = max(1, height - 1)
    start = frame.scroll
    if page.cursor >= 0 and (at := pointed(lines, page.cursor)) >= room:
        start += at - room // 2
    start = max(0, min(start, len(lines) - room))
    more = len(lines) - start - room
    below = text.plain(f"· {more} more line{'s' * (more != 1)} below, j " if more > 0 else "")
    name = clipped(text.plain(page.title), width - len(below) - 4, text.ascii)
    name = f" {name} {below}"
    rule = text.plain("━")
    head: Line = (
        (rule, "active"),
        (name, "active"),
        (rule * max(0, width - len(name) - 1), "active"),
    )
    return [head, *(((" ", ""), *line) for line in lines[start : start + room])]


def pointed(lines: list[Line], cursor: int) -> int:
    """The line that is pointed at: the first that says so, else that of the cursor's number."""
    said = (i for i, line in enumerate(lines) if any(role == "select" for _, role in line))
    return next(said, cursor)


def notice(frame: Frame, width: int, height: int) -> list[Line]:
    """What is shown where nothing else fits."""
    sentence = f"gradstep needs {MIN_WIDTH}x{MIN_HEIGHT}; this is {width}x{height}. q quits."
    return paragraph(sentence, max(1, width))[:height]
