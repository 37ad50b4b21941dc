"""`--why`: the questions at a place, or the answer to the one that fits some words."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.command import asking
from tui.command.output import refuse, show
from tui.command.parser import Parser

if TYPE_CHECKING:
    from engine.analysis.questions.base import Question, Scene
    from tui.text.format import Text

WIDTH = 100


def add(parser: Parser) -> None:
    """Add the word."""
    says = "the questions at --goto; with words, the answer to the one that fits"
    asking.add_word(parser, "--why", run, says, nargs="*", metavar="WORDS", dest="why")


def run(options: argparse.Namespace) -> int:
    """Print them, or the answer."""
    from engine.analysis.asking import found_by
    from engine.spec.problem import Problem
    from tui.frame.asked import scene_of
    from tui.frame.frame import build

    in_json = asking.as_json(options)
    try:
        chosen = found_by(" ".join(options.why))[0] if options.why else None
    except Problem as problem:
        refuse(f"--why {problem} --why alone lists the questions.")
    session, text, _position = asking.stand(options)
    frame = build(session, text)
    asked = scene_of(session.branch.history, frame)
    if chosen is None:
        _list(asked, text, in_json)
    else:
        _answer(chosen, asked, text, in_json)
    return 0


def _list(asked: Scene, text: Text, in_json: bool) -> None:
    from engine.analysis.asking import others, raised
    from tui.draw.questions import listed

    here = raised(asked)
    if not in_json:
        for line in listed(text, here, others(here, asked.spec), WIDTH):
            show(text, "".join(part for part, _ in line))
        return
    for question in (*here, *others(here, asked.spec)):
        missing = question.lacks(asked)
        asking.print_object(
            {
                "question": question.id,
                "asks": question.asks,
                "raised": question in here,
                "missing": text.formula(missing),
            }
        )


def _answer(question: Question, asked: Scene, text: Text, in_json: bool) -> None:
    from tui.draw.questions import answer

    lines = [
        "".join(part for part, _ in line).rstrip() for line in answer(text, asked, question, WIDTH)
    ]
    if in_json:
        asking.print_object(
            {
                "question": question.id,
                "asks": question.asks,
                "iteration": asked.t,
                "missing": text.formula(question.lacks(asked)),
                "lines": [line for line in lines[2:] if line],
            }
        )
        return
    for line in lines:
        show(text, line)
