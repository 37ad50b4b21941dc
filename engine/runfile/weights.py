"""The [weights] of a run file: parameters from a file that another program wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog.symbols import Symbol
from engine.runfile.drafts import TURNED
from engine.runfile.layers import MOST_PARAMETERS, stored_kinds
from engine.spec.check import Check, Problems, Table, one_of, printable, text
from engine.spec.files import LONGEST_PATH
from engine.spec.run import Array

MOST_NAMED = 4
"""So many names that fit alike are named."""

_STATE = re.compile(r"(?:^|\.)state\.\d+\.")
"""How the names of what an optimizer keeps begin."""
_NAME = Check("the name of an array in the file", lambda v: v if isinstance(v, str) else None)

Shape = tuple[int | None, ...]


def with_weights(
    values: Mapping[str, Any], folder: Path, problems: Problems, stored: bool
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """A run's tables, with the arrays of the file that [weights] names as W and b, and alpha, of
    those layers that give none themselves, and their names in the order in which the file has them,
    () where that says nothing. Each array is found by the parameter's name (W1), by `names`, or by
    its shape, (out, in) for weights, where no other fits; the slopes of an activation stand behind
    the weights of their layer. Raises SpecError where anything is wrong with them, for what is said
    of the layers hangs on it. A run that is `stored` has its numbers with it.
    """
    table = Table(values, "", problems).table("weights", required=False)
    layers = values.get("layers")
    if stored or table is None or not isinstance(layers, list):
        return values, ()
    file = table.take("file", text(LONGEST_PATH))
    names = table.table("names", required=False)
    table.close()
    if not all(isinstance(layer, Mapping) for layer in layers):
        return values, ()
    wanted = dict(_wanted(layers))
    if layers and not wanted:
        table.wrong("file", "has no layer to go to: all have W and b, or an init, of their own")
    problems.stop()
    from engine.arrayfiles.read import read_arrays  # most runs have no file to read

    found = _Found(read_arrays(folder / file), Path(file).name, table)
    found.named(names, wanted)
    found.fit(wanted)
    made = found.given(layers, "float32" if values.get("dtype") == "float32" else "float64")
    problems.stop()
    sorts = Path(file).suffix == ".safetensors"
    return {**values, "layers": made}, () if sorts else found.order()


def _wanted(layers: list[Mapping[str, Any]]) -> Iterator[tuple[str, Shape]]:
    """The parameters that are sought and their shapes; None is a length that is not known."""
    before: int | None = None
    for number, layer in enumerate(layers, 1):
        units = layer.get("units")
        units = units if type(units) is int else None
        for kind in _kinds(layer):
            yield f"{kind}{number}", (units, before) if kind == "W" else (units,)
        before = units


_OWN = {"W": (*TURNED,), "b": ("b", "b_init"), "alpha": (*TURNED, "alpha")}
"""The keys of a layer that say where its parameters of a kind come from."""


def _kinds(layer: Mapping[str, Any]) -> Iterator[str]:
    """The kinds of parameters of a layer that are sought."""
    tie = str(layer.get("tie", ""))
    for kind in stored_kinds(layer) if "init" not in layer else ():
        if kind not in tie and not any(key in layer for key in _OWN[kind]):
            yield kind


@dataclass
class _Found:
    """The arrays of a file, and which of them each parameter is."""

    arrays: Mapping[str, Array]
    file: str
    table: Table

    def __post_init__(self) -> None:
        self.chosen: dict[str, str] = {}
        self._sought: set[str] = set()
        distinct: dict[Any, str] = {}
        for name, array in self.arrays.items():
            small = array.ndim in (1, 2) and array.size <= MOST_PARAMETERS
            if small and array.dtype.kind == "f" and not _STATE.search(name):
                distinct.setdefault((array.shape, array.dtype, array.tobytes()), name)
        self._free = list(distinct.values())  # of arrays that are tied, one

    def named(self, names: Table | None, wanted: Mapping[str, Shape]) -> None:
        """Choose what the run file names, and then what the file calls as the run does."""
        for parameter in wanted:
            name = parameter if parameter in self.arrays else None
            if names and names.has(parameter):
                self._sought.add(parameter)
                name = names.take(parameter, _NAME)
                if name is not None and name not in self.arrays:
                    most = list(self.arrays)[:20]
                    names.wrong(
                        parameter, f'is "{name[:60]}"; in {self.file} it {one_of(name, most)}'
                    )
                    name = None
            if name is not None:
                self._choose(parameter, name, wanted[parameter])
        if names:
            names.close()

    def fit(self, wanted: Mapping[str, Shape]) -> None:
        """Choose for every other parameter the array that alone has its shape, or the bias of the
        weights that were chosen; again while one more can be told. Sentences for the others.
        """
        left = {key: shape for key, shape in wanted.items() if key not in self.chosen}
        left = {key: shape for key, shape in left.items() if key not in self._sought}
        told = True
        while left and told:
            told = False
            for parameter, shape in list(left.items()):
                fitting = self._fitting(parameter, shape)
                if len(fitting) == 1:
                    self._choose(parameter, fitting[0], left.pop(parameter))
                    told = True
        for parameter, shape in left.items():
            self._say(parameter, shape, self._fitting(parameter, shape))

    def _fitting(self, parameter: str, shape: Shape) -> list[str]:
        found = [name for name in self._free if _is(self.arrays[name], shape)]
        name = Symbol(parameter)
        weights = self.chosen.get(f"W{name.layer}", "")
        if name.kind.key == "alpha":
            return self._behind(weights, shape)
        beside = re.sub(r"weight$", "bias", weights)
        return [beside] if name.kind.key == "b" and beside in found else found

    def _behind(self, weights: str, shape: Shape) -> list[str]:
        """The slopes that stand behind the weights of their layer: the first that fit, and are no
        bias.
        """
        order = list(self.arrays)
        after = order[order.index(weights) + 1 :] if weights else []
        free = (name for name in after if name in self._free and not name.endswith("bias"))
        return [name for name in free if _is_slope(self.arrays[name], shape)][:1]

    def _choose(self, parameter: str, name: str, shape: Shape) -> None:
        self.chosen[parameter] = name
        if name in self._free:
            self._free.remove(name)
        array = self.arrays[name]
        fits = _is_slope if Symbol(parameter).kind.key == "alpha" else _is
        if array.dtype.kind != "f" or not fits(array, shape):
            what = f"is {array.shape} of {array.dtype} as {_quoted(name)} of {self.file}"
            self._wrong(parameter, f"{what}, and must be {_long(shape)} of floats")

    def _say(self, parameter: str, shape: Shape, fitting: list[str]) -> None:
        """Why nothing was chosen for a parameter."""
        mend = f'say which: [weights.names] {parameter} = "…"'
        if fitting:
            several = ", ".join(map(_quoted, fitting[:MOST_NAMED]))
            more = f" and {len(fitting) - MOST_NAMED} more" if len(fitting) > MOST_NAMED else ""
            self._wrong(parameter, f"fits {several}{more} of {self.file}; {mend}")
            return
        turned = [n for n in self._free if len(shape) == 2 and _is(self.arrays[n].T, shape)]
        hint = f"; {_quoted(turned[0])} is its transpose, save that as (out, in)" if turned else ""
        self._wrong(parameter, f"is {_long(shape)}, and {self.file} has no such array left{hint}")

    def _wrong(self, parameter: str, what: str) -> None:
        self.table.problems.add(f"weights: {parameter}", what)

    def order(self) -> tuple[str, ...]:
        """The parameters in the order in which the file has their arrays."""
        places = {name: i for i, name in enumerate(self.arrays)}
        return tuple(sorted(self.chosen, key=lambda each: places[self.chosen[each]]))

    def given(self, layers: list[Mapping[str, Any]], dtype: str) -> list[Mapping[str, Any]]:
        """The layers with what was chosen for them, as `dtype`; sentences where it does not hold
        that.
        """
        most = np.finfo(dtype).max
        made = [dict(layer) for layer in layers]
        for parameter, name in self.chosen.items():
            array = self.arrays[name]
            with np.errstate(over="ignore", invalid="ignore"):
                held = array.astype(dtype) if array.size <= MOST_PARAMETERS else array[:0]
            if held.size and not (np.abs(held) <= most).all():
                self._wrong(parameter, f"has numbers in {self.file} that are not finite in {dtype}")
            name_of = Symbol(parameter)
            made[name_of.in_layer - 1][name_of.kind.key] = held
        return [*made]


def _is(array: Array, shape: Shape) -> bool:
    """Whether an array has a shape."""
    return len(shape) == array.ndim and all(
        n in (None, m) for n, m in zip(shape, array.shape, strict=True)
    )


def _is_slope(array: Array, shape: Shape) -> bool:
    """Whether an array is one slope for all units, or one for each."""
    return array.ndim < 2 and (array.size == 1 or _is(array, shape))


def _long(shape: Shape) -> str:
    return f"({', '.join('any' if n is None else str(n) for n in shape)})"


def _quoted(name: str) -> str:
    return f'"{printable(name[:60])}"'
