"""The [penalty] of a run file, and the l2 and l1 of its layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from engine.runfile.layers import AT_LEAST_0, PENALTIES
from engine.spec.check import FLAG, Table
from engine.spec.run import LayerSpec, PenaltySpec

_USUAL = PenaltySpec()


def read_penalty(top: Table, layers: Sequence[LayerSpec] | None) -> PenaltySpec | None:
    """The penalty of a run with these layers, None where they are not known; none where every λ
    is 0. Sentences on what is wrong.
    """
    table = top.table("penalty", required=False)
    found = _options(table) if table is not None else _USUAL
    if found is None or layers is None:
        return None
    _check_layers(top, table, layers, found)
    return found if any(_live(layer, found) for layer in layers) else None


def _check_layers(
    top: Table, table: Table | None, layers: Sequence[LayerSpec], penalty: PenaltySpec
) -> None:
    """Refuse a λ of a layer that has nothing it could be of, and a table without one."""
    own = [[key for key in PENALTIES if getattr(layer, key) is not None] for layer in layers]
    given = {place: keys[0] for place, keys in enumerate(own) if keys}
    for place, key in given.items():
        if not _penalised(layers[place], penalty):
            what = "; give it in that layer" if layers[place].tie else ""
            top.wrong(f"layers[{place}].{key}", f"is of a layer with no weights of its own{what}")
    if table is not None and not given and not any(key in table.values for key in PENALTIES):
        top.wrong("penalty", "has neither l2 nor l1, and no layer has")


def _options(table: Table) -> PenaltySpec | None:
    """What the run's table says; None where something of it is wrong."""
    options: dict[str, Any] = {key: table.take(key, AT_LEAST_0, 0.0) for key in PENALTIES}
    for each in fields(PenaltySpec)[len(PENALTIES) :]:
        options[each.name] = table.take(each.name, FLAG, each.default)
    table.close()
    return None if None in options.values() else PenaltySpec(**options)


def _live(layer: LayerSpec, penalty: PenaltySpec) -> bool:
    """Whether some λ of a layer is not 0, and there is something that it is of."""
    return _penalised(layer, penalty) and any(penalty.of(layer))


def _penalised(layer: LayerSpec, penalty: PenaltySpec) -> bool:
    """Whether a layer has a parameter of its own that is penalised."""
    return "W" in layer.own or (penalty.biases and bool(layer.own))


def written_penalty(penalty: PenaltySpec) -> dict[str, Any]:
    """The table that says it: what is as usual goes without saying, but for λ₂."""
    usual = asdict(_USUAL)
    found = {key: value for key, value in asdict(penalty).items() if value != usual[key]}
    return found if any(key in found for key in PENALTIES) else {"l2": penalty.l2, **found}
