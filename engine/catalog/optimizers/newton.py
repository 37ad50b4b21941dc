"""Newton-Schulz iterations: the rules that make a matrix about orthogonal, for Muon."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from engine.catalog.optimizers.base import Elements, MatrixRule, Rules, Vectors, silent
from engine.catalog.optimizers.schulz import (
    divide_low,
    gram,
    gram_low,
    iterate,
    iterate_low,
    norm,
    norm_low,
    polynomial,
    polynomial_low,
    put_back,
    take,
    take_low,
    turned,
)
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.formula.layout import Shape

_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MOST = 4
"""So many singular values are named."""
NOTHING = 1e-12
"""A singular value of this share of the largest is 0 but for rounding."""
IN_BFLOAT = "In bfloat16: rounded to 8 binary digits."


def forms(most: int) -> dict[str, str]:
    """The mathematical forms of the names, for up to so many iterations."""
    found = {"low": "G", "fro": "‖G‖", "nsa": "a", "nsb": "b", "nsc": "c", "ns0": "X₀"}
    for k in range(1, most + 1):
        low = str(k).translate(_LOW)
        found |= {f"gram{k}": f"A{low}", f"poly{k}": f"B{low}", f"ns{k}": f"X{low}"}
    return found


def orthogonal(of: str, count: int, low: bool) -> Rules:
    """The rules from a matrix `of` to "ortho" by so many iterations, in bfloat16 where it is `low`,
    else in the run's dtype.
    """
    rules: Rules = (_taken(of, low), _norm(low), _normalised(low))
    for k in range(1, count + 1):
        rules = (*rules, _gram(k, low), _polynomial(k, low), _iterated(k, low))
    return (*rules, _ortho(f"ns{count}"))


def _flat(shape: Shape) -> Shape:
    """The shape of the same."""
    return (min(shape), max(shape))


def _square(shape: Shape) -> Shape:
    return (min(shape), min(shape))


def _said(formula: str, low: bool) -> str:
    return f"bf16({formula})" if low else formula


def _rounding(_e: Elements, _number: Number) -> str:
    return IN_BFLOAT


def _value(e: Expr, low: bool, value: float) -> Expr:
    """The arithmetic, in bfloat16 with the value that it has there: sums are in float32."""
    return Expr("bf16", (e,), float(value)) if low else e


# -- rules -----------------------------------------------------------------------------------------


def _taken(of: str, low: bool) -> MatrixRule:
    def element(e: Elements) -> Expr:
        index = e.index if turned(e.array(of)) is e.array(of) else e.index[::-1]
        found = e.at(of, index)
        return ex.fn("bf16", found) if low else found

    def emit_rule(emit: Emit, vec: Vectors, _c: Vectors) -> None:
        emit(take_low if low else take, vec[of], vec["low"])

    return MatrixRule(
        prefix="low",
        title="rounded direction" if low else "direction",
        formula=_said(f"{{{of}}}", low),
        tall=_said(f"{{{of}}}ᵀ", low),
        why="What is made orthogonal, turned where it has more rows than columns.",
        told=_rounding if low else silent,
        emit=emit_rule,
        shape=_flat,
        element=element,
    )


def _norm(low: bool) -> MatrixRule:
    def element(e: Elements) -> Expr:
        matrix = e.array("low")
        squares = [ex.power(e.at("low", index), 2) for index in np.ndindex(matrix.shape)]
        root = ex.fn("sqrt", ex.add(*squares))
        if not low:
            return ex.fn("max", root, e["eps"])
        found = np.zeros(())
        with np.errstate(all="ignore"):
            norm_low(matrix, np.array(0.0), found)
        return ex.fn("max", _value(root, True, float(found)), ex.fn("bf16", e["eps"]))

    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        emit(norm_low if low else norm, vec["low"], c["eps"], vec["fro"])

    least = _said("{eps}", low)
    return MatrixRule(
        prefix="fro",
        title="norm of the direction",
        formula=f"max({_said('√(Σ {low}²)', low)}, {least})",
        why="How long the matrix is as one vector: the root of the sum of squares.",
        told=_rounding if low else silent,
        emit=emit_rule,
        shape=lambda _: (),
        element=element,
    )


def _normalised(low: bool) -> MatrixRule:
    def element(e: Elements) -> Expr:
        quotient = ex.div(e.at("low", e.index), e.at("fro", ()))
        return ex.fn("bf16", quotient) if low else quotient

    def emit_rule(emit: Emit, vec: Vectors, _c: Vectors) -> None:
        emit(divide_low if low else np.divide, vec["low"], vec["fro"], vec["ns0"])

    return MatrixRule(
        prefix="ns0",
        title="normalised direction",
        formula=_said("{low}/{fro}", low),
        why="About as long as 1, or shorter: no singular value is far above 1.",
        told=_rounding if low else silent,
        emit=emit_rule,
        shape=_flat,
        element=element,
    )


def _sum(e: Elements, left: str, right: str, count: int, turn: bool) -> Expr:
    """An element of left·right, or of left·rightᵀ where it is turned."""
    i, j = e.index
    return ex.add(
        *(ex.mul(e.at(left, (i, k)), e.at(right, (j, k) if turn else (k, j))) for k in range(count))
    )


def _gram(k: int, low: bool) -> MatrixRule:
    x, a = f"ns{k - 1}", f"gram{k}"

    def element(e: Elements) -> Expr:
        matrix = e.array(x)
        found = _sum(e, x, x, matrix.shape[1], True)
        return _value(found, low, _at(e, (len(matrix),) * 2, gram_low, matrix)) if low else found

    def emit_rule(emit: Emit, vec: Vectors, _c: Vectors) -> None:
        emit(gram_low if low else gram, vec[x], vec[a])

    return MatrixRule(
        prefix=a,
        title=f"A of Newton-Schulz iteration {k}",
        formula=_said(f"{{{x}}}·{{{x}}}ᵀ", low),
        why="Each row times each: 1 and 0 if they are orthogonal and of length 1.",
        told=_rounding if low else silent,
        emit=emit_rule,
        shape=_square,
        element=element,
    )


def _polynomial(k: int, low: bool) -> MatrixRule:
    a, b = f"gram{k}", f"poly{k}"

    def element(e: Elements) -> Expr:
        matrix = e.array(a)
        squared = ex.mul(e["nsc"], _sum(e, a, a, len(matrix), False))
        found = ex.add(ex.mul(e["nsb"], e.at(a, e.index)), squared)
        if not low:
            return found
        numbers = (np.array(e[name].value) for name in ("nsb", "nsc"))
        return _value(found, low, _at(e, matrix.shape, polynomial_low, matrix, *numbers))

    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        emit(polynomial_low if low else polynomial, vec[a], c["nsb"], c["nsc"], vec[b])

    return MatrixRule(
        prefix=b,
        title=f"B of Newton-Schulz iteration {k}",
        formula=_said(f"{{nsb}}·{{{a}}} + {{nsc}}·({{{a}}}·{{{a}}})", low),
        why="What X is multiplied by beside {nsa}: a polynomial of A.",
        told=_rounding if low else silent,
        emit=emit_rule,
        shape=_square,
        element=element,
    )


def _iterated(k: int, low: bool) -> MatrixRule:
    x, b, new = f"ns{k - 1}", f"poly{k}", f"ns{k}"

    def element(e: Elements) -> Expr:
        before, factor = e.array(x), e.array(b)
        product = _sum(e, b, x, len(before), False)
        found = ex.add(ex.mul(e["nsa"], e.at(x, e.index)), product)
        if not low:
            return found
        weight = np.array(e["nsa"].value)
        return _value(found, low, _at(e, before.shape, iterate_low, before, factor, weight))

    def emit_rule(emit: Emit, vec: Vectors, c: Vectors) -> None:
        emit(iterate_low if low else iterate, vec[x], vec[b], c["nsa"], vec[new])

    return MatrixRule(
        prefix=new,
        title=f"X of Newton-Schulz iteration {k}",
        formula=_said(f"{{nsa}}·{{{x}}} + {{{b}}}·{{{x}}}", low),
        why="Each singular value s of X becomes {nsa}·s + {nsb}·s³ + {nsc}·s⁵.",
        told=_rounding if low else silent,
        emit=emit_rule,
        shape=_flat,
        element=element,
    )


def _at(e: Elements, shape: Shape, function: Callable[..., None], *operands: Array) -> float:
    """The element of what a call computes, an array of that shape."""
    found = np.zeros(shape)
    with np.errstate(all="ignore"):
        function(*operands, found)
    return float(found[e.index])


def _ortho(last: str) -> MatrixRule:
    def element(e: Elements) -> Expr:
        matrix = e.array("theta")
        return e.at(last, e.index if turned(matrix) is matrix else e.index[::-1])

    def emit_rule(emit: Emit, vec: Vectors, _c: Vectors) -> None:
        emit(put_back, vec[last], vec["ortho"])

    return MatrixRule(
        prefix="ortho",
        title="direction after all iterations",
        formula=f"{{{last}}}",
        tall=f"{{{last}}}ᵀ",
        why="What the iterations end at, in the shape of the parameter.",
        told=partial(_singular, last=last),
        emit=emit_rule,
        shape=lambda shape: shape,
        element=element,
    )


def _singular(e: Elements, number: Number, last: str) -> str:
    """The singular values."""
    matrix = np.asarray(e.array(last), np.float64)
    if not np.isfinite(matrix).all():
        return ""
    exact = np.linalg.svd(matrix, compute_uv=False)
    found = np.where(exact > NOTHING * exact.max(), exact, 0.0).tolist()
    if len(found) == 1:
        return f"Its one singular value is {number(found[0])}."
    named = ", ".join(map(number, found[:MOST])) + (", …" if len(found) > MOST else "")
    return f"Its singular values are {named}."
