"""What the state_dict of a PyTorch optimizer says, out of the arrays of a file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.spec.run import Array

STEP = "step"
_PART = re.compile(
    r"((?:.*\.)?)(?:state\.(\d{1,9})\.(\w+)|param_groups\.(\d{1,9})\.(\w+)(?:\.(\d{1,9}))?)"
)

Kept = Mapping[str, Array]
"""What is kept of a parameter: exp_avg, exp_avg_sq, step."""


@dataclass(frozen=True, eq=False)
class TorchGroup:
    """A group of parameters: their numbers, and the group's options."""

    params: tuple[int, ...]
    options: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class TorchState:
    """The state of an optimizer: its groups, and what is kept of each parameter, by number."""

    groups: tuple[TorchGroup, ...]
    kept: Mapping[int, Kept]

    @property
    def common(self) -> dict[str, Any]:
        """The options that are the same in all groups."""
        first, *others = (group.options for group in self.groups)
        return {k: v for k, v in first.items() if all(each.get(k) == v for each in others)}

    def whole(self) -> TorchGroup:
        """All groups as one, with the options that they have in common."""
        return TorchGroup(tuple(i for group in self.groups for i in group.params), self.common)


def torch_states(arrays: Mapping[str, Array]) -> dict[str, TorchState]:
    """The optimizers' states in a file, by what they are called in it: "optimizer", or "" for a
    state_dict alone.
    """
    kept: dict[str, dict[int, dict[str, Array]]] = defaultdict(lambda: defaultdict(dict))
    groups: dict[str, dict[int, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    for name, array in arrays.items():
        found = _PART.fullmatch(name)
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
        within.rstrip("."): TorchState(tuple(map(_group, _in_order(found))), kept[within])
        for within, found in groups.items()
    }


def _in_order(groups: Mapping[int, Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (groups[number] for number in sorted(groups))


def _group(values: Mapping[str, Any]) -> TorchGroup:
    options = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    params = options.pop("params", ())
    numbers = params if isinstance(params, tuple) else ()
    return TorchGroup(tuple(i for i in numbers if type(i) is int), options)
