"""Which loss a recorded call is, with its options; or which one has the recorded numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.catalog.losses import LOSSES, Loss
from engine.recorded.written import Call, Written, plain
from engine.spec.check import printable, shown
from engine.spec.run import Array

ORDER = {
    "cross_entropy": "weight size_average ignore_index reduce reduction label_smoothing",
    "binary_cross_entropy": "weight size_average reduce reduction",
    "binary_cross_entropy_with_logits": "weight size_average reduce reduction pos_weight",
    "nll_loss": "weight size_average ignore_index reduce reduction",
    "kl_div": "size_average reduce reduction log_target",
    "mse_loss": "size_average reduce reduction weight",
    "l1_loss": "size_average reduce reduction weight",
    "huber_loss": "reduction delta weight",
    "smooth_l1_loss": "size_average reduce reduction beta",
    "gaussian_nll_loss": "var full eps reduction",
    "poisson_nll_loss": "log_input full size_average eps reduce reduction",
    "multi_margin_loss": "p margin weight size_average reduce reduction",
}
"""What comes after input and target in the calls of PyTorch 2.13."""
SCALARS = ("var", "pos_weight")
"""Options that are tensors in PyTorch, and one number here."""
CLOSE = {"float64": 1e-9, "float32": 1e-4}

_FUNCTION = re.compile(r"functional\.(\w+)\((\w+)")


@dataclass(frozen=True)
class Told:
    """A loss of the table: its name, reduction and options; `joined` is the activation that it is
    joined with.
    """

    name: str
    reduction: str
    options: Mapping[str, Any] = field(default_factory=dict)
    joined: str = ""


def of_call(record: Written, call: Call, activation: str) -> Told | None:
    """The loss that a call is, of what the activation gave, "" where there was none; None where it
    is none. Raises SpecError where it has options that no loss of the table has.
    """
    rows = dict(_rows(call.name))
    row = rows.get("yhat") or rows.get("logs") if activation else next(iter(rows.values()), None)
    if row is None:
        return None
    names = ORDER.get(call.name, "").split()
    given = {**dict(zip(names, call.args[2:], strict=False)), **call.kwargs}
    reduction = given.pop("reduction", "mean")
    options = {}
    for key, each in given.items():
        value = _number(plain(each)) if key in SCALARS else plain(each)
        if key in ("input", "target") or each is None or value in (False, *_usual(row, key)):
            continue
        if key not in row.options:
            what = (
                f"{printable(call.key[:60])} has {printable(key[:40])}, which the loss {row.name}"
            )
            record.refuse(f"{what} does not have here: leave it out, or record another loss")
        if value is None or (key in SCALARS and isinstance(value, list)):
            what = f"{printable(call.key[:60])} has more than one number for {key}"
            record.refuse(f"{what}, and the loss {row.name} has one")
        options[key] = value
    if not isinstance(reduction, str):
        record.refuse(f"{printable(call.key[:60])} has the reduction {shown(reduction)}")
    return Told(row.name, reduction, options, row.joined if not activation else "")


def _rows(name: str) -> Iterator[tuple[str, Loss]]:
    """The losses that a function of PyTorch computes, by what it is given; first of z."""
    for row in sorted(LOSSES.values(), key=lambda row: not row.joined):
        found = _FUNCTION.search(row.torch)
        if found and found[1] == name:
            yield found[2], row


def _usual(row: Loss, key: str) -> tuple[Any, ...]:
    return (row.options[key].default,) if key in row.options else ()


def _number(value: Any) -> Any:
    """The one number of lists of equal ones; None where these have no shape."""
    if not isinstance(value, list):
        return value
    try:
        every = np.unique(np.array(value, np.float64))
    except (ValueError, TypeError, OverflowError):
        return None
    return float(every[0]) if every.size == 1 else value


# -- by numbers ------------------------------------------------------------------------------------

Terms = Callable[[Array, Any], Array]
"""The terms of a loss, of outputs and targets, over which the mean or the sum is taken."""

BY_HAND: Mapping[str, Terms] = {
    "mse": lambda yhat, y: (yhat - y) ** 2,
    "half_squared_error": lambda yhat, y: ((yhat - y) ** 2).sum(axis=1) / 2,
    "l1": lambda yhat, y: np.abs(yhat - y),
    "bce": lambda yhat, y: -(y * np.log(yhat) + (1 - y) * np.log1p(-yhat)),
}
"""Losses that people write out, of targets that are numbers."""
OF_CLASSES: Mapping[str, tuple[str, Terms]] = {
    "softmax": ("cross_entropy", lambda yhat, y: -np.log(np.take_along_axis(yhat, y, 1))),
    "log_softmax": ("nll", lambda yhat, y: -np.take_along_axis(yhat, y, 1)),
}
"""The same of classes, by what the last activation is."""


def by_numbers(record: Written, key: str, activation: str) -> Told | None:
    """The loss that has, of the outputs under a key and the targets, the numbers that were recorded
    in every iteration; None where none has.
    """
    y = record.of(1, "y")
    of_classes = y is not None and y.ndim == 1 and y.dtype.kind in "iu"
    known = [OF_CLASSES[activation]] if of_classes and activation in OF_CLASSES else BY_HAND.items()
    for name, terms in known:
        for reduction in ("mean", "sum"):
            if all(_has(record, t, key, terms, reduction) for t in _iterations(record)):
                return Told(name, reduction)
    return None


def _iterations(record: Written) -> range:
    return range(1, max(record.iterations, 1) + 1)


def _has(record: Written, t: int, key: str, terms: Terms, reduction: str) -> bool:
    """Whether an iteration has the loss that some terms make."""
    yhat, y, loss = (record.of(t, name) for name in (key, "y", "loss"))
    if yhat is None or y is None or loss is None or yhat.ndim != 2 or loss.size != 1:
        return False
    if y.dtype.kind in "iu" and y.ndim == 1:
        if len(y) != len(yhat) or not y.size or not 0 <= y.min() <= y.max() < yhat.shape[1]:
            return False
        y = y[:, np.newaxis].astype(np.intp)
    elif y.size != yhat.size or len(y) != len(yhat):
        return False
    else:
        y = y.reshape(yhat.shape).astype(np.float64)
    with np.errstate(all="ignore"):
        ours = getattr(terms(yhat.astype(np.float64), y), reduction)()
    close = CLOSE.get(str(yhat.dtype), 1e-2)
    return bool(np.isclose(ours, float(loss.ravel()[0]), rtol=close, atol=0))
