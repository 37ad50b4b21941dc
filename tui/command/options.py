"""The options that several commands share, and what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.command.charset import is_ascii
from tui.command.output import refuse

if TYPE_CHECKING:
    import argparse

    from tui.command.parser import Parser
    from tui.text.format import Text


def add(parser: Parser) -> None:
    """Add the options."""
    p = parser
    p.add_argument("run", nargs="?", metavar="RUN", help="a built-in run or a run file (TOML)")
    p.add_argument(
        "--resume", metavar="NAME", nargs="?", const="", help="go on with a session, the last one"
    )
    p.add_argument("--iterations", metavar="N", help="how many iterations to print")
    p.add_argument("--last", action="store_true", help="print the last iteration only")
    p.add_argument("--optimizer", metavar="NAME", help="instead of the run's own: sgd, adam, ...")
    p.add_argument("--goto", metavar="PLACE", help="start at, or print only: 12, 12.6, dW2, ...")
    p.add_argument("--size", metavar="WxH", help="with --plain: the screen at that size, as text")
    p.add_argument("--svg", metavar="THEME", help="with --size: as SVG, dark or light")
    p.add_argument("--digits", metavar="N", help="digits after the point (2 to 12, default 4)")
    p.add_argument("--ascii", action="store_true", help="ASCII characters only")
    p.add_argument("--mouse", action="store_true", help="a click selects, the wheel steps")
    p.add_argument("--memory", metavar="MB", help="for the past of all branches (default 256)")
    p.add_argument("--keys", metavar="FILE", help="a TOML file that changes keys")


def number(option: str, value: str | None, least: int, most: int, default: int) -> int:
    """The whole number of an option; refuses any other."""
    if value is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,20}", value) or not least <= int(value) <= most:
        refuse(f"{option} {value}: a whole number from {least:,} to {most:,} is needed.")
    return int(value)


def text_style(options: argparse.Namespace, stream: object) -> Text:
    """How things are written: in ASCII where the stream shows no more."""
    from tui.actions.desk import MOST_DIGITS
    from tui.text.format import Text

    digits = number("--digits", options.digits, 2, MOST_DIGITS, 4)
    return Text(digits=digits, ascii=options.ascii or is_ascii(stream))
