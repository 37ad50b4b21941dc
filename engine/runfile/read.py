"""Run files: a run spec from TOML, checked whole before anything starts."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from engine.runfile.run import run_spec
from engine.spec.check import nearest, printable, read_text, shown
from engine.spec.run import RunSpec, SpecError

RUNS = Path(__file__).parent / "runs"
DEFAULT = "worked-example"
MOST_BYTES = 16 << 20


def builtin_names() -> list[str]:
    """The built-in runs, the default one first."""
    names = sorted(path.stem for path in RUNS.glob("*.toml"))
    return sorted(names, key=lambda name: name != DEFAULT)


def load(name: str) -> RunSpec:
    """The built-in run `name`. Raises SpecError where there is none."""
    if name not in builtin_names():
        raise SpecError(_unknown(name))
    return read(RUNS / f"{name}.toml")


def read(path: Path) -> RunSpec:
    """The run that a file describes. Raises SpecError with a sentence for each of its mistakes."""
    return from_table(_parsed(read_text(path, MOST_BYTES), str(path)), str(path), path.parent)


def resolve(name_or_path: str) -> RunSpec:
    """The built-in run of that name, or else the run in the file of that name; `./xor` is always
    a file. Raises SpecError where there is neither, or where the file has mistakes.
    """
    if name_or_path in builtin_names():
        return load(name_or_path)
    path = Path(name_or_path)
    try:
        found = bool(name_or_path) and path.exists()
    except (OSError, ValueError):
        found = False
    if not found:
        raise SpecError(_unknown(name_or_path))
    return read(path)


def from_table(table: dict[str, Any], file: str = "run", folder: Path = Path()) -> RunSpec:
    """The run spec that a TOML table describes. Raises SpecError with all its mistakes."""
    return run_spec(table, file, folder)


def _unknown(name: str) -> str:
    names = builtin_names()
    near = nearest(Path(name).stem, names) if name else ""
    hint = f"the nearest is {near}; " if near else ""
    return (
        f"{shown(name) if not name.strip() else printable(name[:200])}: there is no built-in run"
        f" and no file of that name; {hint}built in are {', '.join(names)}."
    )


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise SpecError(f"{printable(file)}: lists or tables are nested too deeply.") from None
    except tomllib.TOMLDecodeError as error:
        raise SpecError(_syntax_error(str(error), text, file)) from None
    except ValueError as error:  # numbers too long, dates that do not exist
        reason = printable(str(error)).split(";")[0]
        raise SpecError(f"{printable(file)}: is not valid TOML: {reason}.") from None


def _syntax_error(message: str, text: str, file: str) -> str:
    """One sentence with the line and column that tomllib names; the end of the file where it
    names none.
    """
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    lines = text.split("\n")
    line, column = (place[1], place[2]) if place and place[1] else (len(lines), len(lines[-1]) + 1)
    what = message[: place.start()] if place else message
    return f"{printable(file)}: line {line}, column {column} is not valid TOML: {printable(what)}."
