"""`--practice`: the app, with practice on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.command.output import refuse
from tui.command.parser import Parser
from tui.command.worksheet import name_of

if TYPE_CHECKING:
    from engine.history.position import Position
    from tui.actions.context import Context


def add(parser: Parser) -> None:
    """Add the word."""
    says = "type every number before it shows, of RUN or --seed; --steps names some"
    parser.add_argument("--practice", action="store_true", help=says)


def check(options: argparse.Namespace, has_terminal: bool, by_lines: bool = False) -> None:
    """Refuse what does not go with practice; name the run that --seed makes."""
    if not options.practice:
        return
    if options.version or options.asking or (options.command and not by_lines):
        refuse("--practice opens the app, or --line; no other command goes with it.")
    if not has_terminal and not by_lines:
        refuse(
            "--practice asks on the screen, and needs a terminal; --line asks in lines, and"
            " --worksheet prints a page."
        )
    if options.resume is None:
        options.run = name_of(options)


def begin(c: Context, options: argparse.Namespace, place: Position | None = None) -> None:
    """Have practice on: what was left off where that is resumed, else as the options ask, from a
    place on where one is named.
    """
    from engine.spec.problem import Problem
    from tui.actions import practice

    wanted = [each.strip() for each in (options.steps or "").split(",") if each.strip()]
    left = c.desk.practice
    try:
        if left is not None and not wanted and place is None and left.coming(c.history) is not None:
            practice.begin(c, left)
        else:
            c.session.go(place or c.session.position)
            last = c.session.reached.iteration if options.iterations else 0
            practice.begin_new(c, wanted, last)
    except Problem as problem:
        refuse(f"--practice: {problem}")
