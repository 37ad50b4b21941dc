"""Where the gradient of a parameter is another one."""

from __future__ import annotations

import numpy as np

from engine.against.guesses.row import Alternative, Tries, only
from engine.against.guesses.setting import Read, Setting
from engine.catalog.symbols import GRADIENTS, Symbol
from engine.program.base import via
from engine.program.parameters import held
from engine.spec.run import Array


def _not_zeroed(s: Setting) -> Tries:
    """The gradient of the iteration before, as backward or as clipping left it, added."""
    clipped = s.last(s.parameter.under("clip"))
    for before in (clipped, s.last(s.symbol)):
        if before is not None and before.shape == s.ours.shape:
            told = "the gradients are not zeroed: that of the iteration before is added"
            yield told, _added(s, before is clipped)


def _added(s: Setting, clipped: bool) -> Read:
    def of(symbol: Symbol) -> Array | None:
        if symbol.parameter is None or symbol.kind.key not in GRADIENTS or symbol.prefix:
            return None
        before = s.last(symbol.parameter.under("clip") if clipped else symbol)
        ours = s.scene.value(symbol)
        if ours is None or before is None or ours.shape != before.shape:
            return None
        return ours + before

    return of


def _stale(s: Setting) -> Tries:
    before = s.last(s.symbol)
    if before is not None:
        yield "the gradient of the iteration before", only(s.symbol, before)


def _none(s: Setting) -> Tries:
    told = f"no gradient reaches {s.parameter.written}: it is 0"
    yield told, only(s.symbol, np.zeros_like(s.ours))


def _parts(s: Setting) -> Tries:
    """Of a tied parameter, what comes through one of its layers alone."""
    owner = held(s.scene.spec, s.parameter.kind.key, s.parameter.in_layer)
    for number in owner.users if owner.shared else ():
        told = (
            f"the parts of a tied gradient not added: only what comes through layer {number},"
            f" which has {s.parameter.written} in common with others"
        )
        yield told, only(s.symbol, s.scene.value(via(s.parameter, number)))


def _turned(s: Setting) -> Tries:
    if s.ours.ndim == 2 and s.ours.shape[0] == s.ours.shape[1]:
        yield f"{s.symbol.written} transposed", only(s.symbol, s.ours.T)


def _source(s: Setting) -> Tries:
    """Another array in the place of what the layer takes in, or of its error."""
    spec, number = s.scene.spec, s.symbol.in_layer
    depth = len(spec.layers)
    delta = s.now(f"delta{number}")
    taken = s.now("x" if number == 1 else f"a{number - 1}")
    if s.symbol.kind.key != "dW" or delta is None or taken is None:
        return
    others = [(f"z{number - 1}", "z"), ("x", "x")] if number > 1 else []
    for name, told in others:
        other = s.now(name)
        if other is not None and other.shape == taken.shape:
            yield (
                f"{told} in the place of {Symbol(f'a{number - 1}').written}",
                only(s.symbol, delta.T @ other),
            )
    upstream = s.now("dyhat" if number == depth else f"da{number}")
    if upstream is not None and upstream.shape == delta.shape:
        yield f"the slope of layer {number} left out", only(s.symbol, upstream.T @ taken)


def _single(s: Setting) -> Tries:
    if s.ours.dtype == np.float64:
        through = s.ours.astype(np.float32).astype(np.float64)
        yield "the gradient has been through float32", only(s.symbol, through)


def _one_sample(s: Setting) -> Tries:
    """The part of one sample of the mini-batch."""
    number = s.symbol.in_layer
    delta, taken = s.now(f"delta{number}"), s.now("x" if number == 1 else f"a{number - 1}")
    if delta is None or taken is None or s.samples < 2:
        return
    for n, which in ((0, "first"), (-1, "last")):
        found = np.outer(delta[n], taken[n]) if s.symbol.kind.key == "dW" else delta[n]
        yield f"only the {which} sample of the mini-batch counts", only(s.symbol, found)


ROWS = (
    Alternative(key="not-zeroed", kinds=GRADIENTS, tries=_not_zeroed, rank=0),
    Alternative(key="tied", kinds=GRADIENTS, tries=_parts, rank=0),
    Alternative(key="transposed", kinds=GRADIENTS, tries=_turned, rank=0),
    Alternative(key="no-gradient", kinds=GRADIENTS, tries=_none, rank=1),
    Alternative(key="gradient-before", kinds=GRADIENTS, tries=_stale, rank=1),
    Alternative(key="other-factor", kinds=GRADIENTS, tries=_source, rank=2),
    Alternative(key="one-sample", kinds=("dW", "db"), tries=_one_sample, rank=2),
    Alternative(key="float32", kinds=GRADIENTS, tries=_single, rank=3),
)
