"""`--plain`, and without a terminal: the steps of a run as text, or its screen at a --size."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from tui.command.output import refuse, show
from tui.command.parser import Parser

if TYPE_CHECKING:
    from tui.command.request import Request

SMALLEST_SIZE, LARGEST_SIZE = 1, 1000


def add(parser: Parser) -> None:
    """Add the word."""
    parser.add_command("--plain", run, "print the steps as text")


def run(options: argparse.Namespace) -> int:
    """Print them."""
    from engine.history.position import Position
    from tui.command.blocks import block
    from tui.command.request import request, steps

    if options.svg not in (None, "dark", "light"):
        refuse(f"--svg {options.svg}: dark or light.")
    if options.svg and not options.size:
        refuse("--svg goes with --plain and --size.")
    asked = request(options)
    if options.size:
        print_screen(options, asked)
        return 0
    for trace, step in steps(asked):
        show(asked.text, block(asked.session, Position(trace.t, step.number), asked.text) + "\n")
    return 0


def print_screen(options: argparse.Namespace, asked: Request) -> None:
    """Print the screen at the place that is asked for."""
    from tui.actions.actions import Actions
    from tui.actions.desk import Desk
    from tui.command.opening import keymap
    from tui.command.picture import picture
    from tui.draw.whole import drawing

    width, height = sides(options.size)
    if asked.target:
        asked.session.go(asked.target)
    actions = Actions(Desk(asked.session, asked.text), keymap(options))
    actions.context.shown.size = width, height
    frame = actions.frame()
    if options.svg:
        drawn = drawing(frame, width, height, dark=options.svg == "dark")
        show(asked.text, drawn.rstrip("\n"))
    else:
        show(asked.text, picture(frame, width, height))


def sides(size: str) -> tuple[int, int]:
    """Columns and rows of a --size."""
    match = re.fullmatch(r"([0-9]{1,4})x([0-9]{1,4})", size)
    width, height = map(int, match.groups()) if match else (0, 0)
    if not all(SMALLEST_SIZE <= side <= LARGEST_SIZE for side in (width, height)):
        refuse(f"--size {size}: columns x rows, such as 80x24, up to 1000x1000.")
    return width, height
