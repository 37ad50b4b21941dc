"""A run spec as a plain document and arrays, and back: the tables of a run file, but for arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.catalog.optimizers import OPTIMIZERS
from engine.formula.layout import Shape
from engine.program.parameters import groups, shape
from engine.runfile.clips import written
from engine.runfile.data import MOST_NAME
from engine.runfile.drawing import TORCH
from engine.runfile.layers import stored_kinds
from engine.runfile.lesson import written_stop
from engine.runfile.run import run_spec
from engine.runfile.targets import MOST_NUMBERS
from engine.runfile.ties import kind_of
from engine.spec.check import printable
from engine.spec.run import (
    MOST_ITERATIONS,
    WITHOUT_NETWORK,
    Array,
    DataSpec,
    FunctionSpec,
    GradientsSpec,
    LayerSpec,
    OptimizerSpec,
    RunSpec,
    ScheduleSpec,
    SpecError,
    StateSpec,
)

BESIDE = "beside."
"""How the names of the arrays of a run begin that is set beside another."""
Document = dict[str, Any]
Arrays = dict[str, Array]


def spec_document(spec: RunSpec) -> tuple[Document, Arrays]:
    """Everything that a run spec says: the data x and y, the parameters W1, b1 … and what an
    optimizer begins with, optimizer.m.W1 …, as arrays; of given gradients these, as g.
    """
    document: Document = {
        "name": spec.name,
        "title": spec.title,
        "seed": spec.seed,
        "dtype": spec.dtype,
        "iterations": spec.iterations,
    }
    made, arrays = _alone(spec.instead, spec.data) if spec.instead else _network(spec)
    document |= {
        **made,
        "optimizer": _optimizer(spec.optimizer),
        "switch": [{"at": s.at, **_optimizer(s.optimizer)} for s in spec.switches],
    }
    if spec.data.drawn is not None:
        document["generator"] = TORCH
    document |= _where_given(spec)
    arrays |= _states(spec)
    found = {key: np.asarray(array, spec.dtype) for key, array in arrays.items()}
    if spec.beside:
        document["beside"], other = spec_document(spec.beside)
        found |= {f"{BESIDE}{key}": array for key, array in other.items()}
    return document, found


def _network(spec: RunSpec) -> tuple[Document, Arrays]:
    arrays = {"x": spec.data.x, "y": spec.data.y}
    for number, layer in enumerate(spec.layers, 1):
        arrays |= {f"{kind}{number}": layer.arrays[kind] for kind in layer.own}
    document: Document = {
        "data": _batches(spec.data),
        "classes": list(spec.data.classes),
        "features": list(spec.data.features),
        "labels": spec.data.labels,
        "layers": [_layer(layer) for layer in spec.layers],
        "loss": {"name": spec.loss.name, "reduction": spec.loss.reduction, **spec.loss.options},
    }
    return document, arrays


def _alone(instead: FunctionSpec | GradientsSpec, data: DataSpec) -> tuple[Document, Arrays]:
    """What stands instead of a network."""
    start: list[float] = instead.start.tolist()
    named = dict(zip(instead.names, start, strict=True)) if instead.names else start
    if isinstance(instead, FunctionSpec):
        constants = {"constants": dict(instead.constants)} if instead.constants else {}
        return {"function": {"f": instead.f, "start": named, **constants}}, {}
    return {"gradients": {"start": named, "repeat": instead.repeat}}, {"g": data.x}


def _where_given(spec: RunSpec) -> Document:
    """The tables and keys that a run may do without."""
    document: Document = {}
    if spec.groups:
        document["groups"] = [{"params": list(g.params), **g.options} for g in spec.groups]
    if spec.teaches:
        document["teaches"] = spec.teaches
    if spec.opens:
        document["opens"] = spec.opens
    if spec.lesson:
        document["lesson"] = [written_stop(stop) for stop in spec.lesson]
    if spec.compare:
        document["compare"] = _optimizer(spec.compare)
    if spec.clippings:
        tables = [written(clip) for clip in spec.clippings]
        document["clip"] = tables[0] if spec.clip else tables
    if spec.penalty:
        from engine.runfile.penalties import written_penalty

        document["penalty"] = written_penalty(spec.penalty)
    if spec.schedule:
        document["schedule"] = _schedule(spec.schedule)
    return document


def _schedule(schedule: ScheduleSpec) -> Document:
    document: Document = {"name": schedule.name, **schedule.options}
    if schedule.by != "iteration":
        document["by"] = schedule.by
    if schedule.done:
        document["done"] = schedule.done
    if schedule.kept:
        document["kept"] = list(schedule.kept)
    return document


def _batches(data: DataSpec) -> Document:
    more: Document = {} if data.weights is None else {"weights": data.weights.tolist()}
    if data.drawn is not None:
        more["drawn"] = data.drawn
    if data.accumulate > 1:
        more["accumulate"] = data.accumulate
        more |= {} if data.accumulate_mean else {"accumulate_mean": False}
    if data.held:
        every = {"test_every": data.test_every} if data.test_every != "pass" else {}
        more |= {"test": list(data.held), **every}
    if data.batches:
        return {"batches": [[list(rows) for rows in each] for each in data.batches], **more}
    return {"batch_size": data.batch_size, "shuffle": data.shuffle, **more}


def _layer(layer: LayerSpec) -> Document:
    return {
        "units": layer.units,
        "activation": layer.activation,
        "bias": layer.b is not None,
        "frozen": sorted(layer.frozen),
        **({"tie": list(layer.tie)} if layer.tie else {}),
        **{k: v for k, v in (("l2", layer.l2), ("l1", layer.l1)) if v is not None},
        **layer.activation_options,
    }


def _optimizer(optimizer: OptimizerSpec) -> Document:
    since = {"since": optimizer.since} if optimizer.since else {}
    return {"name": optimizer.name, **optimizer.options, **since}


def _states(spec: RunSpec) -> Arrays:
    """What the optimizers begin with, by the table and the slot of a parameter."""
    both = {"optimizer": spec.optimizer, "compare": spec.compare}
    return {
        f"{key}.{slot}": array
        for key, each in both.items()
        if each and each.state
        for slot, array in each.state.arrays.items()
    }


def spec_from(document: Any, arrays: Mapping[str, npt.NDArray[Any]]) -> RunSpec:
    """The run spec that a document and its arrays say, checked as a run file is. Raises SpecError
    with a sentence for every mistake.
    """
    if not isinstance(document, dict):
        raise SpecError("run: is no table.")
    values = dict(document)
    other = values.pop("beside", None)
    if not values.keys().isdisjoint(WITHOUT_NETWORK):
        spec = _without_network(values, arrays)
    else:
        spec = _with_network(values, arrays)
    return spec if other is None else replace(spec, beside=spec_from(other, _beside(arrays)))


def _without_network(values: Document, arrays: Mapping[str, npt.NDArray[Any]]) -> RunSpec:
    if "gradients" in values:
        if not isinstance(values["gradients"], dict):
            raise SpecError("run: its gradients are no table.")
        values["gradients"] = {**values["gradients"], "g": _stored(arrays, "g")}
    return _made(values, arrays)


def _with_network(values: Document, arrays: Mapping[str, npt.NDArray[Any]]) -> RunSpec:
    names = {key: values.pop(key, []) for key in ("classes", "features")}
    labels = values.pop("labels", None)
    if labels not in (True, False, None):
        raise SpecError("run: whether its targets are labels is neither true nor false.")
    table, layers = values.get("data"), values.get("layers")
    if not isinstance(table, dict) or not isinstance(layers, list):
        raise SpecError("run: has no data or no layers.")
    x, y = _stored(arrays, "x"), _stored(arrays, "y")
    if x.size + y.size > MOST_NUMBERS:
        raise SpecError(f"run: has more than {MOST_NUMBERS:,} numbers of data.")
    values["data"] = {**table, "x": x, "y": y}
    values["layers"] = [
        _with_parameters(layer, number, arrays) for number, layer in enumerate(layers, 1)
    ]
    spec = _made(values, arrays)
    data = replace(spec.data, labels=labels)
    return replace(spec, data=_named(data, names["classes"], names["features"]))


def _made(values: Document, arrays: Mapping[str, npt.NDArray[Any]]) -> RunSpec:
    """The run of these tables, with what its optimizers begin with."""
    since = {key: _since(values, key) for key in ("optimizer", "compare")}
    spec = run_spec(values, "run", Path(), stored=True)
    own, compare = (_begun(spec, key, each, arrays) for key, each in since.items())
    return replace(spec, optimizer=own or spec.optimizer, compare=compare)


def _since(values: Document, key: str) -> int:
    """Takes what an optimizer's table says of its updates before the run."""
    table = values.get(key)
    if not isinstance(table, dict) or "since" not in table:
        return 0
    values[key] = {name: value for name, value in table.items() if name != "since"}
    since = table["since"]
    if type(since) is not int or not -MOST_ITERATIONS <= since <= 0:
        raise SpecError(f"run: {key} has made no such number of updates.")
    return since


