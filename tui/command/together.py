"""Which options go with which commands: one that would do nothing is refused."""

from __future__ import annotations

import argparse

from tui.command import (
    against,
    app,
    export,
    gradcheck,
    grade,
    jsonlines,
    plain,
    whence,
    why,
    worksheet,
)
from tui.command.output import refuse
from tui.command.parser import Run

WORDS: dict[Run, str] = {
    app.run: "the screen",
    plain.run: "--plain",
    jsonlines.run: "--json",
    grade.run: "--grade",
    against.run: "--against",
    worksheet.run: "--worksheet",
    worksheet.run_solution: "--solution",
    export.run_file: "--export",
    why.run: "--why",
    whence.run: "--from",
    gradcheck.run: "--gradcheck",
}
"""How a sentence calls the commands that have options of their own."""
_SHEETS = (worksheet.run, worksheet.run_solution)
OWN: dict[str, tuple[Run, ...]] = {
    "size": (plain.run,),
    "svg": (plain.run,),
    "mouse": (app.run,),
    "last": (plain.run, jsonlines.run, export.run_file, whence.run, why.run, gradcheck.run),
    "csv": (grade.run,),
    "scheme": (grade.run,),
    "way": (against.run,),
    "rtol": (against.run,),
    "atol": (against.run,),
    "depth": (whence.run,),
    "seed": _SHEETS,
    "steps": _SHEETS,
    "format": _SHEETS,
    "no_formulas": _SHEETS,
    "count": _SHEETS,
    "to": _SHEETS,
}
"""The commands that an option goes with. All others are of runs and of how things are written."""
IN_PRACTICE = ("seed", "steps")
"""What goes with --practice, too."""


def check(options: argparse.Namespace, command: Run) -> None:
    """Refuse an option that the command does nothing with."""
    for name, commands in OWN.items():
        if (
            _given(getattr(options, name))
            and command not in commands
            and not (options.practice and name in IN_PRACTICE)
        ):
            words = [WORDS[each] for each in commands]
            words += ["--practice"] * (name in IN_PRACTICE)
            *most, last = words
            start = f"{', '.join(most)} or " if most else ""
            alone = " alone" if options.asking and options.command in commands else ""
            refuse(f"--{name.replace('_', '-')} goes with {start}{last}{alone}.")


def _given(value: object) -> bool:
    return value is not None and value is not False
