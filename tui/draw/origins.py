"""Where a number comes from that no step computes: η, t, a limit, an option of the optimizer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalog.clipping import CLIPS
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.row import digits
from engine.catalog.schedules import (
    SCHEDULES,
    Stage,
    Watching,
    count,
    rate_value,
    said,
    stage,
    watching,
)
from engine.formula.calls import Array
from engine.program.parameters import base_rate, is_rate
from engine.program.plateau import KEPT
from tui.draw.parts import paragraph
from tui.frame.frame import Frame
from tui.text.format import Text
from tui.text.raster import Line

MOST_LISTED = 8
"""A list of so many numbers is written out."""


def scalar(frame: Frame, name: str, width: int) -> list[Line]:
    """The number with its origin; a scheduled η with its formula and its sentence."""
    text, x = frame.text, frame.trace.scalars[name]
    if is_rate(name) and frame.spec.schedule:
        return _scheduled(frame, name, width)
    written = f"{text.name(name)} = {text.operand(x, name, frame.whole)}"
    return paragraph(text.plain(f"{written}  {_origin(frame, name)}"), width, "", 4)


def _origin(frame: Frame, symbol: str) -> str:
    spec, (name, _, group) = frame.spec, symbol.partition("#")
    row = OPTIMIZERS[spec.optimizer.name]
    whose = f"{row.label} for group #{group}" if group else row.label
    if name in {CLIPS[clip.kind].limit for clip in spec.clippings}:
        return "the limit of the clipping"
    if name == "t":
        return f"counts the updates by {row.label}, this one with them"
    if (step := frame.trace.writer(symbol)) is not None:
        return f"what step {step} has made of t and the options of {whose}"
    if name in row.scalars(1, row.complete(spec.optimizer.options)):
        return f"of this update; it follows from t and the options of {whose}"
    if name == "lr":
        return f"the learning rate of {whose}; no schedule changes it"
    return f"a constant of {whose}"


def rate(frame: Frame, symbol: str = "lr") -> str:
    """The arithmetic of a scheduled η, of all parameters or of a group: η = 0.1·0.5^2 = 0.025; ""
    where it is not scheduled.
    """
    schedule, text, x = frame.spec.schedule, frame.text, frame.trace.scalars[symbol]
    if schedule is None:
        return ""
    base = base_rate(frame.spec, symbol)
    if row := watching(schedule):
        e = row.value(base, _kept(frame), row.complete(schedule.options))
    else:
        e = rate_value(schedule, base, count(frame.spec, frame.position.iteration))
    return f"{text.name(symbol)} = {text.line(e, x)}"


def _scheduled(frame: Frame, symbol: str, width: int) -> list[Line]:
    schedule, text = frame.spec.schedule, frame.text
    assert schedule is not None
    if watched := watching(schedule):
        return _watched(frame, watched, symbol, width)
    base, at = base_rate(frame.spec, symbol), frame.position.iteration
    k = frame.spec.data.accumulate
    t, then = count(frame.spec, at), count(frame.spec, (at // k + 1) * k)
    now, row = stage(schedule, t), SCHEDULES[schedule.name]
    counts = "t" if schedule.by == "iteration" else "pass"
    formula = now.row.formula.replace("{t}", f"{{{counts}}}")
    numbers = {
        **({"base": base} if "{base}" in formula else {}),
        counts: now.t,
        **now.options,
        **now.row.letters(now.t, now.options),
    }
    why = f"{row.why} {_part(now, counts)} {now.row.why}" if now.number else row.why
    if counts == "t" and k > 1:
        why = why.replace("iterations", "updates").replace("an iteration", "an update")
        why = why.replace("iteration", "update")
    if counts == "pass":
        why = why.replace("iterations", "passes").replace("iteration", "pass")
    _, _, group = symbol.partition("#")
    whose = f"group #{group}'s" if group else "the optimizer's"
    why = f"{said(schedule, base, t, text.number, then, whose)} {why}".strip()
    return _told(frame, symbol, row.label, formula, numbers, why, width)


def _watched(frame: Frame, row: Watching, symbol: str, width: int) -> list[Line]:
    """The same of a schedule that goes by the losses."""
    assert frame.spec.schedule is not None
    base, kept = base_rate(frame.spec, symbol), _kept(frame)
    options = row.complete(frame.spec.schedule.options)
    numbers = {"base": base, **options, **row.letters(base, kept, options)}
    why = f"{row.says(kept, options, frame.text.number)} {row.why}"
    return _told(frame, symbol, row.label, row.formula, numbers, why, width)


def _kept(frame: Frame) -> Array:
    """What the schedule had kept of the losses before this iteration."""
    return frame.trace.known(KEPT, 0)


def _told(
    frame: Frame,
    symbol: str,
    label: str,
    formula: str,
    numbers: Mapping[str, Any],
    why: str,
    width: int,
) -> list[Line]:
    """The rate's arithmetic, its formula, the numbers in this, and sentences."""
    text = frame.text
    given = ", ".join(f"{text.name(name)} {_written(text, x)}" for name, x in numbers.items())
    below = (
        *paragraph(text.formula(f"{{{symbol}}} = {formula}"), width - 4, "", 4),
        *paragraph(given, width - 4, "", 4),
        *paragraph(text.plain(why), width - 4, "dim"),
    )
    head = paragraph(f"{rate(frame, symbol)}  the schedule {label}", width, "", 4)
    return [*head, *((("    ", ""), *line) for line in below)]


def _part(now: Stage, counts: str) -> str:
    """Which of several schedules holds."""
    since = f"; its {counts} is counted from {now.after} on" if now.after else ""
    return f"Here it is number {now.number}, {now.row.label}{since}."


def _written(text: Text, x: Any) -> str:
    if isinstance(x, bool):
        return str(x).lower()
    if isinstance(x, list | tuple):
        return text.plain(digits(x) if len(x) <= MOST_LISTED else f"{len(x)} numbers")
    return x if isinstance(x, str) else text.operand(x)
