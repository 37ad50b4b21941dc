"""The commands of the keys. Each row of the key table names a function of this room; that it is
there is checked when the table is built, and its module is imported when it is first used.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from tui.actions.context import Command
from tui.keys import KEYS, Key

ROOM = "tui.actions"


def named(row: Key) -> Command:
    """The command that a row names."""
    module, _, name = row.command.rpartition(".")
    found: Command = getattr(import_module(f"{ROOM}.{module}"), name)
    return found


def checked(rows: Iterable[Key]) -> dict[str, Key]:
    """The rows by their ids. Raises LookupError where two have one id or one key, or where the
    command of one is not there.
    """
    found: dict[str, Key] = {}
    taken: dict[str, str] = {}
    for row in rows:
        if row.id in found:
            raise LookupError(f"tui/keys.py: two rows are {row.id}.")
        for key in row.keys:
            if key in taken:
                raise LookupError(f"tui/keys.py: {key} is both {taken[key]} and {row.id}.")
            taken[key] = row.id
        module, _, name = row.command.rpartition(".")
        if name not in _names(module):
            raise LookupError(f"tui/keys.py: {row.id} names {row.command}, which is not there.")
        found[row.id] = row
    return found


@cache
def _names(module: str) -> frozenset[str]:
    """The names that a module of this room binds, read without running it."""
    spec = find_spec(f"{ROOM}.{module}") if module else None
    loader: Any = spec.loader if spec else None
    return frozenset(loader.get_code(spec.name).co_names) if spec and loader else frozenset()


ROWS = checked(KEYS)
