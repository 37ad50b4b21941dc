"""Options by a table's row: the keys of a TOML table beside `name`, each checked by its row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.spec.check import Table, choice
from engine.spec.options import Option


def take_options(table: Table, rows: Mapping[str, Option]) -> dict[str, Any] | None:
    """All options, those not given by their defaults; None, and sentences, where one is wrong."""
    found = {}
    for name, row in rows.items():
        if row.default is None:
            found[name] = table.take(name, row.check)
        else:
            found[name] = table.take(name, row.check, row.default)
    return None if None in found.values() else found


def take_row(table: Table, rows: Mapping[str, Any], key: str = "name") -> Any:
    """The row that `key` names; None, and a sentence, where there is none."""
    name = table.take(key, choice(rows))
    return None if name is None else rows[name]


def option_rows(row: Any) -> Mapping[str, Option]:
    """The options of a row of any table."""
    found: Mapping[str, Option] = getattr(row, "option_rows", None) or row.options
    return found


def take_named(
    table: Table, rows: Mapping[str, Any], key: str = "name"
) -> tuple[str, dict[str, Any]] | None:
    """What a table that is a row's name and its options says; None, and sentences, where it is
    wrong. Options that do not go together are wrong too.
    """
    row = take_row(table, rows, key)
    if row is None:
        return None
    options = take_options(table, option_rows(row))
    table.close()
    if options is None:
        return None
    conflict = row.conflict(options) if hasattr(row, "conflict") else ""
    if conflict:
        table.problems.add(table.place, conflict.rstrip("."))
        return None
    return table.values[key], options
