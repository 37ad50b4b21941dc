"""Where a weighted sum is another one."""

from __future__ import annotations

import numpy as np

from engine.against.guesses.row import Alternative, Tries, only
from engine.against.guesses.setting import Setting
from engine.program.parameters import held
from engine.spec.run import Array


class _Layer:
    """What the weighted sum of a layer is made of; `W` is (out, in) as the layer has it."""

    def __init__(self, s: Setting) -> None:
        spec, n = s.scene.spec, s.symbol.in_layer
        self.n, self.depth = n, len(spec.layers)
        weights = held(spec, "W", n)
        W = s.old(weights.name)
        assert W is not None
        self.W = W.T if weights.turned else W
        self.b = None if spec.layers[n - 1].b is None else s.old(held(spec, "b", n).name)
        self.input = s.now("x" if n == 1 else f"a{n - 1}")
        self.sums = None if n == 1 else s.now(f"z{n - 1}")
        self.x = s.now("x")

    def z(self, a: Array, W: Array, biased: bool = True) -> Array:
        """The sums."""
        found = a @ W.T
        return np.asarray(found + self.b if biased and self.b is not None else found)


def _turned(s: Setting) -> Tries:
    layer = _Layer(s)
    if layer.W.shape[0] == layer.W.shape[1] and layer.input is not None:
        told = f"W[{layer.n}] transposed: rows and columns exchanged"
        yield told, only(s.symbol, layer.z(layer.input, layer.W.T))


def _bias(s: Setting) -> Tries:
    layer = _Layer(s)
    if layer.b is None or layer.input is None:
        return
    bare = layer.z(layer.input, layer.W, biased=False)
    yield f"b[{layer.n}] left out", only(s.symbol, bare)
    yield f"b[{layer.n}] taken off instead of added", only(s.symbol, bare - layer.b)
    yield f"b[{layer.n}] added twice", only(s.symbol, bare + 2 * layer.b)


def _input(s: Setting) -> Tries:
    layer = _Layer(s)
    if layer.sums is not None:
        told = f"z[{layer.n - 1}] taken in, not activated"
        yield told, only(s.symbol, layer.z(layer.sums, layer.W))
    if layer.n > 1 and layer.x is not None and layer.x.shape[1] == layer.W.shape[1]:
        yield "x taken in", only(s.symbol, layer.z(layer.x, layer.W))


def _weights(s: Setting) -> Tries:
    layer = _Layer(s)
    if layer.input is None:
        return
    for other in range(1, layer.depth + 1):
        W = s.old(held(s.scene.spec, "W", other).name)
        if W is not None and W.shape == layer.W.shape and other != layer.n:
            yield (
                f"W[{other}] in the place of W[{layer.n}]",
                only(s.symbol, layer.z(layer.input, W)),
            )
    earlier = s.scene.recorded(f"W{layer.n}", s.t - 2)
    if earlier is not None and earlier.shape == layer.W.shape:
        told = f"W[{layer.n}] from before the last update"
        yield told, only(s.symbol, layer.z(layer.input, earlier))


def _single(s: Setting) -> Tries:
    layer = _Layer(s)
    if layer.input is None or layer.W.dtype == np.float32:
        return
    a, W = layer.input.astype(np.float32), layer.W.astype(np.float32)
    yield (
        f"{'x' if layer.n == 1 else 'a'} has been through float32",
        only(s.symbol, layer.z(a.astype(layer.W.dtype), layer.W)),
    )
    yield (
        f"W[{layer.n}] has been through float32",
        only(s.symbol, layer.z(layer.input, W.astype(layer.W.dtype))),
    )
    b = np.float32(0) if layer.b is None else layer.b.astype(np.float32)
    yield "computed in float32", only(s.symbol, (a @ W.T + b).astype(layer.W.dtype))


ROWS = (
    Alternative(key="transposed", kinds=("z",), tries=_turned, rank=0),
    Alternative(key="bias", kinds=("z",), tries=_bias, rank=0),
    Alternative(key="input", kinds=("z",), tries=_input),
    Alternative(key="weights", kinds=("z",), tries=_weights),
    Alternative(key="float32", kinds=("z",), tries=_single),
)
