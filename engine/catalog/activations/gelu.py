"""The Gaussian error linear unit, by the normal distribution itself."""

from __future__ import annotations

import math

import numpy as np

from engine.catalog.activations.base import Elementwise
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.erfc import erfc


def _emit_share(emit: Emit, z: Array, out: Array) -> None:
    """Φ(z) = ½·erfc(−z/√2)"""
    emit(np.multiply, z, emit.const(-math.sqrt(0.5)), out)
    emit(erfc, out, out)
    emit(np.multiply, out, emit.const(0.5), out)


def _emit(emit: Emit, z: Array, a: Array) -> None:
    _emit_share(emit, z, a)
    emit(np.multiply, z, a, a)


def _emit_slope(emit: Emit, z: Array, _a: Array, out: Array) -> None:
    """Φ(z) + z·φ(z), φ(z) = e^(−z²/2)/√(2π)"""
    density = emit.scratch(z.shape)
    emit(np.multiply, z, z, density)
    emit(np.multiply, density, emit.const(-0.5), density)
    emit(np.exp, density, density)
    emit(np.multiply, density, emit.const(1 / math.sqrt(2 * math.pi)), density)
    emit(np.multiply, density, z, density)
    _emit_share(emit, z, out)
    emit(np.add, out, density, out)


ROW = Elementwise(
    name="gelu",
    torch="nn.functional.gelu(z)",
    formula="{z} ⊙ Φ({z})",
    slope_formula="Φ({z}) + {z} ⊙ φ({z})",
    why="Weighs the sum by Φ, a normal distribution's share below it.",
    note="Negative below z ≈ −0.75, and tiny beyond z ≈ −4.",
    emit=_emit,
    slope_emit=_emit_slope,
    value=lambda z: ex.mul(z, ex.fn("Φ", z)),
    slope_value=lambda z, _a: ex.add(ex.fn("Φ", z), ex.mul(z, ex.fn("φ", z))),
    added_to_1=True,
    place=6,
)
