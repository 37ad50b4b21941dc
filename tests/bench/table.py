"""Figures and how they are printed: one a row, its limit beside it, ok or MISS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADINGS = ("", "ours", "compared with", "figure", "limit", "")


@dataclass(frozen=True)
class Figure:
    """One measured figure: `value` in `unit`, and the limit it is held to, if any.

    `ours` and `other` say what it was computed from. `floor` is the least that is allowed and
    `ceiling` the most. A `note` stands in place of a figure that could not be measured.
    """

    name: str
    value: float = 0.0
    unit: str = "×"
    ours: str = ""
    other: str = ""
    floor: float | None = None
    ceiling: float | None = None
    note: str = ""

    @property
    def missed(self) -> bool:
        """True where there is a limit and the figure does not keep it, or is not there."""
        if self.floor is None and self.ceiling is None:
            return False
        low = self.floor is not None and not self.value >= self.floor
        high = self.ceiling is not None and not self.value <= self.ceiling
        return bool(self.note) or low or high

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        space = "" if self.unit in {"×", ""} else " "
        limit = ""
        if self.floor is not None:
            limit = f"≥ {self.floor:g}{space}{self.unit}"
        elif self.ceiling is not None:
            limit = f"≤ {self.ceiling:g}{space}{self.unit}"
        verdict = ("MISS" if self.missed else "ok") if limit else ""
        figure = self.note or f"{self.value:.4g}{space}{self.unit}"
        return self.name, self.ours, self.other, figure, limit, verdict


def table(title: str, figures: Sequence[Figure]) -> str:
    """The figures of a section as text."""
    return "\n".join((title, *align([HEADINGS, *(figure.cells() for figure in figures)])))


def align(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """The rows with columns of equal width."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  " + "  ".join(padded).rstrip()


def ms(seconds: float) -> str:
    """`seconds` as milliseconds."""
    return f"{seconds * 1e3:.2f} ms"
