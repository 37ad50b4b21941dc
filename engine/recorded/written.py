"""What gradstep_record.py wrote: the calls, the optimizer and its groups, and the arrays."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from engine.arrayfiles.file import MOST_BYTES, File
from engine.arrayfiles.read import arrays_of
from engine.spec.files import read_bytes
from engine.spec.run import MOST_ITERATIONS, Array

META = "meta"
MARK = b'{"gradstep": '
VERSION = 1
MOST_META = 8 << 20
MOST_CALLS = 10_000
NO_TARGETS = "no function was given targets, as many as there are samples (samples, inputs)"
SEVERAL = "several backward passes before a step"
"""What the recorder notes of those."""
MEND = "record the training again with gradstep_record.py"


@dataclass(frozen=True)
class Call:
    """A function that was called: its name, what its arguments were, and what the arrays of an
    iteration call its result. An argument is a number, a text, None, or a table: of an "output"
    of another call, a "parameter", perhaps "turned", or a "tensor" of a shape, perhaps with its
    "numbers".
    """

    key: str
    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def tables(self, kind: str) -> list[Any]:
        """What the arguments of a kind are: the keys of outputs, the names of parameters."""
        given = [*self.args, *self.kwargs.values()]
        flat = [each for one in given for each in (one if isinstance(one, list) else [one])]
        return [each[kind] for each in flat if isinstance(each, dict) and kind in each]


@dataclass(frozen=True)
class Group:
    """A group of the optimizer's parameters, by name, and its options; "" is a parameter that is
    not the model's.
    """

    params: tuple[str, ...]
    options: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Written:
    """A record. `arrays` are by the names that the recorder's docstring lists; `groups` those of
    the optimizer in each iteration, the first at 0. So many `iterations` are whole; a part of one
    may follow.
    """

    file: File
    arrays: Mapping[str, Array]
    iterations: int
    calls: tuple[Call, ...]
    optimizer: str
    groups: tuple[tuple[Group, ...], ...]
    adding: bool = False
    """Whether several backward passes were made before a step."""

    def of(self, t: int, name: str) -> Array | None:
        """The array of an iteration; of 0, what was before the first."""
        return self.arrays.get(f"{t}/{name}")

    def needed(self, t: int, name: str) -> Array:
        """The same. Raises SpecError where it is missing."""
        found = self.of(t, name)
        if found is None:
            why = NO_TARGETS if name == "y" else MEND
            self.refuse(f'has no array "{t}/{name[:60]}"; {why}')
        return found

    def refuse(self, what: str) -> NoReturn:
        """Raise SpecError with one sentence on the record."""
        self.file.refuse(what)

    @cached_property
    def parameters(self) -> dict[str, Array]:
        """The model's parameters before the first iteration, by name."""
        starts = {n.removeprefix("0/"): a for n, a in self.arrays.items() if n.startswith("0/")}
        return {name: array for name, array in starts.items() if "/" not in name}


def read_record(path: Path) -> Written:
    """The record in a file. Raises SpecError where it cannot be read, is none or is damaged."""
    file = File(path.name, read_bytes(path, MOST_BYTES))
    return written(file, arrays_of(file.name, file.data))


def is_record(arrays: Mapping[str, Array]) -> bool:
    """Whether the arrays of a file are a recorder's."""
    meta = arrays.get(META)
    if meta is None or meta.dtype != np.uint8 or meta.ndim != 1:
        return False
    return meta[: len(MARK)].tobytes() == MARK


def written(file: File, arrays: Mapping[str, Array]) -> Written:
    """The record that the arrays of a file are. Raises SpecError where it is damaged."""
    if not is_record(arrays):
        file.refuse(
            "is no record of gradstep_record.py; arrays of another kind are the file of [weights]"
            " or [data] in a run file"
        )
    data = arrays[META].tobytes()
    if len(data) > MOST_META:
        file.refuse(f'has more than {MOST_META >> 20} MB under "meta", the most')
    try:
        meta = json.loads(data)
        version = meta["gradstep"]
        calls = tuple(_call(each) for each in meta["calls"])
        notes = meta.get("notes")
        iterations, optimizer = meta["iterations"], meta["optimizer"]
        groups = tuple(tuple(map(_group, each)) for each in meta["groups"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        file.refuse(f'is damaged at its array "meta"; {MEND}')
    if version != VERSION:
        file.refuse("is of another version of gradstep_record.py: print it again with --recorder")
    whole = type(iterations) is int and 0 <= iterations <= min(MOST_ITERATIONS, len(groups))
    if not whole or not isinstance(optimizer, str) or len(calls) > MOST_CALLS:
        file.refuse(f'is damaged at its array "meta"; {MEND}')
    adding = isinstance(notes, Mapping) and SEVERAL in notes
    return Written(file, arrays, iterations, calls, optimizer, groups, adding)


def _call(given: Any) -> Call:
    """A call. Raises ValueError or what else comes where it is none."""
    key, name, args, kwargs = given
    if not (isinstance(key, str) and isinstance(name, str)):
        raise ValueError("a call without a name")
    return Call(key, name, tuple(args), dict(kwargs.items()))


def _group(given: Any) -> Group:
    options = dict(given.items())
    params = [
        each.get("parameter", "") if isinstance(each, dict) else ""
        for each in options.pop("params")
    ]
    if not all(isinstance(each, str) for each in params):
        raise ValueError("a parameter without a name")
    return Group(tuple(params), {key: plain(value) for key, value in options.items()})


def plain(value: Any) -> Any:
    """An argument as a run file has it: a tensor as its numbers, where they are there."""
    if isinstance(value, dict) and "tensor" in value:
        return value.get("numbers")
    return value


def in_rows(array: Array) -> Array:
    """An array (samples, …) with all that follows the first axis in a row: (samples, columns)."""
    return array.reshape(len(array), math.prod(array.shape[1:])) if array.ndim else array
