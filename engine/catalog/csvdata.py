"""Tables of comma-separated values as samples, with every cell that is no number named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from engine.spec.check import MOST_ALIKE, Problems, fits, nearest, printable, read_text, shown
from engine.spec.data import Source
from engine.spec.run import Array

MOST_BYTES = 128 << 20
MOST_HEADER = 1 << 20
LONGEST_NAME = 60
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
    return _Reader(spec).source()


class _Reader:
    def __init__(self, spec: CsvSpec) -> None:
        self.spec = spec
        self.text = _plain_lines(read_text(spec.path, MOST_BYTES))
        self.problems = Problems(spec.path.name)
        first_line, first = next(self._rows(header=True), (1, []))
        self.width = len(first)
        lines = self.text.split("\n", first_line) if spec.header else [self.text]
        self.body = lines[-1] if len(lines) > first_line or not spec.header else ""
        self.names = first if spec.header else [str(i + 1) for i in range(self.width)]
        if not self.width:
            self.problems.say("has no rows")
        self.problems.stop()

    def source(self) -> Source:
        target, features = self._columns()
        classes = self.spec.classes if len(target) == 1 else False
        if classes is None:
            classes = self._names_classes(target[0])
        wanted = features if classes else [*features, *target]
        texts = target if classes else []
        values, cells = self._convert(wanted, texts)
        x = values[:, : len(features)]
        named = tuple(printable(self.names[i].strip()) for i in features)
        if not classes:
            return Source(x, y=values[:, len(features) :], features=named)
        cells = np.strings.strip(np.asarray(cells, np.str_))
        order = sorted(set(cells.tolist()), key=_class_order(set(cells.tolist())))
        names, place = np.unique(cells, return_inverse=True)
        labels = np.array([order.index(name) for name in names.tolist()], np.intp)[place]
        return Source(x, labels=labels, classes=tuple(map(printable, order)), features=named)

    # -- rows and columns ----------------------------------------------------------------------

    def _rows(self, header: bool = False) -> Iterator[tuple[int, list[str]]]:
        """Each row that is not empty, with its number in the file, counted from 1."""
        text = io.StringIO(self.text[:MOST_HEADER] if header else self.text, newline="")
        reader = csv.reader(text, skipinitialspace=True, strict=True)
        skip = self.spec.header and not header
        try:
            for row in reader:
                if row and skip:
                    skip = False
                elif row:
                    yield reader.line_num, row
        except csv.Error as error:
            self.problems.say(f"row {reader.line_num} is not CSV: {printable(str(error))}")
            self.problems.stop()

    def _columns(self) -> tuple[list[int], list[int]]:
        """The places of the target and feature columns, from 0."""
        spec = self.spec
        target = [self._column(each, "target") for each in spec.target]
        if spec.features is None:
            features = [i for i in range(self.width) if i not in target]
        else:
            features = [self._column(each, "features") for each in spec.features]
        if -1 not in (*target, *features):
            for place in sorted({i for i in features if i in target or features.count(i) > 1}):
                self.problems.say(f"{self._named(place)} is taken twice")
            if not features:
                self.problems.say("has no column left for the features beside the target")
        self.problems.stop()
        return target, features

    def _column(self, column: Column, role: str) -> int:
        if isinstance(column, int):
            if 1 <= column <= self.width:
                return column - 1
            self.problems.say(f"{role}: there is no column {shown(column)} of {self.width}")
            return -1
        names = [name.strip() for name in self.names]
        if names.count(column) == 1:
            return names.index(column)
        if column in names:
            self.problems.say(
                f"{role}: {names.count(column)} columns are named {shown(column)};"
                " take one by its number, counted from 1"
            )
            return -1
        near = nearest(column, names)
        hint = f"the nearest is {shown(near)}, and " if near else ""
        valid = ", ".join(map(shown, names[:MOST_ALIKE])) + (", …" if self.width > 10 else "")
        separator = next((c for c in ";\t" if self.width == 1 and c in self.names[0]), "")
        comma = " (cells are separated by commas)" if separator else ""
        self.problems.say(
            f"{role}: no column is named {shown(column)}; {hint}there are {valid}{comma}"
        )
        return -1

    def _named(self, place: int) -> str:
        name = self.names[place].strip()
        return f"column {shown(name)}" if self.spec.header and name else f"column {place + 1}"

    def _names_classes(self, place: int) -> bool:
        rows = islice(self._rows(), DECIDING_ROWS)
        cells = [row[place].strip() for _, row in rows if place < len(row)]
        return sum(_number(cell) is not None for cell in cells) * 2 <= len(cells)

    # -- cells ---------------------------------------------------------------------------------

    def _convert(self, wanted: list[int], texts: list[int]) -> tuple[Array, Any]:
        """The numbers (samples, columns) of some columns, and the cells (samples,) of a column
        of text; None for no such column.
        """
        if not self.body.strip():
            self.problems.say("has no rows of data")
            self.problems.stop()
        table = self._all_at_once(wanted, texts)
        if table is None:
            return self._cell_by_cell(wanted, texts)
        if table.dtype.names is None:
            every = wanted == list(range(self.width))
            found = table if every else table[:, wanted]
            return found.astype(self.spec.dtype, copy=False), None
        values = np.empty((len(table), len(wanted)), self.spec.dtype)
        for column, place in enumerate(wanted):
            values[:, column] = table[f"c{place}"]
        return values, table[f"c{texts[0]}"] if texts else None

    def _all_at_once(self, wanted: list[int], texts: list[int]) -> Any:
        """The table as NumPy reads it; None where it cannot or where a cell is wrong."""
        if "\0" in self.body or self.body.count('"') % 2:
            return None
        kinds = [
            "f8" if i in wanted else f"U{LONGEST_NAME + 1}" if i in texts else "U1"
            for i in range(self.width)
        ]
        plain = set(kinds) == {"f8"}
        dtype = np.dtype("f8" if plain else [(f"c{i}", kind) for i, kind in enumerate(kinds)])
        try:
            table: Any = np.loadtxt(
                io.StringIO(self.body, newline=""),
                dtype,
                comments=None,
                delimiter=",",
                quotechar='"',
                ndmin=2 if plain else 1,
            )
        except (ValueError, OverflowError):
            return None
        if plain and table.shape[1] != self.width:
            return None
        most = np.finfo(self.spec.dtype).max
        numbers = [table] if plain else [table[f"c{i}"] for i in wanted]
        if not all(-most <= each.min() and each.max() <= most for each in numbers):
            return None  # nor where one is nan
        lengths: list[Any] = [np.strings.str_len(np.strings.strip(table[f"c{i}"])) for i in texts]
        within = all((each > 0).all() and (each <= LONGEST_NAME).all() for each in lengths)
        return table if within else None

    def _cell_by_cell(self, wanted: list[int], texts: list[int]) -> tuple[Array, Any]:
        """Go through the file cell by cell, and name the first that are wrong."""
        most = float(np.finfo(self.spec.dtype).max)
        values: list[list[float]] = []
        cells: list[str] = []
        wrong: list[str] = []
        for number, row in self._rows():
            if len(row) != self.width:
                wrong.append(f"row {number} has {_cells(len(row))}, and must have {self.width}")
                continue
            numbers = [_number(row[i].strip()) for i in wanted]
            for i, value in zip(wanted, numbers, strict=True):
                if value is None or not fits(value, most):
                    wrong.append(self._wrong(number, i, row[i].strip()))
            for i in texts:
                cells.append(row[i].strip())
                if not cells[-1]:
                    wrong.append(self._wrong(number, i, ""))
                elif len(cells[-1]) > LONGEST_NAME:
                    what = f"is longer than {LONGEST_NAME} characters, the most for a class"
                    wrong.append(f"row {number}, {self._named(i)} {what}")
            values.append([0.0 if value is None else value for value in numbers])
        for sentence in wrong[:MOST_ALIKE]:
            self.problems.say(sentence)
        if len(wrong) > MOST_ALIKE:
            self.problems.say(f"and {len(wrong) - MOST_ALIKE:,} more")
        self.problems.stop()
        found = np.array(values, self.spec.dtype).reshape(len(values), len(wanted))
        return found, np.array(cells) if texts else None

    def _wrong(self, row: int, place: int, cell: str) -> str:
        where = f"row {row}, {self._named(place)}"
        if not cell:
            return f"{where} is missing"
        finite = "a finite number" + (" that float32 holds" if self.spec.dtype == "float32" else "")
        return f"{where} is {shown(cell)}, and must be {finite}"


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _number(cell: str) -> float | None:
    """The number of a cell; None where it is none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _class_order(cells: Iterable[str]) -> Callable[[str], Any]:
    """By number where every name is a finite number, else by text."""
    numbers = {cell: _number(cell) for cell in cells}
    if all(value is not None and fits(value, np.inf) for value in numbers.values()):
        return lambda cell: (numbers[cell], cell)
    return lambda cell: cell
