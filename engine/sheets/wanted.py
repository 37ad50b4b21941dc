"""Which steps of a run are wanted: all, or those of some phases and symbols."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.program.step import Phase, Step
from engine.spec.check import printable
from engine.spec.problem import Problem


def check_wanted(steps: Iterable[Step], wanted: Sequence[str]) -> None:
    """Raises Problem for what is neither a phase nor a symbol that one of the steps computes."""
    known = {*(phase.value for phase in Phase), *(step.symbol for step in steps)}
    if unknown := [each for each in wanted if each not in known]:
        name = printable(unknown[0][:40])
        raise Problem(f"{name}: no phase and no symbol of this run, such as forward or dW2.")


def is_wanted(step: Step, wanted: Sequence[str]) -> bool:
    """Whether a step is among them; without any, every step is."""
    return not wanted or step.symbol in wanted or step.phase.value in wanted
