"""At the end: where the session is, and how to go on with it."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from engine.spec import refused
from engine.spec.problem import Problem
from tui.actions.desk import Desk
from tui.command import failure
from tui.command.output import written

if TYPE_CHECKING:
    from tui.screen.app import GradstepApp

PRINT_SECONDS = 0.3


def leave(app: GradstepApp, status: int) -> int:
    """Save what is not saved yet, let go of the session and say where it is, where there is still
    a terminal; the exit status.
    """
    failed = failure.sentence(app.failure) if app.failure else ""
    lines, problems = parting(app.actions.context.desk, app.main.autosave.save_now, failed)
    if status != 128 + signal.SIGHUP:
        _print(lines)
    return status or int(problems)


def parting(desk: Desk, save: Callable[[], object], failed: str = "") -> tuple[list[str], bool]:
    """Save a desk by `save` and let go of it; what there is to say of that, and of what has
    `failed`, and whether anything has.
    """
    problems = [failed] if failed else []
    try:
        save()
        where, what = desk.saver.saved if desk.saver else "", "The session is saved as"
    except Exception as error:
        expected = isinstance(error, (Problem, OSError))
        problems.append((refused.sentence if expected else failure.sentence)(error))
        where, what = _rescued(desk), "A copy of the session is in"
    if desk.saver:
        desk.saver.close()
    lines = [f"gradstep: {problem}" for problem in problems]
    if where:
        lines += [f"{what} {where}.", f"Go on with it: python -m tui {_resume(where)}"]
    return lines, bool(problems)


def _print(lines: list[str]) -> None:
    """Print lines, unless the terminal takes nothing any more."""
    from tui.screen.output import send

    data = "".join(f"{written(line)}\n" for line in lines)
    with suppress(OSError, ValueError):
        send(sys.stderr.fileno(), data.encode(sys.stderr.encoding, "replace"), PRINT_SECONDS)


def _rescued(desk: Desk) -> str:
    """Where a desk is that could not be saved; "" where it is lost."""
    from tui.actions.saving import rescued

    with suppress(Problem, OSError):
        return str(rescued(desk))
    return ""


def _resume(name: str) -> str:
    """The option, as a shell takes it; a name is never taken for another option."""
    return f"--resume{'=' if name.startswith('-') else ' '}{shlex.quote(name)}"
