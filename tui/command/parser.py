"""The parser that commands are added to."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias

from tui.command.output import end_with_pipe, refuse

DESCRIPTION = "Step through the training of a neural network, one formula at a time."


Run: TypeAlias = Callable[[argparse.Namespace], int]
"""Does a command with these options; the exit status."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence. The word of a command puts its `run` into `command`."""

    def __init__(self) -> None:
        super().__init__(prog="python -m tui", description=DESCRIPTION, allow_abbrev=False)
        self.set_defaults(command=None, asking=None)
        self._words = self.add_mutually_exclusive_group()

    def add_command(self, word: str, run: Run, says: str) -> None:
        """Add the word of a command; a command line has at most one."""
        self._words.add_argument(word, dest="command", action="store_const", const=run, help=says)

    @property
    def words(self) -> list[argparse.Action]:
        """The words of commands."""
        return self._words._group_actions

    def print_help(self, file: Any = None) -> None:
        """Print what there is. Raises OSError where it cannot be written."""
        end_with_pipe()
        print(self.format_help(), end="", file=file, flush=True)

    def error(self, message: str) -> NoReturn:
        """Print the sentence and exit with 2."""
        refuse(f"{message[0].lower()}{message[1:].rstrip('.')}; --help lists the options.")


def said(option: argparse.Action) -> str:
    """What an option does, as its help says it."""
    return (option.help or "").replace("%%", "%")
