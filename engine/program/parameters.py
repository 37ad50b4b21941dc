"""The parameters of a run, by name."""

from __future__ import annotations

from engine.catalog.symbols import Symbol
from engine.formula.layout import Shape
from engine.spec.run import LayerSpec, RunSpec


def weights(spec: RunSpec) -> list[Symbol]:
    """The names of all parameters, first layer first."""
    return [
        Symbol(f"{kind}{number}")
        for number, layer in enumerate(spec.layers, 1)
        for kind in ("W", *(("b",) if layer.b is not None else ()))
    ]


def trained(spec: RunSpec) -> list[Symbol]:
    """The names of the parameters that are updated, first layer first."""
    return [name for name in weights(spec) if name.kind.key not in _layer(spec, name).frozen]


def shape(spec: RunSpec, name: Symbol) -> Shape:
    """The shape of a parameter."""
    layer = _layer(spec, name)
    return layer.W.shape if name.kind.key == "W" else (layer.units,)


def _layer(spec: RunSpec, name: Symbol) -> LayerSpec:
    assert name.layer is not None
    return spec.layers[name.layer - 1]
