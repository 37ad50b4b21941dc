"""Refusals: what cannot be asked is said on standard error, with exit status 2."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import NoReturn


def refuse(*sentences: str) -> NoReturn:
    """Exit with 2 and say why."""
    say(*sentences)
    sys.exit(2)


def say(*sentences: str) -> None:
    """Say it on standard error, if there is one to say it on."""
    with suppress(OSError):
        for sentence in sentences:
            print(written(f"gradstep: {sentence}"), file=sys.stderr)


def written(sentence: str) -> str:
    """A sentence in the characters that standard error takes."""
    from tui.text.format import Text

    return Text(ascii=not is_utf8(sys.stderr)).plain(sentence)


def is_utf8(stream: object) -> bool:
    """Whether a stream takes every character."""
    return str(getattr(stream, "encoding", "") or "").lower().replace("-", "") == "utf8"
