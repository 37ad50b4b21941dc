"""The cells of a CSV file gone through one by one: a sentence on each of those that are wrong."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NoReturn

import numpy as np

from engine.catalog.csvcells import LONGEST_NAME, MOST_CLASSES, Cells, Names, Taken, number
from engine.catalog.csvtext import CsvText
from engine.spec.check import MOST_ALIKE, fits, shown

MOST_SLOW = 500_000
"""So many cells are gone through one by one."""


def one_by_one(file: CsvText, taken: Taken) -> Cells:
    """The cells as Python reads them. Raises SpecError with a sentence on each of the first that
    are wrong.
    """
    name_mistakes(file, taken, 0)
    numbers, chosen, names = array("d"), array("h"), Names()
    try:
        for _, row in file.rows():
            numbers.extend(float(row[place]) for place in taken.numbers)
            if taken.classes:
                chosen.append(names[row[taken.targets[0]]])
    except OverflowError:
        refuse_names(file, taken)
    found = np.array(numbers).reshape(-1, len(taken.numbers)).astype(taken.dtype)
    if taken.classes:
        return Cells(found, None, np.array(chosen), tuple(names))
    x, y = np.split(found, [len(taken.features)], axis=1)
    return Cells(x, y)


def name_mistakes(file: CsvText, taken: Taken, start: int) -> None:
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


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def refuse_names(file: CsvText, taken: Taken) -> NoReturn:
    """Raise SpecError for a column of too many names."""
    file.refuse(
        f"{file.named(taken.targets[0])} names more than {MOST_CLASSES:,} classes, the most"
    )
