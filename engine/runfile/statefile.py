"""What a checkpoint of PyTorch's says of an optimizer and of a schedule, out of a file's arrays."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.spec.run import Array

STEP = "step"
COUNT = "last_epoch"
_STATE = re.compile(
    r"((?:.*\.)?)(?:state\.(\d{1,9})\.(\w+)|param_groups\.(\d{1,9})\.(\w+)(?:\.(\d{1,9}))?)"
)
_SCHEDULE = re.compile(rf"((?:.*\.)?){COUNT}")

Kept = Mapping[str, Array]
"""What is kept of a parameter: exp_avg, exp_avg_sq, step."""


@dataclass(frozen=True, eq=False)
class TorchGroup:
    """A group of parameters: their numbers, and the group's options."""

    params: tuple[int, ...]
    options: Mapping[str, Any]

    def lr(self, scheduled: bool) -> Any:
        """Its learning rate; the one that a schedule began with, where it is scheduled."""
        lr = self.options.get("lr")
        return self.options.get("initial_lr", lr) if scheduled else lr


@dataclass(frozen=True, eq=False)
class TorchState:
    """The state of an optimizer: its groups, and what is kept of each parameter, by number."""

    groups: tuple[TorchGroup, ...]
    kept: Mapping[int, Kept]

    @property
    def common(self) -> TorchGroup:
        """All groups as one, with those options that are the same in all of them."""
        first, *others = (group.options for group in self.groups)
        same = {k: v for k, v in first.items() if all(each.get(k) == v for each in others)}
        return TorchGroup(tuple(i for group in self.groups for i in group.params), same)


def torch_states(arrays: Mapping[str, Array]) -> dict[str, TorchState]:
    """The optimizers' states in a file, by what they are called in it: "optimizer", or "" for a
    state_dict alone.
    """
    kept: dict[str, dict[int, dict[str, Array]]] = defaultdict(lambda: defaultdict(dict))
    groups: dict[str, dict[int, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    for name, array in arrays.items():
        found = _STATE.fullmatch(name)
        if found is None:
            continue
        within, index, slot, number, option, item = found.groups()
        if slot:
            kept[within][int(index)][slot] = array
        elif array.ndim == 0:
            group = groups[within][int(number)]
            if item is None:
                group[option] = array.item()
            elif isinstance(listed := group.setdefault(option, []), list):
                listed.append(array.item())
    return {
        within.rstrip("."): TorchState(
            tuple(_group(found[number]) for number in sorted(found)), kept[within]
        )
        for within, found in groups.items()
    }


def _group(values: Mapping[str, Any]) -> TorchGroup:
    options = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    params = options.pop("params", ())
    numbers = params if isinstance(params, tuple) else ()
    return TorchGroup(tuple(i for i in numbers if type(i) is int), options)


def torch_schedules(arrays: Mapping[str, Array]) -> dict[str, dict[str, Any]]:
    """The numbers of the schedules in a file, by what these are called in it; without those of
    which others are made.
    """
    found = {m[1] for m in map(_SCHEDULE.fullmatch, arrays) if m and "_schedulers." not in m[1]}
    return {
        within.rstrip("."): {
            key: array.item()
            for name, array in arrays.items()
            if array.ndim == 0
            and "." not in (key := name.removeprefix(within))
            and name.startswith(within)
        }
        for within in found
    }
