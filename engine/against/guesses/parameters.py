"""Where the new parameter is computed in a way that no optimizer of the table has."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engine.against.guesses.row import Alternative, Tries, only
from engine.against.guesses.setting import Setting
from engine.catalog.symbols import PARAMETERS, Symbol
from engine.spec.run import Array

Formulas = Iterator[tuple[str, Array]]


class Update:
    """What a new parameter is made of. `origin` is where the step begins: the parameter, or what
    decay has left of it.
    """

    def __init__(self, s: Setting, old: Array, gradient: Array) -> None:
        self.s, self.old, self.g = s, old, gradient
        self.lr, self.eps = s.number("lr"), s.number("eps")
        decayed = s.now(s.parameter.under("decay"))
        self.origin = old if decayed is None else decayed

    def slot(self, prefix: str) -> Array | None:
        """What the optimizer keeps, as the update left it."""
        return self.s.now(self.s.parameter.under(prefix))

    def before(self, prefix: str) -> Array | None:
        """The same before the update."""
        return self.s.old(self.s.parameter.under(prefix))


def _formulas(make: Callable[[Update], Formulas]) -> Callable[[Setting], Tries]:
    def tries(s: Setting) -> Tries:
        old, gradient = s.old(s.parameter), s.gradient
        if s.scene.step is None or old is None or gradient is None:
            return
        for told, found in make(Update(s, old, gradient)):
            yield told, only(s.symbol, found.astype(s.ours.dtype))

    return tries


class Moments:
    """Adam's moments, and by what their corrections divide them."""

    def __init__(self, u: Update, m: Array, v: Array) -> None:
        self.m, self.v = m, v
        self.first = u.s.number("correction1") or 1.0
        self.second = u.s.number("correction2") or 1.0

    @classmethod
    def of(cls, u: Update) -> Moments | None:
        """Those of an update; None where it has none."""
        m, v = u.slot("m"), u.slot("v")
        largest = u.slot("vmax")
        v = v if largest is None else largest
        if m is None or v is None or u.slot("mhat") is None:
            return None
        return cls(u, m, v)

    def step(self, u: Update, root: Array, first: bool = True) -> Array:
        """The new parameter by what the first moment is divided by."""
        m = self.m / self.first if first else self.m
        return np.asarray(u.origin - u.lr * m / root)


def _adam(make: Callable[[Update, Moments], Formulas]) -> Callable[[Setting], Tries]:
    def formulas(u: Update) -> Formulas:
        moments = Moments.of(u)
        if moments is not None:
            yield from make(u, moments)

    return _formulas(formulas)


def _inside(u: Update, m: Moments) -> Formulas:
    vhat = m.v / m.second
    yield "ε inside the root: √(v̂ + ε), where it is √v̂ + ε", m.step(u, np.sqrt(vhat + u.eps))
    yield "ε² inside the root: √(v̂ + ε²)", m.step(u, np.sqrt(vhat + u.eps**2))


def _before(u: Update, m: Moments) -> Formulas:
    told = "ε added before the bias correction: (√v + ε)/√(1 − β₂ᵗ)"
    yield told, m.step(u, (np.sqrt(m.v) + u.eps) / np.sqrt(m.second))
    yield "ε left out", m.step(u, np.sqrt(m.v / m.second))


def _correction(u: Update, m: Moments) -> Formulas:
    whole, bare = np.sqrt(m.v / m.second) + u.eps, np.sqrt(m.v) + u.eps
    yield "no bias correction", m.step(u, bare, first=False)
    yield "the bias correction of v left out", m.step(u, bare)
    yield "the bias correction of m left out", m.step(u, whole, first=False)
    told = "the correction of v not under the root"
    yield told, m.step(u, np.sqrt(m.v) / m.second + u.eps)


def _root(u: Update, m: Moments) -> Formulas:
    yield "the root left out: divided by v̂ + ε", m.step(u, m.v / m.second + u.eps)
    yield "not divided by the root of v̂", m.step(u, np.ones_like(m.v))
    told = "g in the place of m̂"
    yield told, np.asarray(u.origin - u.lr * u.g / (np.sqrt(m.v / m.second) + u.eps))
    told = "m and v from before this iteration"
    old_m, old_v = u.before("m"), u.before("v")
    if old_m is not None and old_v is not None:
        root = np.sqrt(old_v / m.second) + u.eps
        yield told, np.asarray(u.origin - u.lr * old_m / m.first / root)


