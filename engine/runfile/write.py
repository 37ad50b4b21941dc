"""Run files written: a run spec as the text of a file that is read as the same run."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.row import Row
from engine.catalog.schedules import SCHEDULES
from engine.catalog.symbols import OF_LAYERS
from engine.runfile.document import BESIDE, Arrays, Document, spec_document
from engine.runfile.drawing import NUMPY
from engine.runfile.layers import PENALTIES
from engine.runfile.parts import PARTS
from engine.runfile.read import from_table
from engine.spec.files import write_new
from engine.spec.problem import Problem
from engine.spec.run import Array, RunSpec
from engine.spec.toml import MOST_BYTES

ENDING = ".toml"
_ROWS: Mapping[str, Mapping[str, Row]] = {
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "compare": OPTIMIZERS,
    "switch": OPTIMIZERS,
    "schedule": SCHEDULES,
}
_OFTEN = ("layers", "clip", "switch", "groups", "lesson")
"""The tables that a file may have several of, each written [[so]]."""
_PLAIN: Document = {
    "repeat": False,
    "bias": True,
    "frozen": [],
    "shuffle": False,
    "reduction": "mean",
}
"""What goes without saying."""


def run_text(spec: RunSpec) -> str:
    """The text of a run file. Raises Problem where a run file cannot hold the run."""
    tables = _tables(spec)
    text = "\n".join(_lines(tables)) + "\n"
    if len(text.encode()) > MOST_BYTES:
        raise Problem(
            f"A run file has at most {MOST_BYTES >> 20} MB, and the numbers of this run take more;"
            " keep them in a file of data, and write a run file that names it."
        )
    lost = _lost(spec, text)
    if lost:
        raise Problem(
            f"A run file cannot hold all of this run ({lost}); write its [[lesson]] into the file"
            " that it came from."
        )
    return text


def save(path: Path, text: str, over: bool = False) -> None:
    """Write a run file: a new one, or `over` what is there. Raises Problem for a name that does
    not end as run files do, FileExistsError where there is such a file, and OSError.
    """
    if path.suffix != ENDING:
        raise Problem(f"{path.name or 'nothing'}: the name of a run file ends with {ENDING}.")
    if not over:
        write_new(path, text.encode())
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


# -- the tables ------------------------------------------------------------------------------------


def _tables(spec: RunSpec) -> Document:
    """A run as the tables of a run file."""
    found, arrays = spec_document(spec)
    other = found.pop("beside", None)
    if "gradients" in found:
        rows = _numbers(arrays["g"])
        found["gradients"]["g"] = [g for (g,) in rows] if len(rows[0]) == 1 else rows
    elif spec.instead is None:
        found["data"] = _data(spec, found, arrays)
        for key in ("classes", "features", "labels"):
            del found[key]
    if found["title"] == found["name"]:
        del found["title"]
    for number, layer in enumerate(found.get("layers", ()), 1):
        for kind in OF_LAYERS:
            if (array := arrays.get(f"{kind}{number}")) is not None:
                layer[kind] = _numbers(array)
    for key in ("optimizer", "compare"):
        _begin(found.get(key, {}), f"{key}.", arrays)
        if other is not None:
            _begin(other.get(key, {}), f"{BESIDE}{key}.", arrays)
    if other is not None:
        compared = _compared(found, other)
        alone = compared.keys().isdisjoint(PARTS)  # which would be an optimizer, and no other run
        found["compare"] = compared | ({"dtype": found["dtype"]} if alone else {})
    lesson = found.pop("lesson", None)
    return found | ({"lesson": lesson} if lesson else {})


def _begin(table: Document, start: str, arrays: Arrays) -> None:
    """Say in an optimizer's table what it begins with, the arrays whose names start so."""
    state: dict[str, dict[str, Any]] = {}
    for name, array in arrays.items():
        if name.startswith(start):
            slot, parameter = name.removeprefix(start).split(".")
            state.setdefault(slot, {})[parameter] = _numbers(array)
    if since := table.pop("since", 0):
        table |= {"state": state, "steps": -since}


def _data(spec: RunSpec, found: Document, arrays: Arrays) -> Document:
    """The data, inline. Targets that were made of class numbers are these again."""
    data: Document = {"x": _numbers(arrays["x"])}
    if spec.data.labels is False or (labels := _labels(spec)) is None:
        data["y"] = _numbers(arrays["y"])
    else:
        data["labels"] = labels
    names = {key: found[key] for key in ("classes", "features") if found[key]}
    rest = {key: each for key, each in found["data"].items() if (key, each) != _drawn(spec)}
    return {**data, **names, **rest}


def _drawn(spec: RunSpec) -> tuple[str, int]:
    """What goes without saying of the numbers drawn: one for each parameter of each layer."""
    return "drawn", sum(
        units * (inputs + (layer.b is not None))
        for layer, (inputs, units) in zip(spec.layers, pairwise(spec.sizes), strict=True)
    )


