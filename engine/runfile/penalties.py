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
    found = _USUAL
    if table is not None:
        options: dict[str, Any] = {key: table.take(key, AT_LEAST_0, 0.0) for key in PENALTIES}
        for each in fields(PenaltySpec)[len(PENALTIES) :]:
            options[each.name] = table.take(each.name, FLAG, each.default)
        table.close()
        if None in options.values():
            return None
        found = PenaltySpec(**options)
    if layers is None:
        return None
    given = [layer for layer in layers if layer.l2 is not None or layer.l1 is not None]
    for place, layer in enumerate(layers):
        if layer in given and not _penalised(layer, found):
            what = "; give it in that layer" if layer.tie else ""
            key = "l2" if layer.l2 is not None else "l1"
            top.wrong(f"layers[{place}].{key}", f"is of a layer with no weights of its own{what}")
    if table is not None and not given and not any(key in table.values for key in PENALTIES):
        top.wrong("penalty", "has neither l2 nor l1, and no layer has")
    on = [(found.l2 if x.l2 is None else x.l2, found.l1 if x.l1 is None else x.l1) for x in layers]
    live = (any(pair) for layer, pair in zip(layers, on, strict=True) if _penalised(layer, found))
    return found if any(live) else None


def _penalised(layer: LayerSpec, penalty: PenaltySpec) -> bool:
    """Whether a layer has a parameter of its own that is penalised."""
    return "W" in layer.own or (penalty.biases and bool(layer.own))


def written_penalty(penalty: PenaltySpec) -> dict[str, Any]:
    """The table that says it: what is as usual goes without saying, but for λ₂."""
    usual = asdict(_USUAL)
    found = {key: value for key, value in asdict(penalty).items() if value != usual[key]}
    return found if any(key in found for key in PENALTIES) else {"l2": penalty.l2, **found}
