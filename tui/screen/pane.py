"""The base of the panes: rows of text drawn from a frame, repainted where they changed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import zip_longest
from typing import Generic, TypeVar

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.dom import NoScreen
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui.screen.looks import Lazily
from tui.text.cells import MARK, UNSURE, part, printed, whole
from tui.text.raster import Line

F = TypeVar("F")


class Pane(Widget, Generic[F]):
    """A widget that shows `draw(frame, width, height)`; a subclass need only define `draw`.

    It draws its own border and title: a border or padding from CSS works, but costs time at
    every key. Opacity, tint and hatch are not drawn. Text is literal, a character is a cell: see
    `tui.text.cells` for those that take two.
    """

    ALLOW_SELECT = False

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._frame: F | None = None
        self._raw: list[Line] = []  # as drawn
        self._rows: list[Line] = []  # as shown
        self._wide: set[int] = set()  # rows with characters of two cells
        self._strips: dict[int, Strip] = {}
        self._drawn = Size(0, 0)
        self._role_styles: dict[str, Style] = {}
        self._role_codes: dict[str, str] = {}
        self._codes_in: ColorSystem | None = None

    @abstractmethod
    def draw(self, frame: F, width: int, height: int) -> list[Line]:
        """The rows of the pane for `frame` in `width` x `height` cells; what is over is cut."""

    @property
    def rows(self) -> Sequence[Line]:
        """The rows as they are shown."""
        return self._rows

    def show(self, frame: F) -> None:
        """Draw `frame` and have the rows painted that differ from what is on the screen."""
        if rows := self.changed(frame):
            self.repaint(rows)

    def changed(self, frame: F) -> list[int]:
        """Draw `frame`; which rows differ from what is on the screen."""
        self._frame = frame
        size = self._drawn
        if not size:
            return []
        old = self._rows
        self._rows = self._draw(size)
        both = enumerate(zip_longest(old, self._rows, fillvalue=()))
        found = [y for y, (before, after) in both if before is not after and before != after]
        for y in found:
            self._strips.pop(y, None)
        return found

    def repaint(self, rows: Iterable[int]) -> None:
        """Have rows painted, where the pane is still on a screen."""
        regions = [Region(0, y, self._drawn.width, 1) for y in rows]
        with suppress(NoScreen):
            screen = self.screen
            if repaint := getattr(screen, "repaint", None):
                repaint(self, regions)
            else:
                self.refresh(*regions)

    def drawn(self, outer: Region) -> Region | None:
        """Where the rows are in a pane that takes `outer`, None where it has another size now."""
        content = outer.shrink(self.styles.gutter)
        return content if content.size == self._drawn else None

    def _draw(self, size: Size) -> list[Line]:
        if self._frame is None or not size:
            return []
        before, old = self._raw, self._rows
        self._raw = drawing = self.draw(self._frame, *size)[: size.height]
        rows: list[Line] = []
        for y, line in enumerate(drawing):
            if y < len(before) and y < len(old) and before[y] == line:
                rows.append(old[y])
                continue
            row = literal(line)
            self._wide.discard(y)
            if row is not line and any(MARK in text for text, _ in row):
                self._wide.add(y)
            rows.append(row)
        return rows

    def _fit(self, size: Size) -> None:
        self._drawn = size
        self._strips.clear()
        self._raw, self._rows = [], []
        self._rows = self._draw(size)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows that Textual asks for; drawn anew first where the size is another."""
        size = self.size
        if size != self._drawn:
            self._fit(size)
        if self.styles.gutter:
            return super().render_lines(crop)
        strips = [self.render_line(y) for y in crop.line_range]
        if crop.column_span != (0, size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Row `y`, padded and cut to the width of the pane."""
        if (strip := self._strips.get(y)) is None:
            width = self._drawn.width
            cells = self.cut(y, 0, width)
            strip = Strip([Segment(text, self.role_style(role)) for text, role in cells], width)
            self._strips[y] = strip
        return strip

    def cut(self, y: int, x1: int, x2: int) -> Line:
        """The spans of row `y` from column `x1` up to `x2`, padded with spaces."""
        if y in self._wide:
            return self._cut_whole(y, x1, x2)
        line = []
        x = 0
        for text, role in self._rows[y] if y < len(self._rows) else ():
            end = x + len(text)
            if end > x1:
                line.append((text[x1 - x : x2 - x] if x < x1 else text[: x2 - x], role))
                x1 = end
                if end >= x2:
                    break
            x = end
        if x1 < x2:
            line.append((" " * (x2 - x1), ""))
        return tuple(line)

    def _cut_whole(self, y: int, x1: int, x2: int) -> Line:
        """The same for a row with wide characters: blanks for halves, marks dropped."""
        line: list[tuple[str, str]] = []
        x = 0
        for text, role in self._rows[y]:
            piece = part(text, max(0, x1 - x), max(0, x2 - x))
            if piece:
                line.append((printed(piece), role))
            x += len(text)
        line.append((" " * (x2 - max(x, x1)), ""))
        return tuple(line)

    def role_style(self, role: str) -> Style:
        """The style of a role: the screen's `pane--role` over the pane's own colours.

        A role that is unknown, or a screen that is no PaneScreen, gives the pane's own.
        """
        if (style := self._role_styles.get(role)) is None:
            style = self.rich_style
            with suppress(KeyError):
                component = self.screen.get_component_styles(f"pane--{role}")
                own = component.has_rule("background")
                ground = Style() if own else Style(bgcolor=style.bgcolor)
                style = self.screen.get_component_rich_style(f"pane--{role}") + ground
            segments = [Segment(" ", style)]
            background = self.background_colors[1]
            for line_filter in self.get_line_filters():
                segments = line_filter.apply(segments, background)
            style = self._role_styles[role] = segments[0].style or Style.null()
        return style

    def role_codes(self, colours: ColorSystem) -> Mapping[str, str]:
        """The SGR parameters of those styles."""
        if self._codes_in is not colours:
            self._codes_in = colours
            self._role_codes = Lazily(
                lambda role: Strip.render_ansi(self.role_style(role), colours)
            )
        return self._role_codes

    def notify_style_update(self) -> None:
        """Forget the styles: the theme or a rule has changed."""
        self._role_styles.clear()
        self._role_codes.clear()
        self._strips.clear()
        super().notify_style_update()


def literal(line: Line) -> Line:
    """`line` with a dot for every character that does not print, such as a control character,
    and a mark after every character that takes two cells.
    """
    if UNSURE.search("".join([text for text, _ in line])) is None:
        return line
    return tuple((whole(text), role) for text, role in line)
