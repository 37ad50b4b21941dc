"""Run files: a run spec from TOML, checked whole before anything starts."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from engine.runfile.run import run_spec
from engine.spec.check import nearest, printable, shown
from engine.spec.files import STANDARD_INPUT
from engine.spec.run import RunSpec, SpecError
from engine.spec.toml import read_toml

RUNS = Path(__file__).parent / "runs"
DEFAULT = "worked-example"
RECORD = ".npz"
"""How the files end that gradstep_record.py writes, which are runs too."""


def builtin_names() -> list[str]:
    """The built-in runs, the default one first."""
    names = [path.stem for path in RUNS.iterdir() if path.suffix == ".toml"]
    return sorted(names, key=lambda name: (name != DEFAULT, name))


def load(name: str) -> RunSpec:
    """The built-in run `name`. Raises SpecError where there is none."""
    if name not in builtin_names():
        raise SpecError(_unknown(name))
    return read(RUNS / f"{name}.toml")


def read(path: Path) -> RunSpec:
    """The run that a file describes, or that was recorded in it. Raises SpecError with a sentence
    for each of its mistakes.
    """
    try:
        if path.suffix == RECORD:
            return from_table({"record": path.name}, str(path), path.parent)
        return from_table(read_toml(path), str(path), path.parent)
    except MemoryError:
        raise SpecError(f"{printable(str(path))}: there is not enough memory to read it.") from None


def resolve(name_or_path: str) -> RunSpec:
    """The built-in run of that name, or else the run in the file of that name, from standard
    input where that is "-"; `./xor` is always a file. Raises SpecError where there is neither, or
    where the file has mistakes.
    """
    if name_or_path in builtin_names():
        return load(name_or_path)
    if name_or_path != STANDARD_INPUT and not _is_there(name_or_path):
        raise SpecError(_unknown(name_or_path))
    return read(Path(name_or_path))


def from_table(table: dict[str, Any], file: str = "run", folder: Path = Path()) -> RunSpec:
    """The run spec that a TOML table describes. Raises SpecError with all its mistakes."""
    return run_spec(table, file, folder)


def _is_there(path: str) -> bool:
    """Whether there may be such a file, though perhaps one that cannot be read."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError as error:
        return error.errno != errno.ENAMETOOLONG
    return True


def _unknown(name: str) -> str:
    names = builtin_names()
    near = nearest(Path(name).stem, names) if name else ""
    hint = f"the nearest is {near}; " if near else ""
    return (
        f"{shown(name) if not name.strip() else printable(name[:200])}: there is no built-in run"
        f" and no file of that name; {hint}built in are {', '.join(names)}."
    )
