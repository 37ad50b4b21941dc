"""The context: what commands work on, and the rows of views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from engine.formula.expr import Index
from engine.history.history import History
from engine.session.moves import MoveError
from engine.session.session import Session
from tui.actions.desk import Desk, Memory
from tui.actions.dialog import Count, Dialog
from tui.actions.effects import Effects, Job
from tui.arrange import Layout, places
from tui.frame.frame import Frame, Lines, build, note_of
from tui.frame.marking import Marking
from tui.frame.recorded import Beside
from tui.frame.rival import rival
from tui.keys import Keymap
from tui.text.format import Text

T = TypeVar("T")

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Steps a second."""


class PageKey(NamedTuple):
    """A key that a view has for itself: its name, what the footer calls it, what it does."""

    key: str
    label: str
    do: Callable[[Context], Effects | None]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class View:
    """A row of the table of views: what takes the place of the panes.

    `page(context)` draws its page; `keys` are its own, and the first part of its footer. A list has
    `items(context)`, at one of which the cursor points, and `further` down perhaps more than that;
    what is no list is scrolled. Where it
    `follows` the reader, keys move on behind it, and `prepare(context)` sees to what its page
    needs at the place moved to.
    """

    id: str
    layout: Layout = "page"
    page: Callable[[Context], Lines] | None = None
    keys: tuple[PageKey, ...] = ()
    items: Callable[[Context], Sequence[Any]] | None = None
    further: bool = False
    follows: bool = True
    prepare: Callable[[Context], Effects | None] | None = None

    def __post_init__(self) -> None:
        if (self.layout == "page") != (self.page is not None):
            raise ValueError(f"{self.id}: a view has a page, or another layout than one.")


MAIN = View(id="main", layout="panes")
ZOOM = View(id="zoom", layout="pane")


class Shown:
    """What is shown: the view, the line scrolled to, and in a list the item pointed at; the cells
    of the screen, across and down, and whether its ground is `dark`; the factors of the way that
    was chosen, with what for; and what practice has `told` while it asks.
    """

    def __init__(self) -> None:
        self.view = MAIN
        self.scroll = 0
        self.cursor = 0
        self.size = 80, 24
        self.dark = True
        self.memory = Memory()
        self.told = ""
        self.way: tuple[object, Mapping[str, frozenset[Index]]] | None = None
        self._drawn: tuple[object, Lines] | None = None

    def open(self, view: View) -> None:
        """Show a view, or the panes again where it is shown already."""
        self.view = MAIN if self.view is view else view
        self.scroll = self.cursor = 0

    def pointed(self, items: Sequence[T]) -> T:
        """Which of the items the cursor points at."""
        self.cursor = min(self.cursor, len(items) - 1)
        return items[self.cursor]

    def point_by(self, by: int, count: int, further: bool = False) -> None:
        """Point at another one of so many items; past the last one the page is scrolled where
        there is something `further` down.
        """
        cursor = max(0, min(self.cursor + by, count - 1))
        self.scroll = max(0, self.scroll + by) if further and cursor == self.cursor else 0
        self.cursor = cursor

    def scroll_by(self, by: int) -> None:
        """Scroll by so many lines."""
        self.scroll = max(0, self.scroll + by)

    def once(self, key: object, make: Callable[[], Lines]) -> Lines:
        """What `make` gives, worked out again only where the key is another."""
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, make())
        return self._drawn[1]

    def forget(self) -> None:
        """Close what is open, and let go what it was worked out from, and what views remember."""
        self.view, self._drawn, self.way = MAIN, None, None
        self.memory = Memory()


class Jobs:
    """The job that is under way, one at a time."""

    def __init__(self) -> None:
        self.current: Job | None = None

    def stop(self) -> bool:
        """Stop the job; says whether there was one."""
        if self.current:
            self.current.stopped = True
        return self.current is not None

    def ended(self, job: Job) -> bool:
        """Whether a job that has ended still matters: one that has been replaced does not."""
        if self.current is not job:
            return False
        self.current = None
        return True


class Playing:
    """Whether steps play by themselves, and how fast."""

    def __init__(self) -> None:
        self.on = False
        self.speed = SPEEDS.index(2.0)

    @property
    def rate(self) -> float:
        """Steps a second; 0 while nothing plays."""
        return SPEEDS[self.speed] if self.on else 0.0


class Context:
    """What commands work on: the desk, what is shown of it, the dialog, the job, playing."""

    def __init__(self, desk: Desk, keymap: Keymap) -> None:
        self.desk = desk
        self.keymap = keymap
        self.shown = Shown()
        self.dialog = Dialog()
        self.jobs = Jobs()
        self.playing = Playing()

    @property
    def session(self) -> Session:
        """The session on the desk."""
        return self.desk.session

    @property
    def history(self) -> History:
        """The iterations of the branch the reader stands on."""
        return self.desk.session.branch.history

    @property
    def text(self) -> Text:
        """How things are written."""
        return self.desk.text

    @property
    def stop_key(self) -> str:
        """The key that stops a job."""
        return self.keymap.shown("play")

    def say(self, message: str, error: bool = False) -> None:
        """Show a sentence in the footer until the next key."""
        self.dialog.say(message, error)

    def begin(self, job: Job) -> None:
        """Have a job under way. Raises MoveError while another one is."""
        if self.jobs.current:
            raise MoveError(f"{self.jobs.current.what} is under way; {self.stop_key} stops it.")
        self.jobs.current = job

    @property
    def here(self) -> object:
        """The branch, the position and the selection: what a page was made for."""
        return (self.session.branch, self.session.position, self.session.selection)

    def picture(self, **chrome: Any) -> Frame:
        """The frame of the session's position."""
        layout = self.shown.view.layout
        closed = self.desk.practising
        wide = layout == "panes" and bool(places(self.shown.size[0]))
        return build(
            self.session,
            self.text,
            pane=self.desk.pane,
            layout=layout,
            column=self.desk.column,
            closed=closed,
            passes=self.desk.by_pass,
            told=self.shown.told if closed and self.dialog.prompt is not None else "",
            rival=rival(self.session) if wide and not closed else None,
            marking=None if closed else self._marking(),
            record=None if closed else self._record(),
            note=None if closed else note_of(self.session),
            stops=0 if closed else self.session.notes.count,
            way=self.shown.way[1] if self.shown.way and self.shown.way[0] == self.here else None,
            **chrome,
        )

    def _marking(self) -> Marking | None:
        """What the sheet that is open says of the step."""
        if self.desk.paper is None or self.desk.paper[0] is not self.session.branch:
            return None
        return self.desk.paper[1].at(self.session.trace, self.session.position.step)

    def _record(self) -> Beside | None:
        """What the record that is open has at the position."""
        if self.desk.record is None or self.desk.record[0] is not self.session.branch:
            return None
        return self.desk.record[1].at(self.session.trace, self.session.position.step)


Command = Callable[[Context, Count], "Effects | None"]


def command(do: Command) -> Command:
    """Marks what the row of a key can name. It raises a Problem where it cannot be done."""
    return do