def _labels(spec: RunSpec) -> list[int] | None:
    """The class numbers that targets were made of; None where they were not made of such."""
    y, loss = spec.data.y, spec.loss
    rule = LOSSES[loss.name].targets
    off = rule.off if rule else 0
    if y.shape[1] == 1:
        return (y[:, 0] == 1).astype(int).tolist() if np.isin(y, (off, 1)).all() else None
    hot = y == 1
    one, none = hot.sum(axis=1) == 1, ~y.any(axis=1)
    ignored = loss.options.get("ignore_index", -1)
    if not (one | (none & ("ignore_index" in loss.options))).all():
        return None
    return [int(i) for i in np.where(one, hot.argmax(axis=1), ignored)]


def _compared(found: Document, other: Document) -> Document:
    """The parts in which the run that is set beside another differs, as [compare] has them."""
    changes: Document = {}
    for key, usual in (("seed", 0), ("dtype", ""), ("generator", NUMPY)):
        if other.get(key, usual) != found.get(key, usual):
            changes[key] = other.get(key, usual)
    for key in ("batch_size", "shuffle", "batches") if "data" in found else ():
        if key in other["data"] and other["data"][key] != found["data"].get(key):
            changes[key] = other["data"][key]
    for key in ("loss", "optimizer"):
        if other.get(key) != found.get(key):
            changes |= {"loss": other[key]} if key == "loss" else other[key]
    for key in ("schedule", "clip", "groups", "penalty"):
        if _part(other, key) != _part(found, key):
            changes[key] = other.get(key, False)
    names = [layer["activation"] for layer in other.get("layers", ())]
    if names != [layer["activation"] for layer in found.get("layers", ())]:
        changes["activation"] = names
    return changes


def _part(tables: Document, key: str) -> Any:
    """What a run has of a part: of penalties those of single layers, too."""
    own = [[layer.get(each) for each in PENALTIES] for layer in tables.get("layers", ())]
    return (tables.get(key), own) if key == "penalty" else tables.get(key)


def _numbers(array: Array) -> Any:
    """An array as lists of numbers as short as they can be and still be read as the same."""
    if array.dtype != np.float32:
        return array.tolist()
    if not array.ndim:
        return _short(array[()])
    return [_short(x) if not np.ndim(x) else _numbers(x) for x in array]


def _short(x: Any) -> float:
    brief = float(str(x))
    return brief if np.float32(brief) == x else float(x)


# -- the text --------------------------------------------------------------------------------------


def _lines(tables: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a file: what belongs to no table first."""
    for key, value in tables.items():
        if not isinstance(value, Mapping) and key not in _OFTEN:
            yield f"{key} = {_written(value)}"
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from _table(f"[{key}]", _said(key, value))
        elif key in _OFTEN:
            for each in value:
                yield from _table(f"[[{key}]]", _said(key, each))


def _said(key: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """A table without what goes without saying."""
    row = _ROWS.get(key, {}).get(str(table.get("name")))
    usual = _PLAIN | {name: option.default for name, option in (row.options if row else {}).items()}
    return {
        name: value
        for name, value in table.items()
        if name not in usual or _listed(value) != _listed(usual[name])
    }


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _table(head: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield head
    for key, value in table.items():
        yield f"{key} = {_rows(value) if _is_matrix(value) else _written(value)}"


def _is_matrix(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and isinstance(value[0], list)


def _rows(matrix: Sequence[Any]) -> str:
    """A matrix, a line for each row."""
    return "\n".join(["[", *(f"    {_written(row)}," for row in matrix), "]"])


def _key(name: str) -> str:
    """A key as TOML, which has quotes where it is not of plain letters."""
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else json.dumps(name, ensure_ascii=False)


def _written(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, Mapping):
        return (
            f"{{ {', '.join(f'{_key(key)} = {_written(each)}' for key, each in value.items())} }}"
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _lost(spec: RunSpec, text: str) -> str:
    """What of a run is not the same where its text is read, "" for nothing."""
    table = tomllib.loads(text)
    try:
        again = from_table(table)
    except Problem as error:
        return str(error).splitlines()[0].rstrip(".")
    (first, arrays), (second, others) = spec_document(spec), spec_document(again)
    keys = [key for key in {**first, **second} if first.get(key) != second.get(key)]
    if keys == ["labels"] and first["labels"] is None:
        keys = []
    keys += [key for key in {**arrays, **others} if not _same(arrays.get(key), others.get(key))]
    return ", ".join(keys[:4])


def _same(a: Array | None, b: Array | None) -> bool:
    return a is not None and b is not None and a.dtype == b.dtype and np.array_equal(a, b)
