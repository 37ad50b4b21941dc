"""The slopes of a pass, and the error at its end, also of layers of which no step computes them."""

from __future__ import annotations

import numpy as np

from engine.catalog.activations import activation
from engine.catalog.losses import LOSSES
from engine.formula.calls import Array, Emit
from engine.program.parameters import held
from engine.program.trace import Trace
from engine.spec.problem import Problem
from engine.spec.run import RunSpec


def joined(spec: RunSpec) -> bool:
    """Whether loss and last activation have one joint derivative, so that ŷ has no error."""
    return LOSSES[spec.loss.name].joined == spec.layers[-1].activation


class Slopes:
    """What the errors of a trace's pass are multiplied by on the way back."""

    def __init__(self, trace: Trace, spec: RunSpec) -> None:
        self._trace, self._spec = trace, spec
        self._depth, self._last = len(spec.layers), len(trace.steps)
        self.samples = len(trace.known("x", 0))

    @property
    def joined(self) -> bool:
        """Whether the error at the end is one by the last sums, and not by ŷ."""
        return joined(self._spec)

    @property
    def output(self) -> Array:
        """The error at the end (samples, units). Raises Problem where no step computes it."""
        name = f"delta{self._depth}" if self.joined else "dyhat"
        found = self._trace.value(name, self._last)
        if found is None:
            raise Problem("No parameter of this run learns, so no error is computed.")
        return found

    def of(self, number: int) -> Array:
        """The slope of a layer: (samples, units), or a Jacobian (samples, outputs, sums)."""
        layer = self._spec.layers[number - 1]
        row = activation(layer.activation, layer.activation_options)
        name = f"{'fprime' if row.elementwise else 'jac'}{number}"
        found = self._trace.value(name, self._last)
        return self._worked(number) if found is None else found

    def _worked(self, number: int) -> Array:
        layer = self._spec.layers[number - 1]
        row = activation(layer.activation, layer.activation_options)
        z = self._trace.known(f"z{number}", self._last)
        a = self._trace.known("yhat" if number == self._depth else f"a{number}", self._last)
        out = np.zeros(z.shape if row.elementwise else (*z.shape, z.shape[1]), z.dtype)
        emit = Emit(z.dtype)
        learns = row.learns
        given = {}
        if learns:
            own = held(self._spec, learns.kind, number).name
            given = {learns.kind: self._trace.known(own, 0)}
        row.slope_emit(emit, z, a, out, **given)
        with np.errstate(all="ignore"):
            for function, args in emit.calls:
                function(*args)
        return out
