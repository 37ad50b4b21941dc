"""Causes: why a branch leaves another, and the run spec that it goes on by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.program.parameters import groups, no_matrices, parameters
from engine.runfile.document import spec_document, spec_from
from engine.runfile.parts import GOING, merged
from engine.spec.problem import Problem
from engine.spec.run import OptimizerSpec, RunSpec, SpecError


class EditError(Problem):
    """A change that cannot be made: what is wrong, and what is valid."""


@dataclass(frozen=True)
class Cause:
    """Why a branch leaves its parent after iteration `origin`.

    `kind` is "part" (a part `symbol` of the run, such as its loss, becomes `value`), "parameter" or
    "data" (element `index` of `symbol`, for data counted over the whole set, becomes `value`; or a
    whole row of data, as many values), "option" (the optimizer's option `symbol` becomes `value`)
    or "switch" (the optimizer `symbol` with the options `value` takes over, with `fresh` state or
    not).
    """

    parent: int
    origin: int
    kind: str
    symbol: str
    index: Index = ()
    value: Any = None
    fresh: bool = True


def changed_spec(spec: RunSpec, cause: Cause) -> RunSpec:
    """The run spec that a branch goes on by. Raises EditError where the change is not valid."""
    match cause.kind:
        case "data":
            arrays = {"x": spec.data.x, "y": spec.data.y}
            array = _with_element(arrays, cause, spec.dtype)
            array.flags.writeable = False
            x, y = (array, spec.data.y) if cause.symbol == "x" else (spec.data.x, array)
            return replace(spec, data=replace(spec.data, x=x, y=y, labels=_labels(spec, cause)))
        case "parameter":
            _with_element(parameters(spec), cause, spec.dtype)
            return spec
        case "option":
            row = OPTIMIZERS[spec.optimizer.name]
            if cause.symbol not in row.options:
                raise EditError(
                    f"{cause.symbol}: {row.label} has no such option; it has"
                    f" {', '.join(row.options)}."
                )
            check = row.options[cause.symbol].check
            value = check.accept(cause.value)
            if value is None:
                raise EditError(f"{cause.symbol} {check.wrong(cause.value)}.")
            if isinstance(value, float):
                valid_value(cause.symbol, value, spec.dtype)
            options = {**row.complete(spec.optimizer.options), cause.symbol: value}
            optimizer = replace(spec.optimizer, options=options)
            for group in groups(spec, optimizer):
                if conflict := row.conflict(group.optimizer.options):
                    raise EditError(conflict)
            return replace(spec, optimizer=optimizer)
        case "part":
            return _with_part(spec, cause.symbol, cause.value)
        case _:
            raise EditError(f"{cause.kind}: no such change.")


def _labels(spec: RunSpec, cause: Cause) -> bool | None:
    """Whether the targets are class numbers still: a row of several shares is none."""
    row = cause.value if isinstance(cause.value, tuple) and cause.symbol == "y" else ()
    return spec.data.labels and sum(share != 0 for share in row) < 2


def _with_part(spec: RunSpec, name: str, value: Any) -> RunSpec:
    """The run with another part, its parameters and its optimizer as they are."""
    if name not in GOING:
        raise EditError(f"{name}: no such part of a run; there are {', '.join(GOING)}.")
    if isinstance(value, str) and "," in value:
        value = [each.strip() for each in value.split(",")]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    document, arrays = spec_document(replace(spec, compare=None, beside=None, switches=()))
    try:
        made = spec_from(merged(document, {name: value}), arrays)
    except SpecError as error:
        raise EditError(error.problems[0].removeprefix("run: ")) from None
    kept = replace(spec, loss=made.loss, data=made.data, layers=made.layers, groups=made.groups)
    kept = replace(kept, schedule=made.schedule, clip=made.clip, clips=made.clips)
    return replace(kept, penalty=made.penalty)


def _with_element(arrays: Mapping[str, Array], cause: Cause, dtype: str) -> Array:
    """A copy of the array that a cause names, with its new element or row."""
    array = arrays.get(cause.symbol)
    if array is None:
        raise EditError(f"{cause.symbol}: there are {', '.join(arrays)}.")
    shape, index = array.shape, cause.index
    several = isinstance(cause.value, tuple)
    axes = shape[: len(shape) - several]
    if len(index) != len(axes) or not all(0 <= i < n for i, n in zip(index, axes, strict=True)):
        raise EditError(f"{cause.symbol} has no such element; its shape is {shape}.")
    values = cause.value if several else (cause.value,)
    if several and len(values) != shape[-1]:
        raise EditError(f"{cause.symbol}: {len(values)} numbers for a row of {shape[-1]}.")
    changed = array.copy()
    found = [valid_value(cause.symbol, value, dtype) for value in values]
    changed[index] = found if several else found[0]
    return changed


def successor(spec: RunSpec, cause: Cause) -> OptimizerSpec:
    """The optimizer that a switch leads to. Raises EditError where it cannot take over."""
    row = OPTIMIZERS.get(cause.symbol)
    if row is None:
        raise EditError(f"{cause.symbol}: no such optimizer; there are {', '.join(OPTIMIZERS)}.")
    options = row.complete(cause.value)
    compare = spec.compare
    if wrong := no_matrices(spec, OptimizerSpec(row.name, options)):
        raise EditError(f"{row.label} {wrong}.")
    if cause.fresh or compare is None:
        return OptimizerSpec(row.name, options)
    if compare.name != row.name or row.complete(compare.options) != options:
        raise EditError(f"{row.label} with these options is not compared with, and has no state.")
    return compare


def valid_value(symbol: str, value: float, dtype: str) -> float:
    """A value that an element can be given. Raises EditError for what is not finite."""
    if not abs(value) <= float(np.finfo(dtype).max):
        also = " that float32 holds" if dtype == "float32" else ""
        raise EditError(f"{symbol} = {value}: a finite number{also} is needed.")
    return float(value)
