"""A graded sheet at a position: what it says of the step, and what is said of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine.history.position import Position
from engine.program.trace import Trace

if TYPE_CHECKING:
    from engine.sheets.figures import Judged
    from engine.sheets.grade import Graded


class Marking(NamedTuple):
    """The figures that a sheet has of one step, as judged."""

    sheet: str
    figures: tuple[Judged, ...]

    def slips(self, index: tuple[int, ...] | None = None) -> list[Judged]:
        """The slips among them; those of one element where that is given."""
        wrong = [each for each in self.figures if each.verdict == "slip"]
        return [each for each in wrong if index is None or each.figure.index == index]


class Paper:
    """A graded sheet, by the steps that its figures are of."""

    def __init__(self, name: str, graded: Graded) -> None:
        self.name, self.graded = name, graded
        self._of_step: dict[tuple[int, str], list[Judged]] = {}
        for judged in graded.sheet.judged:
            if not judged.figure.given:
                key = (judged.figure.iteration, judged.figure.symbol)
                self._of_step.setdefault(key, []).append(judged)

    def at(self, trace: Trace, step: int) -> Marking | None:
        """What it says of a step; None where it says nothing."""
        if not step:
            return None
        found = self._of_step.get((trace.t, trace.steps[step - 1].symbol))
        return Marking(self.name, tuple(found)) if found else None


def place_of(judged: Judged, trace: Trace) -> Position:
    """The step that a figure is of; of one that is given, the start of its iteration."""
    figure = judged.figure
    step = 0 if figure.given else trace.number(figure.symbol)
    return Position(figure.iteration, step)
