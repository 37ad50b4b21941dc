"""What is to be printed of a session: a place of it, or the steps of its iterations."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from engine.history.position import Position
from engine.program.step import Step
from engine.program.trace import Trace
from engine.session.session import Session
from tui.command import opening
from tui.command.options import text_style
from tui.command.output import refuse
from tui.text.format import Text


@dataclass(frozen=True)
class Request:
    """The place `target` of a session that `goto` names, or else iterations `first` to `last`."""

    session: Session
    text: Text
    first: int
    last: int
    target: Position | None
    goto: str | None


def request(options: argparse.Namespace) -> Request:
    """What the options ask for."""
    text = text_style(options, sys.stdout)
    session = opening.opened_session(options, text)
    if options.keys:
        opening.keymap(options)
    last = opening.iterations(options, session.spec.iterations)
    target = opening.target(options, session)
    return Request(session, text, last if options.last else 1, last, target, options.goto)


def steps(asked: Request) -> Iterator[tuple[Trace, Step]]:
    """The steps to print, each with its iteration's values."""
    history, target = asked.session.branch.history, asked.target
    if target is None:
        for t in range(asked.first, asked.last + 1):
            trace = history.trace(t)
            for step in trace.steps:
                yield trace, step
    elif not target.step:
        refuse(f"--goto {asked.goto}: nothing is computed there; 1.1 is the first step.")
    else:
        trace = history.trace(target.iteration)
        yield trace, trace.steps[target.step - 1]
