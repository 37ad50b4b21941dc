"""The updates of all parameters, as far as they are known at a position, and their labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.catalog.optimizers import FORMS, OPTIMIZERS
from engine.catalog.symbols import Symbol
from engine.program.clip import PREFIX as CLIP
from engine.program.clip import clipping_of
from engine.program.parameters import SUM, group_of
from engine.program.trace import Trace
from engine.spec.run import RunSpec
from tui.frame import labels
from tui.frame.kept import kept

Array = npt.NDArray[np.floating[Any]]


class Update(NamedTuple):
    """The update of one parameter as far as it is known: `rows` of (label, symbol, array), with
    the change made (Δ) by the run's own optimizer and, from the same gradients, by the compared.
    """

    param: Symbol
    array: Array
    rows: tuple[tuple[str, str, Array], ...]


@kept
def labels_of(spec: RunSpec, param: Symbol | None, names: labels.Pair) -> tuple[str, ...]:
    """The labels of what an update computes for a parameter once all of it is known; of no
    parameter, for those that are in no group.
    """
    optimizer = group_of(spec, param).optimizer
    rules = OPTIMIZERS[optimizer.name].rules(optimizer.options)
    prefixes = [rule.prefix for rule in rules if rule.prefix != "theta" and not rule.apart]
    clipped = (CLIP,) if clipping_of(spec, param) else ()
    summed = (FORMS[SUM],) if spec.data.accumulate > 1 else ()
    return ("g", *summed, *clipped, *(FORMS.get(p, p) for p in prefixes), *names)


def known(trace: Trace, done: int, names: labels.Pair) -> tuple[Update, ...]:
    """The updates of all parameters in the order of their steps; `names` of the changes by the
    own and by the compared optimizer.
    """
    updates = {} if trace.updates else _added(trace, done)
    for step in trace.steps:
        if not step.param:
            continue
        rows = updates.setdefault(step.param, [])
        if not rows:
            rows += _gradients(trace, done, step.param)
        if step.number > done or step.apart:
            continue
        if step.symbol != step.param:
            array = trace.value(step.symbol, done)
            if array is not None:
                label = FORMS.get(step.symbol.prefix, step.symbol.prefix)
                rows.append((label, step.symbol, array))
            continue
        rows.append((names[0], step.param, trace.change(step.param)))
        compared = trace.compared("theta", step.param)
        if compared is not None:
            rows.append((names[1], "", compared))
    return tuple(
        Update(param, trace.known(param, done), tuple(rows)) for param, rows in updates.items()
    )


def _added(trace: Trace, done: int) -> dict[Symbol, list[tuple[str, str, Array]]]:
    """The gradients of an iteration that only adds them up."""
    sums = [step.symbol for step in trace.steps if step.symbol.prefix == SUM]
    params = [param for each in sums if (param := each.parameter)]
    return {param: [*_gradients(trace, done, param)] for param in params}


def _gradients(trace: Trace, done: int, param: Symbol) -> Iterator[tuple[str, str, Array]]:
    """The rows of a parameter's gradient, of those added up, and of the clipped one."""
    for label, symbol in (
        ("g", param.gradient),
        (FORMS[SUM], param.under(SUM)),
        (CLIP, param.under(CLIP)),
    ):
        known = symbol.prefix != SUM or (trace.writer(symbol) or done + 1) <= done
        array = trace.value(symbol, done) if known else None
        if array is not None:
            yield label, symbol, array
