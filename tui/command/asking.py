"""What the commands that ask something of a place have in common: --from, --why, --gradcheck."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from tui.command import jsonlines, plain
from tui.command.output import refuse
from tui.command.parser import Parser, Run

if TYPE_CHECKING:
    from engine.history.position import Position
    from engine.session.session import Session
    from tui.text.format import Text


def add_word(parser: Parser, word: str, run: Run, says: str, **more: Any) -> None:
    """Add a command's word that may stand beside --plain or --json, which then say how it
    answers.
    """
    parser.add_argument(word, action=_Asking, run=run, help=says, **more)


class _Asking(argparse.Action):
    """Keeps the word's values, and its `run` as what is asked."""

    def __init__(self, option_strings: list[str], dest: str, run: Run, **more: Any) -> None:
        super().__init__(option_strings, dest, **more)
        self._run = run

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Keep them."""
        if getattr(namespace, "asking", None) not in (None, self._run):
            parser.error(f"argument {option_string}: one question at a time")
        namespace.asking = self._run
        setattr(namespace, self.dest, values)


def as_json(options: argparse.Namespace) -> bool:
    """Whether the answer is JSON; refuses the words of other commands."""
    if options.command not in (None, plain.run, jsonlines.run):
        words = "--from, --why, --gradcheck, --accuracy, --table, --grade and --against"
        refuse(f"{words} go with --plain or --json, and with no other word.")
    return options.command is jsonlines.run


def stand(options: argparse.Namespace) -> tuple[Session, Text, Position]:
    """The session at the place that --goto names; without it where a saved one stands, where the
    run wants to be opened, or at the end of the iterations that are asked for.
    """
    from engine.session.moves import end_of
    from tui.command import opening
    from tui.command.options import text_style
    from tui.frame.spelling import spelled as spelled_in

    text = text_style(options, sys.stdout)
    session = opening.opened_session(options, text)
    target = opening.target(options, session)
    if target is None and (options.resume is None or options.iterations):
        target = session.opening if options.iterations is None else None
        if target is None or not target.step:
            last = opening.iterations(options, session.spec.iterations)
            target = end_of(session.branch.history, last)
    if target is not None:
        session.go(target)
    return session, spelled_in(text, session.spec), session.position


def print_object(fields: dict[str, Any]) -> None:
    """Print an object as a line of JSON; what is no number is a string."""
    print(json.dumps({key: spelled(value) for key, value in fields.items()}, ensure_ascii=True))


def spelled(value: Any) -> Any:
    """A value as JSON can have it."""
    if isinstance(value, float) and value - value != 0:
        return str(value)
    if isinstance(value, dict):
        return {key: spelled(each) for key, each in value.items()}
    if isinstance(value, list):
        return [spelled(each) for each in value]
    return value
