"""Tables of comma-separated values as samples, with every cell that is no number named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog.csvcells import Taken, convert, number
from engine.catalog.csvtext import CsvText
from engine.spec.check import MOST_ALIKE, fits, nearest, printable, shown
from engine.spec.data import Source

DECIDING_ROWS = 1000
"""So many rows decide whether a target is numbers or names."""

Column = str | int
"""A column by its name in the header, or by its number, counted from 1."""


@dataclass(frozen=True)
class CsvSpec:
    """Which columns of a file are what. `features` None means all that are no target; `classes`
    says whether the target names classes, None that its cells decide: they do unless most of
    them are numbers.
    """

    path: Path
    target: tuple[Column, ...]
    features: tuple[Column, ...] | None = None
    header: bool = True
    classes: bool | None = None
    dtype: str = "float64"


def read_csv(spec: CsvSpec) -> Source:
    """The samples of a file. Classes are numbered in sorted order: as numbers where all are
    numbers, else as text. Raises SpecError with a sentence for each mistake.
    """
    file = CsvText(spec.path, spec.header)
    target, features = _columns(file, spec)
    classes = spec.classes if len(target) == 1 else False
    if classes is None:
        classes = _names_classes(file, target[0])
    names = tuple(printable(file.names[i].strip()) for i in features)
    if not classes:
        values, _ = convert(file, Taken([*features, *target], dtype=spec.dtype))
        return Source(values[:, : len(features)], y=values[:, len(features) :], features=names)
    x, cells = convert(file, Taken(features, target[0], spec.dtype))
    found, place = np.unique(cells, return_inverse=True)
    order = sorted(found.tolist(), key=_class_order(found.tolist()))
    labels = np.array([order.index(name) for name in found.tolist()], np.intp)[place]
    return Source(x, labels=labels, classes=tuple(map(printable, order)), features=names)


# -- columns ---------------------------------------------------------------------------------------


def _columns(file: CsvText, spec: CsvSpec) -> tuple[list[int], list[int]]:
    """The places of the target and feature columns, from 0."""
    target = [_column(file, each, "target") for each in spec.target]
    if spec.features is None:
        features = [i for i in range(file.width) if i not in target]
    else:
        features = [_column(file, each, "features") for each in spec.features]
    if -1 not in (*target, *features):
        for place in sorted({i for i in features if i in target or features.count(i) > 1}):
            file.problems.say(f"{file.named(place)} is taken twice")
        if not features:
            file.problems.say("has no column left for the features beside the target")
    file.problems.stop()
    return target, features


def _column(file: CsvText, column: Column, role: str) -> int:
    """The place of a column, from 0; -1, and a sentence, where there is none."""
    if isinstance(column, int):
        if 1 <= column <= file.width:
            return column - 1
        file.problems.say(f"{role}: there is no column {shown(column)} of {file.width}")
        return -1
    names = [name.strip() for name in file.names]
    if names.count(column) == 1:
        return names.index(column)
    file.problems.say(f"{role}: {_no_such_name(file, column, names)}")
    return -1


def _no_such_name(file: CsvText, column: str, names: list[str]) -> str:
    if column in names:
        many = f"{names.count(column)} columns are named {shown(column)}"
        return f"{many}; take one by its number, counted from 1"
    near = nearest(column, names)
    hint = f"the nearest is {shown(near)}, and " if near else ""
    valid = ", ".join(map(shown, names[:MOST_ALIKE])) + (", …" if file.width > MOST_ALIKE else "")
    parted = file.width == 1 and any(c in file.names[0] for c in ";\t")
    comma = " (cells are separated by commas)" if parted else ""
    return f"no column is named {shown(column)}; {hint}there are {valid}{comma}"


# -- classes ---------------------------------------------------------------------------------------


def _names_classes(file: CsvText, place: int) -> bool:
    rows = islice(file.rows(), DECIDING_ROWS)
    cells = [row[place].strip() for _, row in rows if place < len(row)]
    return sum(number(cell) is not None for cell in cells) * 2 <= len(cells)


def _class_order(cells: Iterable[str]) -> Callable[[str], Any]:
    """By number where every name is a finite number, else by text."""
    numbers = {cell: number(cell) for cell in cells}
    if all(fits(value, np.inf) for value in numbers.values()):
        return lambda cell: (numbers[cell], cell)
    return lambda cell: cell
