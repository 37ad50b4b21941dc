"""The cells of a CSV file as numbers and names: NumPy reads them all at once where each is right;
else they are gone through one by one, and those that are wrong are named.
"""

from __future__ import annotations

import io
import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn

import numpy as np

from engine.catalog.csvtext import CsvText
from engine.spec.check import MOST_ALIKE, fits, shown
from engine.spec.data import Labels
from engine.spec.run import Array

LONGEST_NAME = 60
MOST_CLASSES = 10_000
MOST_SLOW = 500_000
"""So many cells are gone through one by one."""

_QUOTED = re.compile(r'(?:^|[,\n])[ \t]*"')
_BLANK_QUOTED = re.compile(r'(?:^|[,\n])[ \t]+"')


@dataclass(frozen=True)
class Taken:
    """The columns that are taken, by their places from 0, in this order, as `dtype`. With
    `classes`, the one target names classes.
    """

    features: Sequence[int]
    targets: Sequence[int]
    classes: bool = False
    dtype: str = "float64"

    @property
    def numbers(self) -> list[int]:
        """The columns of numbers."""
        return [*self.features, *(() if self.classes else self.targets)]

    @property
    def most(self) -> float:
        """The largest number that the dtype holds."""
        return float(np.finfo(self.dtype).max)


@dataclass(frozen=True, eq=False)
class Cells:
    """Samples x (samples, features), and their targets y (samples, targets) or else which of the
    `names`, all that there are, each of them has: an index (samples,).
    """

    x: Array
    y: Array | None = None
    chosen: Labels | None = None
    names: tuple[str, ...] = ()


class Names(dict[str, int]):
    """The names of a column, each with its number as they come. A cell that is no name has -1."""

    def __missing__(self, cell: str) -> int:
        name = cell.strip()
        if not 1 <= len(name) <= LONGEST_NAME:
            return -1
        if name != cell:
            return self[name]
        if len(self) == MOST_CLASSES:
            raise OverflowError
        self[name] = len(self)
        return self[name]


def convert(file: CsvText, taken: Taken) -> Cells:
    """The cells of some columns. Raises SpecError with a sentence for each that is wrong."""
    names = Names()
    try:
        return at_once(file, taken, names)
    except WrongRowError as wrong:
        if len(names) == MOST_CLASSES:
            _refuse_names(file, taken)
        if file.cells <= MOST_SLOW:
            return one_by_one(file, taken)
        _name_mistakes(file, taken, wrong.row)
        file.refuse(
            f"is no plain table from about row {wrong.row + 1} on, and too large to be read cell by"
            " cell"
        )


def number(cell: str) -> float | None:
    """The number of a cell; None where it is none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


# -- all at once -----------------------------------------------------------------------------------


class WrongRowError(ValueError):
    """Not all can be read at once: the first row in which something is wrong, or one before it."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


def at_once(file: CsvText, taken: Taken, names: Names) -> Cells:
    """The cells as NumPy reads them. Raises WrongRowError where it cannot or a cell is wrong."""
    bounds = _Bounds(file.width, taken)
    converters: dict[int | str, Callable[[str], float]] = dict.fromkeys(
        set(range(file.width)).difference(taken.numbers), _nothing
    )
    if taken.classes:
        converters[taken.targets[0]] = names.__getitem__
    x = np.empty((file.most_rows, len(taken.features)), taken.dtype)
    y = np.empty((file.most_rows, len(taken.targets)), "i2" if taken.classes else taken.dtype)
    count = 0
    for piece in file.pieces():
        try:
            table = _loaded(piece, converters)
            bounds.check(table)
        except WrongRowError as wrong:
            raise WrongRowError(count + wrong.row) from None
        before, count = count, count + len(table)
        x[before:count] = table.take(taken.features, axis=1)
        y[before:count] = table.take(taken.targets, axis=1)
    x.resize((count, x.shape[1]), refcheck=False)
    y.resize((count, y.shape[1]), refcheck=False)
    return Cells(x, None, y[:, 0], tuple(names)) if taken.classes else Cells(x, y)


def _nothing(_cell: str) -> float:
    return 0.0


