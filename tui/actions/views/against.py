"""The view `report`: what a record of another training differs in first, and why."""

from __future__ import annotations

import shlex

from tui.actions.against import Report
from tui.actions.context import Context, View, command
from tui.actions.dialog import Count
from tui.draw.against import lines
from tui.draw.difference import Told
from tui.draw.parts import paragraph
from tui.frame.frame import Lines


def page(c: Context) -> Lines:
    """The report, as --against prints it."""
    found, text = c.desk.memory.of(Report).found, c.text
    if found is None or c.desk.record is None:
        none = text.plain("No record is open; the palette, Ctrl+P, compares with one.")
        return lambda _frame, width: paragraph(none, width)
    source = f" {shlex.quote(c.desk.source)}" if c.desk.source else ""
    told = Told(text, found.comparison, found.finding, found.left, f"python -m tui{source}")
    return lambda _frame, width: list(lines(told, width))


VIEW = View(id="report", page=page, follows=False)


@command
def show(c: Context, _count: Count) -> None:
    """The report of the record that is open, and back."""
    c.shown.open(VIEW)
