"""Notes at places, which are the stops of a lesson, gone through one after the other."""

from __future__ import annotations

from engine.runfile.lesson import MOST_TEXT
from engine.session.lesson import Stop
from engine.session.moves import MoveError
from tui.actions.context import MAIN, ZOOM, Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import travel


@command
def note(c: Context, _count: Count) -> None:
    """Ask what to say of the selected element here: a stop of the lesson."""
    session, frame = c.session, c.picture()
    lesson, at = session.lesson, session.stop
    name = c.text.element(frame.symbol, frame.index, frame.entries[frame.symbol].array.shape)
    old = lesson.stops[at] if at >= 0 else None
    if old and old.selection != session.selected:
        old = None

    def write(text: str) -> None:
        session.note(text)
        now = session.lesson
        if text.strip():
            c.say(f"Stop {session.stop + 1} of {len(now.stops)}; {_keys(c)} go through them.")
        elif old:
            c.say(f"The note is removed; there are {_many(len(now.stops))}.")

    hint = f"stop {at + 1} of {len(lesson.stops)}; nothing removes it" if old else "a stop to come"
    c.dialog.ask(f"note on {name}: ", write, old.text if old else "", hint, MOST_TEXT)


def _keys(c: Context) -> str:
    return f"{c.keymap.shown('next_stop')} and {c.keymap.shown('previous_stop')}"


def _many(count: int) -> str:
    return "1 stop" if count == 1 else f"{count or 'no'} stops"


def told(c: Context) -> str:
    """That the run has a lesson, and the key that begins it; "" where it has none."""
    count = c.session.stops_count
    return f"Lesson: {_many(count)}, {c.keymap.shown('next_stop')} next" if count else ""


def by(c: Context, count: int) -> Effects:
    """So many stops on, or back where negative; from elsewhere, or from a page, back to the stop
    that was left. Raises MoveError where there is none.
    """
    session, lesson = c.session, c.session.lesson
    if not lesson.stops:
        writes = c.keymap.shown("note")
        raise MoveError(
            f"Nothing is open to go through: {writes} writes a note, the palette grades a sheet."
        )
    on_panes = c.shown.view in (MAIN, ZOOM)
    wanted = lesson.beside(session.stop if on_panes else -1, count)
    if not 0 <= wanted < len(lesson.stops):
        end = "last" if count > 0 else "first"
        c.say(f"This is past the {end} stop: there are {len(lesson.stops)}.")
        return ()
    return to(c, lesson.stops[wanted])


def to(c: Context, stop: Stop) -> Effects:
    """Go to a stop, on the panes, where its text is."""
    if c.shown.view is not ZOOM or c.desk.pane != "step":
        c.shown.open(MAIN)
    branch, position = stop.place
    return travel(c, position, branch, lambda: c.session.go_to_stop(stop))
