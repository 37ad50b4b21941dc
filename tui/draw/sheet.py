"""What a graded sheet says of the step, in the place of the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.draw.parts import clipped_line, paragraph
from tui.frame.frame import Frame
from tui.text.raster import Line

if TYPE_CHECKING:
    from engine.sheets.figures import Judged

LITTLE = 3
"""In so few lines, only what is most needed."""
SHORT = {"unbased": "right, not from its own figures", "unchecked": "not checked"}


def lines(frame: Frame, width: int, room: int) -> list[Line]:
    """The sheet's figures and their verdicts; of a slip, the selected element's where that is
    one, the likely cause and what follows from the sheet's own figures. Where there is little room,
    the figure of the slip alone.
    """
    marking = frame.marking
    assert marking is not None
    figures = marking.figures
    wrong = marking.slips(frame.index) or marking.slips()
    if not wrong:
        return [_figures(frame, figures, width)][:room]
    shown = figures if room > LITTLE else (wrong[0],)
    told = paragraph(said(frame, wrong[0], brief=room <= LITTLE), width, "dim")
    return [_figures(frame, shown, width), *told][:room]


def _figures(frame: Frame, figures: tuple[Judged, ...], width: int) -> Line:
    """The line of the sheet: its figures as written, and how they were judged."""
    text = frame.text
    verdicts = list(dict.fromkeys(each.verdict.value for each in figures))
    told = ", ".join(SHORT.get(each, each) for each in verdicts)
    numbers = "  ".join(each.figure.number.text for each in figures)
    role = "error" if "slip" in verdicts else "accent" if "carried" in verdicts else ""
    line = (("sheet ", "title"), (told, role), (text.plain(f" · {numbers.replace('-', '−')}"), ""))
    return clipped_line(line, width, text.ascii)


def said(frame: Frame, judged: Judged, brief: bool = False) -> str:
    """What is said of a slip: why, what is right, and what its own figures give."""
    text, figure = frame.text, judged.figure
    value = frame.entries.get(figure.symbol)
    shape = value.array.shape if value else ()
    name = text.element(figure.symbol, figure.index, shape)
    gives = f"{name} from its own figures: {text.number(judged.expected)}"
    if not judged.causes:
        return text.plain(
            f"No known mistake. {gives}."
            if brief
            else f"{gives}. No mistake that is"
            f" known gives {figure.number.text} (line {figure.line})."
        )
    first, *others = judged.causes
    if brief:
        return text.plain(f"{first.name}; {gives}")
    cause = f"Likely: {first.name}" + (f" (right: {first.right})." if first.right else ".")
    more = f" Or: {'; '.join(each.name for each in others)}." if others else ""
    return text.plain(f"{cause}{more} {gives} (line {figure.line}).")
