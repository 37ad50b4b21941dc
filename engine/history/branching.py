"""Histories that leave another one at some iteration, sharing everything before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.catalog.optimizers import OPTIMIZERS
from engine.formula.calls import Array
from engine.formula.expr import Index
from engine.history.budget import Budget
from engine.history.history import History
from engine.history.stretch import Stretch
from engine.history.work import Progress, Stop, never, nobody
from engine.program.parameters import SUM, groups, trained, weights
from engine.program.plateau import KEPT
from engine.program.state import OTHER, starting_state, state_layout
from engine.spec.run import OptimizerSpec, RunSpec, SwitchSpec

Edits = Mapping[tuple[str, Index], float]
"""New values of single elements of parameters."""


@dataclass(frozen=True, eq=False)
class Carried:
    """How a stretch's state is made of that of the `past` that it leaves after iteration `origin`:
    the parameters, edited, the slots of every optimizer that both know under the same start, and
    what a schedule keeps of the losses; other slots begin anew. `swapped` says that the two
    optimizers have changed places. `source` is a history to take the state from where the past has
    not kept all slots.
    """

    origin: int
    past: History
    spec: RunSpec
    edits: Edits
    swapped: bool = False
    source: History | None = None

    def distance(self) -> int:
        """How many iterations are computed of the past, and of the source."""
        needed = (self.past, self.source) if self.source else (self.past,)
        return sum(history.distance(self.origin) for history in needed)

    def ready(self, stop: Stop, progress: Progress) -> bool:
        """Train the past, and the source."""
        needed = (self.past, self.source) if self.source else (self.past,)
        return all(history.extend(self.origin, stop, progress=progress) for history in needed)

    def check(self, _state: Array) -> None:
        """It can be any, after a past that is there."""
        if self.past.frontier < self.origin:
            raise ValueError("checkpoints of a branch whose past is missing, or twice")

    def begun(self) -> Carried:
        """The same without the source."""
        return replace(self, source=None)

    def __call__(self) -> Array:
        """The state that the stretch begins with."""
        self.ready(never, nobody)
        history = self.source or self.past
        state, before = history.replayed(self.origin), history.own.spec
        old, new = state_layout(before), state_layout(self.spec)
        made = starting_state(self.spec, new)
        for name in weights(self.spec):
            new.view(made, name)[...] = old.view(state, name)
        for kept, known in self._kept(before):
            if known in old and kept in new:
                new.view(made, kept)[...] = old.view(state, known)
        for (edited, index), value in self.edits.items():
            new.view(made, edited)[index] = value
        return made

    def _kept(self, before: RunSpec) -> Iterator[tuple[str, str]]:
        """What else is carried over where both runs keep it, by its names in the new state and in
        that of the run `before`: slots, gradients that are added up, what a schedule has seen.
        """
        for prefix, optimizer in (("", self.spec.optimizer), (OTHER, self.spec.compare)):
            known = _slots_of(before, optimizer, (prefix == "") != self.swapped)
            if optimizer is not None and known is not None:
                for slot in _slots(self.spec, optimizer):
                    yield f"{prefix}{slot}", f"{known}{slot}"
        for name in trained(self.spec):
            yield name.under(SUM), name.under(SUM)
        if before.optimizer.since == self.spec.optimizer.since:
            for kept in (KEPT, f"{KEPT}.pass"):
                yield kept, kept


def _slots(spec: RunSpec, optimizer: OptimizerSpec) -> Iterator[str]:
    """What an optimizer keeps, by parameter: m.W1."""
    for group in groups(spec, optimizer):
        for slot in OPTIMIZERS[optimizer.name].slots(group.optimizer.options):
            yield from (f"{slot}.{name}" for name in group.names)


def _slots_of(spec: RunSpec, optimizer: OptimizerSpec | None, own_first: bool) -> str | None:
    """Under which prefix a run's state has the slots of an optimizer; None where it has not.
    `own_first` decides where both are that one with other options.
    """
    both = (("", spec.optimizer), (OTHER, spec.compare))
    for prefix, known in both if own_first else both[::-1]:
        if known and optimizer and (known.name, known.since) == (optimizer.name, optimizer.since):
            return prefix
    return None


def branched(
    history: History,
    origin: int,
    spec: RunSpec,
    edits: Edits | None = None,
    swapped: bool = False,
    source: History | None = None,
) -> History:
    """The history that leaves another after iteration `origin` and goes on by `spec`; see
    `Carried`.
    """
    past = history.upto(origin + 1)
    start = Carried(origin, past, spec, edits or {}, swapped, source)
    return History((*past.stretches, Stretch(spec, past.own.budget, origin, start)))


def switched(
    history: History,
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
    own = history.spec_of(origin + 1)
    source = None
    if fresh:
        optimizer = replace(optimizer, since=origin, state=None)
    elif own.compare is None:
        # This one's slots have not been kept: train it again with them.
        source = _with_slots(history.upto(origin + 1), optimizer)
    spec = replace(own.with_optimizer(optimizer, own.optimizer), switches=later)
    return branched(history, origin, spec, swapped=True, source=source)


def planned(history: History) -> History:
    """The history that goes on from another with all switches that are still to come."""
    while history.own.spec.switches:
        switch, *later = history.own.spec.switches
        history = switched(history, switch.at - 1, switch.optimizer, True, tuple(later))
    return history


def _with_slots(history: History, optimizer: OptimizerSpec) -> History:
    """The same iterations, compared with an optimizer whose slots are there from iteration 1 on."""
    first, *later = history.stretches
    made = History((Stretch(replace(first.spec, compare=optimizer), first.budget),))
    for stretch in later:
        edits = stretch.start.edits if isinstance(stretch.start, Carried) else {}
        spec = replace(stretch.spec, compare=optimizer)
        made = branched(made, stretch.origin, spec, edits)
    return made


def history_of(spec: RunSpec, budget: Budget | None = None) -> History:
    """The history of a run with all its switches, all its stretches within a budget."""
    return planned(History((Stretch(spec, budget or Budget()),)))
