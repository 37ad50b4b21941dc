"""Which characters a stream can show, as far as the surroundings say."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

NO_CHARACTERS = ("C", "POSIX")
"""Locales that ask for ASCII."""
COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
"""What Python sets LC_CTYPE to where it is C, before anything of ours runs (PEP 538)."""
GIVEN = Path("/proc/self/environ")
"""The variables as they were given, where the system keeps them."""


def is_ascii(stream: object, environ: Mapping[str, str] | None = None) -> bool:
    """Whether nothing but ASCII is to be written to a stream: its encoding has no more; a locale
    that is set has no more, whatever Python makes of it; or it is the Linux console, whose fonts
    lack half of what is drawn.
    """
    environ = given() if environ is None else environ
    if not is_utf8(stream) or locale(environ) in NO_CHARACTERS:
        return True
    isatty = getattr(stream, "isatty", None)
    return environ.get("TERM") == "linux" and isatty is not None and bool(isatty())


def is_utf8(stream: object) -> bool:
    """Whether the encoding of a stream has every character."""
    return str(getattr(stream, "encoding", "") or "").lower().replace("-", "") == "utf8"


def locale(environ: Mapping[str, str]) -> str:
    """The locale of characters; "" where none is set."""
    return next(filter(None, map(environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")


def given() -> Mapping[str, str]:
    """The variables, with the locale of characters that was given, and not what Python sets."""
    if os.environ.get("LC_CTYPE") not in COERCED or os.environ.get("LC_ALL"):
        return os.environ
    with suppress(OSError):
        for each in GIVEN.read_bytes().split(b"\0"):
            name, _, value = os.fsdecode(each).partition("=")
            if name == "LC_CTYPE":
                return {**os.environ, name: value}
        return {name: value for name, value in os.environ.items() if name != "LC_CTYPE"}
    return os.environ
