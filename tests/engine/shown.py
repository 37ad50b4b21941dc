"""An optimizer by the arithmetic that is shown, to hold what is computed against."""

from __future__ import annotations

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.optimizers.base import Elements
from engine.formula import expr as ex
from engine.formula.calls import Array
from engine.formula.expr import Expr, Index
from engine.spec.options import Options


class Shown:
    """An optimizer of one parameter: `update(theta, grad, lr)` gives the next theta; `slots` are
    what it keeps.
    """

    def __init__(self, name: str, options: Options) -> None:
        self.row = OPTIMIZERS[name]
        self.options = self.row.complete(options)
        self.rules = self.row.rules(self.options)
        self.slots: dict[str, Array] = {}
        self.t = 0

    def update(self, theta: Array, grad: Array, lr: float) -> Array:
        self.t += 1
        options = {**self.options, "lr": lr}
        numbers = {**self.row.constants(options), **self.row.scalars(self.t, options)}
        scalars = {name: ex.num(value) for name, value in numbers.items()}
        starts = self.row.slots(self.options).items()
        arrays = {prefix: np.full_like(theta, start) for prefix, start in starts}
        arrays |= {**self.slots, "theta": theta, "grad": grad}
        for rule in self.rules:
            found = np.empty(rule.shape_of(theta.shape), theta.dtype)
            for index in np.ndindex(found.shape):
                found[index] = rule.arithmetic(_Elements(scalars, arrays, index)).value
            arrays[rule.prefix] = found
        self.slots = {prefix: arrays[prefix] for prefix, _ in starts}
        return arrays["theta"]


class _Elements(dict[str, Expr], Elements):
    def __init__(self, scalars: dict[str, Expr], arrays: dict[str, Array], index: Index) -> None:
        super().__init__(scalars)
        self._arrays, self.index = arrays, index

    def __missing__(self, name: str) -> Expr:
        return self.at(name, self.index)

    def at(self, name: str, index: Index) -> Expr:
        return ex.num(float(self._arrays[name][index]))

    def array(self, name: str) -> Array:
        return self._arrays[name]
