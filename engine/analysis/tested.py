"""What samples that are held out score after any iteration of a history, with its parameters."""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

from engine.history.history import History
from engine.history.stretch import Stretch
from engine.program.exam import Exam, Score, last_due
from engine.spec.run import RunSpec

MOST_KNOWN = 16
"""So many scores of a stretch are remembered."""


class Known(NamedTuple):
    """The iteration after which was tested, and the score."""

    at: int
    score: Score


class Scores:
    """Finds scores, of one thread's own: programs for the samples, and what they gave lately."""

    def __init__(self) -> None:
        self._exams: WeakKeyDictionary[RunSpec, Exam] = WeakKeyDictionary()
        self._known: WeakKeyDictionary[Stretch, dict[int, Score]] = WeakKeyDictionary()

    def exam(self, spec: RunSpec) -> Exam:
        """The samples that a run holds out; it must hold out some."""
        if spec not in self._exams:
            self._exams[spec] = Exam(spec)
        return self._exams[spec]

    def _score(self, history: History, owner: Stretch, at: int) -> Score:
        """The score after an iteration, computed again where it is not kept as it was: where the
        run names classes, an accuracy that is not known is not kept.
        """
        exam, kept = self.exam(owner.spec), owner.tested(at)
        if kept and (exam.rule is None or kept[1] == kept[1]):
            return Score(*kept)
        return exam.score(history.upto(at).replayed(at))

    def last(self, history: History, t: int) -> Known | None:
        """The score of the last iteration up to t, of those that are trained, after which was
        tested; None where there was none, or nothing is held out.
        """
        spec = history.spec_of(max(1, t))
        if t < 1 or not spec.data.held:
            return None
        at = last_due(history.batches(t), spec.data.test_every, t)
        if at < 1:
            return None
        owner = history.owner(at)
        known = self._known.setdefault(owner, {})
        if at not in known:
            while len(known) >= MOST_KNOWN:
                del known[next(iter(known))]
            known[at] = self._score(history, owner, at)
        return Known(at, known[at])
