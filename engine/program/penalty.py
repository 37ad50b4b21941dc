"""Penalties on the parameters: a term of the loss, and of the gradient of each that it is on.

An L2 penalty is λ₂/2·Σ w², or λ₂·Σ w² where the run says so, and an L1 penalty is λ₁·Σ |w|, whose
slope is taken as 0 at 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from engine.catalog.norms import MOST_TERMS
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr, Index
from engine.program.parameters import weights
from engine.program.step import Read
from engine.spec.run import RunSpec

L2, L1 = "ridge", "lasso"
"""The symbols of λ₂ and λ₁; where layers have their own, with the number of the layer."""
PENALTY = Symbol("penalty")
MOST_NAMED = 3
"""So many terms of a sum are named in a formula; of more, the first and the last."""
SQUARES, SIZES = "squares", "sizes"
"""Prefixes of the sum of the squares and of the sizes of an array of very many numbers."""


class Penalised(NamedTuple):
    """A parameter with a penalty: how much, and the symbols of that; the L2 penalty is divided by
    `share`, and both by so many `samples`.
    """

    name: Symbol
    l2: float
    l1: float
    l2_symbol: Symbol
    l1_symbol: Symbol
    share: int
    samples: int

    # -- in the loss ---------------------------------------------------------------------------

    @property
    def scales(self) -> list[tuple[str, Symbol, float, int]]:
        """Of each penalty what it adds up, its λ, and what it is divided by."""
        found = []
        if self.l2:
            found.append((SQUARES, self.l2_symbol, self.l2, self.share * self.samples))
        if self.l1:
            found.append((SIZES, self.l1_symbol, self.l1, self.samples))
        return found

    def value(self, array: Array) -> Expr:
        """The arithmetic of its part of the penalty."""
        return ex.add(
            *(
                ex.mul(_scale(symbol, weight, divisor), _total(self.name, array, kind))
                for kind, symbol, weight, divisor in self.scales
            )
        )

    # -- in the gradient -----------------------------------------------------------------------

    def emit(self, emit: Emit, theta: Array, grad: Array) -> None:
        """Add the slope of the penalty to a gradient."""
        term = emit.temporary(theta.shape)
        if self.l2:
            slope = 2 / self.share * self.l2 / self.samples
            emit(np.multiply, theta, emit.const(slope), term)
            emit(np.add, grad, term, grad)
        if self.l1:
            emit(np.sign, theta, term)
            emit(np.multiply, term, emit.const(self.l1 / self.samples), term)
            emit(np.add, grad, term, grad)

    @property
    def slope(self) -> str:
        """What it adds to the formula of the gradient."""
        written = ""
        if self.l2:
            twice = "2·" if self.share == 1 else ""
            written += f" + {twice}{{{self.l2_symbol}}}{self._by}·{{{self.name}}}"
        if self.l1:
            written += f" + {{{self.l1_symbol}}}{self._by}·sign({{{self.name}}})"
        return written

    @property
    def _by(self) -> str:
        return f"/{self.samples}" if self.samples > 1 else ""

    def slope_terms(self, read: Read, index: Index) -> list[Expr]:
        """The arithmetic of the same for one element."""
        theta = ex.num(float(read(self.name)[index]), self.name, index)
        found = []
        if self.l2:
            weight = _scale(self.l2_symbol, self.l2, self.samples)
            found.append(ex.mul(*([ex.num(2)] if self.share == 1 else []), weight, theta))
        if self.l1:
            weight = _scale(self.l1_symbol, self.l1, self.samples)
            found.append(ex.mul(weight, ex.fn("sign", theta)))
        return found


def penalised(spec: RunSpec, samples: int = 1) -> tuple[Penalised, ...]:
    """The parameters of a run that have a penalty, in mini-batches of so many samples."""
    given = spec.penalty
    if given is None:
        return ()
    own = any(layer.l2 is not None or layer.l1 is not None for layer in spec.layers)
    found = []
    for name in weights(spec):
        assert name.layer is not None
        l2, l1 = given.of(spec.layers[name.layer - 1])
        if (l2 or l1) and (given.biases or name.kind.key == "W"):
            key = str(name.layer) if own else ""
            symbols = Symbol(f"{L2}{key}"), Symbol(f"{L1}{key}")
            by = samples if given.per_sample else 1
            found.append(Penalised(name, l2, l1, *symbols, 2 if given.half else 1, by))
    return tuple(found)


def penalty_of(spec: RunSpec, name: Symbol, samples: int = 1) -> Penalised | None:
    """The penalty on a parameter; None where it has none."""
    if spec.penalty is None:
        return None
    return next((each for each in penalised(spec, samples) if each.name == name), None)


def penalty_scalars(spec: RunSpec) -> dict[str, float]:
    """The λ of all penalties, by their symbols."""
    return {symbol: weight for each in penalised(spec) for _, symbol, weight, _ in each.scales}


def _scale(symbol: Symbol, weight: float, divisor: int) -> Expr:
    lam = ex.num(weight, symbol)
    return lam if divisor == 1 else ex.div(lam, ex.num(divisor))


def _total(name: Symbol, array: Array, kind: str) -> Expr:
    """The sum of the squares or sizes of an array, as one number where they are very many."""
    if array.size > MOST_TERMS:
        return ex.num(total(kind, array), name.under(kind))
    return ex.add(*terms_of(kind, name, array))


def total(kind: str, array: Array) -> float:
    """The sum of the squares or of the sizes of all numbers of an array."""
    flat = array.astype(np.float64).reshape(-1)
    with np.errstate(all="ignore"):
        return float(np.dot(flat, flat) if kind == SQUARES else np.abs(flat).sum())


def terms_of(kind: str, name: str, array: Array) -> list[Expr]:
    """The terms of such a sum."""
    operands = (ex.num(float(array[at]), name, at) for at in np.ndindex(array.shape))
    if kind == SQUARES:
        return [ex.power(each, 2) for each in operands]
    return [ex.fn("abs", each) for each in operands]


# -- all of them together --------------------------------------------------------------------------


def emit_penalty(emit: Emit, parts: Iterable[tuple[Penalised, Array]], out: Array) -> None:
    """Write the penalties on all these parameters, added up, to `out` ()."""
    written = False
    for each, theta in parts:
        flat = theta.reshape(-1)
        for kind, _, weight, divisor in each.scales:
            found = emit.scratch(()) if written else out
            if kind == SQUARES:
                emit(np.dot, flat, flat, found)
            else:
                sizes = emit.temporary(flat.shape)
                emit(np.abs, flat, sizes)
                emit(np.dot, emit.ones(flat.size), sizes, found)
            emit(np.multiply, found, emit.const(weight / divisor), found)
            if written:
                emit(np.add, out, found, out)
            written = True


def penalty_formula(parts: Iterable[Penalised]) -> str:
    """The formula of R: what has one λ together."""
    sums: dict[str, list[str]] = {}
    for each in parts:
        for kind, symbol, _, divisor in each.scales:
            written = f"{{{symbol}}}"
            if divisor > 1:
                written += f"/{_divisor(each, kind)}"
            term = f"Σ {{{each.name}}}²" if kind == SQUARES else f"Σ |{{{each.name}}}|"
            sums.setdefault(written, []).append(term)
    return _added(
        [
            f"{scale} · {terms[0] if len(terms) == 1 else '(' + _added(terms) + ')'}"
            for scale, terms in sums.items()
        ]
    )


def _added(terms: list[str]) -> str:
    """A sum, of many terms the first and the last."""
    few = terms if len(terms) <= MOST_NAMED else [terms[0], "…", terms[-1]]
    return " + ".join(few)


def _divisor(each: Penalised, kind: str) -> str:
    """What a λ is divided by, as it is written."""
    if kind == SQUARES and each.share == 2 and each.samples > 1:
        return f"(2·{each.samples})"
    return str(each.share if kind == SQUARES and each.samples == 1 else each.samples)
