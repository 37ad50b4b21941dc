"""The cells of a CSV file as numbers and names, as NumPy reads them where each is right."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.catalog.csvtext import CsvText
from engine.spec.data import Labels
from engine.spec.run import Array

LONGEST_NAME = 60
MOST_CLASSES = 10_000

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
    """The names of a column, each with its number as they come. A cell that is no name has -1.
    One name more than may be raises OverflowError.
    """

    too_many = False

    def __missing__(self, cell: str) -> int:
        name = cell.strip()
        if not 1 <= len(name) <= LONGEST_NAME:
            return -1
        if name != cell:
            return self[name]
        if len(self) == MOST_CLASSES:
            self.too_many = True
            raise OverflowError
        self[name] = len(self)
        return self[name]


def number(cell: str) -> float | None:
    """The number of a cell; None where it is none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


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
