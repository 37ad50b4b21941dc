"""Options by a table's row: the keys of a TOML table beside `name`, each checked by its row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalog.row import R, Row, Rows
from engine.spec.check import Table, choice

ENTERING = ("state", "names", "steps", "changed")
"""The keys of an optimizer's table that say where a training stands that is entered."""


def take_options(table: Table, row: Row) -> dict[str, Any] | None:
    """All options of a row, those not given by their defaults; None, and sentences, where one is
    wrong.
    """
    found = {}
    for name, option in row.options.items():
        if isinstance(option, Rows) and isinstance(table.values.get(name), list | tuple):
            found[name] = _take_rows(table, name, option)
        elif option.default is None:
            found[name] = table.take(name, option.check)
        else:
            found[name] = table.take(name, option.check, option.default)
    return None if None in found.values() else found


def _take_rows(table: Table, key: str, option: Rows) -> tuple[dict[str, Any], ...] | None:
    """The rows of a list, each its name and all its options; None, and sentences, where one is
    wrong.
    """
    values = table.values[key]
    if not values or not all(isinstance(each, Mapping) for each in values):
        table.take(key, option.check)
        return None
    found = [take_named(each, option.rows()) for each in table.tables(key, len(values)) or []]
    rows = tuple({"name": each[0], **each[1]} for each in found if each)
    return rows if len(rows) == len(values) else None


def refused(table: Table, row: Row, options: Mapping[str, Any]) -> bool:
    """Whether valid options of a row do not go together; then there is a sentence."""
    conflict = row.conflict(options)
    if conflict:
        table.problems.add(table.place, conflict.rstrip("."))
    return bool(conflict)


def take_row(table: Table, rows: Mapping[str, R], key: str = "name") -> R | None:
    """The row that `key` names; None, and a sentence, where there is none: for that all names are
    looked up, and not for the one that is, and no option of any is blamed.
    """
    given = table.values.get(key)
    known = [given] if isinstance(given, str) and given in rows else rows
    name = table.take(key, choice(known))
    if name is None:
        excuse_options(table, rows)
    return None if name is None else rows[name]


def excuse_options(table: Table, rows: Mapping[str, Row]) -> None:
    """Blame no option of these rows: it is not known which of them the table means."""
    table.excuse(option for row in rows.values() for option in row.options)


def take_named(table: Table, rows: Mapping[str, R]) -> tuple[str, dict[str, Any]] | None:
    """What a table that is a row's name and its options says; None, and sentences, where it is
    wrong.
    """
    row = take_row(table, rows)
    if row is None:
        return None
    options = take_options(table, row)
    table.close()
    return None if options is None or refused(table, row, options) else (row.name, options)
