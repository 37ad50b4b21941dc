"""Runs by their names: built-in ones, files, and exercises."""

from __future__ import annotations

from engine.runfile.read import resolve
from engine.spec.run import RunSpec

EXERCISE = "exercise:"
"""How the names of exercises begin."""


def run_named(name: str) -> RunSpec:
    """The run of that name: an exercise, a built-in one, a file. Raises SpecError."""
    if name.startswith(EXERCISE):
        from engine.sheets.exercise import parse, spec_of

        return spec_of(parse(name))
    return resolve(name)
