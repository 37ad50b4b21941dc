"""Samples from files of arrays: which arrays are x and its targets, and whether they can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np

from engine.runfile.arraynames import MOST_NAMED, ArrayNames, listed, quoted
from engine.runfile.targets import MOST_NUMBERS, Wanted, counted
from engine.spec.check import Table, text
from engine.spec.data import Labels, Source
from engine.spec.files import LONGEST_PATH
from engine.spec.run import Array

TARGETS = ("y", "labels")
SAY = 'say which: x = "…", and y = "…" or labels = "…"'

Chosen = dict[str, Array]
"""x, and y or labels."""


def from_arrays(table: Table, wanted: Wanted, names: ArrayNames) -> Source | None:
    """The samples of a [data] table that names arrays: x (samples, …), all that follows the first
    axis in a row, and y (samples, outputs) or (samples,), or labels (samples,). What is not named
    is found by its name, or by its shape where that goes in one way only. None, and sentences,
    where it does not. Raises SpecError where a file cannot be read.
    """
    keys = [key for key in ("x", *TARGETS) if table.has(key)]
    if table.has("file") and table.take("file", text(LONGEST_PATH)) is None:
        return None
    named = {}
    for key in keys:
        found = names.take(key)
        if found is None:
            return None
        if not found.ndim or not found.size or found.dtype.kind not in "fiub":
            table.wrong(key, f"is an array {found.shape} of {found.dtype}, and must have samples")
            return None
        named[key] = found
    if len(named) > 2 or set(keys) == set(TARGETS):
        table.problems.add(table.place, "has both y and labels, and must have one of the two")
        return None
    chosen = named if len(named) == 2 else _found(table, named, wanted, names)
    return _source(table, chosen, wanted) if chosen else None


def _found(table: Table, named: Chosen, wanted: Wanted, names: ArrayNames) -> Chosen | None:
    """What is chosen where one or none of x and its targets is named; None, and a sentence, where
    they are not in the table's file, or could be several.
    """
    if not names.file:
        said = "has x, but neither y nor labels" if "x" in named else "has no x"
        table.problems.add(table.place, f"{said}, and no file to find it in")
        return None
    ways = list(islice(_ways(names.arrays(names.file), named, wanted), MOST_NAMED + 1))
    if len(ways) == 1:
        return ways[0][1]
    if ways:
        some = ", or ".join(said for said, _ in ways[:MOST_NAMED])
        more = ", …" if len(ways) > MOST_NAMED else ""
        table.wrong("file", f"has several that may be x and its targets: {some}{more}; {SAY}")
    else:
        need = f"x (samples, inputs) and y (samples, {wanted.outputs or 'outputs'})"
        there = listed(names.arrays(names.file))
        table.wrong("file", f"has no {need} or labels (samples,) that go together: {there}; {SAY}")
    return None


def _ways(
    arrays: Mapping[str, Array], named: Chosen, wanted: Wanted
) -> Iterator[tuple[str, Chosen]]:
    """How the arrays of a file may be x and its targets, and what sentences call each way."""
    numbers = {n: a for n, a in arrays.items() if a.size and a.ndim and a.dtype.kind in "fiub"}
    of_length: dict[int, list[tuple[str, str, Array]]] = {}
    for name, role, array in _targets(numbers, named, wanted):
        of_length.setdefault(len(array), []).append((name, role, array))
    for x, array in _samples(numbers, named).items():
        for name, role, target in of_length.get(len(array), ()):
            if target is not array:
                yield " with ".join(quoted(n) for n in (x, name) if n), {"x": array, role: target}


def _samples(numbers: Mapping[str, Array], named: Chosen) -> Mapping[str, Array]:
    """What x may be, by its name in the file; "" is what was named."""
    if "x" in named:
        return {"": named["x"]}
    if "x" in numbers:
        return {"x": numbers["x"]}
    return {name: array for name, array in numbers.items() if array.ndim > 1}


def _targets(
    numbers: Mapping[str, Array], named: Chosen, wanted: Wanted
) -> Iterator[tuple[str, str, Array]]:
    """What the targets may be: the name in the file, whether y or labels, and the array."""
    given = [("", key, named[key]) for key in TARGETS if key in named]
    called = {key: numbers[key] for key in TARGETS if key in numbers}
    for name, array in () if given else (called or numbers).items():
        if role := _role(name, array, wanted):
            given.append((name, role, array))
    yield from given


def _role(name: str, array: Array, wanted: Wanted) -> str:
    """Whether an array may be y or labels; "" where it may be neither."""
    outputs = wanted.outputs or 0
    if _single(array) and array.dtype.kind in "iub" and (outputs > 1 or name == "labels"):
        return "labels" if name in TARGETS or int(array.max()) < outputs else ""
    width = 1 if array.ndim == 1 else array.shape[1]
    return "y" if array.ndim < 3 and outputs in (0, width) else ""


def _single(array: Array) -> bool:
    return array.ndim == 1 or array.shape[1:] == (1,)


def _source(table: Table, chosen: Chosen, wanted: Wanted) -> Source | None:
    """The arrays as samples; None, and sentences, where they are none."""
    given = chosen["x"]
    (key,) = chosen.keys() - {"x"}
    target = chosen[key]
    if len(target) != len(given):
        count = counted(len(target), "sample")
        table.wrong(key, f"has {count}, and must have as many as x, {len(given):,}")
        return None
    x = _numbers(table, "x", given, wanted)
    if key == "labels":
        labels = _labels(table, target, wanted)
        return None if x is None or labels is None else Source(x, labels=labels)
    if _single(target) and wanted.outputs not in (None, 1):
        what = f"has one number a sample, and the last layer has {wanted.outputs} units"
        table.wrong("y", f'{what}; where these are classes, it is labels = "…"')
        return None
    y = _numbers(table, "y", target, wanted)
    return None if x is None or y is None else Source(x, y=y)


def _numbers(table: Table, key: str, array: Array, wanted: Wanted) -> Array | None:
    """An array as numbers (samples, columns) of the run's dtype; None, and a sentence, where they
    are too many or not finite.
    """
    if array.size > MOST_NUMBERS:
        table.wrong(key, f"has {array.size:,} numbers, and may have at most {MOST_NUMBERS:,}")
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        made: Array = array.reshape(len(array), -1).astype(wanted.dtype)
    good = np.isfinite(made).all(axis=1)
    if good.all():
        return made
    table.wrong(
        f"{key}[{int(good.argmin())}]", f"has a number that is not finite in {wanted.dtype}"
    )
    return None


def _labels(table: Table, array: Array, wanted: Wanted) -> Labels | None:
    """An array as classes (samples,); None, and a sentence, where it has others than may be."""
    if not _single(array) or (array.dtype.kind == "f" and not (array == np.trunc(array)).all()):
        what = f"is an array {array.shape} of {array.dtype}"
        table.wrong("labels", f"{what}, and must be whole numbers (samples,), the classes from 0")
        return None
    flat = array.ravel()
    most = 1 if wanted.outputs == 1 else (wanted.outputs or MOST_NUMBERS) - 1
    good = (flat >= 0) & (flat <= most)
    if wanted.ignored is not None and wanted.outputs != 1:
        good |= flat == wanted.ignored
    if good.all():
        return flat.astype(np.intp)
    bad = int(good.argmin())
    what = f"is {flat[bad]}, and must be a whole number from 0 to {most:,}"
    table.wrong(f"labels[{bad}]", what)
    return None
