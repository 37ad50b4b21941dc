"""The parts of a run that another one set beside it, or a branch, may have otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.inits import INITS
from engine.runfile.batches import INSTEAD
from engine.runfile.drafts import TURNED
from engine.runfile.layers import COUNT, PENALTIES
from engine.spec.check import shown
from engine.spec.run import WITHOUT_NETWORK, SpecError

Values = dict[str, Any]

DATA = (*INSTEAD, "batches")
GOING = ("loss", "reduction", "activation", *DATA, "schedule", "clip", "groups", "penalty")
"""What can be another from any iteration on."""
PARTS = (*GOING, "init", "seed", "generator", "dtype")
"""What can be another from the start on; an optimizer can, too."""
OF_NETWORK = ("loss", "reduction", "activation", *DATA, "init", "penalty")
"""Those that only a network has."""
_REPLACED = {"batches": INSTEAD, **dict.fromkeys(INSTEAD, ("batches",))}
"""The keys of the data that go where one is given."""


def merged(values: Mapping[str, Any], changes: Mapping[str, Any]) -> Values:
    """A run's tables with other parts. A name stands for a table that has nothing else, a number
    for λ₂, and false for no table at all. Raises SpecError for what cannot be put in its place.
    """
    found: Values = dict(values)
    _refuse_of_network(values, changes)
    for key, value in changes.items():
        if key in DATA:
            table = _table(found, "data")
            found["data"] = {**_without(table, _REPLACED[key]), key: value}
        elif key == "reduction":
            found["loss"] = {**_table(found, "loss"), key: value}
        elif key == "loss":
            kept = {k: v for k, v in _table(found, "loss").items() if k == "reduction"}
            found["loss"] = kept | _named(value)
        elif key == "activation":
            found["layers"] = _activated(_layers(found), value)
        elif key == "init":
            found.pop("weights", None)
            found["layers"] = [_drawn(layer, value) for layer in _layers(found)]
        elif value is False and key in ("schedule", "clip", "groups", "penalty"):
            found = _gone(found, key)
        elif key == "penalty" and type(value) in (int, float):
            found[key] = {**_table(found, key), "l2": value}
        else:
            found[key] = _named(value) if key == "schedule" else value
    return found


def _gone(values: Values, key: str) -> Values:
    """The tables without one; without penalties those of single layers go, too."""
    found = _without(values, (key,))
    if key == "penalty":
        found["layers"] = [_without(layer, PENALTIES) for layer in _layers(found)]
    return found


def _refuse_of_network(values: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Refuse what only a network has, where there is none."""
    of_network = [key for key in changes if key in OF_NETWORK]
    if of_network and not values.keys().isdisjoint(WITHOUT_NETWORK):
        raise SpecError(f"{of_network[0]} is of a network, and this run has none.")


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _table(values: Mapping[str, Any], key: str) -> Values:
    found = values.get(key)
    return dict(found) if isinstance(found, Mapping) else {}


def _layers(values: Mapping[str, Any]) -> list[Values]:
    return [dict(layer) for layer in values.get("layers", ())]


def _without(table: Mapping[str, Any], keys: tuple[str, ...] | set[str]) -> Values:
    return {key: value for key, value in table.items() if key not in keys}


def _activated(layers: list[Values], value: Any) -> list[Values]:
    """The layers with other activations: one for all but the last, or a list with one for each."""
    names = [value] * (len(layers) - 1) if isinstance(value, str) else value
    if isinstance(value, str) and layers:
        names = [*names, layers[-1]["activation"] if len(layers) > 1 else value]
    if not isinstance(names, list | tuple) or len(names) != len(layers):
        raise SpecError(
            f"activation is {shown(value)}, and must be one for all layers but the last, or a list"
            f" of {len(layers)}."
        )
    return [
        layer
        if name == layer["activation"]
        else {**_without(layer, _activation_keys(layer["activation"])), "activation": name}
        for layer, name in zip(layers, names, strict=True)
    ]


def _activation_keys(name: str) -> set[str]:
    """The keys of a layer that an activation of that name takes."""
    row = ACTIVATIONS[name]
    return {*row.options, *((row.learns.kind, COUNT) if row.learns else ())}


def _drawn(layer: Values, value: Any) -> Values:
    """A layer with parameters drawn in another way."""
    given = {*TURNED, "b", *(INITS[layer["init"]].options if "init" in layer else ())}
    named = _named(value)
    if not isinstance(named, Mapping):
        raise SpecError(f"init is {shown(value)}, and must be a name, or a table with one.")
    rest = {key: each for key, each in named.items() if key != "name"}
    return {**_without(layer, given), "init": named.get("name"), **rest}
