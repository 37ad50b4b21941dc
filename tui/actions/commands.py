"""The commands of the keys. Each row of the key table names a function of this room; its module is
imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module

from tui.actions.context import Command
from tui.keys import KEYS, Key

ROWS = {row.id: row for row in KEYS}


def named(row: Key) -> Command:
    """The command that a row names."""
    module, _, name = row.command.rpartition(".")
    found: Command = getattr(import_module(f"tui.actions.{module}"), name)
    return found