def _begun(
    spec: RunSpec, key: str, since: int, arrays: Mapping[str, npt.NDArray[Any]]
) -> OptimizerSpec | None:
    """One of the run's optimizers with the state that it begins with."""
    optimizer = spec.optimizer if key == "optimizer" else spec.compare
    start = f"{key}."
    found = {k.removeprefix(start): a for k, a in arrays.items() if k.startswith(start)}
    if optimizer is None or not (found or since):
        return optimizer
    shapes = _slots(spec, optimizer)
    fit = (a.shape == shapes.get(k) and a.dtype == spec.dtype for k, a in found.items())
    if found.keys() != shapes.keys() or not all(fit):
        raise SpecError(f"run: the state of {key} is not that of its optimizer.")
    if not all(np.isfinite(array).all() for array in found.values()):
        raise SpecError(f"run: the state of {key} has numbers that are not finite.")
    return replace(optimizer, since=since, state=StateSpec(found))


def _slots(spec: RunSpec, optimizer: OptimizerSpec) -> dict[str, Shape]:
    """The shapes of all that an optimizer keeps, by slot and parameter: m.W1."""
    return {
        f"{slot}.{name}": shape(spec, name)
        for group in groups(spec, optimizer)
        for slot in OPTIMIZERS[optimizer.name].slots(group.optimizer.options)
        for name in group.names
    }


