"""Where moves lead: pure functions of a branch's history and a position."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from engine.history.history import History
from engine.history.position import Position
from engine.program.step import Step
from engine.spec.problem import Problem
from engine.spec.run import MOST_ITERATIONS

MOST_PHASES = 10_000
"""So many phases are gone by at a time where iterations differ in theirs."""


class MoveError(Problem):
    """A position that cannot be gone to: what is wrong, and what is valid."""


def current_step(history: History, position: Position) -> Step | None:
    """The step of a position; None before the first."""
    steps = history.steps_of(position.iteration)
    return steps[position.step - 1] if position.step else None


def number(history: History, position: Position) -> int:
    """How many steps lead to a position."""
    return history.count(position.iteration - 1) + position.step


def after_steps(history: History, steps: int) -> Position:
    """The position that many steps from the start."""
    if steps <= 0:
        return Position()
    t, step = history.locate(steps)
    return Position(t, step) if t <= MOST_ITERATIONS else end_of(history, MOST_ITERATIONS)


def like(step: Step | None, history: History, t: int) -> Position:
    """The position in iteration t of `history` that corresponds to a step of another."""
    if step is None:
        return Position(t, 0 if t == 1 else 1)
    numbers = {other.symbol: other.number for other in history.steps_of(t)}
    found = numbers.get(step.symbol) or (step.param and numbers.get(step.param))
    return Position(t, found or min(step.number, len(numbers)))


def by_steps(history: History, position: Position, count: int) -> Position:
    """That many steps on, or back where negative."""
    return after_steps(history, number(history, position) + count)


def by_phases(history: History, position: Position, count: int) -> Position:
    """The first step of a later phase, or of this or an earlier one where negative."""
    starts = _starts(history, position.iteration)
    t, step = position.iteration, position.step
    if history.batches(t).accumulate > 1:
        return _by_uneven_phases(history, position, count)
    if count < 0 and step and step not in starts:
        count += 1
    done = sum(start <= step for start in starts)
    index = (t - 1) * len(starts) + done - 1 + count
    if index < 0:
        return Position()
    t, phase = divmod(index, len(starts))
    if t >= MOST_ITERATIONS:
        return end_of(history, MOST_ITERATIONS)
    return Position(t + 1, starts[phase])


def _starts(history: History, t: int) -> list[int]:
    """The first steps of the phases of iteration t."""
    steps = history.steps_of(t)
    return [1] + [b.number for a, b in pairwise(steps) if a.phase != b.phase]


def _by_uneven_phases(history: History, position: Position, count: int) -> Position:
    """The same where some iterations have fewer phases: from phase to phase."""
    t, step = position.iteration, position.step
    for _ in range(min(abs(count), MOST_PHASES)):
        starts = _starts(history, t)
        further = [s for s in starts if s > step] if count > 0 else [s for s in starts if s < step]
        if further:
            step = further[0] if count > 0 else further[-1]
        elif count > 0 and t < MOST_ITERATIONS:
            t, step = t + 1, 1
        elif count < 0 and t > 1:
            t, step = t - 1, _starts(history, t - 1)[-1]
        else:
            return Position() if count < 0 else end_of(history, t)
    return Position(t, step)


def by_iterations(history: History, position: Position, count: int) -> Position:
    """The same step, that many iterations on."""
    t = min(max(1, position.iteration + count), MOST_ITERATIONS)
    if t == position.iteration:
        return position
    there = like(current_step(history, position), history, t)
    return replace(there, step=max(1, there.step))


def by_passes(history: History, position: Position, count: int) -> Position:
    """The same step, in the first iteration of a later pass over the data, or of this or an earlier
    one where negative.
    """
    t = position.iteration
    batches = history.batches(t)
    number = batches.pass_of(t)
    if count < 0 and t > batches.first_of(number):
        count += 1
    first = batches.first_of(max(0, number + count))
    return by_iterations(history, position, first - t)


def end_of(history: History, t: int) -> Position:
    """The last position of iteration t."""
    return Position(t, len(history.steps_of(t)))


def least_loss(history: History, end: int) -> Position:
    """The iteration of the least loss so far, at its loss, where `end` iterations are trained at
    least. Raises MoveError where no loss is a number.
    """
    from engine.analysis import landmarks  # when first used: it brings the conditions

    history.extend(end)
    t = landmarks.least_loss(history)
    if t is None:
        raise MoveError(f"min: no loss up to iteration {history.frontier:,} is a number.")
    return Position(t, history.trace(t).loss_step)


def not_finite(history: History, end: int) -> Position:
    """The first value so far that is not finite, where `end` iterations are trained at least.
    Raises MoveError where all are finite.
    """
    from engine.analysis import landmarks  # when first used: it brings the conditions

    history.extend(end)
    t = landmarks.not_finite(history, history.frontier)
    if t is None:
        raise MoveError(f"nan: every value up to iteration {history.frontier:,} is finite.")
    return Position(t, landmarks.not_finite_step(history.trace(t)) or 1)


def named(history: History, position: Position, extent: Position, text: str) -> Position:
    """The position that `text` names: an iteration ("12"), an iteration and step ("12.6") or
    symbol ("12.dW2"), a part of what there is up to `extent` ("50%"), steps from here ("+5",
    "-10"), a pass over the data ("pass 3"), "min" (the least loss), "nan" (the first value that is
    not finite) or a symbol ("dW2", "∂L/∂W[2]"), the next step that writes it. Trains as far as that
    needs. Raises MoveError where it names none.
    """
    text = text.strip()
    if match := re.fullmatch(r"([0-9]{1,20})(?:\.([0-9]{1,20}))?", text):
        return _numbered(history, text, int(match[1]), int(match[2] or 1))
    if match := re.fullmatch(r"([0-9]{1,20}(?:\.[0-9]{1,20})?)%", text):
        if float(match[1]) > 100:
            raise MoveError(f"{text}: from 0% to 100% of what has been reached.")
        return after_steps(history, round(float(match[1]) / 100 * number(history, extent)))
    if re.fullmatch(r"[+-][0-9]{1,20}", text):
        return by_steps(history, position, int(text))
    if match := re.fullmatch(r"pass\s*([0-9]{1,8})", text):
        return _of_pass(history, position, text, int(match[1]))
    if text in ("min", "nan"):
        return (least_loss if text == "min" else not_finite)(history, extent.iteration)
    if match := re.fullmatch(r"([0-9]{1,20})\.(.+)", text):
        return _written_in(history, text, int(match[1]), match[2])
    steps = history.steps_of(position.iteration)
    for step in (*steps[position.step :], *steps[: position.step]):
        if text in step.symbol.forms():
            later = step.number > position.step
            return Position(position.iteration + (not later), step.number)
    raise MoveError(
        f"{text[:40] or 'nothing'}: not a place; valid are 12, 12.6 (iteration.step),"
        f" 12.{steps[0].symbol}, 50%, -10, pass 3, min, nan, or a symbol such as {_some(steps)}."
    )


def _some(steps: Sequence[Step]) -> str:
    return ", ".join(step.symbol for step in steps[:3])


def _written_in(history: History, text: str, t: int, symbol: str) -> Position:
    """The step of iteration t that writes a symbol, in any of its forms."""
    _check_iteration(text, t)
    steps = history.steps_of(t)
    for step in steps:
        if symbol in step.symbol.forms():
            return Position(t, step.number)
    raise MoveError(f"{text[:40]}: iteration {t} has no such symbol; it has {_some(steps)}, ….")


def _of_pass(history: History, position: Position, text: str, number: int) -> Position:
    """The start of a pass over the data, counted from 1."""
    first = history.batches(position.iteration).first_of(number - 1) if number else 0
    if not 1 <= first <= MOST_ITERATIONS:
        raise MoveError(f"{text}: passes count from 1, and iterations end at {MOST_ITERATIONS:,}.")
    return Position(first, 1)


def _check_iteration(text: str, t: int) -> None:
    if not 1 <= t <= MOST_ITERATIONS:
        raise MoveError(f"{text}: iterations run from 1 to {MOST_ITERATIONS:,}.")


def _numbered(history: History, text: str, t: int, step: int) -> Position:
    _check_iteration(text, t)
    steps = len(history.steps_of(t))
    if not 1 <= step <= steps and (t, step) != (1, 0):
        raise MoveError(f"{text}: iteration {t} has steps 1 to {steps} ({t}.1 … {t}.{steps}).")
    return Position(t, step)
