"""What is printed of a position, of a page and of a pane: drawings, as lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tui.actions.context import Context
from tui.draw import DRAWINGS, blocks, recorded, sheet
from tui.draw.derivation import PLACE
from tui.draw.page import pointed
from tui.draw.paragraphs import begun, element, one_sample
from tui.draw.parts import length
from tui.frame.frame import Array, Frame
from tui.text.cells import printed, wrap
from tui.text.format import FULL
from tui.text.raster import Line, Span, letters

PAGE, PANE, COLUMN = 77, 100, 60
"""A page, a pane and a column are at most so wide; wider pages would be in columns."""
NUMBER = 4
"""The cells of an item's number."""
HIGH = 60
"""A pane has so many lines, if it needs them."""
MARKED = {"write": ", written here", "read": ", read here", "": ""}
AXIS = re.compile(r"[^a-z]*[┤│|+]|(└─|\+-).*")
"""What stands at the left of a curve's rows, and below them."""
CURVE: Line = (("(Here the screen has a curve.)", "dim"),)


def sentence(text: str, width: int) -> list[str]:
    """A sentence as lines, several that stand below each other one after the other."""
    return [line for each in text.splitlines() for line in wrap(each, width, 0)]


def plain(lines: Iterable[Line]) -> list[str]:
    """Lines without their roles, and without blanks at their ends."""
    return [printed(letters(line)).rstrip() for line in lines]


def opening(c: Context, frame: Frame, width: int) -> list[str]:
    """What is said first: the run, how one goes through it, and how one leaves."""
    said = [
        f"gradstep · {frame.title} · {frame.optimizer}",
        *([] if frame.step else [begun(frame)]),
        "An empty line goes on by a step, back goes back; why lists questions, help all commands;"
        " quit ends.",
    ]
    return [line for each in said for line in sentence(c.text.plain(each), width)]


def step(frame: Frame, width: int) -> list[str]:
    """A step as `--plain` prints it, the selected element where that is not among it, and what a
    lesson, a sheet or a record says of it.
    """
    where, *found = blocks.block(frame, width)
    found = [*wrap(where, width, 2), *found]
    if not blocks.has_selected(frame):
        found += [f"  {line}" for line in selected(frame, width - 2)]
    if frame.trouble:
        found.append(f"  {frame.trouble}")
    if frame.note:
        note = f"stop {frame.note.number} of {frame.note.total} · {frame.note.text}"
        found += sentence(frame.text.plain(note), width)
    if frame.step and frame.marking:
        found += plain(sheet.lines(frame, width, HIGH))
    if frame.record:
        found += plain(recorded.lines(frame, width, HIGH))
    return found


def selected(frame: Frame, width: int) -> list[str]:
    """The arithmetic of the selected element."""
    return plain(element(frame, width))


def everything(frame: Frame, width: int) -> list[str]:
    """All that is known at a position: the step, the symbols, the changes by updates."""
    text = frame.text
    known = [
        (text.name(symbol), one_sample(symbol, entry.array), MARKED[entry.mark])
        for symbol, entry in frame.entries.items()
    ]
    changes = [
        (text.plain(f"{label} {text.name(update.param)}"), array, "")
        for update in frame.updates
        for label, _, array in update.rows
        if label.startswith("Δ")
    ]
    rule = f"{text.plain('update')}: {text.formula(frame.chain[-1])}"
    return [
        text.plain(f"{frame.title} · {frame.optimizer}"),
        *step(frame, width),
        "values",
        *_arrays(frame, known, width),
        *wrap(rule, width, 2),
        *_arrays(frame, changes, width, signed=True),
    ]


def _arrays(
    frame: Frame, arrays: Iterable[tuple[str, Array, str]], width: int, signed: bool = False
) -> list[str]:
    """A line for each array, with its name before it and what is said of it behind."""
    text, lines = frame.text, []
    for name, array, said in arrays:
        small = array.size <= FULL and array.ndim <= 2
        shown = text.array(array, signed=signed) if small else f"{text.shape(array.shape)} numbers"
        lines += [f"  {row}" for row in wrap(f"{name} = {shown}{said}", width - 2, 2)]
    return lines