def _beside(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """The arrays of the run that is set beside another."""
    return {k.removeprefix(BESIDE): a for k, a in arrays.items() if k.startswith(BESIDE)}


def _stored(arrays: Mapping[str, npt.NDArray[Any]], name: str) -> npt.NDArray[Any]:
    found = arrays.get(name)
    if not isinstance(found, np.ndarray):
        raise SpecError(f"run: the array {name} is missing.")
    return found


def _with_parameters(layer: Any, number: int, arrays: Mapping[str, npt.NDArray[Any]]) -> Any:
    if not isinstance(layer, dict):
        raise SpecError(f"run: layer {number} is no table.")
    tied = {kind_of(str(text)) for text in _listed(layer.get("tie", []))}
    own = [kind for kind in stored_kinds(layer) if kind not in tied]
    return {**layer, **{kind: _stored(arrays, f"{kind}{number}") for kind in own}}


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _named(data: DataSpec, classes: Any, features: Any) -> DataSpec:
    for names in (classes, features):
        good = isinstance(names, list) and all(
            isinstance(n, str) and len(n) <= MOST_NAME and printable(n) == n for n in names
        )
        if not good:
            raise SpecError("run: names of classes and features are lists of short texts.")
    outputs = data.y.shape[1]
    if len(classes) not in ((0, 2) if outputs == 1 else (0, outputs)):
        raise SpecError(f"run: there are {len(classes)} names for {outputs} outputs.")
    if len(features) not in (0, data.x.shape[1]):
        raise SpecError(f"run: there are {len(features)} names for {data.x.shape[1]} inputs.")
    return replace(data, classes=tuple(classes), features=tuple(features))
