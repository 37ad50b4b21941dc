"""The [[lesson]] of a run file: places of the run, each with what is said there.

Whether there is such a place and such an element is known once the run is there:
`engine.session.lessontext`.
"""

from __future__ import annotations

from typing import Any

from engine.spec.check import Check, Table, printable, text
from engine.spec.run import StopSpec

MOST_STOPS = 200
MOST_TEXT = 600
"""Characters of what is said at a stop: so many can be read beside a step."""


def _prose(value: Any) -> str | None:
    """A text as one paragraph, in whatever lines the file has it."""
    found = printable(" ".join(value.split())) if isinstance(value, str) else ""
    return found if 1 <= len(found) <= MOST_TEXT else None


PROSE = Check(f"a text of 1 to {MOST_TEXT} characters", _prose)


def read_lesson(top: Table) -> tuple[StopSpec, ...]:
    """The stops that the tables say; sentences on what is wrong with them."""
    found = []
    for table in top.tables("lesson", MOST_STOPS) or []:
        at, said = table.take("at", text(60)), table.take("text", PROSE)
        select = table.take("select", text(60), "")
        optimizer = table.take("optimizer", text(60), "")
        table.close()
        found.append(StopSpec(at or "", said or "", select or "", optimizer or ""))
    return tuple(found)


def written_stop(stop: StopSpec) -> dict[str, str]:
    """The table of a stop, without what it does not say."""
    said = {"at": stop.at, "select": stop.select, "optimizer": stop.optimizer, "text": stop.text}
    return {key: value for key, value in said.items() if value}
