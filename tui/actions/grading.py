"""Somebody's sheet, graded: its slips as stops, one after the other."""

from __future__ import annotations

from engine.catalog.symbols import Symbol
from engine.session.moves import MoveError
from engine.session.standing import Selection, selected
from engine.sheets.figures import Judged
from engine.sheets.grade import MOST_BYTES, grade
from engine.sheets.scheme import Scheme
from engine.spec.files import path_of, read_text
from tui.actions.context import Context, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.stops import Stop, Stops, go_to
from tui.frame.marking import Paper, place_of


@command
def ask(c: Context, _count: Count) -> None:
    """Ask for a sheet to grade."""
    c.dialog.ask("grade the sheet in file: ", lambda name: _open(c, name.strip()))


def _open(c: Context, name: str) -> Effects:
    """Grade a sheet, and go to its first slip."""
    if not name:
        return ()
    path = path_of(name)
    branch, history = c.session.branch, c.history
    paper = Paper(path.name, grade(history, read_text(path, MOST_BYTES), Scheme()))
    c.desk.paper, c.desk.record = (branch, paper), None
    found = [_stop(c, each) for each in paper.graded.sheet.slips]
    c.desk.memory.of(Stops).put("slip", found, c.session.current)
    counts = paper.graded.sheet.counts()
    unplaced = len(paper.graded.unplaced)
    told = f"{path.name}: {counts['right']} right, {counts['carried']} carried, {_many(len(found))}"
    told += f"; {unplaced} not placed" if unplaced else ""
    if not found:
        c.say(f"{told}.")
        return ()
    effects = go_to(c, found[0])
    c.say(f"{told}. Next slip: {c.keymap.shown('next_stop')}")
    return effects


def _many(count: int) -> str:
    return "1 slip" if count == 1 else f"{count or 'no'} slips"


def _stop(c: Context, judged: Judged) -> Stop:
    """Where a slip is, with its element selected."""
    figure = judged.figure
    trace = c.history.trace(figure.iteration)
    shape = trace.known(figure.symbol, len(trace.steps)).shape if figure.symbol != "lr" else ()
    return Stop(place_of(judged, trace), selection(figure.symbol, figure.index, shape))


def selection(symbol: Symbol, index: tuple[int, ...], shape: tuple[int, ...]) -> Selection:
    """An element as a selection."""
    return Selection() if symbol == "lr" else selected(symbol, index, shape)


@command
def close(c: Context, _count: Count) -> None:
    """Put the sheet, or the record, away."""
    if c.desk.paper is None and c.desk.record is None:
        raise MoveError("No sheet is open; the palette, Ctrl+P, grades one.")
    what = "sheet" if c.desk.record is None else "record"
    c.desk.paper = c.desk.record = None
    c.desk.memory.of(Stops).put("", [], 0)
    c.say(f"The {what} is put away.")
