"""What a note, a stop of a lesson, or practice has to say, in the step pane."""

from __future__ import annotations

from tui.draw import worked
from tui.draw.parts import paragraph
from tui.frame.frame import Frame
from tui.text.raster import Line

MOST_ELEMENT = 3
"""So many lines the arithmetic of the selected element has above a long text."""


def lines(frame: Frame, width: int) -> list[Line]:
    """The text, of a note behind the number of its stop; none where nothing is said."""
    if frame.told:
        return paragraph(frame.told, width)
    note = frame.note
    if note is None:
        return []
    head = f"stop {note.number} of {note.total}"
    first, *more = paragraph(frame.text.plain(f"{head} · {note.text}"), width)
    whole = first[0][0]
    return [((whole[: len(head)], "title"), (whole[len(head) :], "")), *more]


def at_start(frame: Frame, begun: list[Line], width: int, room: int) -> list[Line]:
    """The text above what is said before the first step, of which it leaves what has room."""
    said = lines(frame, width)
    if not said:
        return begun
    both = [*said, (), *begun]
    return both if len(both) <= room else _cut(frame, said, room)


def below(frame: Frame, formula: list[Line], said: list[Line], width: int, room: int) -> list[Line]:
    """The text below the formula and, as far as it leaves room, the arithmetic of the element;
    what does not fit is said to be elsewhere.
    """
    for height in range(MOST_ELEMENT, -1, -1):
        above = [*formula, *(worked.lines(frame, width, height) if height else ())]
        blank: list[Line] = [()] if len(above) + len(said) < room else []
        if len(above) + len(said) <= room:
            return [*above, *blank, *said]
    return [*formula, *_cut(frame, said, room - len(formula))]


def _cut(frame: Frame, said: list[Line], room: int) -> list[Line]:
    """As much of a text as has room, and where the rest is."""
    if len(said) <= room:
        return said
    kept = max(0, room - 1)
    zoom = next((key for key, label in frame.keys if label == "zoom"), "")
    where = f", {zoom} shows all" if zoom and frame.layout == "panes" and not frame.told else ""
    more = frame.text.plain(f"… {len(said) - kept} more lines{where}")
    return [*said[:kept], ((more, "dim"),)]
