"""What an optimizer's table says of a state to begin with: its keys, and the file it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS
from engine.runfile.optiontable import ENTERING
from engine.runfile.statefile import TorchState, torch_schedules, torch_states
from engine.spec.check import Check, Table, printable, text, whole
from engine.spec.files import LONGEST_PATH
from engine.spec.run import MOST_ITERATIONS, Array

MOST_NAMED = 4

_FILE = text(LONGEST_PATH)


def _accept(value: Any) -> Any:
    """A text, or a table of tables with the numbers in them as arrays; None for anything else."""
    if not isinstance(value, Mapping):
        return _FILE.accept(value)
    if not all(isinstance(each, Mapping) for each in value.values()):
        return None
    try:
        return {
            slot: {name: np.array(numbers, np.float64) for name, numbers in each.items()}
            for slot, each in value.items()
        }
    except (ValueError, TypeError, OverflowError):
        return None


_STATE = Check("a file, or a table of what is kept: m = { W1 = [[0.1, 0.2]], b1 = [0.0] }", _accept)
_OPTIONS = Check(
    'a list of options, such as ["lr"]',
    lambda v: tuple(v) if isinstance(v, list) and all(isinstance(e, str) for e in v) else None,
)


@dataclass(frozen=True, eq=False)
class Entry:
    """What the table says. `table` is the table without these keys, and with the options of the
    file for those that it does not give itself, `given`. `torch` is None for a file that is no
    state_dict, `schedule` what it says of the one schedule in it, and `order` the parameters in
    the order of the model's own file, () where that is not known. A run that is `scheduled` begins
    from the learning rate that PyTorch's schedule began from.
    """

    table: Table
    given: frozenset[str]
    file: str
    arrays: Mapping[str, Array]
    torch: TorchState | None
    schedule: Mapping[str, Any]
    names: Table
    steps: int | None
    changed: tuple[str, ...]
    order: tuple[str, ...]
    scheduled: bool


def take_entry(table: Table, folder: Path, scheduled: bool, order: tuple[str, ...]) -> Entry | None:
    """The state that an optimizer's table names, read; None where it names none. Raises SpecError
    where the file is none of arrays. `scheduled` and `order` are as in `Entry`.
    """
    if not table.has("state"):
        for key in ENTERING[1:]:
            if table.has(key):
                table.wrong(key, "goes with state, which is not there")
        return None
    state = table.take("state", _STATE)
    names = table.table("names", required=False) or Table({}, "", table.problems)
    steps = table.take("steps", whole(0, MOST_ITERATIONS), 0)
    changed = table.take("changed", _OPTIONS, ())
    if state is None or steps is None or changed is None:
        return None
    arrays, name = _arrays(state, folder), "the run file"
    if isinstance(state, str):
        name = printable(Path(state).name)
    torch, schedules = _torch(table, arrays, name), torch_schedules(arrays)
    schedule = next(iter(schedules.values())) if len(schedules) == 1 else {}
    given = {key: value for key, value in table.values.items() if key not in ENTERING}
    theirs = _options(table, name, torch, scheduled)
    rest = Table({**theirs, **given}, table.place, table.problems)
    for key in ENTERING:
        rest.has(key)
    own = frozenset(given)
    counted = steps if "steps" in table.values else None
    return Entry(
        rest, own, name, arrays, torch, schedule, names, counted, changed, order, scheduled
    )


def _torch(table: Table, arrays: Mapping[str, Array], file: str) -> TorchState | None:
    """The state_dict in a file; the first, and a sentence, where there are several."""
    states = torch_states(arrays)
    if len(states) > 1:
        several = " and ".join(f'"{printable(each[:40])}"' for each in list(states)[:MOST_NAMED])
        table.wrong("state", f"names {file}, which has those of {several}; save one of them alone")
    return next(iter(states.values()), None)


def _arrays(state: str | Mapping[str, Any], folder: Path) -> Mapping[str, Array]:
    """The arrays of the file that is named, or those that stand there, by slot and parameter."""
    if isinstance(state, str):
        from engine.arrayfiles.read import read_arrays  # most runs have no file to read

        return read_arrays(folder / state)
    return {f"{slot}.{name}": a for slot, each in state.items() for name, a in each.items()}


def _options(table: Table, file: str, torch: TorchState | None, scheduled: bool) -> dict[str, Any]:
    """The options of a state's first group that the table does not give, those of parameters that
    are in none of the run's groups; sentences on those that are not valid.
    """
    name = table.values.get("name")
    row = OPTIMIZERS.get(name) if isinstance(name, str) else None
    if torch is None or row is None:
        return {}
    found, first = {}, torch.groups[0]
    for key, option in row.options.items():
        value = first.lr(scheduled) if key == "lr" else first.options.get(key)
        if value is None or key in table.values:
            continue
        if option.check.accept(value) is None:
            table.wrong("state", f"has a {key} in {file} that {option.check.wrong(value)}")
        else:
            found[key] = value
    return found
