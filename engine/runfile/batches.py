"""The mini-batches of a run file where they are given: the samples of each, pass by pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.runfile.arraynames import ArrayNames
from engine.spec.check import MOST_ALIKE, Table, shown, whole

Passes = tuple[tuple[tuple[int, ...], ...], ...]

MOST_ROWS = 1_000_000
"""So many samples may all mini-batches together name."""
INSTEAD = ("batch_size", "shuffle")


def read_batches(table: Table, samples: int, names: ArrayNames) -> Passes | None:
    """The samples, from 0, of each mini-batch of each pass, () where none are given; None, and
    sentences, where they are wrong. A text names the file or the array that has them. Raises
    SpecError where that file cannot be read.
    """
    if "batches" not in table.values:
        return ()
    before = len(table.problems.found)
    for key in INSTEAD:
        if key in table.values:
            table.wrong("batches", f"stands beside {key}; one of the two must go")
    value = table.values["batches"]
    if isinstance(value, str):
        from engine.runfile.batchfile import batches_of  # most runs have no such file

        value = batches_of(names, MOST_ROWS)
    found = None if value is None else _passes(table, value, samples)
    return None if len(table.problems.found) > before else found


def _passes(table: Table, value: Any, samples: int) -> Passes | None:
    """The passes that a value is; None, and sentences, where it is none."""
    passes = _lists(value)
    if passes is None:
        return _refused(table, value)
    if sum(len(batch) for one in passes for batch in one) > MOST_ROWS:
        table.wrong("batches", f"name more than {MOST_ROWS:,} samples together")
        return None
    check = whole(0, samples - 1)
    bad = [
        (place, row) for place, row in _rows(passes, passes is value) if check.accept(row) is None
    ]
    for place, row in bad[:MOST_ALIKE]:
        table.wrong(f"batches{place}", _no_sample(row, samples))
    if len(bad) > MOST_ALIKE:
        table.wrong("batches", f"has {len(bad) - MOST_ALIKE} more such elements")
    return None if bad else tuple(tuple(map(tuple, one)) for one in passes)


def _rows(passes: list[Any], deep: bool) -> Iterator[tuple[str, Any]]:
    """What is named as a sample, and where it stands; `deep` where the passes were given."""
    for i, one in enumerate(passes):
        for j, batch in enumerate(one):
            for k, row in enumerate(batch):
                yield f"[{i}][{j}][{k}]" if deep else f"[{j}][{k}]", row


def _lists(value: Any) -> list[Any] | None:
    """Passes as they are given, or one pass that is a list of mini-batches; None where a list is
    missing or empty.
    """
    if not _filled(value) or not all(map(_filled, value)):
        return None
    passes = value if any(isinstance(each, list) for batch in value for each in batch) else [value]
    return passes if all(_filled(batch) for one in passes for batch in one) else None


def _filled(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _no_sample(row: Any, samples: int) -> str:
    return f"is {shown(row)}, and must be a sample, counted from 0 to {samples - 1}"


def _refused(table: Table, value: Any) -> Passes | None:
    table.wrong(
        "batches",
        f"is {shown(value)}, and must be a list of mini-batches, such as [[3, 1], [0, 2]], or a"
        " list of passes, each a list of mini-batches",
    )
    return None
