"""An optimizer by the arithmetic that is shown, to hold what is computed against."""

from __future__ import annotations

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS, MatrixRule
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
            if isinstance(rule, MatrixRule):
                found = np.empty(rule.shape(theta.shape))
                for index in np.ndindex(found.shape):
                    found[index] = rule.element(_Elements(scalars, arrays, index)).value
                arrays[rule.prefix] = found
                continue
            result = np.empty_like(theta)
            for index in np.ndindex(theta.shape):
                vectors = {
                    name: ex.num(float(array[index]))
                    for name, array in arrays.items()
                    if array.shape == theta.shape
                }
                result[index] = rule.value({**scalars, **vectors}).value
            arrays[rule.prefix] = result
        self.slots = {prefix: arrays[prefix] for prefix, _ in starts}
        return arrays["theta"]


class _Elements:
    def __init__(self, scalars: dict[str, Expr], arrays: dict[str, Array], index: Index) -> None:
        self._scalars, self._arrays, self.index = scalars, arrays, index

    def __getitem__(self, name: str) -> Expr:
        return self._scalars[name]

    def at(self, name: str, index: Index) -> Expr:
        return ex.num(float(self._arrays[name][index]))

    def array(self, name: str) -> Array:
        return self._arrays[name]
