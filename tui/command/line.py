"""A command line: which commands there are, and which of them it runs."""

from __future__ import annotations

import gc
from typing import Protocol

from tui.command import (
    accuracy,
    against,
    app,
    check,
    completion,
    export,
    gradcheck,
    grade,
    jsonlines,
    linemode,
    man,
    options,
    plain,
    practice,
    recorder,
    runs,
    saverun,
    sessions,
    table,
    template,
    together,
    version,
    whence,
    why,
    worksheet,
)
from tui.command.output import end_with_pipe, refuse
from tui.command.parser import Parser, Run


class Part(Protocol):
    """What has something to add to the parser."""

    def add(self, parser: Parser, /) -> None:
        """Add a command's word, or options."""


PARTS: tuple[Part, ...] = (
    plain,
    jsonlines,
    linemode,
    runs,
    check,
    template,
    sessions,
    grade,
    against,
    worksheet,
    practice,
    export,
    recorder,
    saverun,
    why,
    whence,
    gradcheck,
    accuracy,
    table,
    options,
    completion,
    man,
    version,
)
"""The commands, and the options that several share, in the order of --help."""


def run(argv: list[str]) -> int:
    """Do what the command line says; the exit status. Without a command's word that is the app,
    or plain text where there is no terminal for it.
    """
    parser = Parser()
    for part in PARTS:
        part.add(parser)
    asked = parser.parse_args(argv)
    asked.parser = parser
    practice.check(asked, app.has_terminal(), asked.command is linemode.run)
    command: Run
    command = (
        asked.version
        or asked.asking
        or asked.command
        or (app.run if app.has_terminal() else plain.run)
    )
    together.check(asked, command)
    if command is not app.run:
        gc.enable()
        end_with_pipe()
    try:
        return command(asked)
    except Exception as error:
        from engine.spec.problem import Problem  # --version needs nothing of the engine

        if not isinstance(error, Problem):
            raise
        refuse(str(error))
