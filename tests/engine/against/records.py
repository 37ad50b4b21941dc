"""Records as another program would have written them: other rounding, and mistakes on demand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.against.again import REDUCING, Again, Shake
from engine.against.tracefile import TraceFile
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.program.state import own_names, starting_state
from engine.program.trainer import Trainer
from engine.spec.run import RunSpec

Values = dict[Symbol, Array]
Mistake = Callable[[int, Values, Values], Values]
"""What is other in iteration t, of what it should be and of the state before it."""


class Otherwise(Shake):
    """Sums of products in another order, and functions that are an ulp off."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def move(self, array: Array) -> None:
        """The inputs are the same."""

    def by(self, array: Array, sizes: Array) -> None:
        """Nothing is computed with fewer digits."""

    def call(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        if function in REDUCING:
            a, b = args[:2]
            order = self._random.permutation(a.shape[-1])
            args[2][...] = added(function, a, b, order).reshape(args[2].shape)
            return
        function(*args)
        if function in (np.exp, np.tanh, np.log, np.log1p, np.expm1):
            up = self._random.integers(-1, 2, np.shape(args[-1]))
            args[-1][...] += np.nan_to_num(np.spacing(args[-1]), posinf=0) * up


def added(function: Any, a: Array, b: Array, order: Any) -> Array:
    """The products of one number of each after another, in an order."""
    total: Array = np.zeros_like(function(a, b))
    for k in order:
        b_k = b[..., k : k + 1, :] if b.ndim > 1 else b[k : k + 1]
        total = total + function(a[..., k : k + 1], b_k)
    return total


def no_mistake(_t: int, _values: Values, _before: Values) -> Values:
    return {}


def record_of(
    spec: RunSpec,
    last: int,
    seed: int | None = None,
    mistake: Mistake = no_mistake,
    start: Values | None = None,
) -> TraceFile:
    """A record of the first iterations of a run, rounded otherwise where there is a seed, and from
    another start where one is given.
    """
    again, trainer = Again(spec), Trainer(spec)
    other = None if seed is None else Otherwise(seed)
    names = own_names(again.layout)
    state = starting_state(spec)
    for name, array in (start or {}).items():
        again.layout.view(state, name)[...] = array
    values: dict[int, Values] = {}
    starts: dict[int, Values] = {}
    for t in range(1, last + 1):
        before = {name: again.layout.view(state, name).copy() for name in names}
        starts[t] = before
        program = trainer.begin(t)
        data = {Symbol("x"): program.x.copy(), Symbol("y"): program.y.copy()}
        made = again.run(t, state, {}, other)
        wrong = mistake(t, made, before)
        if wrong:
            made = again.run(t, state, wrong, other) | wrong
        values[t] = data | {Symbol("lr"): np.array(trainer.scalars(t)["lr"])} | made
        state = again.state.copy()
    return TraceFile(file="run.npz", dtype=spec.dtype, values=values, starts=starts)