def _rooted(u: Update) -> Formulas:
    """What RMSprop and Adagrad divide by."""
    squares = u.slot("sum")
    squares = u.slot("v") if squares is None else squares
    other = any(u.slot(name) is not None for name in ("m", "buf", "avg"))
    if squares is None or other or u.s.number("lr_decay"):
        return
    step = u.lr * (u.g + u.s.number("weight_decay") * u.old)
    yield "ε inside the root", u.old - step / np.sqrt(squares + u.eps)
    yield "ε left out", u.old - step / np.sqrt(squares)
    yield "the root left out", u.old - step / (squares + u.eps)
    yield "not divided by the root", u.old - step


def _kept(s: Setting) -> Tries:
    """A parameter that stays as it was."""
    old = s.old(s.parameter)
    if s.scene.step is not None:
        name = s.parameter.written
        told = f"{name} is not updated: the optimizer does not have it, or no gradient reaches it"
        yield told, only(s.symbol, old)


def _sign(u: Update) -> Formulas:
    yield "the sign turned: the step is added, not taken off", 2 * u.origin - u.s.ours


def _decay(u: Update) -> Formulas:
    decay = u.s.number("weight_decay")
    if not decay:
        return
    if not u.s.couples:
        step = u.origin - u.s.ours
        yield "weight decay without η", u.old * (1 - decay) - step
        yield (
            "weight decay after the step, of the new parameter",
            (u.old - step) * (1 - u.lr * decay),
        )
    elif u.s.rule_reads("theta") == {"theta", "lr", "gwd"}:
        told = "weight decay without η"
        yield told, u.old * (1 - decay) - u.lr * u.g


def _nesterov(u: Update) -> Formulas:
    """Other forms of a look ahead."""
    buffer = u.slot("buf")
    if buffer is None or not u.s.has("dampening"):
        return
    mu, decay = u.s.number("momentum"), u.s.number("weight_decay")
    g = u.g + decay * u.old
    told = "Nesterov's form: buf + μ·buf, where it is g + μ·buf"
    yield told, u.old - u.lr * (buffer + mu * buffer)
    yield "Nesterov's form: μ·buf alone, without the gradient", u.old - u.lr * mu * buffer
    yield "Nesterov's form: μ·buf taken twice", u.old - u.lr * (g + 2 * mu * buffer)


def _plain(u: Update) -> Formulas:
    yield "plain descent: η·g taken off", u.old - u.lr * u.g
    yield "the step taken twice", u.origin - 2 * (u.origin - u.s.ours)


def _single(s: Setting) -> Tries:
    """A learning rate, or a step, that has been through float32."""
    old = s.old(s.parameter)
    if s.scene.step is None or old is None or old.dtype != np.float64:
        return
    yield (
        "the new parameter has been through float32",
        only(s.symbol, s.ours.astype(np.float32).astype(np.float64)),
    )
    spec = s.optimized(lr=float(np.float32(s.number("lr"))))
    trace = s.under(spec)
    if trace is not None:
        told = "the learning rate as float32 has it"
        yield told, only(Symbol(s.symbol), trace.value(s.symbol, len(trace.steps)))


ROWS = (
    Alternative(key="eps-inside", kinds=PARAMETERS, tries=_adam(_inside), rank=0),
    Alternative(key="eps-before", kinds=PARAMETERS, tries=_adam(_before), rank=0),
    Alternative(key="correction", kinds=PARAMETERS, tries=_adam(_correction), rank=0),
    Alternative(key="root", kinds=PARAMETERS, tries=_adam(_root), rank=1),
    Alternative(key="eps-inside", kinds=PARAMETERS, tries=_formulas(_rooted), rank=0),
    Alternative(key="not-updated", kinds=PARAMETERS, tries=_kept, rank=-1),
    Alternative(key="sign", kinds=PARAMETERS, tries=_formulas(_sign), rank=1),
    Alternative(key="decay", kinds=PARAMETERS, tries=_formulas(_decay), rank=1),
    Alternative(key="nesterov", kinds=PARAMETERS, tries=_formulas(_nesterov), rank=1),
    Alternative(key="float32", kinds=PARAMETERS, tries=_single, rank=1),
    Alternative(key="plain", kinds=PARAMETERS, tries=_formulas(_plain), rank=2),
)
