"""Where what a layer puts out is another function of its sums."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.against.guesses.row import Alternative, Tries, only
from engine.against.guesses.setting import Setting
from engine.catalog.activations import ACTIVATIONS, activation
from engine.formula.calls import Emit
from engine.program.parameters import held
from engine.spec.options import Options
from engine.spec.run import Array

USUAL = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5, 1.0, 2.0)
"""What slopes and scales of activations mostly are."""


def _put_out(name: str, options: Options, z: Array, **learned: Array) -> Array:
    """What an activation makes of sums (samples, units)."""
    emit = Emit(z.dtype.name)
    taken, found = np.array(z), np.zeros_like(z)
    activation(name, options).emit(emit, taken, found, **learned)
    for function, args in emit.calls:
        function(*args)
    return found


def _slopes(s: Setting, number: int) -> dict[str, Array]:
    """What the activation of a layer has of a parameter."""
    spec = s.scene.spec
    learns = ACTIVATIONS[spec.layers[number - 1].activation].learns
    array = s.old(held(spec, learns.kind, number).name) if learns else None
    return {learns.kind: array} if learns and array is not None else {}


def _functions(s: Setting, number: int, z: Array) -> Iterator[tuple[str, str, Array]]:
    """Family, how it is told, and what it makes of the sums of a layer."""
    own = s.scene.spec.layers[number - 1]
    name = own.activation.replace("_", " ")
    for other in ACTIVATIONS:
        if other != own.activation:
            told = f"{other.replace('_', ' ')} in the place of {name}"
            if other == "identity":
                told = f"{name} left out"
            yield "activation", told, _put_out(other, {}, z)
    if _slopes(s, number):
        told = f"{name} with the slope that it starts with, 0.25"
        yield "activation-options", told, _put_out(own.activation, {}, z)
    if own.activation_options:
        told = f"{name} with its usual options"
        yield "activation-options", told, _put_out(own.activation, {}, z)
    for option, value in _usual(own.activation, own.activation_options):
        told = f"{name} with {option.replace('_', ' ')} {value:g}"
        yield "activation-options", told, _put_out(own.activation, {option: value}, z)
    slopes = _slopes(s, number)
    once = _put_out(own.activation, own.activation_options, z, **slopes)
    twice = _put_out(own.activation, own.activation_options, once, **slopes)
    yield "activation-twice", f"{name} taken twice", twice
    if own.activation == "softmax":
        yield "softmax-axis", "softmax over the samples instead of the classes", _over_samples(z)


def _usual(name: str, own: Options) -> Iterator[tuple[str, float]]:
    """What the options that are numbers mostly are, other than the run's own."""
    row = ACTIVATIONS[name]
    for option, value in row.complete(own).items():
        for other in USUAL if isinstance(value, float) else ():
            if other != value and not row.conflict(row.complete({option: other})):
                yield option, other


def _over_samples(z: Array) -> Array:
    e = np.exp(z - z.max(0, keepdims=True))
    return np.asarray(e / e.sum(0, keepdims=True))


def _tries(family: str) -> Alternative:
    def tries(s: Setting) -> Tries:
        summed = s.symbol.kind.key == "z"
        number = (s.symbol.layer or len(s.scene.spec.layers)) - summed
        z = s.now(f"z{number}") if number else None
        if z is None:
            return
        for key, told, a in _functions(s, number, z):
            if key == family:
                yield told, only(s.symbol, _summed(s, a) if summed else a)

    rank = 0 if family in ("activation", "activation-twice") else 1
    return Alternative(key=family, kinds=("a", "yhat", "z"), tries=tries, rank=rank)


def _summed(s: Setting, a: Array) -> Array | None:
    """The weighted sums of what the layer before puts out."""
    spec, number = s.scene.spec, s.symbol.in_layer
    weights = held(spec, "W", number)
    W = s.old(weights.name)
    b = None if spec.layers[number - 1].b is None else s.old(held(spec, "b", number).name)
    if W is None:
        return None
    z = a @ (W if weights.turned else W.T)
    return np.asarray(z if b is None else z + b)


ROWS = tuple(map(_tries, ("activation", "activation-twice", "activation-options", "softmax-axis")))
