"""The state: what an iteration hands to the next one, as one flat vector."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.formula.layout import Layout
from engine.program.parameters import (
    VECTOR,
    groups,
    no_matrices,
    parameters,
    shape,
    trained,
    weights,
)
from engine.program.plateau import declare_watch, start_watch
from engine.program.updates import declare_slots, start_slots
from engine.spec.data import Batches
from engine.spec.run import RunSpec, ScheduleSpec, SpecError

OTHER = "other:"
"""Prefix of what the compared optimizer keeps and computes from the same gradients."""


def state_layout(spec: RunSpec) -> Layout:
    """Where everything that an iteration hands to the next one stands: the trained parameters
    (together VECTOR), the frozen ones, the slots of the optimizer and of the compared one.
    Raises SpecError where one of these does not update such parameters.
    """
    for optimizer in filter(None, (spec.optimizer, spec.compare)):
        if wrong := no_matrices(spec, optimizer):
            raise SpecError(f"{optimizer.name} {wrong}.")
    layout = Layout()
    names = trained(spec)
    for group in groups(spec, spec.optimizer):
        first = layout.size
        for name in group.names:
            layout.add(name, shape(spec, name))
        layout.group(f"{VECTOR}{group.key}", first)
    layout.group(VECTOR, 0)
    for name in weights(spec):
        if name not in names:
            layout.add(name, shape(spec, name))
    declare_slots(layout, groups(spec, spec.optimizer), "")
    declare_watch(layout, spec.schedule)
    if spec.data.accumulate > 1:
        from engine.program.accumulate import declare_sums  # most runs do not

        declare_sums(layout, spec)
    if spec.compare:
        declare_slots(layout, groups(spec, spec.compare), OTHER)
    return layout


def own_names(layout: Iterable[str]) -> list[Symbol]:
    """The parameters and the slots of the optimizer itself among the names of a state."""
    return [name for name in map(Symbol, layout) if name.parameter and ":" not in name]


def starting_state(spec: RunSpec, layout: Layout | None = None) -> Array:
    """The state before iteration 1: the given parameters, and slots that have seen nothing, or
    what they are given. It stands as in `layout`, the spec's own.
    """
    layout = layout or state_layout(spec)
    state = np.zeros(layout.size, spec.dtype)
    for name, array in parameters(spec).items():
        layout.view(state, name)[...] = array
    schedule = _begun(spec)
    batches = Batches(spec.data, spec.seed) if schedule else None
    start_slots(layout, groups(spec, spec.optimizer), state, "", schedule, batches)
    start_watch(layout, schedule, state)
    if spec.compare:
        start_slots(layout, groups(spec, spec.compare), state, OTHER, schedule, batches)
    return state


def _begun(spec: RunSpec) -> ScheduleSpec | None:
    """The schedule as it begins: anew under an optimizer that took over in the run."""
    if spec.schedule is None or spec.optimizer.since <= 0:
        return spec.schedule
    return replace(spec.schedule, kept=())
