"""Where a number comes from that no step computes: η, t, a limit, an option of the optimizer."""

from __future__ import annotations

from engine.catalog.clipping import CLIPS
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.schedules import SCHEDULES, rate_value, said
from tui.draw.parts import paragraph
from tui.frame.frame import Frame
from tui.text.raster import Line


def scalar(frame: Frame, name: str, width: int) -> list[Line]:
    """The number with its origin; a scheduled η with its formula and its sentence."""
    text, x = frame.text, frame.trace.scalars[name]
    if name == "lr" and frame.spec.schedule:
        return _scheduled(frame, width)
    written = f"{text.name(name)} = {text.operand(x, name, frame.whole)}"
    return paragraph(text.plain(f"{written}  {_origin(frame, name)}"), width, "", 4)


def _origin(frame: Frame, name: str) -> str:
    spec = frame.spec
    row = OPTIMIZERS[spec.optimizer.name]
    if spec.clip and name == CLIPS[spec.clip.kind].limit:
        return "the limit of the clipping"
    if name == "t":
        return f"counts the updates by {row.label}, this one with them"
    if name in row.scalars(1, row.complete(spec.optimizer.options)):
        return f"of this update; it follows from t and the options of {row.label}"
    if name == "lr":
        return f"the learning rate of {row.label}; no schedule changes it"
    return f"a constant of {row.label}"


def rate(frame: Frame) -> str:
    """The arithmetic of a scheduled η: η = 0.1·0.5^2 = 0.025; "" where it is not scheduled."""
    schedule, text, x = frame.spec.schedule, frame.text, frame.trace.scalars["lr"]
    if schedule is None:
        return ""
    optimizer = frame.spec.optimizer
    t = frame.position.iteration - optimizer.since
    e = rate_value(schedule, optimizer.options["lr"], t)
    return f"{text.name('lr')} = {text.line(e, x)}"


def _scheduled(frame: Frame, width: int) -> list[Line]:
    schedule, text = frame.spec.schedule, frame.text
    assert schedule is not None
    row = SCHEDULES[schedule.name]
    base = frame.spec.optimizer.options["lr"]
    t = frame.position.iteration - frame.spec.optimizer.since
    numbers = {"base": base, "t": t, **row.complete(schedule.options)}
    why = f"{said(schedule, base, t, text.number)} {row.why}".strip()
    given = ", ".join(f"{text.name(name)} {text.operand(x)}" for name, x in numbers.items())
    below = (
        *paragraph(text.formula(f"{{lr}} = {row.formula}"), width - 4, "", 4),
        *paragraph(given, width - 4, "", 4),
        *paragraph(text.plain(why), width - 4, "dim"),
    )
    head = paragraph(f"{rate(frame)}  the schedule {row.label}", width, "", 4)
    return [*head, *((("    ", ""), *line) for line in below)]
