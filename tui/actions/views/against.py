"""The view `report`: what a record of another training differs in first, and why."""

from __future__ import annotations

import shlex

from engine.session.moves import MoveError
from tui.actions.against import Report
from tui.actions.context import Context, View, command
from tui.actions.dialog import Count
from tui.draw.against import lines
from tui.draw.difference import Told
from tui.frame.frame import Lines


def page(c: Context) -> Lines:
    """The report, as --against prints it."""
    found, text = c.desk.memory.of(Report).found, c.text
    if found is None:
        return lambda _frame, _width: []
    source = f" {shlex.quote(c.desk.source)}" if c.desk.source else ""
    told = Told(text, found.comparison, found.finding, found.left, f"python -m tui{source}")
    return lambda _frame, width: list(lines(told, width))


VIEW = View(id="report", page=page, follows=False)


@command
def show(c: Context, _count: Count) -> None:
    """The report of the record that is open, and back. Raises MoveError where none is."""
    if c.desk.record is None or c.desk.memory.of(Report).found is None:
        raise MoveError("No record is open; the palette, Ctrl+P, compares with one.")
    c.shown.open(VIEW)
