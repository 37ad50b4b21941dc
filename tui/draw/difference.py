"""The first difference of a run from a record, as lines: where, how far, why, what follows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.against.compare import Comparison, Deviation
from engine.against.finding import Finding
from engine.against.left import Left
from engine.against.pairs import GIVEN, START, Pair
from engine.against.tracefile import TraceFile
from engine.catalog.symbols import DATA, Symbol, indexed
from engine.formula.expr import Index
from tui.draw.parts import paragraph
from tui.text.format import Text
from tui.text.raster import Line

MOST_NAMED = 8
"""So many names are listed; of more it is said how many there are."""
PLACES = {START: "what the iteration begins with", GIVEN: "its mini-batch"}


@dataclass(frozen=True)
class Told:
    """How a comparison is told: its parts, and the command that opens the run."""

    text: Text
    comparison: Comparison
    finding: Finding | None
    left: Left
    command: str


def first(told: Told, found: Finding, width: int) -> Iterator[Line]:
    """The lines of it."""
    text, deviation = told.text, found.deviation
    pair, index = deviation.pair, deviation.worst
    yield ((text.plain("The first number that differs"), "title"),)
    yield ((text.plain(f"  {place(deviation)}"), ""),)
    yield ((f"  {named(text, deviation, index)}", "accent"),)
    ours, theirs = float(pair.ours[index]), float(pair.theirs[index])
    yield ((text.plain(f"    ours    {digits(ours)}"), ""),)
    yield ((text.plain(f"    theirs  {digits(theirs)}"), ""),)
    for line in apart(told.comparison, deviation, index):
        yield from _indented(text, line, width, 4)
    differ, size = int(deviation.differs.sum()), pair.ours.size
    if size > 1:
        words = f"{differ:,} of {size:,} elements differ; this one is furthest apart"
        yield ((text.plain(f"    {words}"), ""),)
    yield from _indented(text, _fault(told, found), width)
    for line in _arithmetic(told, deviation, index):
        yield from _indented(text, line, width, 4)
    yield from _indented(text, _before(told, found), width)
    if found.guess:
        yield from _indented(text, found.guess.says, width, role="accent")
    yield from _indented(text, _later(told, found), width)
    yield ((text.plain(f"  Look there: {told.command} --goto {goto(deviation)}"), ""),)


def _indented(
    text: Text, words: str, width: int, indent: int = 2, role: str = ""
) -> Iterator[Line]:
    margin = (" " * indent, "")
    for line in paragraph(text.plain(words), width - indent, role, 2):
        yield (margin, *line)


def place(deviation: Deviation) -> str:
    """Where a difference is."""
    pair = deviation.pair
    if pair.phase in PLACES:
        return f"iteration {deviation.t} · before its first step · {PLACES[pair.phase]}"
    return f"iteration {deviation.t} · step {pair.number} · {pair.phase}"


def goto(deviation: Deviation) -> str:
    """The place of a difference, as --goto takes it."""
    pair = deviation.pair
    return f"{deviation.t}.{pair.symbol if pair.step else max(1, pair.number)}"


def named(text: Text, deviation: Deviation, index: Index) -> str:
    """Both names of an element: on the screen, in files, and in the record."""
    pair = deviation.pair
    form = text.element(pair.symbol, index, pair.ours.shape)
    key = indexed(str(pair.symbol), index)
    theirs = indexed(deviation.name, index)
    return " · ".join(dict.fromkeys((form, key, text.plain(theirs))))


def digits(x: float) -> str:
    """A number to 17 digits, with which it reads back exactly."""
    return f"{x:.17g}".replace("-", "−")


def apart(comparison: Comparison, deviation: Deviation, index: Index) -> Iterator[str]:
    """How far two numbers are apart, and how far they may be."""
    pair = deviation.pair
    ours, theirs = float(pair.ours[index]), float(pair.theirs[index])
    if not (math.isfinite(ours) and math.isfinite(theirs)):
        yield "one of them is no finite number, or another one"
        return
    tolerance = comparison.tolerance
    far = abs(ours - theirs)
    relative = f", relative {far / abs(ours):.3g}" if ours else ""
    yield f"apart   {far:.3g}{relative}, {tolerance.ulps(ours, theirs):.3g} units of the last place"
    allowed = float(tolerance.of(pair.ours)[index])
    noise = float(deviation.noise[index])
    rounding = f"; rounding explains up to {noise:.2g}" if noise else ""
    if deviation.slight:
        rounding += ": slight, and not rounding; what follows from it goes beyond"
    yield f"allowed {allowed:.3g}{rounding}"


def _fault(told: Told, found: Finding) -> str:
    """What agrees, and so where the fault is."""
    text, deviation = told.text, found.deviation
    pair = deviation.pair
    if pair.step is None:
        return _given(told, pair, found.deviation.t)
    if deviation.follows:
        return (
            "The record's own numbers give its number by this formula too, so the difference was"
            " there before, in numbers that agree within the tolerance."
        )
    reads = f"All that it reads agrees ({names(text, found.agree)})" if found.agree else ""
    unseen = f"the record has no {names(text, found.unseen)}" if found.unseen else ""
    said = "; ".join(part for part in (reads, unseen) if part) or "It reads nothing"
    if told.comparison.ours:
        return f"{said}. {_whose(told, found, told.comparison.ours)}"
    if not found.between:
        return f"{said}. So the fault is in this formula:"
    between = names(text, [step.symbol for step in found.between])
    return (
        f"{said}. So the fault is in this formula, or in that of {between}, which the record does"
        " not have:"
    )


def _whose(told: Told, found: Finding, ours: TraceFile) -> str:
    """Which of two records has a number that its formula does not give."""
    both = ours.file, told.comparison.record.file
    wrong = [each.file for each in found.wrong]
    if len(wrong) == 1:
        right = next(file for file in both if file != wrong[0])
        return f"{right} has what the formula gives, {wrong[0]} has not:"
    if wrong:
        return "Neither has what the formula gives:"
    return "Each has what the formula gives of its own numbers, by rounding:"


def _given(told: Told, pair: Pair, t: int) -> str:
    """What it means that a number differs which no step makes."""
    name = told.text.name(pair.symbol)
    if pair.phase == START:
        if t == 1:
            return f"The record starts from another {name}: it was so before any step."
        return f"No step made {name} so: it was another one when the iteration began."
    if pair.phase == GIVEN:
        return "It is given, not computed: the mini-batch is another one."
    if pair.symbol.is_parameter:
        return f"{name} is not trained in this run, and the record has changed it."
    return f"{name} is a number that the update reads: it is another one here."


def _arithmetic(told: Told, deviation: Deviation, index: Index) -> Iterator[str]:
    """The formula, and with the numbers put in."""
    text, pair = told.text, deviation.pair
    if pair.step is None or told.finding is None:
        return
    yield text.formula(pair.step.formula)
    trace, done = told.finding.trace, pair.step.number
    tree = trace.expand(pair.step, index)
    arrays = ((name, trace.value(name, done)) for name in (*pair.step.reads, *DATA))
    shapes = {name: array.shape for name, array in arrays if array is not None}
    name = text.element(pair.symbol, index, pair.ours.shape)
    if tree.op != "num":
        yield f"{name} = {text.in_names(tree, shapes)}"
    yield text.line(tree, float(trace.known(pair.symbol, done)[index])).named(name)


def _before(told: Told, found: Finding) -> str:
    """What agreed last."""
    text = told.text
    if found.before is None:
        t = found.deviation.t
        earlier = t > 1 and t - 1 in told.comparison.iterations
        return f"All of iteration {t - 1} agreed." if earlier else "Nothing was compared before it."
    pair = found.before
    where = f", step {pair.number}" if pair.step else ""
    return f"What agreed last: {text.name(pair.symbol)}{where}."


def _later(told: Told, found: Finding) -> str:
    """Whether what differs after it follows from it."""
    tally, text = told.comparison.tally, told.text
    own = {name: ts for name, ts in tally.faults.items() if name != _symbol(found)}
    again = tally.faults.get(_symbol(found), [])
    said = []
    if not tally.follow and not own and found.read:
        said.append(
            f"Nothing else differs: what reads it in the record ({names(text, found.read)}) goes"
            " by the run's number instead. Perhaps it is only written down otherwise."
        )
    elif not tally.follow and not own:
        said.append("Nothing else differs.")
    if tally.follow:
        one = tally.follow == 1
        verbs = ("differs", "follows", "give it") if one else ("differ", "follow", "give them")
        arrays = many(tally.follow, "array")
        what = f"{arrays} that {verbs[0]} after it {verbs[1]} from what was there before"
        said.append(f"{what}: the formulas {verbs[2]}, from the record's own numbers.")
    if len(again) > 1:
        said.append(f"The same step differs in {_iterations(again)}.")
    if own:
        said.append(f"By their own formulas differ too: {_grouped(text, own)}.")
    return " ".join(said)


def _grouped(text: Text, faults: Mapping[Symbol, list[int]]) -> str:
    """Symbols with the iterations that they are in, those of the same ones together."""
    alike: dict[tuple[int, ...], list[Symbol]] = {}
    for name, ts in faults.items():
        alike.setdefault(tuple(ts), []).append(name)
    parts = [f"{names(text, found)} in {_iterations(ts)}" for ts, found in alike.items()]
    more = f"; and {len(parts) - MOST_NAMED} more" if len(parts) > MOST_NAMED else ""
    return "; ".join(parts[:MOST_NAMED]) + more


def _symbol(found: Finding) -> Symbol:
    return found.deviation.pair.symbol


def _iterations(ts: Sequence[int]) -> str:
    if len(ts) == 1:
        return f"iteration {ts[0]}"
    return f"{len(ts):,} iterations, {ts[0]:,} to {ts[-1]:,}"


def names(text: Text, symbols: Iterable[Symbol]) -> str:
    """Symbols by name, not too many."""
    found = [text.name(symbol) for symbol in symbols]
    more = len(found) - MOST_NAMED
    return ", ".join(found[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def many(count: int, one: str) -> str:
    """So many of one thing."""
    return f"{count:,} {one}{'s' * (count != 1)}"
