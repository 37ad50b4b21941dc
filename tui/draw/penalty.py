"""What a penalty is made of, as a table: of each parameter its sums, and its part."""

from __future__ import annotations

from engine.program.penalty import SIZES, SQUARES, Penalised, penalised, total
from tui.draw import cell, filled, grid
from tui.draw.grid import LABEL, Table
from tui.frame.frame import Frame
from tui.text.raster import Line

HEADS = {SQUARES: "Σ w²", SIZES: "Σ |w|"}


def parts(frame: Frame, width: int) -> Table | None:
    """Of each parameter the sum of its squares or sizes, or both, and what that makes of R; where
    there is no room for both, the part alone.
    """
    every = penalised(frame.spec, frame.batch)
    kinds = [kind for kind in HEADS if any(kind == of for each in every for of, *_ in each.scales)]
    room = grid.count(frame, width)
    if room < 1 or not every:
        return None
    if room <= len(kinds):
        kinds = []
    rows = [_numbers(frame, each) for each in every]

    def row(number: int) -> Line:
        found, part = rows[number]
        label = grid.label(frame, frame.text.name(every[number].name), "read", "read")
        sums = (
            grid.number(frame, found[kind], "read") if kind in found else _blank(frame)
            for kind in kinds
        )
        return filled.row(label, [*sums, grid.number(frame, part, "")], width)

    head = [
        grid.heading(frame, "", frame.text.plain(said)) for said in map(HEADS.get, kinds) if said
    ]
    head.append(grid.heading(frame, "", "part"))
    result = [*[_blank(frame)] * len(kinds), grid.number(frame, sum(part for _, part in rows), "")]
    foot = filled.row(grid.label(frame, " Σ"), result, width)
    return Table(((" " * LABEL, ""), *grid.joined(head)), len(rows), row, foot=(foot,))


def _numbers(frame: Frame, each: Penalised) -> tuple[dict[str, float], float]:
    """The sums of a parameter, and its part of the penalty."""
    array = frame.read(each.name)
    found = {kind: total(kind, array) for kind, *_ in each.scales}
    return found, sum(found[kind] * weight / by for kind, _, weight, by in each.scales)


def _blank(frame: Frame) -> Line:
    return ((" " * cell.width(frame.text), ""),)
