"""The first difference looked into: what agrees, where the fault is, what probably went wrong."""

from __future__ import annotations

from dataclasses import dataclass

from engine.against.compare import Comparison, Deviation
from engine.against.guesses import guess
from engine.against.pairs import START, Pair
from engine.against.scene import Guess, Scene
from engine.against.sides import Sides
from engine.against.tolerance import Tolerance
from engine.against.tracefile import TraceFile
from engine.catalog.symbols import DATA, Symbol
from engine.formula.calls import Array
from engine.program.step import Step
from engine.program.trace import Trace


@dataclass(frozen=True, eq=False, kw_only=True)
class Finding:
    """The first difference of a comparison. `agree` are the operands of its step that the record
    has, all of them alike; `unseen` those that it does not have, taken as the run has them, and
    `between` the steps that the record has nothing of and whose formulas the fault may be in too.
    `before` is what was compared last before it in its iteration, `read` what reads it in that
    iteration and is in the record. `trace` is the iteration whose arithmetic shows what is right.

    Of two records, `wrong` are those whose number is not what its step makes of their own numbers.
    """

    deviation: Deviation
    agree: tuple[Symbol, ...]
    unseen: tuple[Symbol, ...]
    between: tuple[Step, ...]
    before: Pair | None
    read: tuple[Symbol, ...]
    trace: Trace
    wrong: tuple[TraceFile, ...]
    guess: Guess | None


def finding(comparison: Comparison) -> Finding | None:
    """The first difference of a comparison; None where none has been come to."""
    first, sides = comparison.first, comparison.sides
    if first is None or sides is None:
        return None
    agree, unseen, between = operands(sides, first.pair)
    wrong = _wrong(comparison, sides, first)
    right = next((each for each in (sides.other, sides) if each and each not in wrong), sides)
    return Finding(
        deviation=first,
        agree=agree,
        unseen=unseen,
        between=between,
        before=_before(comparison, sides, first),
        read=tuple(
            step.symbol
            for step in sides.trace.steps
            if first.pair.symbol in step.reads
            and step.symbol in sides.theirs
            and step.number > first.pair.number
        ),
        trace=right.fed() if sides.other else sides.trace,
        wrong=tuple(each.record for each in wrong) if sides.other else (),
        guess=guess(scene(comparison, wrong[0], first)) if wrong else None,
    )


def _wrong(comparison: Comparison, sides: Sides, first: Deviation) -> list[Sides]:
    """The sides with a record whose number is not what its step makes of its own numbers; the
    record's where there is only one.
    """
    pair, other = first.pair, sides.other
    if other is None or pair.step is None:
        return [sides]
    exact = Tolerance(0.0, 0.0, comparison.tolerance.dtype)
    tolerance = exact if first.slight else comparison.tolerance
    return [
        each
        for each, array in ((sides, pair.theirs), (other, pair.ours))
        if tolerance.beyond(each.local[pair.symbol], array, each.local_noise[pair.symbol]).any()
    ]


def operands(
    sides: Sides, pair: Pair
) -> tuple[tuple[Symbol, ...], tuple[Symbol, ...], tuple[Step, ...]]:
    """What a step reads that the record has, what it has not, and the steps between."""
    agree: dict[Symbol, None] = {}
    unseen: dict[Symbol, None] = {}
    between: dict[int, Step] = {}
    steps = [pair.step] if pair.step else []
    while steps:
        step = steps.pop()
        for name in step.reads:
            writer = sides.trace.writer(name)
            made = writer is not None and writer < step.number
            if (made or name in DATA) and name in sides.theirs:
                agree[name] = None
            elif made and writer is not None:
                if writer not in between:
                    between[writer] = sides.trace.steps[writer - 1]
                    steps.append(between[writer])
            elif name in sides.started:
                agree[name] = None
            else:
                unseen[name] = None
    return tuple(agree), tuple(unseen), tuple(between[number] for number in sorted(between))


def _before(comparison: Comparison, sides: Sides, first: Deviation) -> Pair | None:
    """What was compared last before the first difference, in its iteration."""
    last = None
    for pair in comparison.pairs(sides):
        if (pair.number, pair.symbol) == (first.pair.number, first.pair.symbol):
            break
        last = pair
    return last


def scene(comparison: Comparison, sides: Sides, first: Deviation) -> Scene:
    """What guesses go by."""
    pair, tolerance = first.pair, comparison.tolerance
    theirs = pair.theirs if pair.phase == START else sides.theirs.get(pair.symbol, pair.theirs)
    if first.slight:
        tolerance = Tolerance(0.0, 0.0, tolerance.dtype)
    noise = sides.local_noise[pair.symbol] if pair.step else first.noise

    def close(array: Array) -> bool:
        return array.shape == theirs.shape and not tolerance.beyond(array, theirs, noise).any()

    return Scene(
        spec=comparison.history.spec_of(sides.t),
        record=sides.record,
        trace=sides.fed(),
        t=sides.t,
        symbol=pair.symbol,
        step=pair.step,
        theirs=theirs,
        close=close,
    )
