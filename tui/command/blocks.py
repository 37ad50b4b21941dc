"""A step of a session as a paragraph of text."""

from __future__ import annotations

from engine.history.position import Position
from engine.session.session import Session
from tui.draw import blocks
from tui.frame.frame import build
from tui.text.format import Text


def block(session: Session, position: Position, text: Text) -> str:
    """The paragraph of a position, to which the session goes."""
    session.go(position)
    return "\n".join(blocks.block(build(session, text)))
