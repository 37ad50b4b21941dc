"""Mini-batches from a file: an array of samples, or text with a line for each mini-batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from engine.runfile.arraynames import ArrayNames, quoted
from engine.spec.check import shown
from engine.spec.files import read_text
from engine.spec.run import Array

TEXTS = (".txt", ".csv")
MOST_TEXT = 16 << 20
FILL = -1
"""Stands in an array where a mini-batch has no more samples."""


def batches_of(names: ArrayNames, most: int) -> list[Any] | None:
    """The mini-batches, or a list of them for each pass, that the text under `batches` names, of
    at most `most` numbers; None, and a sentence, where they are none. Raises SpecError where the
    file cannot be read.
    """
    given = names.table.values["batches"]
    if given.lower().endswith(TEXTS):
        return _of_text(names, given, most)
    array = names.take("batches")
    return None if array is None else _of_array(names, array, most)


def _of_array(names: ArrayNames, array: Array, most: int) -> list[Any] | None:
    if array.dtype.kind not in "iu" or array.ndim not in (2, 3) or not array.size:
        what = f"is an array {array.shape} of {array.dtype}, and must be whole numbers"
        names.table.wrong(
            "batches", f"{what} (mini-batches, samples) or (passes, mini-batches, samples)"
        )
        return None
    if array.size > most:
        names.table.wrong("batches", f"has {array.size:,} numbers, and may have at most {most:,}")
        return None
    passes = array if array.ndim == 3 else array[np.newaxis]
    made = [
        [row[: _ended(row)].tolist() for row in one[: _ended(one.max(axis=1))]] for one in passes
    ]
    return made if array.ndim == 3 else made[0]


def _ended(row: Array) -> int:
    """How many of a row (n,) there are before nothing but fill follows."""
    there = np.flatnonzero(row != FILL)
    return int(there[-1]) + 1 if there.size else 0


def _of_text(names: ArrayNames, given: str, most: int) -> list[Any] | None:
    """A mini-batch a line, its samples between spaces or commas; an empty line ends a pass."""
    passes: list[list[list[int]]] = [[]]
    left = most
    text = read_text(names.folder / given, MOST_TEXT)
    for number, line in enumerate(text.splitlines(), 1):
        words = line.replace(",", " ").split(None, left + 1)
        left -= len(words)
        wrong = next((w for w in words if not (w.isascii() and w.isdigit() and len(w) < 19)), None)
        if left < 0:
            wrong_text = f"has more than {most:,} numbers, the most"
        elif wrong is not None:
            wrong_text = f"has {shown(wrong)} in line {number:,}, and must have samples, from 0"
        else:
            if words:
                passes[-1].append([int(word) for word in words])
            elif passes[-1]:
                passes.append([])
            continue
        names.table.wrong("batches", f"is {quoted(Path(given).name)}, which {wrong_text}")
        return None
    filled = [one for one in passes if one]
    return filled if len(filled) > 1 else passes[0]
