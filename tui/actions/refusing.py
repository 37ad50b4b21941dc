"""What is not done while practice is on."""

from __future__ import annotations

from engine.session.moves import MoveError
from tui.actions.context import Context


def refuse_in_practice(c: Context) -> None:
    """Raises MoveError while practice is on, for what might show the number that it asks for."""
    if c.desk.practising:
        key = c.keymap.shown("palette")
        raise MoveError(f"Not while practice is on; “end practice” in the palette ({key}) ends it.")
