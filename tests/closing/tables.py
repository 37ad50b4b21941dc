"""Arrays of exact numbers, as they are printed: a number, a vector, a matrix, sums of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from tests.closing import exact
from tests.closing.exact import Number

KINDS = ["number", "single", "column", "row", "vector", "matrix"]
Rows = list[list[Number]]


@dataclass(frozen=True)
class Table:
    """Rows of numbers. `kind` is "number", "vector" (one row of numbers, as it is printed), "row"
    (a transposed vector), "matrix", "column" (one number for each row of what it goes with), or
    "single", an array of one number.
    """

    rows: Rows
    kind: str

    @staticmethod
    def read(text: str) -> Table:
        """(0.5), (0.5, 1.1) or (0.1 0.2; 0.3 0.4)."""
        inner = text[1:-1]
        if ", " in inner:
            return Table([[exact.number(x) for x in inner.split(", ")]], "vector")
        rows = [[exact.number(x) for x in row.split(" ")] for row in inner.split("; ")]
        return Table(rows, "single" if len(rows) == len(rows[0]) == 1 else "matrix")

    @property
    def numbers(self) -> list[Number]:
        """All, row by row."""
        return [x for row in self.rows for x in row]

    @property
    def wide(self) -> int:
        return len(self.rows[0])

    def each(self, function: Callable[..., Number], *others: Table) -> Table:
        """The function of the numbers at each place; vectors are repeated for each row, columns
        for each number of it.
        """
        tables = (self, *others)
        high = max(len(t.rows) for t in tables)
        wide = max(t.wide for t in tables)
        for t in tables:
            if len(t.rows) not in (1, high) or t.wide not in (1, wide):
                raise ValueError(f"{len(t.rows)}×{t.wide} does not go with {high}×{wide}")
        kind = max((t.kind for t in tables), key=KINDS.index)
        if kind in ("row", "vector") and high > 1:
            kind = "matrix"

        def at(table: Table, i: int, j: int) -> Number:
            row = table.rows[i if len(table.rows) > 1 else 0]
            return row[j if len(row) > 1 else 0]

        rows = [
            [function(*(at(t, i, j) for t in tables)) for j in range(wide)] for i in range(high)
        ]
        return Table(rows, kind)

    def summed(self, over_rows: bool, whole: bool) -> Table:
        """The sum of all numbers, of each column, or of each row."""
        if whole or self.kind != "matrix":
            return lift(total(self.numbers))
        if over_rows:
            columns = [[row[j] for row in self.rows] for j in range(self.wide)]
            return Table([[total(column) for column in columns]], "vector")
        return Table([[total(row)] for row in self.rows], "column")

    def row_most(self) -> Table:
        """The greatest number of each row."""
        return Table([[reduce(exact.most, row)] for row in self.rows], "column")

    def most(self) -> Table:
        """The greatest of all numbers."""
        return lift(reduce(exact.most, self.numbers))

    def diagonal(self) -> Table:
        """The matrix with these numbers on its diagonal."""
        own = self.numbers
        places = range(len(own))
        rows: Rows = [[own[i] if i == j else Fraction(0) for j in places] for i in places]
        return Table(rows, "matrix")


def lift(x: Number) -> Table:
    """A single number."""
    return Table([[x]], "number")


def total(numbers: list[Number]) -> Number:
    return reduce(exact.add, numbers)


def transposed(table: Table) -> Table:
    """Of a vector: a row."""
    if table.kind in ("number", "single"):
        return table
    if table.kind == "vector":
        return Table(table.rows, "row")
    return Table([list(column) for column in zip(*table.rows, strict=True)], "matrix")


def standing(table: Table, beside: Table) -> Table:
    """A vector as a column where it is added to one, as long as it is."""
    upright = beside.kind == "matrix" and beside.wide == 1 and len(beside.rows) == table.wide > 1
    return Table([[x] for x in table.numbers], "matrix") if upright else table


def product(a: Table, b: Table) -> Table:
    """The product: of matrices, of a number with anything, of a column with each row. A vector
    is a column, but a row where only that fits; a transposed one likewise the other way round.
    """
    if {"number", "single", "column"} & {a.kind, b.kind}:
        found = a.each(exact.multiply, b)
        upright = a.kind == "matrix" and a.wide == 1 and b.kind == "single"
        return Table([found.numbers], "vector") if upright else found
    standing = [[x] for x in b.numbers]
    if a.kind == "vector" and b.kind == "row":
        left, right = [[x] for x in a.numbers], b.rows
    else:
        upright = b.kind in ("vector", "row") and a.wide == len(standing)
        left, right = a.rows, standing if upright else b.rows
    if len(left[0]) != len(right):
        raise ValueError(f"{len(left)}×{len(left[0])} times {len(right)}×{len(right[0])}")
    columns = [*zip(*right, strict=True)]
    rows: Rows = [
        [total([*map(exact.multiply, row, column)]) for column in columns] for row in left
    ]
    if len(rows) == len(rows[0]) == 1:
        return lift(rows[0][0])
    if b.kind == "vector" and len(rows[0]) == 1:
        return Table([[row[0] for row in rows]], "vector")
    return Table(rows, "matrix")