def _loaded(piece: str, converters: Mapping[int | str, Callable[[str], float]]) -> Array:
    """The table (rows, columns) of some lines. Raises WrongRowError where it cannot be read."""
    quoted = '"' in piece and _QUOTED.search(piece) is not None
    if "\0" in piece or (quoted and not _is_plain(piece)):
        raise WrongRowError(0)
    try:
        return np.loadtxt(
            io.StringIO(piece),
            np.float64,
            comments=None,
            delimiter=",",
            quotechar='"' if quoted else None,
            ndmin=2,
            converters=converters,
        )
    except (ValueError, OverflowError) as error:
        row = re.search(r" at row ([0-9]{1,9})", str(error))
        raise WrongRowError(max(0, int(row[1]) - 2) if row else 0) from None


def _is_plain(piece: str) -> bool:
    """Whether every row is a line, with nothing before a quotation mark."""
    even = all(line.count('"') % 2 == 0 for line in piece.split("\n"))
    return even and not _BLANK_QUOTED.search(piece)


class _Bounds:
    """What the columns of a table may hold."""

    def __init__(self, width: int, taken: Taken) -> None:
        self._most = np.zeros(width)
        self._most[taken.numbers] = taken.most
        self._least = -self._most
        if taken.classes:
            self._most[taken.targets[0]] = MOST_CLASSES

    def check(self, table: Array) -> None:
        """Raises WrongRowError for one that has other columns or other values, such as nan."""
        if table.shape[1] != len(self._most):
            raise WrongRowError(0)
        right = ((self._least <= table) & (table <= self._most)).all(axis=1)
        if not right.all():
            raise WrongRowError(int(right.argmin()))


# -- one by one ------------------------------------------------------------------------------------


def one_by_one(file: CsvText, taken: Taken) -> Cells:
    """The cells as Python reads them. Raises SpecError with a sentence on each of the first that
    are wrong.
    """
    _name_mistakes(file, taken, 0)
    numbers, chosen, names = array("d"), array("h"), Names()
    try:
        for _, row in file.rows():
            numbers.extend(float(row[place]) for place in taken.numbers)
            if taken.classes:
                chosen.append(names[row[taken.targets[0]]])
    except OverflowError:
        _refuse_names(file, taken)
    found = np.array(numbers).reshape(-1, len(taken.numbers)).astype(taken.dtype)
    if taken.classes:
        return Cells(found, None, np.array(chosen), tuple(names))
    x, y = np.split(found, [len(taken.features)], axis=1)
    return Cells(x, y)


def _name_mistakes(file: CsvText, taken: Taken, start: int) -> None:
    """Raise SpecError with a sentence on each of the first mistakes from a row on, if any."""
    count, cells = 0, 0
    rows = islice(file.rows(), start, None)
    for row_number, row in rows:
        cells += len(row)
        if cells > MOST_SLOW:
            break
        for sentence in _mistakes(file, row_number, row, taken):
            count += 1
            if count <= MOST_ALIKE:
                file.problems.say(sentence)
    if count > MOST_ALIKE:
        more = "at least " if cells > MOST_SLOW else ""
        file.problems.say(f"and {more}{count - MOST_ALIKE:,} more")
    file.problems.stop()


def _mistakes(file: CsvText, row_number: int, row: Sequence[str], taken: Taken) -> Iterator[str]:
    """What is wrong with a row, or with its cells."""
    if len(row) != file.width:
        yield f"row {row_number} has {_cells(len(row))}, and must have {file.width}"
        return
    for place in taken.numbers:
        cell = row[place].strip()
        where = f"row {row_number}, {file.named(place)}"
        if not cell:
            yield f"{where} is missing"
        elif not fits(number(cell), taken.most):
            held = " that float32 holds" if taken.dtype == "float32" else ""
            yield f"{where} is {shown(cell)}, and must be a finite number{held}"
    if taken.classes:
        cell = row[taken.targets[0]].strip()
        where = f"row {row_number}, {file.named(taken.targets[0])}"
        if not cell:
            yield f"{where} is missing"
        elif len(cell) > LONGEST_NAME:
            yield f"{where} is longer than {LONGEST_NAME} characters, the most for a class"


def _refuse_names(file: CsvText, taken: Taken) -> NoReturn:
    file.refuse(
        f"{file.named(taken.targets[0])} names more than {MOST_CLASSES:,} classes, the most"
    )


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"
