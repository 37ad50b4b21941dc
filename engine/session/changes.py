"""What a reader changes at a position: the cause of a branch from there, and words for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import DATA
from engine.formula.expr import Index
from engine.history.position import Position
from engine.program.step import Phase
from engine.runfile.parts import GOING
from engine.session import moves
from engine.session.causes import Cause, EditError, changed_spec, valid_value
from engine.session.rivals import other_optimizer
from engine.session.tree import Branch
from engine.spec.run import RunSpec

Change = tuple[Cause, str]
MOST_SHOWN = 6
"""So many numbers of a row stand in the words for its change."""


def edit(
    branch: Branch, here: Position, symbol: str, index: Index, value: float, name: str
) -> Change:
    """One element of a parameter, input or target gets a value; `name` is how it is written.
    Raises EditError for what cannot be edited.
    """
    value = valid_value(name, value, branch.spec.dtype)
    t = here.iteration
    trace = branch.history.trace(t)
    if symbol in DATA:
        cause = _of_data(branch, t, symbol, index, value)
        if symbol == "y":
            _check_target(branch.history.spec_of(t), cause, name)
    elif symbol in trace.parameters:
        # It takes effect after this iteration where that has updated it, else after the one before.
        writer = trace.writer(symbol)
        done = writer is not None and writer <= here.step
        cause = Cause(branch.number, t - (not done), "parameter", symbol, index, value)
    else:
        raise EditError(f"{name} is computed; parameters, inputs and targets can be edited.")
    old = float(trace.known(symbol, here.step)[index])
    return cause, f"{name} {old:.6g} → {value:.6g} at {_written(here)}"


def edit_targets(
    branch: Branch, here: Position, sample: int, values: Sequence[float], name: str
) -> Change:
    """The whole row of targets of a sample of the mini-batch gets values, one for each output;
    `name` is how it is written. Raises EditError for a row that the loss does not take.
    """
    t = here.iteration
    given = tuple(valid_value(name, value, branch.spec.dtype) for value in values)
    cause = _of_data(branch, t, "y", (sample,), given)
    _check_target(branch.history.spec_of(t), cause, name)
    old = branch.history.trace(t).known("y", 0)[sample]
    return cause, f"{name} {_row(old)} → {_row(given)} at {_written(here)}"


def _of_data(branch: Branch, t: int, symbol: str, index: Index, value: Any) -> Cause:
    """The cause of new data; `index` is counted over the mini-batch of iteration t."""
    row = int(branch.history.owner(t).rows(t)[index[0]])
    return Cause(branch.number, t - 1, "data", symbol, (row, *index[1:]), value)


def _row(values: Iterable[float]) -> str:
    first, *others = (f"{value:.6g}" for value in values)
    shown = [first, *others[: MOST_SHOWN - 1], *(["…"] if len(others) >= MOST_SHOWN else [])]
    return f"({', '.join(shown)})"


def row_example(spec: RunSpec) -> str:
    """A row of targets, where one target alone has no other value, as those of a sample are shares
    of the classes; "" where it has.
    """
    rule, classes = LOSSES[spec.loss.name].targets, spec.data.y.shape[1]
    return _row([0, 1, *[0] * (classes - 2)])[1:-1] if rule and rule.classes else ""


def _check_target(spec: RunSpec, cause: Cause, name: str) -> None:
    """Raises EditError, in the words of a run file's refusal, for targets that the loss does not
    take. Sessions that have such a change already still open: only new ones are refused.
    """
    rule, row = LOSSES[spec.loss.name].targets, cause.index[0]
    y = changed_spec(spec, cause).data.y[row : row + 1]
    if rule is None or rule.test(y)[0]:
        return
    if isinstance(cause.value, tuple):
        raise EditError(f"{name} {rule.wrong(y[0])}.")
    row_instead = row_example(spec)
    mend = f" Give the whole row, such as {row_instead}." if row_instead else ""
    raise EditError(f"{name} = {cause.value:g}: the row of targets {rule.wrong(y[0])}.{mend}")


def option(branch: Branch, here: Position, name: str, value: Any) -> Change:
    """An option of the optimizer, or a part of the run such as its loss, gets a value."""
    if name in GOING:
        part = Cause(branch.number, here.iteration - 1, "part", name, (), value)
        return part, f"{name} = {value} at {_written(here)}"
    cause = Cause(branch.number, _update_origin(branch, here), "option", name, (), value)
    return cause, f"{name} = {value} at {_written(here)}"


def switch(branch: Branch, here: Position, fresh: bool) -> Change:
    """The optimizer that the branch is compared with takes over, with fresh state or not."""
    origin = _update_origin(branch, here)
    optimizer = other_optimizer(branch.history.spec_of(origin + 1))
    row = OPTIMIZERS[optimizer.name]
    options = dict(row.complete(optimizer.options))
    cause = Cause(branch.number, origin, "switch", optimizer.name, (), options, fresh)
    how = "fresh" if fresh else "carried"
    return cause, f"{row.label}, {how} state, from {origin + 1} on"


def _update_origin(branch: Branch, here: Position) -> int:
    """The iteration after which a change of the optimizer takes effect."""
    step = moves.current_step(branch.history, here)
    return here.iteration - (step is None or step.phase != Phase.UPDATE)


def _written(position: Position) -> str:
    return f"{position.iteration}.{position.step}"
