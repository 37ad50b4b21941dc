"""What a layer of a run file has from another: its weights, perhaps transposed, or its biases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from engine.catalog.symbols import Symbol
from engine.spec.check import Check, Table
from engine.spec.run import Array, LayerSpec


def kind_of(text: str) -> str:
    """The kind of the parameter that a text names: W of W2.T."""
    return Symbol(text.partition(".")[0]).kind.key


_TEXT = re.compile(r"(?:W[1-9][0-9]{0,3}(?:\.T)?|(?:b|alpha)[1-9][0-9]{0,3})")


def _accept(value: Any) -> tuple[str, ...] | None:
    texts = value if isinstance(value, list | tuple) else [value]
    good = texts and all(isinstance(each, str) and _TEXT.fullmatch(each) for each in texts)
    return tuple(texts) if good and len({*map(kind_of, texts)}) == len(texts) else None


TIE = Check(
    'a parameter of another layer: "W2", "W2.T" for its transpose, "b2", or ["W2", "b2"]', _accept
)


def tied(tables: Sequence[Table], layers: Sequence[LayerSpec]) -> tuple[LayerSpec, ...]:
    """The layers, with the arrays of others where these are theirs; sentences where none fits."""
    found = []
    for number, (table, layer) in enumerate(zip(tables, layers, strict=True), 1):
        for text in layer.tie:
            array = _array(table, text, number, layers)
            if array is not None:
                layer = layer.having(kind_of(text), array)
        found.append(layer)
    return tuple(found)


def _array(table: Table, text: str, number: int, layers: Sequence[LayerSpec]) -> Array | None:
    """What a text names, as layer `number` has it; None, and a sentence, where it cannot."""
    name = Symbol(text.partition(".")[0])
    kind, of = name.kind.key, name.in_layer
    source = layers[of - 1] if of <= len(layers) else None
    if source is None or kind not in source.kinds:
        table.wrong("tie", f"names {text}, and there is no {kind}{of}")
    elif of == number:
        table.wrong("tie", f"names {text}, which is of this layer itself")
    elif other := source.tied(kind):
        table.wrong("tie", f"names {text}, which is {other[0]}; name that instead")
    else:
        return _fitting(table, text, layers[number - 1], source)
    return None


def _fitting(table: Table, text: str, layer: LayerSpec, source: LayerSpec) -> Array | None:
    kind = kind_of(text)
    array = source.arrays[kind]
    array = array.T if text.endswith(".T") else array
    wanted = layer.W.shape if kind == "W" else (layer.units,)
    if array.shape in (wanted, ()):
        return array
    axes = "(units, inputs)" if kind == "W" else "(units)"
    has, must = (", ".join(map(str, shape)) for shape in (array.shape, wanted))
    table.wrong("tie", f"names {text}, of shape ({has}), and must have {axes} = ({must})")
    return None
