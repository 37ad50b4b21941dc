"""Branches of history: another line from some iteration on, sharing everything before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.emit import Array
from engine.expr import Index
from engine.history import BUDGET_BYTES, History
from engine.network import weights
from engine.optimizers import OPTIMIZERS
from engine.program import OTHER, starting_state, state_layout
from engine.spec import OptimizerSpec, RunSpec

Edits = Mapping[tuple[str, Index], float]
"""New values of single elements of parameters."""


def other_optimizer(spec: RunSpec) -> OptimizerSpec:
    """What a run is compared with: what it names, else Adam against SGD, and SGD against
    everything else, at the same learning rate.
    """
    if spec.compare:
        return spec.compare
    name = "adam" if spec.optimizer.name == "sgd" else "sgd"
    options = dict(OPTIMIZERS[name].options)
    return OptimizerSpec(name, options | {"lr": spec.optimizer.options["lr"]})


@dataclass(frozen=True, eq=False)
class Carried:
    """How a branch's state is made of its parent's: the parameters, edited, and the slots of
    every optimizer that both know under the same start; other slots begin anew. `swapped` says
    that the two optimizers have changed places.
    """

    parent: RunSpec
    child: RunSpec
    edits: Edits
    swapped: bool = False

    def __call__(self, state: Array) -> Array:
        """The state that the branch begins with."""
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
        for (name, index), value in self.edits.items():
            new.view(made, name)[index] = value
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
) -> History:
    """The line of history that leaves `parent` after iteration `origin` and goes on by `spec`;
    see `Carried`.
    """
    owner = parent.owner(origin + 1)
    start = Carried(owner.spec, spec, edits or {}, swapped)
    return History(spec, parent.budget, owner, origin, start)


def switched(parent: History, origin: int, optimizer: OptimizerSpec, fresh: bool) -> History:
    """The branch on which another optimizer takes over after iteration `origin`: with fresh
    state, its t counted from there, as PyTorch would; or with the state that it would have had
    from the same gradients. The one it takes over from is compared with.
    """
    own = parent.spec_of(origin + 1)
    if fresh:
        optimizer = replace(optimizer, since=origin)
    elif own.compare is None:
        # The parent has not kept this one's slots: train it again, keeping them.
        parent = _keeping(parent.owner(origin + 1), optimizer)
    return branch(parent, origin, own.with_optimizer(optimizer, own.optimizer), swapped=True)


def _keeping(history: History, optimizer: OptimizerSpec) -> History:
    """The same line, compared with an optimizer whose slots it keeps from iteration 1 on."""
    spec = replace(history.spec, compare=optimizer)
    if history.parent is None:
        return History(spec, history.budget)
    parent = _keeping(history.parent, optimizer)
    edits = history.start.edits if isinstance(history.start, Carried) else {}
    return branch(parent, history.origin, spec, edits)


def line(spec: RunSpec, budget: int = BUDGET_BYTES) -> History:
    """The history of a run with all its switches, each stretch within a budget in bytes."""
    history = History(replace(spec, switches=()), budget)
    for switch in spec.switches:
        history = switched(history, switch.at - 1, switch.optimizer, fresh=True)
    return history
