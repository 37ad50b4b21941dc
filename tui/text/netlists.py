"""A wide network as lists: of each layer the units with the largest values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.text.netchoice import without_zero
from tui.text.raster import Canvas, Line

_MARKS = {"write": "▸", "read": "•", "": "("}
_MARKS_ASCII = {"write": ">", "read": "*", "": "("}
MOST_APART = 4


class Unit(NamedTuple):
    """A unit with its number from 1, 0 where it is not shown, its value, and what is marked."""

    number: int
    value: str
    mark: str = ""
    selected: bool = False


class List(NamedTuple):
    """A layer: the units that are listed; how many digits their numbers have; what is said below
    them, and what of the layer the step touches, in pieces with their roles.
    """

    title: str
    units: tuple[Unit, ...]
    digits: int
    foot: str = ""
    touched: tuple[tuple[str, str], ...] = ()


def lists(
    columns: Sequence[List], width: int, height: int, ascii: bool = False
) -> list[Line] | None:
    """The lists beside each other: titles, units, what is said below. Values have room for a sign
    where it is there for all. None where not even the values fit.
    """
    canvas = Canvas(width, height)
    for form, sign in ((columns, 1), (columns, 0), ([*map(_brief, columns)], 0)):
        widths = [_width(column, sign) for column in form]
        if (spare := width - sum(widths)) >= 0:
            columns = form
            break
    else:
        return None
    apart = min(MOST_APART, spare // max(1, len(columns) - 1))
    x = 0
    for column, size in zip(columns, widths, strict=True):
        canvas.put(x + max(0, size - len(column.title)) // 2, 0, column.title, "dim")
        for unit, row in zip(column.units, _rows(len(column.units), height - 2), strict=False):
            _put(canvas, unit, x + size, row + 1, ascii)
        _foot(canvas, column, x, size, height - 1, x > 0 and not apart)
        x += size + apart
    return canvas.lines()


def _width(column: List, sign: int) -> int:
    """The cells of a list, with so many kept for the signs of its values."""
    sizes = [len(unit.value.lstrip("−-")) + sign for unit in column.units]
    value = max([*sizes, *(len(unit.value) for unit in column.units)], default=0)
    numbered = any(unit.number for unit in column.units)
    return value + 2 + column.digits * numbered


def _brief(column: List) -> List:
    """A list whose values have no 0 before the point."""
    units = (unit._replace(value=without_zero(unit.value)) for unit in column.units)
    return column._replace(units=tuple(units))


def _rows(count: int, room: int) -> range:
    """The rows of so many units in the middle of the room, apart where that has room for it."""
    pitch = 2 if 2 * count - 1 <= room else 1
    top = max(0, (room - (count - 1) * pitch - 1) // 2)
    return range(top, top + max(0, min(count, room)) * pitch, pitch)


def _put(canvas: Canvas, unit: Unit, end: int, row: int, ascii: bool) -> None:
    """A unit that ends before a column."""
    left = (_MARKS_ASCII if ascii else _MARKS)[unit.mark]
    if unit.selected and not unit.mark:
        left = "["
    right = "]" if unit.selected else " " if unit.mark else ")"
    body = f"{left}{unit.value}{right}"
    role = "select" if unit.selected else unit.mark
    if not role and not any(map(str.isalnum, unit.value)):
        role = "dim"
    at = end - len(body)
    canvas.put(at, row, body, role)
    if unit.number:
        number = str(unit.number)
        canvas.put(at - len(number), row, number, "dim")


def _foot(canvas: Canvas, column: List, x: int, size: int, row: int, blank: bool) -> None:
    """What is said below a list; shorter where what the step touches, or a `blank` before it, needs
    the room.
    """
    marks = sum(len(text) for text, _ in column.touched)
    foot = column.foot
    for long, short in ((" of ", "/"), (" on", ""), (" more", "")):
        if len(foot) + marks > size - blank:
            foot = foot.replace(long, short)
    at = x + max(0, size - len(foot) - marks)
    canvas.put(at, row, foot, "dim")
    at += len(foot)
    for text, role in column.touched:
        canvas.put(at, row, text, role)
        at += len(text)
