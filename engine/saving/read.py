"""A session from a plain document and arrays, as `engine.saving.write` makes them.

Everything is checked but the numbers of checkpoints: that they follow from the causes would take
a replay to say, and a session file has a checksum. Checkpoints of a machine with another
arithmetic are kept too: what was seen stays as it was seen, and what is replayed between them
differs from it by rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from engine.analysis.breakpoints import Breakpoint, Breakpoints, Kind
from engine.catalog.optimizers import OPTIMIZERS
from engine.history.budget import Budget
from engine.history.kept import NO_FINER, Kept
from engine.history.position import Position
from engine.runfile.document import spec_from
from engine.runfile.optiontable import take_named
from engine.saving.fingerprint import fingerprint, same_arithmetic
from engine.saving.write import KEPT
from engine.session.causes import Cause
from engine.session.lesson import Lesson, Stop
from engine.session.session import Session
from engine.session.standing import MOST_VISITED, Place, Selection, Standing, Trail
from engine.session.tree import MOST_STRETCHES, OTHER, OWN, Branch, grown, most_branches
from engine.spec.check import Problems, Table, printable
from engine.spec.problem import Problem
from engine.spec.run import MOST_ITERATIONS

MOST_TEXT = 1000
MOST_ENTRIES = 1000
MOST_COUNT = 1 << 62


class RestoreError(Problem):
    """Why a document is not a session's: one sentence."""


@dataclass(frozen=True, eq=False)
class Restored:
    """A session as it was, and whether this machine computes as the one that saved it, bit for
    bit.
    """

    session: Session
    same_arithmetic: bool


def restored(
    document: Mapping[str, Any],
    arrays: Mapping[str, npt.NDArray[Any]],
    budget: Budget | None = None,
) -> Restored:
    """The session that a document and its arrays are of; `budget` as in `Session`. Nothing is
    trained. Raises RestoreError where they are of none.
    """
    try:
        same = same_arithmetic(_text(document["arithmetic"], 10_000), fingerprint())
        own = {key[4:]: array for key, array in arrays.items() if key.startswith("run.")}
        session = Session(spec_from(document["run"], own), budget)
        known = _read_branches(session, document["branches"], document["deleted"])
        _read_stretches(known, document["lines"], arrays)
        session.standing = _standing(session, known, document["standing"])
        session.breakpoints = _stops(document["stops"])
        session.notes.made = _lesson(known, document.get("lesson"))
    except Problem as error:
        raise RestoreError(f"The session cannot be opened: {_first(str(error))}") from error
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        reason = f"its content makes no sense ({type(error).__name__}: {_first(str(error))})"
        raise RestoreError(f"The session cannot be opened: {reason}.") from error
    except (RecursionError, MemoryError) as error:
        raise RestoreError("The session cannot be opened: it is too large.") from error
    return Restored(session, same)


def _first(text: str) -> str:
    return printable(text.partition("\n")[0][:300])


def _wrong(what: str) -> RestoreError:
    return RestoreError(f"{what}.")


def _text(value: Any, most: int = MOST_TEXT) -> str:
    if not isinstance(value, str) or len(value) > most or printable(value) != value:
        raise _wrong("a text is too long or is none")
    return value


