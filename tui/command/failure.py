"""A mistake of the program's own: one sentence for the reader, the rest in a file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def sentence(error: BaseException) -> str:
    """What has ended the program, and where the traceback is."""
    import traceback

    from engine.spec.check import printable

    what = printable(traceback.format_exception_only(error)[-1].strip())
    where = written("".join(traceback.format_exception(error)))
    more = f"; the traceback is in {printable(str(where))}" if where else ""
    return f"a mistake of gradstep's own ended it: {what[:200]}{more}."


def written(text: str) -> Path | None:
    """The file with that text in the state folder; None where it cannot be written."""
    from engine.saving.folder import state_folder
    from engine.spec.problem import Problem

    with suppress(OSError, Problem):
        path = state_folder().parent / "failure.txt"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(new, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        return path
    return None
