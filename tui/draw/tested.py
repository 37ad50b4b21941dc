"""What samples that are held out have scored, in words."""

from __future__ import annotations

import math

from engine.program.exam import Score
from tui.frame.frame import Frame
from tui.text.cells import wrap
from tui.text.format import Text


def share(text: Text, value: float) -> str:
    """An accuracy, such as 93.33 %; exact where it is 0 or 100."""
    return f"{100 * value:.2f} %".replace("100.00 %", "100 %").replace("0.00 %", "0 %", 1)


def right(text: Text, score: Score) -> str:
    """The accuracy of a score in words, "" where it has none."""
    return "" if math.isnan(score.accuracy) else f"{share(text, score.accuracy)} right"


def score(frame: Frame) -> str:
    """What was scored last, in short; "" where nothing was."""
    if frame.tested is None or frame.tested.last is None:
        return ""
    text, found = frame.text, frame.tested.last.score
    return text.plain(" · ".join(filter(None, (text.number(found.loss), right(text, found)))))


def after(frame: Frame, width: int) -> list[str]:
    """What the samples scored at the end of this iteration, in lines; none where they were not
    tested with.
    """
    tested, text = frame.tested, frame.text
    if tested is None or tested.last is None or tested.last.at != frame.position.iteration:
        return []
    score, count = tested.last.score, tested.samples
    many = f"{count:,} samples" if count > 1 else "1 sample"
    found = f"held out, {many}: loss {text.number(score.loss)}"
    if said := right(text, score):
        found += f" · {said}"
    return wrap(text.plain(found), width, 2)
