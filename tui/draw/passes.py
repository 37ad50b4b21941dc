"""Passes over the data in words: where in one a reader stands, and what its losses come to."""

from __future__ import annotations

from engine.analysis.passes import PassLosses
from engine.formula import expr as ex
from tui.frame.frame import Frame
from tui.text.format import Text

WRITTEN = 8
"""The losses of a pass of so many mini-batches are written out where they are added."""


def brief(frame: Frame, own: PassLosses, room: int) -> str:
    """The pass and its losses so far, in so many characters; "" where there is no room for that."""
    text = frame.text
    of = f"pass {own.number}" + ("" if own.ended else f" so far, {own.seen}/{own.count}")
    sums = f"sum {text.number(own.total)} · mean {text.number(own.mean)}" if own.known else ""
    short = f"pass {own.number} · {sums.rpartition(' · ')[2]}"
    choices = (f"{of} · {sums}", short) if sums else (f"pass {own.number}",)
    return next((text.plain(said) for said in choices if len(said) <= room), "")


def at_end(text: Text, own: PassLosses) -> list[str]:
    """What is said where a pass ends: its losses added up, and their mean."""
    total, mean = added(text, own)
    return [f"pass {own.number} ends: {total}", mean]


def added(text: Text, own: PassLosses) -> tuple[str, str]:
    """The sum of the losses of a pass and their mean, as arithmetic."""
    losses = own.losses.tolist()
    if len(losses) == 1:
        total = text.plain(f"Σ L = {text.number(own.total)}")
    elif len(losses) <= WRITTEN:
        terms = [ex.num(loss, "loss") for loss in losses]
        total = text.line(ex.add(*terms), own.total).named(text.plain("Σ L"))
    else:
        total = text.plain(f"Σ L of its {len(losses)} mini-batches = {text.number(own.total)}")
    over = ex.div(ex.num(own.total, "loss"), ex.num(float(own.seen)))
    return total, text.line(over, own.mean).named("mean")
