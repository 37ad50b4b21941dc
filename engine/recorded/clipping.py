"""Which clipping it was that made the gradients of a step out of those of the backward pass."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.catalog.clipping import TINY
from engine.recorded.written import MEND, Written
from engine.spec.run import Array

NORMS = (2.0, math.inf, 1.0)
EXACT = 1e-10
CLOSE = {"float64": EXACT, "float32": 1e-4}
"""How far limits that are worked out of rounded numbers may be from each other."""
MOST_DIGITS = 8

Grads = dict[str, tuple[Array, Array]]
"""Gradients before and after."""


def clippings(record: Written, names: Mapping[str, str]) -> dict[str, Any] | None:
    """The table [clip] of a record, with params where only some are clipped, which `names` has the
    run's names of; None where no gradient was changed. Raises SpecError where they were changed
    otherwise.
    """
    every = [gradients(record, t) for t in range(1, record.iterations + 1)]
    changed = {name for grads in every for name, (g, clipped) in grads.items() if g is not clipped}
    if not changed:
        return None
    trained = {name for grads in every for name in grads}
    for some in (trained, changed):
        if found := _clipping(every, some):
            params = [names[name] for name in sorted(some) if name in names]
            return found if some == trained else {"params": params, **found}
    return record.refuse(
        "has gradients that were changed before a step in another way than PyTorch clips: compare"
        ' its arrays "1/…/grad" and "1/…/clipped"'
    )


def gradients(record: Written, t: int) -> Grads:
    """The gradients of iteration t, by parameter, after backward and as the step found them. Raises
    SpecError where they are not of the parameter's shape.
    """
    found = {}
    for name, parameter in record.parameters.items():
        grad = record.of(t, f"{name}/grad")
        if grad is not None:
            clipped = record.of(t, f"{name}/clipped")
            found[name] = grad, grad if clipped is None else clipped
            for each in found[name]:
                if each.shape != parameter.shape or each.dtype.kind != "f":
                    what = f'"{t}/{name[:60]}/grad" is {each.shape} of {each.dtype}, and its'
                    record.refuse(f"{what} parameter {parameter.shape}; {MEND}")
    return found


def _clipping(every: list[Grads], names: set[str]) -> dict[str, Any] | None:
    """What clips gradients of these names so, in all iterations; None where nothing does."""
    some = [{name: each for name, each in grads.items() if name in names} for grads in every]
    return _by_value(some) or next(filter(None, (_by_norm(some, p) for p in NORMS)), None)


def _by_value(every: list[Grads]) -> dict[str, Any] | None:
    pairs = [pair for grads in every for pair in grads.values()]
    limits = {float(np.abs(after).max()) for g, after in pairs if g is not after and g.size}
    if len(limits) != 1:
        return None
    (limit,) = limits
    fits = all(np.array_equal(np.clip(g, -limit, limit), a, equal_nan=True) for g, a in pairs)
    return {"value": limit} if fits and limit > 0 else None


def _by_norm(every: list[Grads], p: float) -> dict[str, Any] | None:
    """The clipping of the p-norm to a limit that all iterations agree on."""
    found = [_shared(grads, p) for grads in every]
    shares = [each for each in found if each is not None]
    close = max((each[2] for each in shares), default=EXACT)
    limits = [share * (norm + TINY) for share, norm, _ in shares if share < 1 - close]
    if len(shares) < len(found) or not limits or max(limits) > min(limits) * (1 + 4 * close):
        return None
    limit = _short(limits[0], close)
    if any(norm > limit * (1 + close) for share, norm, _ in shares if share >= 1 - close):
        return None
    return {"norm": limit, **({} if p == 2 else {"norm_type": p})}


def _shared(grads: Grads, p: float) -> tuple[float, float, float] | None:
    """The factor that all gradients of an iteration were multiplied by, their p-norm, and how
    exact that is; None where there is no such factor.
    """
    flat = np.concatenate([g.ravel() for g, _ in grads.values()] or [np.zeros(1)])
    after = np.concatenate([a.ravel() for _, a in grads.values()] or [np.zeros(1)])
    close = CLOSE.get(str(flat.dtype), 1e-2)
    largest = int(np.abs(flat).argmax()) if flat.size else 0
    if not flat.size or not flat[largest] or not np.isfinite(flat).all():
        return 1.0, 0.0, close
    share = float(after[largest]) / float(flat[largest])
    if not np.allclose(after, flat * share, rtol=close, atol=0):
        return None
    return share, float(np.linalg.norm(flat.astype(np.float64), p)), close


def _short(number: float, close: float) -> float:
    """The shortest number that is as close to this one."""
    for digits in range(1, MOST_DIGITS):
        short = float(f"{number:.{digits}g}")
        if abs(short - number) <= close * number:
            return short
    return number
