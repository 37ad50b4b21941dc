"""Where an iteration has what somebody looks for: a symbol, an element, or words of a step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from engine.analysis.conditiontext import parse_element
from engine.analysis.variables import as_elements
from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.formula.layout import Shape
from engine.program.step import Step
from engine.program.trace import Trace
from engine.sheets import names
from engine.sheets.literals import literal
from engine.sheets.meaning import Meanings, MisplacedError
from engine.spec.check import nearest
from engine.spec.problem import Problem
from tui.frame import reasons
from tui.frame.frame import Frame
from tui.text.characters import plain

COMPUTED, READ = "computed here", "read here"
NAME, TITLE, SENTENCE = "in its name", "in its title", "in its sentence"
ALIKE = 0.7
"""How like a word another must be to be offered for it: a slip or two of the fingers."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_SUBSCRIPT = re.compile(r"\](?=[0-9]+$)")
_ONE_NUMBER = literal("1")


class Hit(NamedTuple):
    """A step of an iteration, by its number, and how what is looked for is there."""

    step: int
    how: str


class Sought(NamedTuple):
    """What is looked for: words, which may be the name of a symbol, or of an element of it. A
    symbol that is a word as well, such as loss, is looked for as both.
    """

    text: str
    symbol: Symbol | None = None
    place: Index | None = None
    shape: Shape = ()


def looked_for(frame: Frame, trace: Trace, text: str) -> tuple[Sought, list[Hit]]:
    """What a text means in an iteration, and the steps that have it. A text that none has may be
    a name as people write it: y_hat, dL/dz2, w5. Raises Problem as `sought` does.
    """
    what = sought(as_elements(text, frame.spec), trace)._replace(text=text)
    found = hits(frame, trace, what)
    if not found and (written := _as_written_here(text, trace)):
        what = sought(written, trace)._replace(text=text)
        found = hits(frame, trace, what)
    return what, found


def _as_written_here(text: str, trace: Trace) -> str:
    """The symbol or element that a name of other notations means, "" for none."""
    text = _SUBSCRIPT.sub("]_", text)
    shapes, named = _shapes(trace), names.name(names.ready(text))
    if named is None or _ONE_NUMBER is None:
        return ""
    depth = max(Symbol(name).in_layer for name in trace.parameters)
    try:
        symbol, index = Meanings(shapes, depth).symbol(named, _ONE_NUMBER)
    except MisplacedError:
        return ""
    place = f"[{','.join(map(str, index))}]" if index else ""
    return f"{symbol}{place}" if symbol in shapes else ""


def _shapes(trace: Trace) -> dict[str, Shape]:
    shapes = {name: trace.known(name, 0).shape for name in (*trace.data, *trace.parameters)}
    return shapes | {step.symbol: step.shape for step in trace.steps}


def sought(text: str, trace: Trace) -> Sought:
    """What a text means in an iteration. Raises Problem for an element that its symbol has not."""
    shapes = _shapes(trace)
    try:
        found = parse_element(text, shapes)
    except Problem:
        named = re.match(r"\S+?(?=\[[0-9, ]+\]$|_[0-9,]+$|[₀-₉,]+$)", text)
        if named and named[0] in {form for name in shapes for form in Symbol(name).forms()}:
            raise
        return Sought(text)
    return Sought(text, Symbol(found.symbol), found.index, shapes[found.symbol])


def hits(frame: Frame, trace: Trace, what: Sought) -> list[Hit]:
    """The steps of an iteration that have it, in their order; words in upper or lower case, as the
    screen writes them or in ASCII. `frame` says how things are written, and of which sample.
    """
    there = replace(frame, trace=trace, steps=trace.steps)
    found = (_hit(there, step, what) for step in trace.steps)
    return [hit for hit in found if hit]


def _hit(frame: Frame, step: Step, what: Sought) -> Hit | None:
    if what.symbol is not None:
        if step.symbol == what.symbol:
            return Hit(step.number, COMPUTED)
        if what.symbol in step.reads:
            return Hit(step.number, READ)
        if not _WORD.fullmatch(what.text):
            return None
    wanted = _folded(what.text)
    for how, texts in told(frame, step):
        if how == NAME and what.symbol is not None:
            continue
        if any(wanted in _folded(text) or wanted in _folded(plain(text)) for text in texts):
            return Hit(step.number, how)
    return None


def told(frame: Frame, step: Step) -> Iterator[tuple[str, Iterable[str]]]:
    """What the screen says of a step of the frame's trace: its names, its title, its sentences."""
    yield NAME, step.symbol.forms()
    yield TITLE, (frame.text.formula(step.title),)
    yield SENTENCE, (" ".join(reasons.why(frame, step, reasons.first(frame, step))),)


def nothing(frame: Frame, trace: Trace, what: Sought) -> str:
    """That no step of the iteration has it, and the nearest that one has."""
    there = replace(frame, trace=trace, steps=trace.steps)
    names = [*trace.parameters, *(step.symbol for step in trace.steps)]
    spoken = " ".join(t for step in trace.steps for _, texts in told(there, step) for t in texts)
    words = dict.fromkeys(_WORD.findall(spoken.lower()))
    near = next(iter(get_close_matches(what.text.lower(), words, 1, ALIKE)), "")
    if not near and re.search("[0-9]", what.text):
        near = nearest(what.text, names)
    hint = f"; the nearest is {near}" if near else ""
    return f"{short(what.text)}: no step of iteration {trace.t} has it{hint}."


def short(text: str) -> str:
    """What was typed, as a sentence repeats it."""
    return f"“{text if len(text) <= 30 else f'{text[:29]}…'}”"


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return " ".join(_HYPHEN.sub(" ", text.casefold()).split())
