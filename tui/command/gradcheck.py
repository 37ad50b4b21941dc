"""`--gradcheck`: every parameter's gradient beside a central difference of the loss."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.command import asking
from tui.command.output import refuse, show
from tui.command.parser import Parser

if TYPE_CHECKING:
    from engine.analysis.gradcheck import Check
    from engine.formula.layout import Shape


def add(parser: Parser) -> None:
    """Add the word."""
    says = "check the gradients of the iteration at --goto by differences"
    asking.add_word(parser, "--gradcheck", run, says, nargs=0, dest="gradcheck")


def run(options: argparse.Namespace) -> int:
    """Print the checks."""
    from engine.analysis.gradcheck import GradientCheck, H
    from engine.spec.problem import Problem
    from tui.draw.gradcheck import Tally, table_head, table_row

    in_json = asking.as_json(options)
    session, text, position = asking.stand(options)
    asked = GradientCheck(session.branch.history, position.iteration)
    try:
        asked.changeable(asked.parameters[0])
    except Problem as problem:
        refuse(f"--gradcheck: {problem}")
    shapes: dict[str, Shape] = {
        name: session.trace.known(name, 0).shape for name in asked.parameters
    }
    if in_json:
        for check in asked.all_of(asked.parameters):
            asking.print_object(_fields(check))
        return 0
    in_float64 = ", in float64" if asked.spec.dtype == "float32" else ""
    head = f"iteration {position.iteration} · (L(θ + h) − L(θ − h))/2h with h = {text.number(H)}"
    beside = "the derivative" if asked.spec.instead else "backpropagation"
    show(text, f"{head}{in_float64}, beside {beside}")
    show(text, table_head(text))
    tally = Tally()
    for check in asked.all_of(asked.parameters):
        tally.add(check)
        show(text, table_row(text, check, shapes[check.symbol]))
    show(text, tally.words(text, shapes))
    return 0


def _fields(check: Check) -> dict[str, object]:
    return {
        "symbol": check.symbol,
        "index": [i + 1 for i in check.index],
        "backprop": check.backprop,
        "numeric": check.numeric,
        "error": check.error,
    }
