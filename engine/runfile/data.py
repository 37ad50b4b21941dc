"""The [data] table of a run file: samples given there, read from a file, or built in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.catalog.losses import parts
from engine.runfile.arraynames import ArrayNames
from engine.runfile.arrays import Arrays
from engine.runfile.batches import Passes, read_batches
from engine.runfile.held import NOTHING, TEST_KEYS, HeldOut
from engine.runfile.optiontable import excuse_options, refused, take_options, take_row
from engine.runfile.targets import MOST_NUMBERS, Wanted, counted, targets
from engine.spec.check import FLAG, MOST_ALIKE, Check, Table, printable, shown, text, whole
from engine.spec.data import Source, standardize
from engine.spec.run import Array, DataSpec, SpecError

if TYPE_CHECKING:
    from engine.catalog.csvdata import Column

MOST_BATCH = 1_000_000
MOST_DRAWN = 2**31
WEIGHTS = Check("a list of numbers of at least 0, one for each sample", parts.weights)
MOST_NAME = 1000
NAMES = Check(
    "a list of short texts",
    lambda v: tuple(map(printable, v)) if isinstance(v, list) and all(map(_is_name, v)) else None,
)
OPTIONS: dict[str, tuple[Check, Any]] = {
    "shuffle": (FLAG, False),
    "drawn": (whole(0, MOST_DRAWN), None),
    "accumulate": (whole(1, MOST_BATCH), 1),
    "accumulate_mean": (FLAG, True),
}
"""Keys that are a DataSpec's own, what each must be, and what it is where nothing is said."""
KINDS = ("x", "file", "csv", "builtin")
OF_KINDS = ("y", "labels", "classes", "features", "target", "header")
"""Keys of some kinds."""
OF_ALL = ("batch_size", "batches", "weights", "standardize", *OPTIONS, *TEST_KEYS)
"""Keys that data of any kind may have."""


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= MOST_NAME


def read_data(table: Table, wanted: Wanted) -> DataSpec | None:
    """The data that the table describes; None, and sentences, where it is wrong."""
    kind = _kind(table)
    if kind is None:
        return None
    before = len(table.problems.found)
    batch = table.take("batch_size", whole(1, MOST_BATCH), 0)
    options: dict[str, Any] = {key: table.take(key, *each) for key, each in OPTIONS.items()}
    standard = table.take("standardize", FLAG, False)
    table.has("batches")
    weights = table.take("weights", WEIGHTS, ())
    names = ArrayNames(table, wanted.folder)
    source = _source(kind, table, wanted, names)
    held = _held_out(table, wanted, source)
    table.close()
    if source is None or held is None:
        return None
    x, y = _samples(kind, source, held, table, wanted)
    _as_many(table, weights, len(source.x))
    if held.source is not None:
        weights = weights and (*weights, *[1.0] * len(held.rows))
    if standard:
        standardize(x, held.rows)
    with np.errstate(over="ignore"):
        x = x.astype(wanted.dtype, copy=False)
    if not np.isfinite(x).all():
        table.wrong("standardize", f"makes numbers of {kind} that are not finite")
    batches = read_batches(table, len(x), names)
    if batches and held.rows:
        held.refuse_in(table, batches)
    if y is None or batches is None or len(table.problems.found) > before:
        return None
    x.flags.writeable = y.flags.writeable = False
    if held.rows:
        options |= {"held": held.rows, "test_every": held.every}
    return DataSpec(
        x, y, _largest(batch, batches, len(x) - len(held.rows)),
        classes=source.classes, features=source.features, labels=source.labels is not None,
        batches=batches, weights=_kept(weights, wanted.dtype), **options,
    )  # fmt: skip


def _held_out(table: Table, wanted: Wanted, source: Source | None) -> HeldOut | None:
    """What is held out, which is mostly nothing; None, and sentences, where that is wrong."""
    known = [table.has(key) for key in TEST_KEYS]
    if not any(known):
        return NOTHING
    from engine.runfile.heldout import held_out  # most runs hold nothing out

    return held_out(table, wanted, source, lambda t, n: _source(_kind_of(t), t, wanted, n))


def _samples(
    kind: str, source: Source, held: HeldOut, table: Table, wanted: Wanted
) -> tuple[Array, Array | None]:
    """All samples and their targets, those of a source of its own that are held out last."""
    x = source.x if kind in ("csv", "file") else source.x.copy()  # others are shared
    y = targets(source, table, wanted)
    if held.source is None:
        return x, y
    more = targets(held.source, held.table or table, wanted)
    x = np.concatenate([x, held.source.x])
    return x, None if y is None or more is None else np.concatenate([y, more])


def _largest(batch: int | None, batches: Passes, trained: int) -> int:
    """The samples of the largest mini-batch of so many."""
    if batches:
        return max(len(rows) for each in batches for rows in each)
    return min(batch or trained, trained)


def _as_many(table: Table, weights: tuple[float, ...], samples: int) -> None:
    """Refuse weights that are given and not as many as the samples."""
    if weights and len(weights) != samples:
        what = f"has {len(weights):,} numbers, and must have {samples:,}, one a sample"
        table.wrong("weights", what)


def _kept(weights: tuple[float, ...], dtype: str) -> Array | None:
    """The weights as an array that cannot be written to, None for none."""
    if not weights:
        return None
    held = np.array(weights, dtype)
    held.flags.writeable = False
    return held


