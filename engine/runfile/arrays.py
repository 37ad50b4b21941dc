"""Lists of numbers in a file as arrays, with every element that is no number named."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from engine.spec.check import MOST_ALIKE, Problems, fits, shown
from engine.spec.run import Array


class Arrays:
    """Reads lists of numbers as arrays of a dtype, naming the elements that are none."""

    def __init__(self, problems: Problems, dtype: str) -> None:
        self.problems = problems
        self.dtype = dtype
        self._most = float(np.finfo(dtype).max)
        self._valid = "a finite number" + (" that float32 holds" if dtype == "float32" else "")

    def vector(self, value: Any, place: str) -> Array | None:
        """An array (n,) of a list of numbers, or an array that is one already."""
        if isinstance(value, np.ndarray):
            return self._array(value, place, 1)
        if not isinstance(value, list) or not value:
            self.problems.add(place, f"is {shown(value)}, and must be a list of numbers")
            return None
        return self._row(value, place)

    def number(self, value: Any, place: str) -> Array | None:
        """An array () of a number, or one already."""
        if isinstance(value, np.ndarray):
            return self._array(value, place, 0)
        found = self._row([value], place)
        return None if found is None else found.reshape(())

    def matrix(self, value: Any, place: str) -> Array | None:
        """An array (rows, columns) of a list of rows, all of one length, or one already."""
        if isinstance(value, np.ndarray):
            return self._array(value, place, 2)
        if not isinstance(value, list) or not value:
            self.problems.add(place, f"is {shown(value)}, and must be a list of rows of numbers")
            return None
        if (found := self._all_right(value)) is not None:
            return found
        before = len(self.problems.found)
        columns = next((len(each) for each in value if isinstance(each, list) and each), 0)
        rows: list[Array] = []
        for i, each in enumerate(value):
            row = self._row_of(columns, each, f"{place}[{i}]")
            if row is not None:
                rows.append(row)
            if len(self.problems.found) >= before + MOST_ALIKE:
                self.problems.add(place, "may have more mistakes after these")
                return None
        return np.array(rows) if len(rows) == len(value) else None

    def _all_right(self, rows: Sequence[Any]) -> Array | None:
        """Rows (rows, columns) that are all numbers, and all of one length; None for any other."""
        if not all(type(row) is list for row in rows) or len(set(map(len, rows))) != 1:
            return None
        if not set(map(type, chain.from_iterable(rows))) <= {int, float}:
            return None
        try:
            found = np.array(rows, np.float64)
        except OverflowError:
            return None
        fit = found.size and bool((np.abs(found) <= self._most).all())
        return found.astype(self.dtype, copy=False) if fit else None

    def _array(self, value: Array, place: str, axes: int) -> Array | None:
        if value.dtype == self.dtype and value.ndim == axes and value.size:
            if np.isfinite(value).all():
                return value
            self.problems.add(place, "has numbers that are not finite")
        else:
            what = f"is an array {value.shape} of {value.dtype}"
            self.problems.add(place, f"{what}, and must have {axes} axes, of {self.dtype}")
        return None

    def _row_of(self, columns: int, value: Any, place: str) -> Array | None:
        if not isinstance(value, list) or not value:
            what = f"is {shown(value)}, and must be a row of numbers, such as [1.0, 2.0]"
        elif len(value) != columns:
            what = f"is a row of {len(value)}, and must be as long as the first, {columns}"
        else:
            return self._row(value, place)
        self.problems.add(place, what)
        return None

    def _row(self, values: Sequence[Any], place: str) -> Array | None:
        bad = [i for i, value in enumerate(values) if not fits(value, self._most)]
        for i in bad[:MOST_ALIKE]:
            what = f"is {shown(values[i])}, and must be {self._valid}"
            self.problems.add(f"{place}[{i}]", what)
        if len(bad) > MOST_ALIKE:
            self.problems.add(place, f"has {len(bad) - MOST_ALIKE} more such elements")
        return None if bad else np.array(list(map(float, values)), self.dtype)
