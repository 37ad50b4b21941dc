"""The forward pass, the loss and the backward pass of a multilayer perceptron, as steps."""

from __future__ import annotations

from collections.abc import Callable

from engine.formula.calls import Array, Emit
from engine.program.backward import Backward
from engine.program.forward import Forward
from engine.program.gradients import Gradients


class NetworkSteps(Forward, Backward, Gradients):
    """Builds the steps up to the gradients for mini-batches of `samples`.

    `declare` gives every result its place in a layout; `build` then emits the calls over the
    arrays that `view` hands out, and appends to `steps`.
    """

    def build(self, emit: Emit, view: Callable[[str], Array]) -> None:
        """Emit the calls and append the steps."""
        self.begin(emit, view)
        for number in range(1, self.depth + 1):
            self.linear(number)
            self.activate(number)
        self.loss_steps()
        for number in range(self.depth, 0, -1):
            if self.needs_delta(number):
                self.delta(number)
                self.gradients(number)
