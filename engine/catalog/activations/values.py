"""The arithmetic of activations and their slopes for one element, where it takes more than a line.

An element shows the branch of the formula that holds for it, in the form that keeps its digits.
"""

from __future__ import annotations

from engine.catalog.activations.calls import GELU_CUBE, GELU_SCALE
from engine.formula import expr as ex
from engine.formula.expr import Expr

SMALL = 0.01
"""Closer to 0, e^z − 1 would lose digits by its subtraction."""
TINY = -5.0
"""Below, 1 + e^z has lost too many digits of e^z."""
HUGE = 700.0
"""Above, e^z overflows."""


def _times(factor: float, e: Expr) -> Expr:
    return e if factor == 1 else ex.mul(ex.num(factor), e)


def sigmoid(z: Expr) -> Expr:
    """1/(1 + e^−z)"""
    return ex.div(ex.num(1), ex.add(ex.num(1), ex.fn("exp", ex.neg(z))))


def leaky_relu(z: Expr, negative_slope: float) -> Expr:
    """Either z or negative_slope·z"""
    return z if z.value > 0 else ex.mul(ex.num(negative_slope), z)


def leaky_relu_slope(z: Expr, _a: Expr, negative_slope: float) -> Expr:
    """1 or negative_slope"""
    return ex.num(1 if z.value > 0 else negative_slope)


def elu(z: Expr, alpha: float) -> Expr:
    """Either z or alpha·(e^z − 1)"""
    if z.value > 0:
        return z
    near = abs(z.value) < SMALL
    return _times(alpha, ex.fn("expm1", z) if near else ex.sub(ex.fn("exp", z), ex.num(1)))


def elu_slope(z: Expr, _a: Expr, alpha: float) -> Expr:
    """1 or alpha·e^z"""
    return ex.num(1) if z.value > 0 else _times(alpha, ex.fn("exp", z))


def _inner(z: Expr) -> Expr:
    cube = ex.mul(ex.num(GELU_CUBE), ex.power(z, 3))
    return ex.mul(ex.num(GELU_SCALE), ex.add(z, cube))


def gelu_tanh(z: Expr) -> Expr:
    """½·z·(1 + tanh u), or z·σ(2u), which is the same and keeps its digits where tanh u nears −1"""
    u = _inner(z)
    if u.value < -1:
        return ex.mul(z, ex.fn("σ", ex.mul(ex.num(2), u)))
    return ex.mul(ex.num(0.5), z, ex.add(ex.num(1), ex.fn("tanh", u)))


def gelu_tanh_slope(z: Expr, _a: Expr) -> Expr:
    """½·(1 + tanh u) + ½·z·(1 − tanh² u)·u′, or the same by σ(2u)"""
    u = _inner(z)
    square = ex.mul(ex.num(3 * GELU_CUBE), ex.power(z, 2))
    slope = ex.mul(ex.num(GELU_SCALE), ex.add(ex.num(1), square))
    if u.value < -1:
        share = ex.fn("σ", ex.mul(ex.num(2), u))
        rest = ex.mul(z, share, ex.sub(ex.num(1), share), ex.num(2), slope)
        return ex.add(share, rest)
    bend = ex.fn("tanh", u)
    share = ex.mul(ex.num(0.5), ex.add(ex.num(1), bend))
    rest = ex.mul(ex.num(0.5), z, ex.sub(ex.num(1), ex.power(bend, 2)), slope)
    return ex.add(share, rest)


def silu_slope(z: Expr, _a: Expr) -> Expr:
    """σ(z)·(1 + z·(1 − σ(z)))"""
    share = ex.fn("σ", z)
    return ex.mul(share, ex.add(ex.num(1), ex.mul(z, ex.sub(ex.num(1), share))))


def softplus(z: Expr, beta: float, threshold: float) -> Expr:
    """log(1 + e^(beta·z))/beta, or z"""
    scaled = _times(beta, z)
    if scaled.value > threshold:
        return z
    if scaled.value > HUGE:
        found = ex.add(scaled, ex.fn("log1p", ex.fn("exp", ex.neg(scaled))))
    elif scaled.value < TINY:
        found = ex.fn("log1p", ex.fn("exp", scaled))
    else:
        found = ex.fn("log", ex.add(ex.num(1), ex.fn("exp", scaled)))
    return found if beta == 1 else ex.div(found, ex.num(beta))


def softplus_slope(z: Expr, _a: Expr, beta: float, threshold: float) -> Expr:
    """1/(1 + e^(−beta·z)), or 1"""
    scaled = _times(beta, z)
    return ex.num(1) if scaled.value > threshold else sigmoid(scaled)
