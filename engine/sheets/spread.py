"""How far a result can be moved by half a digit of each number it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from engine.formula.calls import Array
from engine.formula.expr import Expr, Index, apply
from engine.program.step import Read, Step

Leaf = tuple[str, Index]
Range = tuple[float, float]

_WHOLE: dict[str, Callable[..., Array]] = {
    "add": lambda *x: sum(x[1:], x[0]),
    "sub": np.subtract,
    "div": np.divide,
    "neg": np.negative,
    "pow": np.power,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "abs": np.abs,
    "sign": np.sign,
    "step": lambda x: (x > 0) * 1.0,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "σ": lambda x: 1 / (1 + np.exp(-x)),
}
_FOLDED: dict[str, Callable[[Array, Array], Array]] = {
    "mul": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
}


def spread(e: Expr, ends: Callable[[str, Index], Range]) -> Range:
    """The least and the greatest value of arithmetic whose operands lie between `ends`.

    Tried are all operands at their ends, one at a time, and then all at once in the directions
    that these have shown, each evaluated in full.
    """
    leaves = {leaf: ends(*leaf) for leaf in _leaves(e)}
    loose = [leaf for leaf, (low, high) in leaves.items() if low < high]
    if not loose:
        return e.value, e.value
    middle = {leaf: value for leaf, value in _values(e).items() if leaf in leaves}
    count = len(loose)
    tried = {leaf: np.full(2 * count + 3, middle[leaf]) for leaf in loose}
    for place, leaf in enumerate(loose):
        tried[leaf][2 * place + 1], tried[leaf][2 * place + 2] = leaves[leaf]
    with np.errstate(all="ignore"):
        alone = _evaluated(e, tried, 2 * count + 3)
        for place, leaf in enumerate(loose):
            low, high = leaves[leaf]
            rising = alone[2 * place + 2] >= alone[2 * place + 1]
            corners = (low, high) if rising else (high, low)
            tried[leaf] = np.array(corners)
        ends_ = _evaluated(e, tried, 2)
    found = np.concatenate([alone[: 2 * count + 1], ends_])
    found = found[np.isfinite(found)]
    return (float(found.min()), float(found.max())) if found.size else (e.value, e.value)


def worked(
    step: Step, read: Read, ends: Callable[[str, Index], Range]
) -> tuple[Array, Array, Array]:
    """A step worked out element by element: its values, and the least and the greatest ones where
    its operands lie between `ends`; all of the step's shape.
    """
    middle, low, high = (np.zeros(step.shape) for _ in range(3))
    for index in np.ndindex(step.shape):
        e = step.expand(read, index)
        middle[index] = e.value
        low[index], high[index] = spread(e, ends)
    return middle, low, high


def _leaves(e: Expr) -> set[Leaf]:
    if e.op == "num":
        return {(e.symbol, e.index)} if e.symbol else set()
    return set().union(*map(_leaves, e.args))


def _values(e: Expr) -> Mapping[Leaf, float]:
    if e.op == "num":
        return {(e.symbol, e.index): e.value}
    found: dict[Leaf, float] = {}
    for part in e.args:
        found.update(_values(part))
    return found


def _evaluated(e: Expr, at: Mapping[Leaf, Array], count: int) -> Array:
    """The values of a tree where some leaves have `count` values each."""
    if e.op == "num":
        found = at.get((e.symbol, e.index))
        return found if found is not None else np.full(count, e.value)
    parts = [_evaluated(part, at, count) for part in e.args]
    if whole := _WHOLE.get(e.op):
        return np.asarray(whole(*parts))
    if fold := _FOLDED.get(e.op):
        result = parts[0]
        for part in parts[1:]:
            result = fold(result, part)
        return result
    rows = zip(*(part.tolist() for part in parts), strict=True)
    return np.array([apply(e.op, row) for row in rows])
