"""`--from`: where a number comes from, unfolded so many times."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.command import asking
from tui.command.output import refuse, show
from tui.command.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.analysis.derivation import Derivation, Number
    from engine.analysis.unfolding import Row
    from engine.analysis.ways import Ways
    from engine.catalog.symbols import Symbol
    from engine.history.position import Position
    from tui.draw.derivation import Told
    from tui.text.raster import Line

WIDTH = 100
MOST_FED = 100_000
DEPTH, MOST_DEPTH = 3, 100_000


def add(parser: Parser) -> None:
    """Add the words."""
    says = "where a number at --goto comes from, such as 'W2[1,1]'"
    asking.add_word(parser, "--from", run, says, metavar="NUMBER", dest="number")
    how_far = f"with --from: how far back (default {DEPTH})"
    parser.add_argument("--depth", metavar="N", help=how_far)


def run(options: argparse.Namespace) -> int:
    """Print it."""
    from engine.analysis.derivation import Derivation
    from engine.analysis.unfolding import Fold, fed, to_depth
    from tui.command.options import number
    from tui.draw.derivation import Told, again, heading, lines

    in_json = asking.as_json(options)
    depth = number("--depth", options.depth, 0, MOST_DEPTH, DEPTH)
    session, text, position = asking.stand(options)
    derivation = Derivation(session.branch.history)
    root = named(derivation, position, options.number)
    told = Told(derivation, text)
    rows = to_depth(derivation, root, depth)
    if in_json:
        for row in rows:
            if row.fold is not Fold.MORE:
                asking.print_object(_fields(told, row))
        for row in fed(derivation, root, lambda _number, _depth: False, _all_fed):
            asking.print_object(_fields(told, row) | {"relation": "feeds"})
        for fields in _way_fields(told, root, position):
            asking.print_object(fields)
        return 0
    show(text, heading(told, root))
    up = fed(derivation, root, lambda _number, _depth: False)
    head: Line = (("It feeds" if up else "It feeds nothing more.", "title"),)
    below = (head, *lines(told, up, WIDTH), *_ways(told, root, position))
    for line in (*lines(told, rows, WIDTH), *below):
        show(text, "".join(part for part, _ in line).rstrip())
    if {row.fold for row in rows} <= {Fold.OPEN, Fold.GIVEN, Fold.ABOVE} and len(rows) > 1:
        show(text, again(told, root))
    return 0


def named(derivation: Derivation, position: Position, written: str) -> Number:
    """The number that an element's name means at a position; refuses what is none."""
    from engine.analysis.conditiontext import parse_element
    from engine.analysis.variables import as_elements
    from engine.spec.problem import Problem

    trace = derivation.trace(position.iteration)
    shapes = {name: trace.known(name, 0).shape for name in (*trace.data, *trace.parameters)}
    shapes |= {step.symbol: step.shape for step in trace.steps}
    try:
        spec = derivation.history.spec_of(position.iteration)
        found = parse_element(as_elements(written, spec), shapes)
        if found.index is None:
            first = ",".join("1" * len(shapes[found.symbol]))
            raise Problem(
                f"{found.symbol} is an array; name one number of it, {found.symbol}[{first}]."
            )
        return derivation.at(position.iteration, position.step, found.symbol, found.index)
    except Problem as problem:
        refuse(f"--from {problem}")


def _all_fed(_number: Number) -> int:
    return MOST_FED


def _found(told: Told, number: Number, position: Position) -> tuple[Symbol, Ways] | None:
    """The ways of a number to the loss of the iteration, and what they are of; None where it has
    none.
    """
    from engine.analysis.gradcheck import checked
    from engine.analysis.ways import ways
    from engine.catalog.symbols import Symbol
    from engine.spec.problem import Problem

    trace = told.derivation.trace(position.iteration)
    spec = told.derivation.history.spec_of(position.iteration)
    try:
        target = checked(Symbol(number.symbol))
        return target, ways(trace, spec, target, number.index)
    except Problem:
        return None


def _ways(told: Told, number: Number, position: Position) -> list[Line]:
    from tui.draw import ways as draw

    found = _found(told, number, position)
    if found is None:
        return []
    trace = told.derivation.trace(position.iteration)
    spec = told.derivation.history.spec_of(position.iteration)
    target, all_of_them = found
    name = told.text.element(target, number.index, trace.known(target, len(trace.steps)).shape)
    return draw.lines(told.text, name, all_of_them, trace, spec, WIDTH)


def _way_fields(told: Told, number: Number, position: Position) -> Iterator[dict[str, object]]:
    """The strongest ways as objects, then how many there are and what they add up to."""
    found = _found(told, number, position)
    if found is None:
        return
    for way in found[1].strongest:
        yield {
            "relation": "way",
            "factors": [
                {"symbol": each.symbol, "index": [i + 1 for i in each.index], "value": each.value}
                for each in way.factors
            ],
            "product": way.product,
        }
    yield {
        "relation": "ways",
        "symbol": found[0],
        "count": found[1].count,
        "total": found[1].total,
        "rest": found[1].rest,
    }


def _fields(told: Told, row: Row) -> dict[str, object]:
    number, derivation = row.number, told.derivation
    step = derivation.step(number)
    return {
        "relation": "from",
        "depth": row.depth,
        "symbol": number.symbol,
        "index": [i + 1 for i in number.index],
        "iteration": number.t,
        "step": step.number if step else None,
        "from": str(derivation.origin(number)),
        "value": derivation.value(number),
        "line": told.written(number),
        "above": row.fold.name == "ABOVE",
    }
