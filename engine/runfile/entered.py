"""The state of an optimizer in a run file: what it has kept of updates before the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS, Optimizer
from engine.program.parameters import Group, groups, parameters, trained, weights
from engine.runfile.statefile import STEP, TorchGroup, TorchState, torch_states
from engine.spec.check import Check, Table, printable, shown, text, whole
from engine.spec.run import MOST_ITERATIONS, Array, OptimizerSpec, RunSpec, StateSpec

LONGEST_PATH = 1000
KEYS = ("state", "names", "steps", "changed")
COUNTS = ("t", STEP)
"""What a file that is no state_dict calls the number of updates."""

_NAME = Check(
    "the name of an array in the file, or a parameter's number in its param_groups",
    lambda v: v if isinstance(v, str) or (type(v) is int and v >= 0) else None,
)
_OPTIONS = Check(
    'a list of options, such as ["lr"]',
    lambda v: tuple(v) if isinstance(v, list) and all(isinstance(e, str) for e in v) else None,
)


@dataclass(frozen=True, eq=False)
class Entry:
    """What an optimizer's table says of its state. `table` is the same with the options of the
    file for those that it does not give.
    """

    table: Table
    file: str
    arrays: Mapping[str, Array]
    torch: TorchState | None
    names: Mapping[str, Any]
    steps: int | None
    changed: tuple[str, ...]


def take_entry(table: Table, folder: Path, scheduled: bool) -> Entry | None:
    """The state that an optimizer's table names, read; None where it names none. Raises SpecError
    where the file is none of arrays.
    """
    if not table.has("state"):
        return None
    file = table.take("state", text(LONGEST_PATH))
    if file is None:
        return None
    from engine.arrayfiles.read import read_arrays  # most runs have no file to read

    arrays = read_arrays(folder / file)
    name = printable(Path(file).name)
    found = torch_states(arrays)
    if len(found) > 1:
        several = " and ".join(f'"{printable(each[:40])}"' for each in list(found)[:4])
        table.wrong(
            "state", f"has those of several optimizers in {name}, {several}; save one alone"
        )
        return None
    torch = next(iter(found.values()), None)
    names = table.table("names", required=False)
    steps = table.take("steps", whole(0, MOST_ITERATIONS), None) if table.has("steps") else None
    changed = table.take("changed", _OPTIONS, ())
    given = {key: value for key, value in table.values.items() if key not in KEYS}
    row = OPTIMIZERS.get(given["name"]) if isinstance(given.get("name"), str) else None
    if torch and row:
        given = {**_options(row, torch.common, scheduled), **given}
    rest = Table(given, table.place, table.problems)
    for key in KEYS:
        rest.has(key)
    return Entry(rest, name, arrays, torch, names.values if names else {}, steps, changed or ())


def _options(row: Optimizer, group: Mapping[str, Any], scheduled: bool) -> dict[str, Any]:
    """Those options of a group that the row has, as a run file writes them; a learning rate that a
    schedule begins from is the one that it began from.
    """
    values = dict(group)
    if scheduled and "initial_lr" in values:
        values["lr"] = values["initial_lr"]
    return {name: values[name] for name in row.options if name in values}


def entered(spec: RunSpec, optimizer: OptimizerSpec, entry: Entry) -> OptimizerSpec:
    """An optimizer of a run with the state that was read; sentences on what is wrong."""
    placing = _Placing(spec, optimizer, entry)
    arrays = dict(placing.arrays())
    steps = placing.steps()
    return replace(optimizer, since=-(steps or 0), state=StateSpec(arrays))


class _Placing:
    """Finds the slots of every trained parameter, and the number of updates made."""

    def __init__(self, spec: RunSpec, optimizer: OptimizerSpec, entry: Entry) -> None:
        self.spec, self.entry = spec, entry
        self.row = OPTIMIZERS[optimizer.name]
        self.parameters = parameters(spec)
        self.groups = [group for group in groups(spec, optimizer) if group.names]
        self.numbers: dict[str, int] = {}
        if entry.torch and self._is_its(entry.torch):
            self.numbers = self._numbered(entry.torch)

    def wrong(self, what: str) -> None:
        """A sentence on the state."""
        self.entry.table.wrong("state", what)

    # -- whose state it is ---------------------------------------------------------------------

    def _is_its(self, torch: TorchState) -> bool:
        """Whether the state is one of this optimizer; else there is a sentence."""
        known = {*torch.groups[0].options}
        missing = [name for name in self.row.options if name not in known]
        if not missing:
            return self._alike(torch)
        fitting = [row.name for row in OPTIMIZERS.values() if {*row.options} <= known]
        mend = f"; name = {shown(fitting[0])} fits" if fitting else ""
        self.wrong(
            f"is no state of {self.row.label}: the param_groups of {self.entry.file} have no"
            f" {missing[0]}{mend}"
        )
        return False

    def _alike(self, torch: TorchState) -> bool:
        return bool(torch.groups)

    def _numbered(self, torch: TorchState) -> dict[str, int]:
        """The number of each trained parameter in the file."""
        names = weights(self.spec)
        return self._in_order(torch.whole(), [str(n) for n in names], torch)

    def _in_order(
        self, group: TorchGroup, names: Sequence[str], torch: TorchState
    ) -> dict[str, int]:
        """The numbers of a group's parameters, in the order of the run's, all or trained ones."""
        learned = [str(name) for name in trained(self.spec)]
        for each in (names, [name for name in names if name in learned]):
            found = dict(zip(each, group.params, strict=False))
            if len(each) == len(group.params) and all(
                self._fits(name, torch.kept.get(number, {})) for name, number in found.items()
            ):
                return found
        self.wrong(
            f"has {len(group.params)} parameters in {self.entry.file} that are not those of this"
            f" run by order and shape: {', '.join(names[:8])}"
        )
        return {}

    def _fits(self, name: str, kept: Mapping[str, Array]) -> bool:
        slots = (kept[slot] for slot in self.row.torch_slots.values() if slot in kept)
        return all(array.shape == self.parameters[name].shape for array in slots)

    # -- what it is ----------------------------------------------------------------------------

    def arrays(self) -> Iterator[tuple[str, Array]]:
        """The slots by name: m.W1."""
        if self.entry.torch and not self.numbers:
            return
        for group in self.groups:
            for slot in self.row.slots(group.optimizer.options):
                for name in group.names:
                    array = self._slot(group, slot, name)
                    if array is not None:
                        yield f"{slot}.{name}", array

    def _slot(self, _group: Group, slot: str, name: str) -> Array | None:
        """One of them as the run's dtype; None, and a sentence, where it is missing or wrong."""
        called = self.row.torch_slots[slot]
        if self.entry.torch:
            place = f"state.{self.numbers[name]}.{called}"
            array = self.entry.torch.kept.get(self.numbers[name], {}).get(called)
        else:
            place = f"{slot}.{name}"
            array = self.entry.arrays.get(place)
        if array is None:
            self.wrong(f"has no {place} in {self.entry.file}, which is to be {slot} of {name}")
            return None
        shape = self.parameters[name].shape
        if array.shape != shape or array.dtype.kind != "f":
            what = f"is {array.shape} of {array.dtype} as {place} of {self.entry.file}"
            self.entry.table.problems.add(
                f"{slot}.{name}", f"{what}, and must be {shape} of floats"
            )
            return None
        with np.errstate(over="ignore", invalid="ignore"):
            held = np.array(array, self.spec.dtype)
        if not np.isfinite(held).all():
            self.wrong(f"has numbers in {place} of {self.entry.file} that are not finite")
            return None
        held.flags.writeable = False
        return held

    def steps(self) -> int | None:
        """How many updates were made."""
        found = {float(each) for each in self._counts() if each.ndim == 0}
        if not found:
            return self.entry.steps
        steps = found.pop()
        if found or not 0 <= steps <= MOST_ITERATIONS or steps != int(steps):
            self.wrong(f"has other numbers of updates in {self.entry.file} than one whole one")
            return None
        return int(steps)

    def _counts(self) -> Iterator[Array]:
        if self.entry.torch:
            kept = self.entry.torch.kept
            yield from (kept[i][STEP] for i in self.numbers.values() if STEP in kept.get(i, {}))
        else:
            yield from (self.entry.arrays[name] for name in COUNTS if name in self.entry.arrays)
