"""A session as a plain document and arrays: its causes, and checkpoints for speed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy.typing as npt

from engine.history.stretch import Stretch
from engine.runfile.document import spec_document
from engine.saving.fingerprint import fingerprint
from engine.session.lesson import Lesson
from engine.session.session import Session
from engine.session.standing import Place, Selection, Standing
from engine.session.tree import Branch

Document = dict[str, Any]
Arrays = dict[str, npt.NDArray[Any]]

LIMIT_BYTES = 16 << 20
KEPT = ("at", "states", "low", "high")
"""The arrays of a stretch's checkpoints and losses; files call them line0.at and so on."""


def written(session: Session, limit: int = LIMIT_BYTES) -> tuple[Document, Arrays]:
    """The document and the arrays of a session, with at most `limit` bytes of checkpoints and
    losses: half of them for the current branch and those before it.
    """
    run, arrays = spec_document(session.spec)
    stretches, kept = _kept_stretches(session, limit)
    document = {
        "title": session.spec.title,
        "arithmetic": fingerprint(),
        "run": run,
        "branches": [_branch(b) for b in session.branches.values()],
        "deleted": [_branch(b) for b in session.deleted],
        "standing": _standing(session.standing),
        "stops": [
            {"id": p.id, "kind": p.kind, "text": p.text, "enabled": p.enabled, "hits": p.hits}
            for p in session.breakpoints
        ],
        "lines": stretches,
    }
    if session.notes.made is not None:
        document["lesson"] = _lesson(session.notes.made)
    return document, {**{f"run.{name}": array for name, array in arrays.items()}, **kept}


def _branch(branch: Branch) -> Document:
    cause = branch.cause
    return {
        "number": branch.number,
        "name": branch.name,
        "words": branch.words,
        "partner": branch.partner,
        "opened": branch.opened,
        "cause": None
        if cause is None
        else {
            "parent": cause.parent,
            "origin": cause.origin,
            "kind": cause.kind,
            "symbol": cause.symbol,
            "index": [int(i) for i in cause.index],
            "value": _plain(cause.value),
            "fresh": cause.fresh,
        },
    }


def _plain(value: Any) -> Any:
    """Tuples as lists, as JSON has them."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _place(place: Place) -> list[int]:
    branch, position = place
    return [int(branch), int(position.iteration), int(position.step)]


def _selection(selection: Selection) -> list[Any]:
    return [selection.symbol, int(selection.element), int(selection.sample)]


def _lesson(lesson: Lesson) -> Document:
    stops = [
        {
            "place": _place(stop.place),
            "selection": _selection(stop.selection),
            "text": stop.text,
            "own": stop.own,
        }
        for stop in lesson.stops
    ]
    return {"stops": stops, "last": lesson.last}


def _standing(standing: Standing) -> Document:
    toggled = standing.toggled
    return {
        "current": _place(Place(standing.current, standing.position)),
        "selection": _selection(standing.selection),
        "marks": {letter: _place(place) for letter, place in standing.marks.items()},
        "reached": [_place(Place(*each)) for each in standing.reached.items()],
        "visited": [_place(place) for place in standing.trail.visited],
        "at": standing.trail.at,
        "toggled": [_place(place) for place in toggled] if toggled else None,
    }


@dataclass(frozen=True, eq=False)
class _Owned:
    """A stretch, the number of a branch that has it, how far `up` from that branch's own it is,
    and the one `before` it.
    """

    stretch: Stretch
    branch: int
    up: int
    before: Stretch | None


def _kept_stretches(session: Session, limit: int) -> tuple[list[Document], Arrays]:
    """What is saved of the histories: of each stretch, whose it is, and its checkpoints. One whose
    past is not saved is not saved either.
    """
    seen: dict[Stretch, _Owned] = {}
    _add_stretches(seen, [session.branch])
    chain = len(seen)
    _add_stretches(seen, [*session.branches.values(), *session.deleted])
    entries: list[Document] = []
    arrays: Arrays = {}
    saved: set[Stretch | None] = {None}
    room = limit if chain == len(seen) else limit // 2
    for i, owned in enumerate(seen.values()):
        if i == chain:
            room += limit - limit // 2
        stretch, before = owned.stretch, owned.before
        if stretch.origin and before not in saved:
            continue
        share = room // ((chain if i < chain else len(seen)) - i)
        kept = stretch.saved(share, session.position.iteration if i < chain else 0)
        if kept is None:
            # A branch can leave another one where that has nothing of its own yet.
            if stretch.end == stretch.origin and (before is None or before.end >= stretch.origin):
                saved.add(stretch)
            continue
        saved.add(stretch)
        room -= kept.nbytes
        name = f"line{len(entries)}"
        entries.append({"branch": owned.branch, "up": owned.up, "width": kept.width})
        arrays |= {f"{name}.{part}": getattr(kept, part) for part in KEPT}
        if len(kept.finer):
            arrays[f"{name}.finer"] = kept.finer
    return entries, arrays


def _add_stretches(seen: dict[Stretch, _Owned], branches: Iterable[Branch]) -> None:
    """Those of the branches that have been opened, each after the one before it."""
    for branch in branches:
        stretches = branch.history.stretches if branch.opened else ()
        for i, (before, stretch) in enumerate(pairwise((None, *stretches))):
            if stretch and stretch not in seen:
                seen[stretch] = _Owned(stretch, branch.number, len(stretches) - 1 - i, before)
