"""Mistakes in steps that a record has nothing of, told by what they lead to."""

from __future__ import annotations

from collections.abc import Iterator

from engine.against.again import Again
from engine.against.guesses.grading import wrong
from engine.against.guesses.row import Alternative, Tries
from engine.against.guesses.setting import Setting
from engine.catalog.symbols import GRADIENTS
from engine.program.step import Phase, Step

BEFORE = ("z", "a", "yhat", "loss", *GRADIENTS, "delta", "da")
"""Where such a step can show first: before an update all that one reads is its own."""


def between(s: Setting) -> Iterator[Step]:
    """The steps that this one's formula reads and the record does not have, and theirs in turn."""
    first = s.scene.step
    wanted = set(first.reads) if first else set()
    for step in reversed(s.scene.trace.steps[: first.number - 1 if first else 0]):
        if step.symbol in wanted and s.scene.recorded(step.symbol) is None:
            wanted |= {*step.reads}
            yield step


def _tries(s: Setting) -> Tries:
    again = Again(s.scene.spec)
    given = s.scene.record.values.get(s.t, {})
    for step in between(s):
        if step.phase is Phase.UPDATE:
            continue
        for told, found in wrong(s, step):
            made = again.run(s.t, s.scene.trace.before, {**given, step.symbol: found})
            yield f"{told}, in {step.symbol.written}", made.get


ROWS = (Alternative(key="unseen", kinds=BEFORE, tries=_tries, rank=4),)
