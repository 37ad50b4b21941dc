"""The cells of a CSV file as numbers and names: NumPy reads them all at once where each is right;
else they are gone through one by one, and those that are wrong are named.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.catalog.csvtext import CsvText
from engine.spec.check import MOST_ALIKE, fits, shown
from engine.spec.run import Array

LONGEST_NAME = 60

Cells = tuple[Array, Any]
"""Numbers (samples, columns), and the names (samples,) of a column of names, None without one."""


@dataclass(frozen=True)
class Taken:
    """The columns that are taken, by their places from 0: `numbers` in this order, as `dtype`,
    and one of `names`, if any.
    """

    numbers: Sequence[int]
    names: int | None = None
    dtype: str = "float64"

    @property
    def most(self) -> float:
        """The largest number that the dtype holds."""
        return float(np.finfo(self.dtype).max)


def convert(file: CsvText, taken: Taken) -> Cells:
    """The cells of some columns. Raises SpecError with a sentence for each that is wrong."""
    if not file.body.strip():
        file.refuse("has no rows of data")
    return at_once(file, taken) or one_by_one(file, taken)


def number(cell: str) -> float | None:
    """The number of a cell; None where it is none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


# -- all at once -----------------------------------------------------------------------------------


def at_once(file: CsvText, taken: Taken) -> Cells | None:
    """The cells as NumPy reads them; None where it cannot or where a cell is wrong."""
    table = _loaded(file, taken)
    if table is None:
        return None
    numbers = _numbers(table, taken)
    if not (-taken.most <= numbers.min() and numbers.max() <= taken.most):
        return None  # nor where one is nan
    names = None
    if taken.names is not None:
        names = np.strings.strip(table[f"c{taken.names}"])
        lengths = np.strings.str_len(names)
        if not (lengths.min() >= 1 and lengths.max() <= LONGEST_NAME):
            return None
    return numbers.astype(taken.dtype, copy=False), names


def _loaded(file: CsvText, taken: Taken) -> Any:
    """The table as NumPy reads it: an array (samples, width) where every column is one of
    numbers, else (samples,) with a field for each column.
    """
    if "\0" in file.body or file.body.count('"') % 2:
        return None
    plain = set(taken.numbers) == set(range(file.width))
    fields = [(f"c{i}", _kind(i, taken)) for i in range(file.width)]
    try:
        table = np.loadtxt(
            io.StringIO(file.body, newline=""),
            np.dtype("f8" if plain else fields),
            comments=None,
            delimiter=",",
            quotechar='"',
            ndmin=2 if plain else 1,
        )
    except (ValueError, OverflowError):
        return None
    return None if plain and table.shape[1] != file.width else table


def _kind(place: int, taken: Taken) -> str:
    if place in taken.numbers:
        return "f8"
    return f"U{LONGEST_NAME + 1}" if place == taken.names else "U1"


def _numbers(table: Any, taken: Taken) -> Array:
    if table.dtype.names:
        return np.stack([table[f"c{i}"] for i in taken.numbers], axis=1)
    in_order = list(taken.numbers) == list(range(table.shape[1]))
    found: Array = table if in_order else table[:, taken.numbers]
    return found


# -- one by one ------------------------------------------------------------------------------------


def one_by_one(file: CsvText, taken: Taken) -> Cells:
    """The cells as Python reads them, and a sentence on each of the first that are wrong."""
    numbers, names, wrong = [], [], []
    for row_number, row in file.rows():
        if len(row) != file.width:
            wrong.append(f"row {row_number} has {_cells(len(row))}, and must have {file.width}")
            continue
        numbers.append([number(row[place].strip()) for place in taken.numbers])
        if taken.names is not None:
            names.append(row[taken.names].strip())
        for place, what in _mistakes(row, taken):
            wrong.append(f"row {row_number}, {file.named(place)} {what}")
    for sentence in wrong[:MOST_ALIKE]:
        file.problems.say(sentence)
    if len(wrong) > MOST_ALIKE:
        file.problems.say(f"and {len(wrong) - MOST_ALIKE:,} more")
    file.problems.stop()
    found = np.array(numbers, taken.dtype).reshape(len(numbers), len(taken.numbers))
    return found, None if taken.names is None else np.array(names, np.str_)


def _mistakes(row: Sequence[str], taken: Taken) -> Iterator[tuple[int, str]]:
    """What is wrong with the cells of a row: their places, and how a sentence goes on."""
    for place in taken.numbers:
        cell = row[place].strip()
        if not cell:
            yield place, "is missing"
        elif not fits(number(cell), taken.most):
            held = " that float32 holds" if taken.dtype == "float32" else ""
            yield place, f"is {shown(cell)}, and must be a finite number{held}"
    if taken.names is not None:
        cell = row[taken.names].strip()
        if not cell:
            yield taken.names, "is missing"
        elif len(cell) > LONGEST_NAME:
            yield taken.names, f"is longer than {LONGEST_NAME} characters, the most for a class"


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"
