"""Samples that a [data] table holds out: a share, rows of the data, or samples given apart."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from engine.runfile.arraynames import ENDINGS, ArrayNames
from engine.runfile.held import TEST_KEYS, HeldOut
from engine.runfile.targets import Wanted, counted
from engine.spec.check import MOST_ALIKE, Table, choice, printable, shown, whole
from engine.spec.data import Source
from engine.spec.files import LONGEST_PATH

EVERY = ("pass", "iteration")
DRAW = 0x7E57
"""Parts the draw of a share from other draws of the same seed."""
GIVEN = ("test_x", "test_y", "test_labels")
VALID = (
    "a share of the samples such as 0.2, a list of their numbers, counted from 0, or the name of a"
    " file"
)

Read = Callable[[Table, ArrayNames], "Source | None"]


class _Apart(Table):
    """A table of samples that are held out, its keys those of the whole with test_ before them."""

    def at(self, key: str) -> str:
        """The place of a key."""
        return f"{self.place}.{self.named(key)}"

    def named(self, key: str) -> str:
        """The key in the whole table."""
        return f"test_{key}" if f"test_{key.partition('[')[0]}" in TEST_KEYS else "test"


def held_out(table: Table, wanted: Wanted, source: Source | None, read: Read) -> HeldOut | None:
    """What the table holds out of the samples of a source, or beside them; `read` gives the samples
    of a table of their own. None, and sentences, where it is wrong. Raises SpecError where a file
    cannot be read.
    """
    every = table.take("test_every", choice(EVERY), "pass")
    apart = [key for key in GIVEN if key in table.values]
    value = table.values.get("test")
    if (value is None) == (not apart):
        said = "has test_every, but no test"
        if apart:
            said = f"has test and {apart[0]}; one of the two must go"
        table.problems.add(table.place, said)
        return None
    if source is None or every is None:
        return None
    if not apart and not isinstance(value, str):
        rows = _rows(table, value, len(source.x), wanted.seed)
        return None if rows is None else HeldOut(rows, every)
    own = _table(table, value, apart)
    if own is None:
        return None
    found = read(own, ArrayNames(own, wanted.folder))
    found = None if found is None else _alike(own, source, found)
    if found is None:
        return None
    first = len(source.x)
    return HeldOut(tuple(range(first, first + len(found.x))), every, found, own)


def _rows(table: Table, value: Any, samples: int, seed: int) -> tuple[int, ...] | None:
    """The rows that a share or a list of rows holds out; None, and sentences, where it is neither
    or leaves nothing.
    """
    if type(value) is float and 0 < value < 1:
        count = math.ceil(Fraction(repr(value)) * samples)
        rows = np.random.default_rng((seed, DRAW)).permutation(samples)[:count].tolist()
    elif isinstance(value, list) and value:
        rows, check = value, whole(0, samples - 1)
        bad = [i for i, row in enumerate(rows) if check.accept(row) is None]
        for i in bad[:MOST_ALIKE]:
            what = f"is {shown(rows[i])}, and must be a sample, counted from 0 to {samples - 1}"
            table.wrong(f"test[{i}]", what)
        if bad:
            return None
        first = {row: i for i, row in reversed([*enumerate(rows)])}
        if twice := [i for i, row in enumerate(rows) if first[row] != i]:
            what = (
                f"is {rows[twice[0]]}, and so is test[{first[rows[twice[0]]]}]; one of them must go"
            )
            table.wrong(f"test[{twice[0]}]", what)
            return None
    else:
        table.wrong("test", f"is {shown(value)}, and must be {VALID}")
        return None
    if len(rows) == samples:
        table.wrong("test", f"holds out all of {counted(samples, 'sample')}, and must leave some")
        return None
    return tuple(sorted(rows))


def _table(table: Table, value: Any, apart: list[str]) -> Table | None:
    """The table of the samples that are given apart; None, and a sentence, where it makes none."""
    values = dict(table.values)
    if apart:
        keys = {key.removeprefix("test_"): values[key] for key in apart}
        if "x" not in keys or len(keys) != 2:
            said = f"has {' and '.join(apart)}, and must have test_x"
            table.problems.add(table.place, f"{said} and one of test_y and test_labels")
            return None
        if "file" in values:
            keys["file"] = values["file"]
        elif isinstance(keys["x"], str):
            keys["file"] = ""
        return _Apart(keys, table.place, table.problems)
    if not value.strip() or len(value) > LONGEST_PATH:
        table.wrong("test", f"is {shown(value)}, and must be {VALID}")
        return None
    if value.endswith(ENDINGS):
        return _Apart({"file": value}, table.place, table.problems)
    if "csv" not in values:
        ends = ", ".join(ENDINGS)
        what = f"is {shown(value)}, which beside csv is a CSV file too, and else ends with {ends}"
        table.wrong("test", what)
        return None
    keys = {k: values[k] for k in ("target", "features", "header") if k in values}
    return _Apart({"csv": value, **keys}, table.place, table.problems)


def _alike(table: Table, source: Source, found: Source) -> Source | None:
    """Samples that are held out as those of the source are, the classes numbered as there; None,
    and a sentence, where they are others.
    """
    columns, own = source.x.shape[1], found.x.shape[1]
    if own != columns:
        table.wrong("x", f"has {counted(own, 'column')} of x, and must have {columns}")
        return None
    if (found.labels is None) != (source.labels is None):
        one, other = ("classes", "numbers") if found.labels is not None else ("numbers", "classes")
        key = "labels" if "labels" in table.values else "y"
        table.wrong(key, f"has {one} as targets, and the samples to train on have {other}")
        return None
    if found.labels is None or not found.classes or found.classes == source.classes:
        return Source(found.x, found.y, found.labels)
    places = {name: i for i, name in enumerate(source.classes)}
    for name in found.classes:
        if name not in places:
            what = f"has the class {shown(printable(name))}"
            table.wrong("labels", f"{what}, of which there is no sample to train on")
            return None
    mapped = np.array([places[name] for name in found.classes], found.labels.dtype)
    return Source(found.x, labels=mapped[found.labels])