def _whole(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise _wrong(f"a number is not within {low} to {high}")
    return value


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise _wrong("a flag is neither true nor false")
    return value


def _list(value: Any, most: int = MOST_ENTRIES) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise _wrong(f"a list is longer than {most} or is none")
    return value


def _read_branches(session: Session, live: Any, deleted: Any) -> dict[int, Branch]:
    """Grow the branches in the order of their numbers, and give all of them."""
    most = most_branches(session.spec)
    entries = [*_list(live, most), *_list(deleted, most)]
    numbers = [_whole(entry["number"], 0, MOST_COUNT) for entry in entries]
    if len(set(numbers)) < len(numbers) or len(numbers) > most:
        raise _wrong("there are too many branches, or two of one number")
    known: dict[int, Branch] = {}
    for number, entry in sorted(zip(numbers, entries, strict=True), key=lambda pair: pair[0]):
        known[number] = _branch(session, known, number, entry)
    if not all(branch.partner in known for branch in known.values()):
        raise _wrong("a branch is toggled with none")
    count = len(live)
    session.tree.branches = {number: known[number] for number in numbers[:count]}
    session.tree.deleted = [known[number] for number in numbers[count:]]
    there = set(session.branches)
    if not {OWN, OTHER} <= there:
        raise _wrong("the run or its comparison is missing")
    for branch in (*session.branches.values(), *reversed(session.deleted)):
        there.add(branch.number)
        if branch.cause and branch.cause.parent not in there:
            raise _wrong("a branch leaves a deleted one")
    for number, entry in zip(numbers, entries, strict=True):
        if _flag(entry["opened"]):
            _ = known[number].history
    return known


def _branch(session: Session, known: Mapping[int, Branch], number: int, entry: Any) -> Branch:
    name, words = _text(entry["name"], 30), _text(entry["words"])
    partner = _whole(entry["partner"], 0, MOST_COUNT)
    if not name.strip():
        raise _wrong("a branch has no name")
    if number in (OWN, OTHER):
        root = session.branches[number]
        if entry["cause"] is not None or partner != root.partner:
            raise _wrong("the run or its comparison leaves another branch")
        return root.renamed(name)
    cause = _cause(entry["cause"], session.spec.dtype)
    parent = known.get(cause.parent)
    if parent is None:
        raise _wrong(f"branch {number} leaves none")
    spec, grow = grown(parent, cause)
    return Branch(number, name, words, spec, cause, partner, grow)


def _cause(entry: Any, dtype: str) -> Cause:
    kind, symbol, value = _text(entry["kind"]), _text(entry["symbol"]), entry["value"]
    match kind:
        case "switch":
            value = _options({**value, "name": symbol}, dtype)
        case "parameter" | "data":
            value = tuple(value) if isinstance(value, list) and kind == "data" else value
            values = value if isinstance(value, tuple) else (value,)
            if not {*map(type, values)} <= {int, float}:
                raise _wrong("an element is given no number")
        case _:
            value = tuple(value) if isinstance(value, list) else value
    return Cause(
        _whole(entry["parent"], 0, MOST_COUNT),
        _whole(entry["origin"], 0, MOST_ITERATIONS),
        kind,
        symbol,
        tuple(_whole(i, 0, MOST_COUNT) for i in _list(entry["index"], 2)),
        value,
        _flag(entry["fresh"]),
    )


def _options(values: Mapping[str, Any], dtype: str) -> dict[str, Any]:
    problems = Problems("switch")
    problems.largest = float(np.finfo(dtype).max)
    found = take_named(Table(values, "", problems), OPTIMIZERS)
    problems.stop()
    if found is None:
        raise _wrong("a switch leads to no optimizer")
    return found[1]


def _read_stretches(
    known: Mapping[int, Branch], entries: Any, arrays: Mapping[str, npt.NDArray[Any]]
) -> None:
    for i, entry in enumerate(_list(entries, MOST_ENTRIES * MOST_STRETCHES)):
        stretches = known[_whole(entry["branch"], 0, MOST_COUNT)].history.stretches
        up = _whole(entry["up"], 0, MOST_STRETCHES)
        if up >= len(stretches):
            raise _wrong("checkpoints are of no branch")
        at, states, low, high = (arrays[f"line{i}.{name}"] for name in KEPT)
        finer = arrays.get(f"line{i}.finer", NO_FINER)
        stretches[-1 - up].adopt(Kept(at, states, entry["width"], low, high, finer))


def _place(known: Mapping[int, Branch], value: Any) -> Place:
    number, t, step = value
    branch = known[_whole(number, 0, MOST_COUNT)]
    steps = len(branch.history.steps_of(_whole(t, 1, MOST_ITERATIONS)))
    return Place(number, Position(t, _whole(step, int(t > 1), steps)))


def _selection(value: Any) -> Selection:
    symbol, number, sample = value
    return Selection(
        _text(symbol),
        _whole(number, -MOST_COUNT, MOST_COUNT),
        _whole(sample, -MOST_COUNT, MOST_COUNT),
    )


def _standing(session: Session, known: Mapping[int, Branch], entry: Any) -> Standing:
    def place(value: Any) -> Place:
        return _place(known, value)

    current, position = place(entry["current"])
    if current not in session.branches:
        raise _wrong("the current branch is deleted")
    marks, toggled = entry["marks"], entry["toggled"]
    _list(list(marks))
    visited = tuple(map(place, _list(entry["visited"], MOST_VISITED)))
    return Standing(
        current,
        position,
        _selection(entry["selection"]),
        {_text(letter): place(value) for letter, value in marks.items()},
        dict(map(place, _list(entry["reached"]))),
        Trail(visited, _whole(entry["at"], 0, len(visited) - 1)),
        None if toggled is None else (place(toggled[0]), place(toggled[1])),
    )


def _lesson(known: Mapping[int, Branch], entry: Any) -> Lesson | None:
    """The lesson as the reader had it; None in sessions without, or of earlier versions."""
    if entry is None:
        return None
    stops = tuple(
        Stop(
            _place(known, each["place"]),
            _selection(each["selection"]),
            _text(each["text"]),
            _flag(each["own"]),
        )
        for each in _list(entry["stops"])
    )
    return Lesson(stops, _whole(entry["last"], -1, len(stops) - 1))


def _stops(entries: Any) -> Breakpoints:
    stops = []
    for entry in _list(entries):
        kind: Any = entry["kind"]
        if kind not in get_args(Kind):
            raise _wrong("there is no such kind of breakpoint")
        number, hits = (_whole(entry[key], 0, MOST_COUNT) for key in ("id", "hits"))
        stops.append(Breakpoint(number, kind, _text(entry["text"]), _flag(entry["enabled"]), hits))
    if len({stop.id for stop in stops}) < len(stops):
        raise _wrong("two breakpoints have one number")
    return tuple(stops)
