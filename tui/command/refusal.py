"""Refusals: what cannot be asked is said on standard error, with exit status 2."""

from __future__ import annotations

import sys
from typing import NoReturn


def refuse(*sentences: str) -> NoReturn:
    """Exit with 2 and say why."""
    from tui.text.format import Text

    for sentence in sentences:
        print(Text(ascii=not is_utf8(sys.stderr)).plain(f"gradstep: {sentence}"), file=sys.stderr)
    sys.exit(2)


def is_utf8(stream: object) -> bool:
    """Whether a stream takes every character."""
    return str(getattr(stream, "encoding", "") or "").lower().replace("-", "") == "utf8"
