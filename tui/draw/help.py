"""The help: all keys, and how to read the screen."""

from __future__ import annotations

from collections.abc import Mapping

from tui.draw.parts import paragraph
from tui.frame.frame import Frame
from tui.keys import KEYS
from tui.text.raster import Line


def help_page(written: Mapping[str, str], frame: Frame, width: int) -> list[Line]:
    """All keys by group, then how to read the screen. `written` are the keys of each action."""
    text = frame.text
    lines: list[Line] = []
    for group in dict.fromkeys(row.group for row in KEYS):
        lines.append(((group, "title"),))
        for row in KEYS:
            if row.group == group:
                keys = text.plain(written[row.id]).ljust(11)
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
