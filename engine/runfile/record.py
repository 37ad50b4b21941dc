"""`record` in a run file: what it does not say itself is as gradstep_record.py recorded it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.runfile.batches import INSTEAD
from engine.runfile.data import KINDS
from engine.spec.check import Problems, Table, text
from engine.spec.files import LONGEST_PATH


def with_record(values: Mapping[str, Any], folder: Path, problems: Problems) -> Mapping[str, Any]:
    """A run's tables with those of the record that it names, whose keys it may have otherwise;
    false is no table at all. Raises SpecError where the record cannot be read, or is no run.
    """
    if "record" not in values:
        return values
    file = Table(values, "", problems).take("record", text(LONGEST_PATH))
    problems.stop()
    from engine.recorded.tables import run_tables  # most runs have no record
    from engine.recorded.written import read_record

    found = run_tables(read_record(folder / file), file)
    data = values.get("data")
    if isinstance(data, Mapping) and any(key in data for key in INSTEAD):
        found["data"].pop("batches", None)
    for key, value in values.items():
        if key == "record":
            continue
        if value is False:
            found.pop(key, None)
        else:
            found[key] = _over(found.get(key), value)
    return found


def _over(before: Any, own: Any) -> Any:
    """A table with the keys of another one over it, unless that has another name, or data."""
    if not isinstance(before, dict) or not isinstance(own, Mapping):
        return own
    renamed = own.get("name", before.get("name")) != before.get("name")
    return own if renamed or any(key in own for key in KINDS) else {**before, **own}
