"""Where what an optimizer keeps is computed in a way that none of the table has."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engine.against.guesses.row import DECOUPLED, Alternative, Tries, only
from engine.against.guesses.setting import Setting
from engine.spec.run import Array

Formulas = Iterator[tuple[str, Array]]


class Kept:
    """What a slot is made of: its value before, and the gradient with the coupled decay in it."""

    def __init__(self, s: Setting, before: Array, gradient: Array, theta: Array) -> None:
        self.before, self.theta = before, theta
        self.bare = -gradient if s.options.get("maximize") else gradient
        decay = s.number("weight_decay") if s.couples else 0.0
        self.g = self.bare + gradient.dtype.type(decay) * theta


def _kept(s: Setting) -> Kept | None:
    before, gradient, theta = s.old(s.symbol), s.gradient, s.old(s.parameter)
    if before is None or gradient is None or theta is None or s.scene.step is None:
        return None
    return Kept(s, before, gradient, theta)


def _formulas(make: Callable[[Setting, Kept], Formulas]) -> Callable[[Setting], Tries]:
    def tries(s: Setting) -> Tries:
        kept = _kept(s)
        if kept is not None:
            for told, found in make(s, kept):
                yield told, only(s.symbol, found.astype(s.ours.dtype))

    return tries


def _shares(s: Setting) -> tuple[float, float]:
    name = _keep(s)
    return s.number(name), s.number(f"1-{name}")


def _keep(s: Setting) -> str:
    """The number that says how much of a running mean is kept."""
    if "alpha" in s.rule_reads(s.symbol.prefix):
        return "alpha"
    return "beta1" if s.symbol.prefix == "m" else "beta2"


def _of_mean(s: Setting, k: Kept) -> Formulas:
    """The running means of Adam and of RMSprop."""
    keep, new = _shares(s)
    g = k.g if s.symbol.prefix == "m" else k.g**2
    what = "g" if s.symbol.prefix == "m" else "g²"
    beta = {"alpha": "α", "beta1": "β₁", "beta2": "β₂"}[_keep(s)]
    yield f"{beta}·{s.symbol.prefix} + {what}: the 1 − {beta} left out", keep * k.before + g
    yield f"{beta} and 1 − {beta} exchanged", new * k.before + keep * g
    yield f"nothing kept: {what} in the place of its running mean", g
    if s.symbol.prefix == "v":
        yield "g in the place of g²", keep * k.before + new * k.g
        yield "|g| in the place of g²", keep * k.before + new * np.abs(k.g)
        theta = k.g - k.bare
        if theta.any():
            yield "decay in m but not in v", keep * k.before + new * k.bare**2


def _of_buffer(s: Setting) -> Tries:
    """A buffer that keeps nothing of the one before."""
    kept = _kept(s)
    if kept is not None and s.has("dampening"):
        told = "the momentum forgotten, or begun anew: the gradient in the place of its buffer"
        mu = s.number("momentum") if s.options.get("nesterov") else 0.0
        new = kept.theta - s.number("lr") * (kept.g + mu * kept.g)
        yield told, {s.symbol: kept.g, s.parameter: new.astype(s.ours.dtype)}.get


def _rate_inside(s: Setting, k: Kept) -> Formulas:
    mu, lr = s.number("momentum"), s.number("lr")
    told = "the learning rate inside the momentum: μ·buf + η·g, where PyTorch's is outside"
    yield told, mu * k.before + lr * k.g
    yield f"{told}, with its sign", mu * k.before - lr * k.g


def _averaged(s: Setting, k: Kept) -> Formulas:
    mu = s.number("momentum")
    told = "momentum as a mean: μ·buf + (1 − μ)·g, where the run adds g whole"
    yield told, mu * k.before + (1 - mu) * k.g


def _summed(s: Setting, k: Kept) -> Formulas:
    if "1-momentum" in s.scene.trace.scalars:
        told = "momentum as a sum: μ·buf + g, where the run adds (1 − μ)·g"
        yield told, s.number("momentum") * k.before + k.g


def _square_sum(_s: Setting, k: Kept) -> Formulas:
    """Adagrad's sum."""
    yield "the sum not kept: g² in its place", k.g**2
    yield "g in the place of g²", k.before + k.g


def _bare(s: Setting, k: Kept) -> Tries:
    """A decay taken off the parameter and not added to the gradient, by an optimizer that has no
    such form; the new parameter tells it from a decay that is left out.
    """
    if not s.has("dampening") or not s.number("weight_decay"):
        return
    mu, lr, decay = s.number("momentum"), s.number("lr"), s.number("weight_decay")
    buffer = mu * k.before + k.bare if s.t > 1 or not s.number("dampening") else k.bare
    direction = k.bare + mu * buffer if s.options.get("nesterov") else buffer
    for told, left in (
        (DECOUPLED, lr * decay),
        ("weight decay taken off the parameter without η", decay),
    ):
        new = k.theta * (1 - left) - lr * direction
        found = {s.symbol: buffer, s.parameter: new}
        yield told, found.get


def _decoupled(s: Setting) -> Tries:
    kept = _kept(s)
    if kept is not None:
        yield from _bare(s, kept)


ROWS = (
    Alternative(key="running-mean", kinds=("m", "v"), tries=_formulas(_of_mean), rank=0),
    Alternative(key="rate-inside", kinds=("buf",), tries=_formulas(_rate_inside), rank=0),
    Alternative(key="momentum", kinds=("buf",), tries=_formulas(_averaged), rank=0),
    Alternative(key="momentum-sum", kinds=("buf",), tries=_formulas(_summed), rank=0),
    Alternative(key="no-momentum", kinds=("buf",), tries=_of_buffer, rank=0),
    Alternative(key="running-sum", kinds=("sum",), tries=_formulas(_square_sum), rank=1),
    Alternative(key="coupled", kinds=("buf",), tries=_decoupled, rank=0),
)
