"""Branches of history: another line from some iteration on, sharing everything before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.catalog.optimizers import OPTIMIZERS
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.history.budget import Budget
from engine.history.history import History, Progress, Stop
from engine.program.parameters import weights
from engine.program.state import OTHER, starting_state, state_layout
from engine.spec.run import OptimizerSpec, RunSpec, SwitchSpec

Edits = Mapping[tuple[str, Index], float]
"""New values of single elements of parameters."""


def other_optimizer(spec: RunSpec) -> OptimizerSpec:
    """What a run is compared with: what it names, else its optimizer's rival at the same learning
    rate.
    """
    if spec.compare:
        return spec.compare
    name = OPTIMIZERS[spec.optimizer.name].rival
    options = dict(OPTIMIZERS[name].defaults)
    return OptimizerSpec(name, options | {"lr": spec.optimizer.options["lr"]})


@dataclass(frozen=True, eq=False)
class Carried:
    """How a branch's state is made of its parent's: the parameters, edited, and the slots of
    every optimizer that both know under the same start; other slots begin anew. `swapped` says
    that the two optimizers have changed places. `source` is the line to take the state after
    iteration `origin` from, where it is not the parent, since that has not kept all slots.
    """

    origin: int
    parent: RunSpec
    child: RunSpec
    edits: Edits
    swapped: bool = False
    source: History | None = None

    def distance(self) -> int:
        """How many iterations are computed of the source."""
        return self.source.distance(self.origin) if self.source else 0

    def ready(self, stop: Stop, progress: Progress) -> bool:
        """Train the source."""
        return self.source is None or self.source.extend(self.origin, stop, progress=progress)

    def begun(self) -> Carried:
        """The same without the source."""
        return replace(self, source=None)

    def __call__(self, state: Array) -> Array:
        """The state that the branch begins with."""
        if self.source:
            self.source.extend(self.origin)
            state = self.source.replayed(self.origin)
        old, new = state_layout(self.parent), state_layout(self.child)
        made = starting_state(self.child)
        for name in weights(self.child):
            new.view(made, name)[...] = old.view(state, name)
        for prefix, optimizer in (("", self.child.optimizer), (OTHER, self.child.compare)):
            source = _slots_of(self.parent, optimizer, (prefix == "") != self.swapped)
            if optimizer is None or source is None:
                continue
            for slot in OPTIMIZERS[optimizer.name].slots(optimizer.options):
                if f"{source}{slot}" in old:
                    new.view(made, f"{prefix}{slot}")[...] = old.view(state, f"{source}{slot}")
        for (edited, index), value in self.edits.items():
            new.view(made, edited)[index] = value
        return made


def _slots_of(spec: RunSpec, optimizer: OptimizerSpec | None, own_first: bool) -> str | None:
    """Under which prefix a run's state has the slots of an optimizer; None where it has not.
    `own_first` decides where both are that one with other options.
    """
    places = (("", spec.optimizer), (OTHER, spec.compare))
    for prefix, known in places if own_first else places[::-1]:
        if known and optimizer and (known.name, known.since) == (optimizer.name, optimizer.since):
            return prefix
    return None


def branch(
    parent: History,
    origin: int,
    spec: RunSpec,
    edits: Edits | None = None,
    swapped: bool = False,
    source: History | None = None,
) -> History:
    """The line of history that leaves `parent` after iteration `origin` and goes on by `spec`;
    see `Carried`.
    """
    owner = parent.owner(origin + 1)
    start = Carried(origin, (source or owner).spec, spec, edits or {}, swapped, source)
    return History(spec, parent.budget, owner, origin, start)


def switched(
    parent: History,
    origin: int,
    optimizer: OptimizerSpec,
    fresh: bool,
    later: tuple[SwitchSpec, ...] = (),
) -> History:
    """The branch on which another optimizer takes over after iteration `origin`: with fresh
    state, its t counted from there, as PyTorch would; or with the state that it would have had
    from the same gradients. The one it takes over from is compared with; `later` switches are
    still to come.
    """
    own = parent.spec_of(origin + 1)
    source = None
    if fresh:
        optimizer = replace(optimizer, since=origin)
    elif own.compare is None:
        # The parent has not kept this one's slots: train it again, keeping them.
        source = _keeping(parent.owner(origin + 1), optimizer)
    spec = replace(own.with_optimizer(optimizer, own.optimizer), switches=later)
    return branch(parent, origin, spec, swapped=True, source=source)


def planned(history: History) -> History:
    """The line that goes on from a history with all switches that are still to come."""
    while history.spec.switches:
        switch, *later = history.spec.switches
        history = switched(history, switch.at - 1, switch.optimizer, True, tuple(later))
    return history


def _keeping(history: History, optimizer: OptimizerSpec) -> History:
    """The same line, compared with an optimizer whose slots it keeps from iteration 1 on."""
    spec = replace(history.spec, compare=optimizer)
    if history.parent is None:
        return History(spec, history.budget)
    parent = _keeping(history.parent, optimizer)
    edits = history.start.edits if isinstance(history.start, Carried) else {}
    return branch(parent, history.origin, spec, edits)


def line(spec: RunSpec, budget: Budget | None = None) -> History:
    """The history of a run with all its switches, all its stretches within a budget."""
    return planned(History(spec, budget))
