"""The tree of branches: each a cause and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from engine.branches import branch, other_optimizer, switched
from engine.expr import Index
from engine.history import History
from engine.optimizers import OPTIMIZERS
from engine.spec import OptimizerSpec, RunSpec

OWN, OTHER = 0, 1
"""The two branches that every session has: the run, and the run under the other optimizer."""


class EditError(ValueError):
    """A change that cannot be made: what is wrong, and what is valid."""


@dataclass(frozen=True)
class Cause:
    """Why a branch leaves its parent after iteration `origin`.

    `kind` is "parameter" or "data" (element `index` of `symbol`, for data counted over the whole
    set, becomes `value`), "option" (the optimizer's option `symbol` becomes `value`) or "switch"
    (the optimizer `symbol` with the options `value` takes over, with `fresh` state or not).
    """

    parent: int
    origin: int
    kind: str
    symbol: str
    index: Index = ()
    value: Any = None
    fresh: bool = True


@dataclass(frozen=True, eq=False)
class Branch:
    """A line of history. `words` say where it comes from; `partner` is what it is toggled with."""

    number: int
    name: str
    words: str
    spec: RunSpec
    cause: Cause | None
    partner: int
    grow: Callable[[], History]

    @cached_property
    def history(self) -> History:
        """Its iterations."""
        return self.grow()

    @property
    def opened(self) -> bool:
        """Whether its iterations have been looked at."""
        return "history" in self.__dict__

    @property
    def label(self) -> str:
        """Its optimizer as people write it."""
        return OPTIMIZERS[self.spec.optimizer.name].label

    def optimizer(self, t: int) -> str:
        """The name of the optimizer that updates in iteration t."""
        return self.history.spec_of(t).optimizer.name


def changed_spec(spec: RunSpec, cause: Cause) -> RunSpec:
    """The run spec that a branch goes on by. Raises EditError where the change is not valid."""
    match cause.kind:
        case "data":
            array = getattr(spec.data, cause.symbol).copy()
            array[cause.index] = cause.value
            return replace(spec, data=replace(spec.data, **{cause.symbol: array}))
        case "option":
            row = OPTIMIZERS[spec.optimizer.name]
            if cause.symbol not in row.option_rows:
                raise EditError(
                    f"{cause.symbol}: {row.label} has no such option; it has"
                    f" {', '.join(row.option_rows)}."
                )
            check = row.option_rows[cause.symbol].check
            value = check.accept(cause.value)
            if value is None:
                raise EditError(f"{cause.symbol} {check.wrong(cause.value)}.")
            options = {**row.complete(spec.optimizer.options), cause.symbol: value}
            if conflict := row.conflict(options):
                raise EditError(conflict)
            return replace(spec, optimizer=replace(spec.optimizer, options=options))
        case _:
            return spec


def grown(parent: Branch, cause: Cause) -> tuple[RunSpec, Callable[[], History]]:
    """The spec of a branch, and how to make its history."""
    spec = parent.history.spec_of(cause.origin + 1)
    if cause.kind == "switch":
        optimizer = OptimizerSpec(cause.symbol, cause.value)
        history = switched(parent.history, cause.origin, optimizer, cause.fresh)
        return history.spec, lambda: history
    spec = changed_spec(spec, cause)
    edits = {(cause.symbol, cause.index): float(cause.value)} if cause.kind == "parameter" else {}
    return spec, lambda: branch(parent.history, cause.origin, spec, edits)


def switch_cause(parent: Branch, origin: int, fresh: bool) -> Cause:
    """The cause of a switch to the optimizer that a branch is compared with."""
    optimizer = other_optimizer(parent.history.spec_of(origin + 1))
    options = dict(optimizer.options)
    return Cause(parent.number, origin, "switch", optimizer.name, (), options, fresh)


def valid_value(symbol: str, value: float) -> float:
    """A value that an element can be given. Raises EditError for what is not finite."""
    if not np.isfinite(value):
        raise EditError(f"{symbol} = {value}: a finite number is needed.")
    return float(value)
