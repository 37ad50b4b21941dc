"""The state that an optimizer begins with: its slots, its count of updates, its schedule's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS, Optimizer
from engine.program.parameters import Group, groups, parameters
from engine.runfile.entry import Entry
from engine.runfile.numbering import Numbering, Numbers
from engine.runfile.statefile import STEP, TorchGroup, TorchState
from engine.spec.check import Check, one_of, shown
from engine.spec.run import MOST_ITERATIONS, Array, OptimizerSpec, RunSpec, StateSpec

SAME = 1e-4
"""So near to each other, two numbers are the same but for rounding, of many updates in float32."""
COUNTS = ("t", STEP, "before.t")
"""What a file that is no state_dict calls the number of updates."""

_NAME = Check("the name of an array in the file", lambda v: v if isinstance(v, str) else None)


@dataclass(frozen=True, eq=False)
class Entered:
    """An optimizer with the state that was read, the number of updates that it has made, None where
    that is not known, and which group of the file each of its groups is.
    """

    optimizer: OptimizerSpec
    steps: int | None
    pairs: tuple[tuple[TorchGroup, Group], ...]


def entered(spec: RunSpec, optimizer: OptimizerSpec, entry: Entry) -> Entered:
    """An optimizer of a run with the state that was read; sentences on what is wrong."""
    placing = _Placing(spec, optimizer, entry)
    arrays, steps = dict(placing.arrays()), placing.steps()
    entry.names.close()
    least = int(bool(arrays))  # who has kept something has seen something
    made = replace(optimizer, since=-max(steps or 0, least), state=StateSpec(arrays))
    return Entered(made, steps, placing.numbering.pairs if placing.numbering else ())


class _Placing:
    """Finds the slots of every trained parameter, and the number of updates made."""

    def __init__(self, spec: RunSpec, optimizer: OptimizerSpec, entry: Entry) -> None:
        self.spec, self.entry, self.torch = spec, entry, entry.torch
        self.row = OPTIMIZERS[optimizer.name]
        self.shapes = {name: array.shape for name, array in parameters(spec).items()}
        self.groups = [group for group in groups(spec, optimizer) if group.names]
        self.numbering: Numbering | None = None
        for name in entry.changed:
            if name not in self.row.options:
                entry.table.wrong("changed", f"has {shown(name)}; {one_of(name, self.row.options)}")
        if self.torch and self._is_its(self.torch):
            self.numbering = Numbers(spec, optimizer, entry, self.torch).found()
        if self.numbering:
            for group, own in self.numbering.pairs:
                self._agree(group, own)

    def wrong(self, what: str) -> None:
        """A sentence on the state."""
        self.entry.table.wrong("state", what)

    # -- whose state it is ---------------------------------------------------------------------

    def _is_its(self, torch: TorchState) -> bool:
        """Whether the state is one of this optimizer; else there is a sentence."""
        known = torch.groups[0].options
        missing = _missing(self.row, known)
        foreign = [name for name in known if name in _all() - _known(self.row)]
        decayed = known.get("weight_decay")
        other = [k for k, v in self.row.torch_group.items() if decayed and known.get(k, v) != v]
        if not missing and not other and not foreign:
            return True
        fitting = [row.name for row in OPTIMIZERS.values() if _fits(row, known)]
        why = f"no {missing[0]}" if missing else _option(known, (foreign or other)[0])
        mend = f"; name = {shown(fitting[0])} fits" if fitting else ""
        file = self.entry.file
        self.wrong(f"is none of {self.row.label}: the param_groups of {file} have {why}{mend}")
        return False

    def _agree(self, group: TorchGroup, own: Group) -> None:
        """Sentences where options of the run are not those of the file."""
        entry, changed = self.entry, self.entry.changed
        options = self.row.complete(own.optimizer.options)
        theirs = {**group.options, "lr": group.lr(entry.scheduled)}
        for name, value in options.items():
            if name in self.row.ours and name not in changed and value != self.row.defaults[name]:
                entry.table.wrong(
                    name,
                    f"is {_written(value)}, and PyTorch, which made {entry.file}, has none such;"
                    f' leave it out, or changed = ["{name}"] to go on with it',
                )
            if name in changed or name not in theirs or theirs[name] == value:
                continue
            whose = f"of {', '.join(own.names[:3])} " if len(self.groups) > 1 else ""
            entry.table.wrong(
                name,
                f"{whose}is {_written(value)}, and {_written(theirs[name])} in {entry.file};"
                f' write it as there, or changed = ["{name}"] to go on with another',
            )

    # -- the slots -----------------------------------------------------------------------------

    def arrays(self) -> Iterator[tuple[str, Array]]:
        """The slots by name, m.W1, up to the first that there is a sentence on."""
        if self.torch and not self.numbering:
            return
        for group in self.groups:
            for slot in self.row.slots(group.optimizer.options):
                for name in group.names:
                    array = self._slot(slot, name)
                    if array is None:
                        return
                    yield f"{slot}.{name}", array

    def _slot(self, slot: str, name: str) -> Array | None:
        """One of them as the run's dtype; None, and a sentence, where it is missing or wrong."""
        place, array = self._found(slot, name)
        file, shape = self.entry.file, self.shapes[name]
        if array is not None and shape == () and array.shape == (1,):
            array = array.reshape(())  # PyTorch has a slope for all units so
        if array is None:
            self._missing(f"{slot}.{name}", place, name)
        elif slot in self.row.torch_single and array.shape == () and array.dtype.kind == "f":
            held = np.full(shape, array, self.spec.dtype)
            held.flags.writeable = False
            return held
        elif array.shape != shape or array.dtype.kind != "f":
            what = f"is {array.shape} of {array.dtype} as {place} of {file}"
            self.wrong(f"has {slot}.{name}, which {what}, and must be {shape} of floats")
        else:
            with np.errstate(over="ignore", invalid="ignore"):
                held = np.array(array, self.spec.dtype)
            if np.isfinite(held).all():
                held.flags.writeable = False
                return held
            self.wrong(f"has numbers as {place} of {file} that are not finite in {held.dtype}")
        return None

    def _missing(self, slot: str, place: str, name: str) -> None:
        """The sentence on a slot that the file does not have."""
        if self.torch:
            mend = f"freeze {name} where PyTorch did not update it"
        else:
            mend = f'nor param_groups; save a state_dict(), or say which: names."{slot}" = …'
        self.wrong(f"has no {slot}: there is no {place} in {self.entry.file}; {mend}")

    def _found(self, slot: str, name: str) -> tuple[str, Array | None]:
        """What the file has as a slot of a parameter, and what it is called there."""
        own, theirs = f"{slot}.{name}", self.row.torch_slots[slot]
        arrays, names = self.entry.arrays, self.entry.names
        if names.has(own):
            named = names.take(own, _NAME)
            return shown(named or ""), arrays.get(named) if named else None
        if self.torch and self.numbering:
            number = self.numbering.numbers[name]
            return f"state.{number}.{theirs}", self.torch.kept.get(number, {}).get(theirs)
        ways = (own, f"{theirs}.{name}", f"before.{own}", f"before.{theirs}.{name}")
        place = next((each for each in ways if each in arrays), own)
        return place, arrays.get(place)

    # -- the count of updates ------------------------------------------------------------------

    def steps(self) -> int | None:
        """How many updates were made; None where that is neither said nor needed."""
        entry, found = self.entry, dict[float, str]()
        if entry.table.problems.found:
            return None
        for name, count in self._counts():
            if count.size == 1:
                found.setdefault(float(count.reshape(())), name)
        if len(found) > 1:
            (one, of), (other, it) = list(found.items())[:2]
            self.wrong(
                f"has made {one:,g} updates of {of} and {other:,g} of {it} in {entry.file}, and"
                " here all parameters have one count"
            )
            return None
        steps = next(iter(found), None)
        if steps is None:
            needed = any("t" in self.row.scalars(1, each.optimizer.options) for each in self.groups)
            if entry.steps is None and needed:
                entry.table.wrong(
                    "steps", f"is missing: how many updates, {entry.file} does not say"
                )
            return entry.steps
        if not 0 <= steps <= MOST_ITERATIONS or steps != int(steps):
            self.wrong(f"has {steps:g} updates in {entry.file}, which is no count of them")
            return None
        if entry.steps not in (None, steps):
            entry.table.wrong("steps", f"is {entry.steps:,}, and {steps:,g} in {entry.file}")
        self._follow(int(steps))
        return int(steps)

    def _follow(self, steps: int) -> None:
        """A sentence where what should follow from so many updates is not what the file has."""
        for name, key, value in self._following(steps):
            kept = self._kept_of(name).get(key)
            if kept is None or kept.size != 1:
                continue
            theirs = float(kept.reshape(()))
            if not math.isclose(theirs, value, rel_tol=SAME, abs_tol=SAME):
                self.wrong(
                    f"has a {key} of {theirs:g} for {name} in {self.entry.file}, and {steps:,}"
                    f" updates under these options make it {value:g}: options were changed on the"
                    " way, and a run has them from its first update"
                )
                return

    def _following(self, steps: int) -> Iterator[tuple[str, str, float]]:
        """Parameters, and by PyTorch's names the numbers that so many updates give for each."""
        for group in self.groups:
            options = self.row.complete(group.optimizer.options)
            for key, value in self.row.torch_counts(steps, options).items():
                yield from ((name, key, value) for name in group.names)

    def _kept_of(self, name: str) -> Mapping[str, Array]:
        """What a state_dict has of a parameter, by PyTorch's names."""
        if not (self.torch and self.numbering):
            return {}
        return self.torch.kept.get(self.numbering.numbers.get(name, -1), {})

    def _counts(self) -> Iterator[tuple[str, Array]]:
        if self.torch:
            numbers = self.numbering.numbers if self.numbering else {}
            for name, number in numbers.items():
                if STEP in (kept := self.torch.kept.get(number, {})):
                    yield name, kept[STEP]
        else:
            known = self.entry.arrays
            yield from [(name, known[name]) for name in COUNTS if name in known][:1]


def _option(known: Mapping[str, Any], name: str) -> str:
    return f"{name} = {shown(known[name])}"


def _written(value: Any) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else shown(value)


@cache
def _all() -> set[str]:
    """The options of any optimizer."""
    return {name for row in OPTIMIZERS.values() for name in row.options}


def _known(row: Optimizer) -> set[str]:
    """Those that PyTorch's may have."""
    return {*row.options, *row.torch_group}


def _missing(row: Optimizer, known: Mapping[str, Any]) -> list[str]:
    """What a file of this optimizer always has, and these options lack."""
    return [name for name in _telling(row) if name not in known]


def _fits(row: Optimizer, known: Mapping[str, Any]) -> bool:
    """Whether a file's options are those of this optimizer."""
    return (
        not _missing(row, known)
        and _all() & {*known} <= _known(row)
        and all(known.get(key, value) == value for key, value in row.torch_group.items())
    )


def _telling(row: Optimizer) -> list[str]:
    """The options that every version of PyTorch's has and that are numbers, as texts are not read;
    other flags have come later, being off.
    """
    given = row.options.items()
    known = [n for n, each in given if n not in row.ours and not isinstance(each.default, str)]
    return [n for n in known if n in row.torch_has or row.options[n].default is not False]
