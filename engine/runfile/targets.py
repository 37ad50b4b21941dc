"""What a run wants of its data, and targets that are checked against it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine.catalog.losses import Targets
from engine.spec.check import MOST_ALIKE, Table, shown
from engine.spec.data import Labels, Source, one_hot
from engine.spec.run import Array

MOST_NUMBERS = 50_000_000


class Wanted(NamedTuple):
    """What the rest of the run wants of its data: numbers of `dtype`, `outputs` targets a
    sample, None where that is not known, such as `targets` says, any where that is None;
    `folder` is where paths begin and `seed` what made data come from. Samples with the label
    `ignored` count for nothing, if there is such a label; what was `stored` has rows of zeros for
    them.
    """

    dtype: str
    outputs: int | None
    targets: Targets | None
    folder: Path
    seed: int
    ignored: int | None = None
    stored: bool = False


def targets(source: Source, table: Table, wanted: Wanted) -> Array | None:
    """The targets (samples, outputs) of the samples; None, and sentences, where they are not
    what the run wants.
    """
    if wanted.outputs is None:
        return None
    if source.labels is not None:
        y = _of_classes(source, source.labels, table, wanted)
        if y is not None and wanted.targets and wanted.targets.off:
            y[y == 0] = wanted.targets.off
    else:
        y = _of_numbers(source.y, table, wanted)
    return None if y is None else y.astype(wanted.dtype, copy=False)


def _of_classes(source: Source, labels: Labels, table: Table, wanted: Wanted) -> Array | None:
    outputs = wanted.outputs or 1
    if not _classes_fit(source, table, outputs):
        return None
    if len(labels) * outputs > MOST_NUMBERS:
        said = f"of {len(labels):,} samples and {outputs:,} classes is too large"
        table.problems.add(table.place, f"{said}: at most {MOST_NUMBERS:,} targets")
        return None
    if wanted.ignored is None or outputs == 1:
        return one_hot(labels, outputs)
    ignored = labels == wanted.ignored
    if ignored.all():
        table.problems.add(table.place, f"has no label but {wanted.ignored}, which is ignored")
        return None
    y = one_hot(np.where(ignored, 0, labels), outputs)
    y[ignored] = 0
    return y


def _classes_fit(source: Source, table: Table, outputs: int) -> bool:
    """Whether the classes that the data names are as many as the outputs; 2 fit one output."""
    classes = len(source.classes)
    if not classes or classes == outputs or (classes, outputs) == (2, 1):
        return True
    some = ", ".join(map(shown, source.classes[:4])) + (", …" if classes > 4 else "")
    last = counted(outputs, "unit")
    what = f"has {counted(classes, 'class')} ({some}), and the last layer has {last}"
    table.problems.add(table.place, what)
    return False


def _of_numbers(y: Array | None, table: Table, wanted: Wanted) -> Array | None:
    outputs, rule = wanted.outputs, wanted.targets
    if y is None:
        return None
    given = "y" in table.values
    if y.shape[1] != outputs:
        what = f"has {counted(y.shape[1], 'target')} a sample, and the last layer has {outputs}"
        table.problems.add(table.at("y") if given else table.place, f"{what} units")
        return None
    if rule is None:
        return y
    fine = rule.test(y)
    if wanted.stored and wanted.ignored is not None:
        fine |= ~y.any(axis=1)
    bad = np.flatnonzero(~fine)
    for i in bad[:MOST_ALIKE].tolist():
        where = f"y[{i}]" if given else f"target of sample {i}"
        table.wrong(where, rule.wrong(y[i]))
    if len(bad) > MOST_ALIKE:
        table.wrong("y", f"has {len(bad) - MOST_ALIKE} more such rows")
    return None if len(bad) else y


def counted(count: int, name: str) -> str:
    """A number of things, in words: 1 class, 2 classes, 1,000 samples."""
    many = f"{name}es" if name.endswith("s") else f"{name}s"
    return f"{count:,} {name if count == 1 else many}"
