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
        iteration = str(each.get("iteration", ""))
        statement = Statement(
            [], [rows], line, int(iteration) if iteration.isdigit() else None, key
        )
        if isinstance(index, list) and index:
            statement.key += "[" + ",".join(map(str, index)) + "]"
        found.append(statement)
    return found


def _nested(value: object) -> Literal | None:
    if isinstance(value, str):
        number = numeral(plain_signs(value))
        return Literal(((number,),), flat=True, scalar=True) if number else None
    if not isinstance(value, list):
        return None
    if all(isinstance(each, str) for each in value):
        numbers = [numeral(plain_signs(str(each))) for each in value]
        kept = tuple(each for each in numbers if each)
        return Literal((kept,), flat=True) if len(kept) == len(value) and kept else None
    rows = [_nested(each) for each in value]
    if any(row is None for row in rows):
        return None
    return Literal(tuple(r.numerals for r in rows if r), flat=False)


def from_csv(text: str) -> list[Statement] | None:
    """Lines of a name and numbers, between commas, semicolons or tabs, with a header or none."""
    lines = text.strip().splitlines()
    head = lines[0] if lines else ""
    sign = next((s for s in ("\t", ";", ",") if s in head), "")
    if not sign or re.search(r"[=≈\\|\[]", head) or len(lines) < 2:
        return None
    rows = list(csv.reader(io.StringIO(text.strip()), delimiter=sign))
    header = [cell.strip().lower() for cell in rows[0]]
    symbol = next((i for i, c in enumerate(header) if c in ("symbol", "name", "quantity")), None)
    if symbol is None:
        if not all(name(ready(row[0])) for row in rows if row and row[0].strip()):
            return None
        return [s for line, row in enumerate(rows, 1) if (s := row_of(row, line, sign != ","))]
    value = next((i for i, c in enumerate(header) if c in ("value", "written", "number")), None)
    if value is None:
        return None
    at = {c: i for i, c in enumerate(header)}
    found = []
    for line, row in enumerate(rows[1:], 2):
        if len(row) <= max(symbol, value):
            continue
        number = numeral(row[value], sign != ",")
        if number is None:
            continue
        t = row[at["iteration"]].strip() if "iteration" in at and at["iteration"] < len(row) else ""
        index = row[at["index"]].strip(" []()") if "index" in at and at["index"] < len(row) else ""
        key = row[symbol].strip() + (f"[{','.join(re.split(r'[ ,;]+', index))}]" if index else "")
        rows_ = Literal(((number,),), flat=True, scalar=True)
        found.append(Statement([], [rows_], line, int(t) if t.isdigit() else None, key))
    return found


def row_of(cells: list[str], line: int, comma: bool) -> Statement | None:
    """A name and its numbers."""
    found = name(ready(cells[0])) if cells else None
    numbers = [numeral(cell, comma) for cell in cells[1:] if cell.strip()]
    kept = tuple(each for each in numbers if each)
    if found is None or not kept or len(kept) != len(numbers):
        return None
    return Statement([found], [Literal((kept,), True, len(kept) == 1)], line)
