"""Sheets with planted mistakes, worked out by NumPy alone: what grading is tried on.

Nothing here comes from the engine: the right rules and the wrong ones are written a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Rule = Callable[["Work", int], Array]


@dataclass(frozen=True)
class Net:
    """A network with its data and how it is trained."""

    sizes: tuple[int, ...]
    hidden: str
    output: str
    loss: str
    x: Array
    y: Array
    W: tuple[Array, ...]
    b: tuple[Array, ...]
    lr: float
    adam: bool

    @property
    def toml(self) -> str:
        """Its run file."""
        layers = "".join(
            f'[[layers]]\nunits = {len(W)}\nactivation = "{name}"\n'
            f"W = {W.tolist()}\nb = {b.tolist()}\n"
            for W, b, name in zip(self.W, self.b, [self.hidden, self.output], strict=True)
        )
        optimizer = "adam" if self.adam else "sgd"
        reduction = "" if self.loss == "half_squared_error" else 'reduction = "mean"\n'
        return (
            f"[data]\nx = {self.x.tolist()}\ny = {self.y.tolist()}\n{layers}"
            f'[loss]\nname = "{self.loss}"\n{reduction}'
            f'[optimizer]\nname = "{optimizer}"\nlr = {self.lr}\n'
        )


def net(seed: int, kind: str = "2-2-2", adam: bool = False) -> Net:
    """A random network with numbers of one or two digits, as exercises have them."""
    g = np.random.default_rng(seed)

    def few(*shape: int) -> Array:
        return np.round(g.uniform(-0.9, 0.9, shape), 1) + 0.05 * g.integers(0, 2, shape)

    sizes = {"2-2-2": (2, 2, 2), "3-4-2": (3, 4, 2), "sigmoid": (2, 2, 2)}[kind]
    samples = 2 if kind != "sigmoid" else 1
    classes = g.integers(0, 2, samples)
    if kind == "sigmoid":
        y = np.round(g.uniform(0.05, 0.95, (samples, 2)), 2)
    else:
        y = np.eye(2)[classes]
    return Net(
        sizes,
        "sigmoid" if kind == "sigmoid" else "tanh",
        "sigmoid" if kind == "sigmoid" else "softmax",
        "half_squared_error" if kind == "sigmoid" else "cross_entropy",
        np.round(g.uniform(-2, 2, (samples, sizes[0])), 1) + 0.3,
        y,
        (few(sizes[1], sizes[0]), few(sizes[2], sizes[1])),
        (few(sizes[1]), few(sizes[2])),
        float(g.choice([0.1, 0.2, 0.5])),
        adam,
    )


@dataclass
class Work:
    """What has been worked out so far, each number rounded as it was written."""

    net: Net
    written: Callable[[Array], Array]
    wrong: dict[tuple[int, str], Rule]
    t: int = 1
    env: dict[str, Array] = field(default_factory=dict)
    last: dict[str, Array] = field(default_factory=dict)
    sheet: list[tuple[int, str, Array]] = field(default_factory=list)

    def __getitem__(self, name: str) -> Array:
        return self.env[name]

    @property
    def n(self) -> int:
        return len(self.net.x)

    @property
    def share(self) -> float:
        return 1.0 if self.net.loss == "half_squared_error" and self.n == 1 else 1 / self.n

    def out(self, layer: int) -> Array:
        return self.net.x if layer == 0 else self.env["yhat" if layer == 2 else f"a{layer}"]

    def put(self, name: str, rule: Rule, layer: int = 0) -> None:
        """Work a symbol out, by the planted rule where there is one, and write it down."""
        used = self.wrong.get((self.t, name), rule)
        with np.errstate(all="ignore"):
            value = self.written(np.asarray(used(self, layer), float))
        self.env[name] = value
        self.sheet.append((self.t, name, value))


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def softmax(z: Array) -> Array:
    e = np.exp(z)
    return np.asarray(e / e.sum(1, keepdims=True))


def run(n: Net, wrong: dict[tuple[int, str], Rule], written: Callable[[Array], Array]) -> Work:
    """Two iterations."""
    w = Work(n, written, wrong)
    for i in (1, 2):
        w.env[f"W{i}"], w.env[f"b{i}"] = n.W[i - 1].copy(), n.b[i - 1].copy()
        for p in (f"W{i}", f"b{i}"):
            w.env[f"m.{p}"] = w.env[f"v.{p}"] = np.zeros_like(w.env[p])
    for t in (1, 2):
        w.t = t
        for p in ("W1", "b1", "W2", "b2"):
            w.env[f"old.{p}"] = w.env[p]
        _iteration(w)
        w.last = dict(w.env)
    return w


def _iteration(w: Work) -> None:
    n = w.net
    soft = n.output == "softmax"
    w.put("z1", lambda w, i: n.x @ w["W1"].T + w["b1"])
    w.put("a1", lambda w, i: np.tanh(w["z1"]) if n.hidden == "tanh" else sigmoid(w["z1"]))
    w.put("z2", lambda w, i: w["a1"] @ w["W2"].T + w["b2"])
    w.put("yhat", lambda w, i: softmax(w["z2"]) if soft else sigmoid(w["z2"]))
    if soft:
        w.put("lossn", lambda w, i: -(n.y * np.log(w["yhat"])).sum(1))
        w.put("loss", lambda w, i: w["lossn"].mean())
        w.put("delta2", lambda w, i: (w["yhat"] - n.y) / w.n)
    else:
        w.put("loss", lambda w, i: ((w["yhat"] - n.y) ** 2).sum() / 2)
        w.put("dyhat", lambda w, i: w["yhat"] - n.y)
        w.put("fprime2", lambda w, i: w["yhat"] * (1 - w["yhat"]))
        w.put("delta2", lambda w, i: w["dyhat"] * w["fprime2"])
    w.put("dW2", lambda w, i: w["delta2"].T @ w["a1"])
    w.put("db2", lambda w, i: w["delta2"].sum(0))
    w.put("da1", lambda w, i: w["delta2"] @ w["W2"])
    w.put(
        "fprime1", lambda w, i: 1 - w["a1"] ** 2 if n.hidden == "tanh" else w["a1"] * (1 - w["a1"])
    )
    w.put("delta1", lambda w, i: w["da1"] * w["fprime1"])
    w.put("dW1", lambda w, i: w["delta1"].T @ n.x)
    w.put("db1", lambda w, i: w["delta1"].sum(0))
    for p in ("W2", "b2", "W1", "b1"):
        _adam_update(w, p) if n.adam else w.put(p, _descent(p))


def _descent(p: str) -> Rule:
    return lambda w, i: w[p] - w.net.lr * w[f"d{p}"]


def _adam_update(w: Work, p: str) -> None:
    m, v, g, t = f"m.{p}", f"v.{p}", f"d{p}", w.t
    w.put(m, lambda w, i: 0.9 * w[m] + 0.1 * w[g])
    w.put(v, lambda w, i: 0.999 * w[v] + 0.001 * w[g] ** 2)
    w.put(f"mhat.{p}", lambda w, i: w[m] / (1 - 0.9**t))
    w.put(f"vhat.{p}", lambda w, i: w[v] / (1 - 0.999**t))
    w.put(p, lambda w, i: w[p] - w.net.lr * w[f"mhat.{p}"] / (np.sqrt(w[f"vhat.{p}"]) + 1e-8))


# -- mistakes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planted:
    """A mistake: where it is made, the wrong rule, and the keys of the table that name it."""

    name: str
    at: tuple[int, str]
    rule: Rule
    keys: tuple[str, ...]
    adam: bool = False
    only: str = ""


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "degrees": lambda z: np.asarray(np.tanh(z * np.pi / 180)),
    "tan": np.tan,
    "sinh": np.sinh,
    "none": lambda z: z,
}


def _activated(function: Callable[[Array], Array]) -> Rule:
    return lambda w, i: function(w["z1"])


def _soft(n: Net) -> bool:
    return n.output == "softmax"


def mistakes(n: Net) -> Iterator[Planted]:
    """All mistakes that can be made on a network."""
    x, y = n.x, n.y
    P = Planted
    square = n.sizes[0] == n.sizes[1]

    def right(w: Work) -> Array:
        return np.asarray((w["yhat"] - y) / (w.n if _soft(n) else 1))

    yield P("no bias", (1, "z1"), lambda w, i: x @ w["W1"].T, ("no-bias",))
    yield P("no bias 2", (1, "z2"), lambda w, i: w["a1"] @ w["W2"].T, ("no-bias",))
    if square:
        yield P("W turned", (1, "z1"), lambda w, i: x @ w["W1"] + w["b1"], ("W-transposed",))
        yield P("x for a", (1, "z2"), lambda w, i: x @ w["W2"].T + w["b2"], ("x-for-a",))
    yield P("z for a", (1, "z2"), lambda w, i: w["z1"] @ w["W2"].T + w["b2"], ("z-for-a",))
    yield P("old parameters", (2, "z1"), lambda w, i: x @ n.W[0].T + n.b[0], ("old-parameters",))
    for key, function in FUNCTIONS.items():
        yield P(key, (1, "a1"), _activated(function), (f"activation-{key}",))
    other = ("sigmoid", sigmoid) if n.hidden == "tanh" else ("tanh", np.tanh)
    yield P(
        "other activation", (1, "a1"), lambda w, i: other[1](w["z1"]), (f"activation-{other[0]}",)
    )
    if _soft(n):
        yield P("softmax axis", (1, "yhat"), lambda w, i: softmax(w["z2"].T).T, ("softmax-axis",))
        yield P(
            "no exp",
            (1, "yhat"),
            lambda w, i: w["z2"] / w["z2"].sum(1, keepdims=True),
            ("softmax-no-exp",),
        )
        yield P("twice", (1, "yhat"), lambda w, i: softmax(softmax(w["z2"])), ("softmax-twice",))
        yield P(
            "base 10", (1, "yhat"), lambda w, i: softmax(w["z2"] * np.log(10)), ("softmax-base10",)
        )
        yield P(
            "sigmoid for softmax",
            (1, "yhat"),
            lambda w, i: sigmoid(w["z2"]),
            ("activation-sigmoid",),
        )

        def each(w: Work) -> Array:
            return np.asarray(-(y * np.log(w["yhat"])).sum(1))

        yield P("log2", (1, "lossn"), lambda w, i: each(w) / np.log(2), ("loss-log2",))
        yield P("log10", (1, "lossn"), lambda w, i: each(w) / np.log(10), ("loss-log10",))
        yield P("loss sign", (1, "lossn"), lambda w, i: -each(w), ("loss-sign", "sign"))
        yield P(
            "wrong class",
            (1, "lossn"),
            lambda w, i: -((1 - y) * np.log(w["yhat"])).sum(1),
            ("loss-class",),
        )
        yield P("sum for mean", (1, "loss"), lambda w, i: w["lossn"].sum(), ("loss-sum",))
        yield P(
            "mean over classes",
            (1, "loss"),
            lambda w, i: w["lossn"].mean() / 2,
            ("loss-mean-classes",),
        )
        yield P(
            "squared error",
            (1, "lossn"),
            lambda w, i: ((w["yhat"] - y) ** 2).sum(1),
            ("loss-squared",),
        )

        yield P(
            "1/N missing",
            (1, "delta2"),
            lambda w, i: right(w) * w.n,
            ("output-no-share", "output-double"),
        )
        yield P(
            "1/N twice",
            (1, "delta2"),
            lambda w, i: right(w) / w.n,
            ("output-share-twice", "output-half"),
        )
        yield P(
            "slope again",
            (1, "delta2"),
            lambda w, i: right(w) * w["yhat"] * (1 - w["yhat"]),
            ("output-slope-again",),
        )
        at = "delta2"
    else:
        at = "dyhat"
        yield P(
            "no half", (1, "loss"), lambda w, i: ((w["yhat"] - y) ** 2).sum(), ("loss-no-half",)
        )
    yield P("y - yhat", (1, at), lambda w, i: -right(w), ("output-sign", "sign"))
    yield P("factor 2", (1, at), lambda w, i: 2 * right(w), ("output-double", "output-no-share"))
    yield P("factor 1/2", (1, at), lambda w, i: right(w) / 2, ("output-half", "output-share-twice"))
    yield P("factor 4", (1, at), lambda w, i: 4 * right(w), ("output-quadruple",))
    yield P("dW z for a", (1, "dW2"), lambda w, i: w["delta2"].T @ w["z1"], ("gradient-z-for-a",))
    yield P(
        "dW x for a",
        (1, "dW2"),
        lambda w, i: w["delta2"].T @ x if square else w["delta2"].T @ w["z1"],
        ("gradient-x-for-a", "gradient-z-for-a"),
    )
    yield P(
        "dW turned",
        (1, "dW1" if square else "dW2"),
        (lambda w, i: x.T @ w["delta1"]) if square else (lambda w, i: w["delta2"].T @ w["a1"]),
        ("gradient-transposed",),
    )
    if n.sizes[1] == n.sizes[2]:
        yield P(
            "W not turned back",
            (1, "da1"),
            lambda w, i: w["delta2"] @ w["W2"].T,
            ("back-not-turned",),
        )
    yield P("dW for W", (1, "da1"), lambda w, i: w["delta2"] @ w["dW2"], ("back-dW-for-W",))
    yield P(
        "new W",
        (1, "da1"),
        lambda w, i: w["delta2"] @ (w["W2"] - n.lr * w["dW2"]),
        ("back-new-W",),
        only="sgd",
    )
    yield P(
        "one output",
        (1, "da1"),
        lambda w, i: w["delta2"][:, :1] @ w["W2"][:1],
        ("back-one-output",),
    )
    yield P("db zero", (1, "db1"), lambda w, i: 0 * w["b1"], ("bias-zero",))
    if w_several(n):
        yield P("db one sample", (1, "db2"), lambda w, i: w["delta2"][0], ("gradient-one-sample",))
        yield P(
            "dW 1/N again",
            (1, "dW1"),
            lambda w, i: w["delta1"].T @ x / w.n,
            ("gradient-share-again", "gradient-half"),
        )
        if not n.adam:
            yield P(
                "1/N in the update",
                (1, "W1"),
                lambda w, i: w["W1"] - n.lr * w["dW1"] / w.n,
                ("update-share-again",),
            )
    yield P("1 - z2", (1, "fprime1"), lambda w, i: 1 - w["z1"] ** 2, ("slope-one-minus-z2",))
    yield P(
        "1 - tanh2(a)",
        (1, "fprime1"),
        lambda w, i: 1 - np.tanh(w["a1"]) ** 2,
        ("slope-one-minus-tanh2-a",),
    )
    if n.hidden == "tanh":
        yield P(
            "a(1-a)", (1, "fprime1"), lambda w, i: w["a1"] * (1 - w["a1"]), ("slope-a-one-minus-a",)
        )
    else:
        yield P("1-a2", (1, "fprime1"), lambda w, i: 1 - w["a1"] ** 2, ("slope-one-minus-a2",))
    yield P("1 - a", (1, "fprime1"), lambda w, i: 1 - w["a1"], ("slope-one-minus-a",))
    yield P("slope forgotten", (1, "delta1"), lambda w, i: w["da1"], ("error-one",))
    yield P("slope added", (1, "delta1"), lambda w, i: w["da1"] + w["fprime1"], ("error-added",))
    yield P("a for slope", (1, "delta1"), lambda w, i: w["da1"] * w["a1"], ("error-a",))
    yield P(
        "accumulated",
        (2, "dW2"),
        lambda w, i: w["delta2"].T @ w["a1"] + w.last["dW2"],
        ("gradient-accumulated",),
    )
    if n.adam:
        yield from _adam(n)
        return
    lr = n.lr
    yield P("no rate", (1, "W2"), lambda w, i: w["W2"] - w["dW2"], ("update-no-rate",))
    yield P(
        "rate twice", (1, "W2"), lambda w, i: w["W2"] - lr * lr * w["dW2"], ("update-rate-twice",)
    )
    yield P("plus", (1, "W2"), lambda w, i: w["W2"] + lr * w["dW2"], ("update-plus",))
    yield P("change", (1, "W2"), lambda w, i: -lr * w["dW2"], ("update-change",))
    yield P("scaled", (1, "W2"), lambda w, i: w["W2"] * (1 - lr * w["dW2"]), ("update-scaled",))
    yield P("not updated", (1, "W2"), lambda w, i: w["W2"], ("update-kept",))


def w_several(n: Net) -> bool:
    return len(n.x) > 1


def _adam(n: Net) -> Iterator[Planted]:
    P, lr = Planted, n.lr
    yield P("m forgets", (2, "m.W2"), lambda w, i: 0.1 * w["dW2"], ("m-forgets",))
    yield P("v forgets", (2, "v.W2"), lambda w, i: 0.001 * w["dW2"] ** 2, ("v-forgets",))
    yield P("v of g", (1, "v.W2"), lambda w, i: 0.001 * w["dW2"], ("v-not-squared",))
    yield P("m uncorrected", (1, "mhat.W2"), lambda w, i: w["m.W2"], ("mhat-none", "point"))
    yield P(
        "no power", (2, "mhat.W2"), lambda w, i: w["m.W2"] / 0.1, ("mhat-no-power", "mhat-t-early")
    )
    yield P("t late", (2, "mhat.W2"), lambda w, i: w["m.W2"] / (1 - 0.9**3), ("mhat-t-late",))
    yield P(
        "corrected kept",
        (2, "m.W2"),
        lambda w, i: 0.9 * w["mhat.W2"] + 0.1 * w["dW2"],
        ("m-kept-corrected",),
    )
    yield P(
        "no root",
        (1, "W2"),
        lambda w, i: w["W2"] - lr * w["mhat.W2"] / (w["vhat.W2"] + 1e-8),
        ("update-no-root",),
    )
    yield P(
        "plain", (1, "W2"), lambda w, i: w["W2"] - lr * w["dW2"], ("update-plain", "update-no-v")
    )
    yield P(
        "plus",
        (1, "W2"),
        lambda w, i: w["W2"] + lr * w["mhat.W2"] / (np.sqrt(w["vhat.W2"]) + 1e-8),
        ("update-plus",),
    )


# -- rounding ------------------------------------------------------------------------------------


def decimals(places: int) -> Callable[[Array], Array]:
    return lambda a: np.asarray(np.round(a, places) + 0.0)


def figures(digits: int) -> Callable[[Array], Array]:
    def rounded(a: Array) -> Array:
        return np.asarray(np.vectorize(lambda v: float(f"{v:.{digits}g}"), otypes=[float])(a))

    return rounded


ROUNDINGS: dict[str, tuple[Callable[[Array], Array], Callable[[float], str]]] = {
    "4 decimals": (decimals(4), lambda v: f"{v:.4f}"),
    "2 decimals": (decimals(2), lambda v: f"{v:.2f}"),
    "4 figures": (figures(4), lambda v: f"{v:#.4g}"),
    "3 figures": (figures(3), lambda v: f"{v:#.3g}"),
}


def text(work: Work, show: Callable[[float], str]) -> str:
    """The sheet as somebody types it."""
    lines = []
    t = 0
    for at, name, value in work.sheet:
        if at != t:
            t = at
            lines.append(f"Iteration {t}")
        rows: Any = np.atleast_1d(value).tolist()
        if value.ndim == 2:
            written = "[" + ", ".join("[" + ", ".join(map(show, r)) + "]" for r in rows) + "]"
        else:
            written = ", ".join(map(show, rows))
        new = "new " if name in ("W1", "W2", "b1", "b2") else ""
        lines.append(f"{new}{name} = {written}")
    return "\n".join(lines)
