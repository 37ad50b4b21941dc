"""Tables of comma-separated values as samples, with every cell that is no number named."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog.csvcells import (
    Cells,
    Names,
    Taken,
    WrongRowError,
    at_once,
    number,
)
from engine.catalog.csvmistakes import MOST_SLOW, name_mistakes, one_by_one, refuse_names
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
    found = convert(file, Taken(features, target, bool(classes), spec.dtype))
    if found.chosen is None:
        return Source(found.x, y=found.y, features=names)
    order = sorted(found.names, key=_class_order(found.names))
    rank = {name: i for i, name in enumerate(order)}
    labels = np.array([rank[name] for name in found.names], np.int16)[found.chosen]
    return Source(found.x, labels=labels, classes=tuple(map(printable, order)), features=names)


def convert(file: CsvText, taken: Taken) -> Cells:
    """The cells of some columns. Raises SpecError with a sentence for each that is wrong."""
    names = Names()
    try:
        return at_once(file, taken, names)
    except WrongRowError as wrong:
        if names.too_many:
            refuse_names(file, taken)
        if file.cells <= MOST_SLOW:
            return one_by_one(file, taken)
        name_mistakes(file, taken, wrong.row)
        file.refuse(
            f"is no plain table from about row {wrong.row + 1} on, and too large to be read cell by"
            " cell"
        )


# -- columns ---------------------------------------------------------------------------------------


def _columns(file: CsvText, spec: CsvSpec) -> tuple[list[int], list[int]]:
    """The places of the target and feature columns, from 0."""
    names = [name.strip() for name in file.names]
    target = _places(file, names, spec.target, "target")
    if spec.features is None:
        taken = set(target)
        features = [i for i in range(file.width) if i not in taken]
    else:
        features = _places(file, names, spec.features, "features")
    if not file.problems.found:
        counts = Counter(features)
        counts.update(set(target))
        for place in sorted(i for i in counts if counts[i] > 1)[:MOST_ALIKE]:
            file.problems.say(f"{file.named(place)} is taken twice")
        if not features:
            file.problems.say("has no column left for the features beside the target")
    file.problems.stop()
    return target, features


def _places(file: CsvText, names: list[str], columns: Iterable[Column], role: str) -> list[int]:
    """The places of columns, from 0, up to some that do not exist; a sentence on each of those."""
    wanted, places = set(columns), defaultdict(list)
    for place, name in enumerate(names):
        if name in wanted:
            places[name].append(place)
    found, missing = [], 0
    for column in columns:
        if isinstance(column, str) and len(places[column]) == 1:
            found += places[column]
        elif isinstance(column, int) and 1 <= column <= file.width:
            found.append(column - 1)
        elif (missing := missing + 1) <= MOST_ALIKE:
            if isinstance(column, int):
                file.problems.say(f"{role}: there is no column {shown(column)} of {file.width}")
            else:
                file.problems.say(f"{role}: {_no_such_name(file, column, names)}")
    return found


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
