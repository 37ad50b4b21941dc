"""Symbols: the names of all arrays of an iteration, and what each of them names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from engine.catalog.optimizers import FORMS
from engine.formula.expr import Index


class Kind(NamedTuple):
    """A row of the table. `key` is how its symbols begin, or all of it where they have no layer;
    `forms` are the mathematical one and others that people write; `batchwise` says whether the
    first axis counts the samples of the mini-batch; `of` is the kind of the parameters that it is,
    or is the gradient of, "" for all else.
    """

    key: str
    forms: tuple[str, ...]
    batchwise: bool = True
    of: str = ""


class Learned(NamedTuple):
    """A kind of parameters, with `key` and `forms` as a Kind has them; `layered` says that layers
    have them. The key of their gradients has a d before: dW.
    """

    key: str
    forms: tuple[str, ...]
    layered: bool = True

    def kinds(self) -> dict[str, Kind]:
        """The kind of these parameters and that of their gradients, by key."""
        gradient = f"d{self.key}"
        forms = (f"∂L/∂{self.forms[0]}", f"dL/d{self.key}", gradient)
        return {
            self.key: Kind(self.key, self.forms, batchwise=False, of=self.key),
            gradient: Kind(gradient, forms, batchwise=False, of=self.key),
        }


_LEARNED = (
    Learned("W", ("W",)),
    Learned("b", ("b",)),
    Learned("alpha", ("α", "alpha")),
    Learned("theta", ("θ",), layered=False),
)
PARAMETERS = tuple(row.key for row in _LEARNED)
"""The kinds of parameters, in the order in which a layer has them."""
OF_LAYERS = tuple(row.key for row in _LEARNED if row.layered)
"""Those that layers have."""
GRADIENTS = tuple(f"d{key}" for key in PARAMETERS)
"""The kinds of their gradients."""
_LAYERED = {
    kind.key: kind
    for kind in (
        Kind("z", ("z",)),
        Kind("a", ("a",)),
        Kind("delta", ("δ", "delta")),
        Kind("da", ("∂L/∂a", "dL/da", "da")),
        Kind("fprime", ("f′", "f'", "fprime")),
        Kind("jac", ("J", "jac")),
        Kind("ridge", ("λ₂", "l2"), batchwise=False),
        Kind("lasso", ("λ₁", "l1"), batchwise=False),
    )
}
_SINGLE = {
    kind.key: kind
    for kind in (
        Kind("x", ("x",)),
        Kind("y", ("y",)),
        Kind("yhat", ("ŷ", "y\u0302")),
        Kind("dyhat", ("∂L/∂ŷ", "∂L/∂y\u0302", "dL/dyhat")),
        Kind("lossn", ("Lₙ", "L_n")),
        Kind("wn", ("wₙ", "w_n")),
        Kind("N", ("N",), batchwise=False),
        Kind("loss", ("L",), batchwise=False),
        Kind("dataloss", ("E",), batchwise=False),
        Kind("penalty", ("R",), batchwise=False),
        Kind("ridge", ("λ₂", "l2"), batchwise=False),
        Kind("lasso", ("λ₁", "l1"), batchwise=False),
        Kind("gnorm", ("‖∂L/∂θ‖", "||dL/dtheta||"), batchwise=False),
        Kind("grad", ("∂L/∂θ", "dL/dtheta"), batchwise=False),
        Kind("g", ("g",), batchwise=False),
        Kind("terms", ("T",), batchwise=False),
    )
}
for _row in _LEARNED:
    (_LAYERED if _row.layered else _SINGLE).update(_row.kinds())
DATA = ("x", "y")
"""The symbols of the inputs and the targets."""
GIVEN = (*DATA, "N", "wn", "g")
"""Those, what a mean divides by, the weights of the samples, and gradients that are given: known
before the first step.
"""
_NAMED = re.compile(r"([A-Za-z]+?)([0-9]+)")


class Symbol(str):
    """The name of an array: its key, such as "dW2" or "mhat.W1", which is how files and code
    write it, and what that says. What no table knows, such as an option's name, is written as it
    is. There is one Symbol for a key.

    A scalar of a group of parameters ends with the group's number: lr#1.

    `layer` is None for what belongs to no layer. `prefix` is that of an optimizer's vectors and
    of clipped gradients, "mhat", else "". `written` is the mathematical form, ∂L/∂W[2] or
    mˆ(W[1]).
    """

    __slots__ = ("kind", "layer", "prefix", "written")

    kind: Kind
    layer: int | None
    prefix: str
    written: str

    def __new__(cls, key: str) -> Symbol:
        """The symbol of a key."""
        return _made(key)

    @property
    def batchwise(self) -> bool:
        """Whether the first axis of the array counts the samples of the mini-batch."""
        return self.kind.batchwise

    @property
    def family(self) -> str:
        """What it is one of, as tables name it: m for m.W1, dW for dW1, lr for lr#1."""
        return self.prefix or self.kind.key.partition("#")[0]

    @property
    def in_layer(self) -> int:
        """The number of its layer; 0 for what belongs to none."""
        return self.layer or 0

    @property
    def is_parameter(self) -> bool:
        """Whether it is a parameter, such as a weight matrix or a bias vector."""
        return bool(self.kind.of) and self.kind.key == self.kind.of and not self.prefix

    @property
    def is_gradient(self) -> bool:
        """Whether it is the gradient of a parameter, before any clipping."""
        return self.kind.key != self.kind.of != ""

    @property
    def parameter(self) -> Symbol | None:
        """The parameter that it is, is the gradient of or is kept for: W2 for dW2 and m.W2; None
        for what belongs to no parameter.
        """
        if not self.kind.of:
            return None
        return Symbol(self.kind.of if self.layer is None else f"{self.kind.of}{self.layer}")

    @property
    def gradient(self) -> Symbol:
        """The gradient of a parameter: dW2 for W2."""
        return Symbol(f"d{self}")

    def under(self, prefix: str) -> Symbol:
        """The vector of that prefix for a parameter: m.W2 for W2."""
        return Symbol(f"{prefix}.{self}")

    def forms(self) -> Iterator[str]:
        """All ways in which people write it: its key, its form on screen, and plain forms of
        that. For dW2: dW2, ∂L/∂W[2], ∂L/∂W2, dL/dW[2], dL/dW2, dW[2].
        """
        yield str(self)
        if self.prefix:
            inner = Symbol(self.partition(".")[2])
            form = FORMS.get(self.prefix, self.prefix)
            for before in dict.fromkeys((self.prefix, form, form.replace("ˆ", "\u0302"))):
                for written in inner.forms():
                    yield f"{before}({written})"
                    yield f"{before}.{written}"
        elif self.layer is None:
            yield from self.kind.forms
        else:
            for form in self.kind.forms:
                yield f"{form}[{self.layer}]"
                yield f"{form}{self.layer}"


def indexed(name: str, index: Index) -> str:
    """The name of an element in files and conditions, counted from 1: W1[1,2]; of a scalar its own
    name.
    """
    return f"{name}[{','.join(str(i + 1) for i in index)}]" if index else name


@lru_cache(maxsize=4096)
def _made(key: str) -> Symbol:
    made = str.__new__(Symbol, key)
    made.prefix, dot, rest = key.partition(".") if "." in key else ("", "", key)
    match = _NAMED.fullmatch(rest)
    if match and match[1] in _LAYERED:
        made.kind, made.layer = _LAYERED[match[1]], int(match[2])
        written = f"{made.kind.forms[0]}[{made.layer}]"
    else:
        name, mark, group = rest.partition("#")
        known = _SINGLE.get(name)
        form = f"{known.forms[0] if known else FORMS.get(name, name)}{mark}{group}"
        made.kind = _SINGLE.get(rest) or Kind(rest, (form,), batchwise=False)
        made.layer, written = None, made.kind.forms[0]
    made.written = f"{FORMS.get(made.prefix, made.prefix)}({written})" if dot else written
    return made