def _kind(table: Table) -> str | None:
    """Which kind of data it is; None, and a sentence, where that is not clear."""
    kinds = [kind for kind in KINDS if kind in table.values]
    if "file" in kinds or isinstance(table.values.get("x"), str):
        kinds = ["file", *(kind for kind in kinds if kind in ("csv", "builtin"))]
    if len(kinds) == 1:
        return kinds[0]
    said = f"has {' and '.join(kinds)}" if kinds else "has neither x, file, csv nor builtin"
    table.problems.add(table.place, f"{said}, and must have one of x, file, csv and builtin")
    if not kinds:
        from engine.catalog.datasets import DATASETS  # only this sentence needs it

        for key in (*KINDS, *OF_ALL, *OF_KINDS):
            table.has(key)
        excuse_options(table, DATASETS)
        table.close()
    return None


# -- the kinds -----------------------------------------------------------------------------------


def _source(kind: str, table: Table, wanted: Wanted, names: ArrayNames) -> Source | None:
    if kind == "file":
        from engine.runfile.datafile import from_arrays  # most runs have no such file

        return from_arrays(table, wanted, names)
    return {"x": _inline, "csv": _csv, "builtin": _builtin}[kind](table, wanted)


def _kind_of(table: Table) -> str:
    """The kind of a table that is of samples held out alone."""
    return next((kind for kind in ("csv", "file") if kind in table.values), "x")


def _inline(table: Table, wanted: Wanted) -> Source | None:
    arrays = Arrays(table.problems, wanted.dtype)
    table.has("x")
    x = arrays.matrix(table.values["x"], table.at("x"))
    has_y, has_labels = table.has("y"), table.has("labels")
    table.excuse(("classes", "features"))
    if has_y == has_labels:
        said = "has both y and labels" if has_y else "has x, but neither y nor labels"
        table.problems.add(table.place, f"{said}, and must have one of the two")
        return None
    y, labels = None, None
    if has_y:
        y = arrays.matrix(table.values["y"], table.at("y"))
        _same_count(table, "y", y, x)
    else:
        labels = _labels(table, wanted)
        _same_count(table, "labels", labels, x)
    names = _names(table, wanted, x)
    found = y if has_y else labels
    if x is None or found is None or names is None:
        return None
    return Source(x, y, labels, *names)


def _names(table: Table, wanted: Wanted, x: Any) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The names of the classes and of the columns of x, () where they have none; None, and
    sentences, where they are wrong.
    """
    classes, features = (table.take(key, NAMES, ()) for key in ("classes", "features"))
    if classes is None or features is None or x is None or wanted.outputs is None:
        return None
    units = 2 if wanted.outputs == 1 else wanted.outputs
    for key, names, count, of in (
        ("classes", classes, units, "class"),
        ("features", features, x.shape[1], "column of x"),
    ):
        if names and len(names) != count:
            table.wrong(key, f"has {len(names)} names, and must have {count}, one for each {of}")
            return None
    return classes, features


def _same_count(table: Table, key: str, found: Any, x: Any) -> None:
    if found is not None and x is not None and len(found) != len(x):
        table.wrong(
            key, f"has {counted(len(found), 'sample')}, and must have as many as x, {len(x)}"
        )


def _labels(table: Table, wanted: Wanted) -> Any:
    values = table.values["labels"]
    most = 1 if wanted.outputs == 1 else (wanted.outputs or MOST_NUMBERS) - 1
    check = whole(0, most)
    if not isinstance(values, list) or not values:
        table.wrong("labels", f"is {shown(values)}, and must be a list of classes, from 0")
        return None
    ignored = wanted.ignored if wanted.outputs != 1 else None
    bad = [
        i
        for i, value in enumerate(values)
        if check.accept(value) is None and (type(value) is not int or value != ignored)
    ]
    for i in bad[:MOST_ALIKE]:
        table.wrong(f"labels[{i}]", check.wrong(values[i]))
    if len(bad) > MOST_ALIKE:
        table.wrong("labels", f"has {len(bad) - MOST_ALIKE} more such elements")
    return None if bad else np.array(values, np.intp)


def _accept_column(value: Any) -> Column | None:
    if isinstance(value, str) and value.strip():
        return value.strip()
    return value if type(value) is int and value >= 1 else None


def _accept_columns(value: Any) -> tuple[Column, ...] | None:
    found = tuple(map(_accept_column, value if isinstance(value, list) else [value]))
    return None if not found or None in found else tuple(c for c in found if c is not None)


_COLUMNS = "a column's name or its number, counted from 1, or a list of such"
COLUMNS = Check(_COLUMNS, _accept_columns)
FEATURES = Check(
    "a list of columns' names or numbers, counted from 1",
    lambda value: _accept_columns(value) if isinstance(value, list) else None,
)


def _csv(table: Table, wanted: Wanted) -> Source | None:
    from engine.catalog.csvdata import CsvSpec, read_csv  # most runs have no CSV to read

    path = table.take("csv", text(1000))
    target = table.take("target", COLUMNS)
    features = table.take("features", FEATURES, ())
    header = table.take("header", FLAG, True)
    if path is None or target is None or features is None or header is None:
        return None
    shares = wanted.targets is not None and wanted.targets.classes
    classes = True if shares or (wanted.outputs or 0) > 1 else None
    spec = CsvSpec(wanted.folder / path, target, features or None, header, classes, wanted.dtype)
    try:
        return read_csv(spec)
    except SpecError as error:
        table.problems.include(error)
        return None


def _builtin(table: Table, wanted: Wanted) -> Source | None:
    from engine.catalog.datasets import DATASETS  # most runs bring their own data

    row = take_row(table, DATASETS, "builtin")
    if row is None:
        return None
    options = take_options(table, row)
    if options is None or refused(table, row, options):
        return None
    return row.make(wanted.seed, **options)