def pane(name: str, frame: Frame, width: int) -> list[str]:
    """A pane by itself, as the screen has it."""
    return _stripped(plain(DRAWINGS[name](frame, min(width, PANE), HIGH)))


def column(name: str, frame: Frame, width: int) -> list[str]:
    """A column that a wide screen has beside the step."""
    return _stripped(plain(DRAWINGS[name](frame, min(width, COLUMN), HIGH)))


def _stripped(lines: list[str]) -> list[str]:
    while lines and not lines[-1]:
        lines.pop()
    return lines


def without_curves(lines: list[Line]) -> list[Line]:
    """Lines without the curve among them, its legend and its ticks, which nobody can hear."""
    rows = [i for i, line in enumerate(lines) if any(map(_is_axis, line[:2]))]
    return [*lines[: rows[0] - 1], CURVE, *lines[rows[-1] + 2 :]] if len(rows) > 2 else lines


def _is_axis(span: Span) -> bool:
    return span[1] == "dim" and AXIS.fullmatch(span[0]) is not None


class PageLines:
    """The page that is open: its lines, and in which of them the items of its list begin."""

    def __init__(self, c: Context, frame: Frame, width: int) -> None:
        view, cursor = c.shown.view, c.shown.cursor
        width = min(width - NUMBER, PAGE)

        def drawn(at: int) -> list[Line]:
            c.shown.cursor = at
            return [*view.page(c)(frame, width)] if view.page else []

        count = len(view.items(c)) if view.items else 0
        raw = drawn(-1) if count else without_curves(drawn(-1))
        self.items = [pointed(drawn(i), i) for i in range(count)]
        self.lines = plain(raw)
        if view.id == "explain":
            self._say_places(raw)
        c.shown.cursor = cursor

    def _say_places(self, raw: list[Line]) -> None:
        """Where a row is computed stands at its right, in its first line: it is said behind the
        row, and as no part of the arithmetic. That it unfolds is not said: it would be heard as a
        sign.
        """
        for start, line in ((start, raw[start]) for start in self.items):
            end = start + 1
            while end < len(raw) and end not in self.items and length(raw[end]):
                end += 1
            place = line[-1][0].strip()
            if len(line[-1][0]) != PLACE or len(line) == 2:
                continue  # it says how many more there are
            margin, _, *row = line[:-1]
            self.lines[start] = plain([(margin, *row)])[0]
            self.lines[end - 1] += f"  ({place})"

    def numbered(self, first: int = 0) -> list[str]:
        """The lines from one on, with the number of each item where it has none itself."""
        if not self.items:
            return self.lines[first:]
        numbers = {line: number for number, line in enumerate(self.items, 1)}
        bare = [n for line, n in numbers.items() if self.lines[line].split()[:1] != [str(n)]]
        room = len(f"{len(numbers)}) ") if bare else 0
        found = []
        for at, line in enumerate(self.lines):
            begins = f"{numbers[at]}) " if at in numbers and bare else ""
            inside = at >= self.items[0]
            found.append(f"{begins.rjust(room)}{line}".rstrip() if inside else line)
        return found[first:]

    def item(self, number: int) -> list[str]:
        """The lines of an item."""
        start = self.items[number]
        ends = [line for line in self.items if line > start]
        return self.numbered()[start : min([*ends, start + 1])]

    def since(self, before: PageLines) -> list[str]:
        """The lines from the first on that are not those of before."""
        same = 0
        for ours, theirs in zip(self.lines, before.lines, strict=False):
            if ours != theirs:
                break
            same += 1
        if same == len(self.lines) == len(before.lines):
            return []
        return self.numbered(min(same, self.items[0]) if self.items else same)
