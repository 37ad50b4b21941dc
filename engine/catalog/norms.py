"""The p-norm of many numbers, (Σ |x|^p)^(1/p): how it is computed, written and worked out.

Where p is infinite it is the largest |x|.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from engine.catalog.row import digits
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr, Index

MOST_TERMS = 1000
"""The norm of more numbers than this is expanded by array."""
MOST_NAMED = 4
"""So many arrays are named in a formula; of more, the first two and the last."""


def emit_norm(emit: Emit, parts: Sequence[Array], norm: Array, p: float) -> None:
    """Emit the calls that write the p-norm of all numbers in vectors to `norm` ()."""
    first = True
    for part in parts:
        found = norm if first else emit.scratch(())
        if p == 2:
            emit(np.dot, part, part, found)
        elif p == math.inf:
            emit(np.maximum.reduce, _sizes(emit, part), 0, None, found)
        else:
            sizes = _sizes(emit, part)
            if p != 1:
                emit(np.power, sizes, emit.const(p), sizes)
            emit(np.dot, emit.ones(part.size), sizes, found)
        if not first:
            emit(np.maximum if p == math.inf else np.add, norm, found, norm)
        first = False
    if p == 2:
        emit(np.sqrt, norm, norm)
    elif p not in (1, math.inf):
        emit(np.power, norm, emit.const(1 / p), norm)


def _sizes(emit: Emit, part: Array) -> Array:
    sizes = emit.temporary(part.shape)
    emit(np.abs, part, sizes)
    return sizes


def norm_formula(names: Iterable[str], p: float) -> str:
    """The formula of the p-norm of all numbers in arrays of these names."""
    sign = {1: "Σ |{}|", 2: "Σ {}²", math.inf: "max |{}|"}.get(p, f"Σ |{{}}|^{digits(p)}")
    terms = [sign.format(f"{{{name}}}") for name in names]
    if len(terms) > MOST_NAMED:
        terms = [*terms[:2], "…", terms[-1]]
    if p == math.inf:
        return f"max({', '.join(terms)})" if len(terms) > 1 else terms[0]
    added = " + ".join(terms)
    if p == 1:
        return added
    return f"√({added})" if p == 2 else f"({added})^(1/{digits(p)})"


def norm_value(arrays: Mapping[str, Array], p: float) -> Expr:
    """The arithmetic of the p-norm of all numbers in arrays, by their names: of a norm that is a
    maximum, of the largest number in each; of a root of very many squares, of the arrays' norms.
    """
    if p == math.inf:
        largest = (_size(name, array, _largest(array)) for name, array in arrays.items())
        return _most(*largest)
    if p == 2 and sum(array.size for array in arrays.values()) > MOST_TERMS:
        norms = (
            ex.num(float(np.linalg.norm(array)), f"norm.{name}") for name, array in arrays.items()
        )
        return ex.fn("sqrt", ex.add(*(ex.power(norm, 2) for norm in norms)))
    places = [(name, a, place) for name, a in arrays.items() for place in np.ndindex(a.shape)]
    if p == 2:
        squares = (ex.power(ex.num(float(a[at]), name, at), 2) for name, a, at in places)
        return ex.fn("sqrt", ex.add(*squares))
    sizes = (_size(name, a, at) for name, a, at in places)
    if p == 1:
        return ex.add(*sizes)
    total = ex.add(*(ex.power(size, p) for size in sizes))
    root = ex.div(ex.num(1), ex.num(p))
    return Expr("pow", (total, root), ex.apply("pow", (total.value, root.value)))


def _most(*sizes: Expr) -> Expr:
    return ex.fn("max", *sizes) if len(sizes) > 1 else sizes[0]


def _size(name: str, array: Array, at: Index) -> Expr:
    return ex.fn("abs", ex.num(float(array[at]), name, at))


def _largest(array: Array) -> Index:
    """Where the largest |x| is, or the first number that is none."""
    place = int(np.argmax(np.abs(array)))  # nan counts as the largest
    return tuple(int(i) for i in np.unravel_index(place, array.shape))
