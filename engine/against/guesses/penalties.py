"""Where a penalty on the parameters is added to the loss, or the run's own is another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from engine.against.guesses.row import Alternative, Tries
from engine.against.guesses.setting import Read, Setting, read
from engine.catalog.symbols import GRADIENTS, Symbol
from engine.formula.calls import Array
from engine.spec.run import PenaltySpec

USUAL = (0.1, 0.05, 0.01, 5e-3, 1e-3, 5e-4, 1e-4, 1e-5)
"""The weights that penalties mostly have."""
Slope = Callable[[Array], Array]


def _square(theta: Array) -> Array:
    return 2 * theta


KINDS: tuple[tuple[str, Callable[[Array], Array], Slope, float], ...] = (
    ("½·{λ}·Σ θ²", np.square, _square, 0.5),
    ("{λ}·Σ θ²", np.square, _square, 1.0),
    ("{λ}·Σ |θ|", np.abs, np.sign, 1.0),
)
"""How a penalty is told, of what it is the sum, the slope of that, and the factor before it."""


def _weights(s: Setting) -> Iterator[float]:
    own = float(s.scene.spec.optimizer.options.get("weight_decay", 0.0))
    yield from dict.fromkeys(each for each in (own, *USUAL) if each)


def _tries(s: Setting) -> Tries:
    trace = s.scene.trace
    every = [name for name in trace.parameters if s.old(name) is not None]
    learned = [name for name in every if trace.writer(name) is not None]
    weights = [name for name in learned if name.kind.key == "W"]
    for of, whose in ((learned, ""), (weights, " of the weights alone")):
        for told, part, slope, factor in KINDS:
            for weight in _weights(s):
                said = told.replace("{λ}", f"{weight:g}")
                yield (
                    f"a penalty in the loss, {said}{whose}",
                    _read(s, of, part, slope, factor * weight),
                )


def _read(
    s: Setting, of: list[Symbol], part: Callable[[Array], Array], slope: Slope, weight: float
) -> Read:
    def found(symbol: Symbol) -> Array | None:
        ours, parameter = s.scene.value(symbol), symbol.parameter
        if symbol == "loss" and ours is not None:
            penalty = sum(float(part(_old(s, name)).sum()) for name in of)
            return np.asarray(ours + ours.dtype.type(weight * penalty))
        if symbol.is_gradient and parameter in of and ours is not None:
            return ours + ours.dtype.type(weight) * slope(_old(s, parameter))
        return None

    return found


def _otherwise(s: Setting) -> Tries:
    """The penalty that the run has, left out somewhere or made otherwise: where the loss differs,
    in all; where a gradient does, in these alone, for the loss comes first.
    """
    own, without = s.spec.penalty, s.under(replace(s.spec, penalty=None))
    if own is None or without is None:
        return
    ours, plain = s.scene.value, read(without)
    alone = s.symbol.is_gradient

    def turned(asked: Symbol) -> Array | None:
        return _turned(ours(asked), plain(asked))

    if not alone:
        yield "the penalty left out of the loss alone: its gradients have it", _both(plain, ours)
    others = [(told, s.under(replace(s.spec, penalty=each))) for told, each in _changed(own)]
    found = [
        ("the penalty left out", plain),
        ("the penalty taken off, not added", turned),
        *((told, read(trace)) for told, trace in others if trace is not None),
    ]
    for told, theirs in found:
        if alone:
            yield f"{told}, in the gradients alone", _both(ours, theirs)
        else:
            yield told, theirs


def _changed(own: PenaltySpec) -> Iterator[tuple[str, PenaltySpec]]:
    """The penalty with other options, and how that is told."""
    if own.half:
        yield "λ₂·Σ w² for λ₂/2·Σ w² (half = false)", replace(own, half=False)
    else:
        yield "λ₂/2·Σ w² for λ₂·Σ w² (half = true)", replace(own, half=True)
    if own.biases:
        yield "no penalty on the biases (biases = false)", replace(own, biases=False)
    else:
        yield "the penalty is on the biases, too (biases = true)", replace(own, biases=True)
    if own.per_sample:
        yield "the penalty is not divided by the samples", replace(own, per_sample=False)
    else:
        yield "the penalty is divided by the samples", replace(own, per_sample=True)


def _both(loss: Read, gradients: Read) -> Read:
    """The loss of one, and all else of another."""
    return lambda asked: (loss if asked == "loss" else gradients)(asked)


def _turned(ours: Array | None, without: Array | None) -> Array | None:
    return None if ours is None or without is None else 2 * without - ours


def _old(s: Setting, name: Symbol) -> Array:
    found = s.old(name)
    assert found is not None
    return found


SEEN = ("loss", *GRADIENTS)
ROWS = (
    Alternative(key="penalty", kinds=SEEN, tries=_tries, rank=1),
    Alternative(key="other-penalty", kinds=(*SEEN, "penalty"), tries=_otherwise, rank=0),
)
