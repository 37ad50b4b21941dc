"""Sheets that are tables: JSON Lines, CSV, rows of names and numbers."""

from __future__ import annotations

import csv
import io
import json
import re

from engine.sheets.literals import Literal
from engine.sheets.names import name, ready
from engine.sheets.numerals import numeral, plain_signs
from engine.sheets.statement import Statement

COLUMNS = {
    "symbol": ("symbol", "name", "quantity"),
    "value": ("value", "written", "number"),
    "iteration": ("iteration", "round", "step"),
    "index": ("index", "element"),
}
"""What a column may be called."""


def objects(text: str) -> list[Statement] | None:
    """Gradstep's own --json."""
    found = []
    for line, written in enumerate(text.splitlines(), 1):
        if not written.strip():
            continue
        try:
            each = json.loads(written, parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            return None
        if not isinstance(each, dict) or "symbol" not in each:
            continue
        value = each.get("value", each.get("written"))
        rows = _nested(value)
        if rows is None:
            continue
        index = each.get("index")
        key = str(each["symbol"])
        statement = Statement([], [rows], line, _iteration(str(each.get("iteration", ""))), key)
        if isinstance(index, list) and index:
            statement.key += "[" + ",".join(map(str, index)) + "]"
        found.append(statement)
    return found


def _iteration(written: str) -> int | None:
    """The number of an iteration, None for what is none."""
    return int(written) if re.fullmatch(r"[0-9]{1,20}", written) else None


def _nested(value: object) -> Literal | None:
    """A number, a list of numbers, or lists of these, row by row."""
    if isinstance(value, str):
        number = numeral(plain_signs(value))
        return Literal(((number,),), flat=True, scalar=True) if number else None
    if not isinstance(value, list) or not value:
        return None
    inner = [_nested(each) for each in value]
    found = [each for each in inner if each]
    if len(found) < len(inner):
        return None
    if all(each.scalar for each in found):
        return Literal((tuple(each.numerals[0] for each in found),), flat=True)
    return Literal(tuple(each.numerals for each in found), flat=False)


def from_csv(text: str) -> list[Statement] | None:
    """Lines of a name and numbers, between commas, semicolons or tabs, with a header or none;
    None where it is no such table.
    """
    sign = _sign(text)
    if not sign:
        return None
    rows = list(csv.reader(io.StringIO(text.strip()), delimiter=sign))
    comma = sign != ","
    columns = {key: i for i, cell in enumerate(rows[0]) if (key := _column(cell))}
    listed: list[Statement | None]
    if "symbol" in columns and "value" in columns:
        listed = [_element(columns, row, line, comma) for line, row in enumerate(rows[1:], 2)]
    elif all(name(ready(row[0])) for row in rows if row and row[0].strip()):
        listed = [row_of(row, line, comma) for line, row in enumerate(rows, 1)]
    else:
        return None
    return [statement for statement in listed if statement]


def _sign(text: str) -> str:
    """What parts the cells of a table; "" where the text is none."""
    head, feed, _ = text.strip().partition("\n")
    if not feed or re.search(r"[=≈\\|\[]", head):
        return ""
    return next((sign for sign in ("\t", ";", ",") if sign in head), "")


def _column(cell: str) -> str:
    """What a column has, by its head; "" for what is left aside."""
    head = cell.strip().lower()
    return next((key for key, heads in COLUMNS.items() if head in heads), "")


def _element(columns: dict[str, int], row: list[str], line: int, comma: bool) -> Statement | None:
    """An element's row."""

    def cell(key: str) -> str:
        place = columns.get(key, len(row))
        return row[place].strip() if place < len(row) else ""

    number = numeral(cell("value"), comma)
    if number is None:
        return None
    t, index = cell("iteration"), cell("index").strip(" []()")
    key = cell("symbol") + (f"[{','.join(re.split(r'[ ,;]+', index))}]" if index else "")
    literal = Literal(((number,),), flat=True, scalar=True)
    return Statement([], [literal], line, _iteration(t), key)


def row_of(cells: list[str], line: int, comma: bool) -> Statement | None:
    """A name and its numbers."""
    found = name(ready(cells[0])) if cells else None
    numbers = [numeral(cell, comma) for cell in cells[1:] if cell.strip()]
    kept = tuple(each for each in numbers if each)
    if found is None or not kept or len(kept) != len(numbers):
        return None
    return Statement([found], [Literal((kept,), True, len(kept) == 1)], line)
