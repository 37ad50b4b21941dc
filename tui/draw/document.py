"""Pages in the place of the panes: the help, the explanation, and the notice of a small screen."""

from __future__ import annotations

from tui.arrange import MIN_HEIGHT, MIN_WIDTH
from tui.draw.explain import explanation
from tui.draw.parts import paragraph
from tui.frame.frame import Frame
from tui.keys import KEYS
from tui.text.raster import Line


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The page of the frame's view, from the line scrolled to."""
    text = frame.text
    inner = max(1, min(width - 4, 100))
    lines = _lines(frame, inner)
    room = max(1, height - 1)
    start = min(frame.scroll, max(0, len(lines) - room))
    if frame.page and frame.page.cursor >= room:
        start = min(frame.page.cursor - room // 2, len(lines) - room)
    more = len(lines) - start - room
    title = frame.page.title if frame.page else frame.view
    name = text.plain(
        f" {title} " + (f"· {more} more line{'s' * (more != 1)} below, j " if more > 0 else "")
    )
    rule = text.plain("━")
    head: Line = (
        (rule, "active"),
        (name, "active"),
        (rule * max(0, width - len(name) - 1), "active"),
    )
    return [head, *((("  ", ""), *line) for line in lines[start : start + room])]


def _lines(frame: Frame, width: int) -> list[Line]:
    if frame.page:
        return frame.page.lines(width)
    return help_page(frame, width) if frame.view == "help" else explanation(frame, width)


def help_page(frame: Frame, width: int) -> list[Line]:
    """All keys by group, then how to read the screen."""
    text = frame.text
    lines: list[Line] = []
    for group in dict.fromkeys(row.group for row in KEYS):
        lines.append(((group, "title"),))
        for row in KEYS:
            if row.group == group:
                keys = text.plain(frame.all_keys.get(row.id, "")).ljust(11)
                first, *rest = paragraph(row.tooltip, max(10, width - 12))
                lines.append(((f"{keys} ", "key"), *first))
                lines.extend(((" " * 12, ""), *line) for line in rest)
        lines.append(())
    lines.append((("Reading the screen", "title"),))
    for line in (
        "A number before a move repeats it: 12→ is twelve steps.",
        "▸ marks what the step writes, • what it reads; ▲ ▼ what rose or fell since the last"
        " iteration.",
        "= means the arithmetic closes to the digits shown; ≈ that it does only with more digits.",
        "Edges: solid is a positive weight, dashed a negative one, heavy a large one.",
        "A value that is not computed yet at this position is not shown.",
        "Iterations count from 1, and so do rows, columns and units.",
    ):
        lines.extend(paragraph(text.plain(line), width, "", 2))
    return lines


def notice(frame: Frame, width: int, height: int) -> list[Line]:
    """What is shown where nothing else fits."""
    sentence = f"gradstep needs {MIN_WIDTH}x{MIN_HEIGHT}; this is {width}x{height}. q quits."
    return paragraph(sentence, max(1, width))[:height]
