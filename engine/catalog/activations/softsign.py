"""The softsign."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr


def _emit_size(emit: Emit, z: Array, out: Array) -> None:
    """1 + |z|"""
    emit(np.abs, z, out)
    emit(np.add, out, emit.const(1), out)


def _emit(emit: Emit, z: Array, a: Array) -> None:
    size = emit.scratch(z.shape)
    _emit_size(emit, z, size)
    emit(np.divide, z, size, a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    _emit_size(emit, z, out)
    emit(np.multiply, out, out, out)
    emit(np.divide, emit.const(1), out, out)


def _size(z: Expr) -> Expr:
    return ex.add(ex.num(1), ex.fn("abs", z))


ROW = Elementwise(
    name="softsign",
    torch="nn.functional.softsign(z)",
    formula="{z}/(1 + |{z}|)",
    slope_formula="1/(1 + |{z}|)²",
    why="Bends the sum into −1…1, and nears the ends more slowly than tanh.",
    note="The slope falls as 1/z² does: at |z| = 9 it is 0.01.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=lambda z: ex.div(z, _size(z)),
    slope_value=lambda z, _a: ex.div(ex.num(1), ex.power(_size(z), 2)),
)
