"""A session as a plain document and arrays: its causes, and checkpoints for speed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy.typing as npt

from engine.history.history import History
from engine.runfile.document import spec_document
from engine.saving.fingerprint import fingerprint
from engine.session.session import Session
from engine.session.standing import Place, Standing
from engine.session.tree import Branch

Document = dict[str, Any]
Arrays = dict[str, npt.NDArray[Any]]

LIMIT_BYTES = 16 << 20
LINE = ("at", "states", "low", "high")
"""The arrays of a history's checkpoints and losses."""


def record(session: Session, limit: int = LIMIT_BYTES) -> tuple[Document, Arrays]:
    """The document and the arrays of a session, with at most `limit` bytes of checkpoints and
    losses: half of them for the current branch and those before it.
    """
    run, arrays = spec_document(session.spec)
    lines, kept = _kept_lines(session, limit)
    document = {
        "title": session.spec.title,
        "arithmetic": fingerprint(),
        "run": run,
        "branches": [_branch_record(b) for b in session.branches.values()],
        "deleted": [_branch_record(b) for b in session.deleted],
        "standing": _standing_record(session.standing),
        "stops": [
            {"id": p.id, "kind": p.kind, "text": p.text, "enabled": p.enabled, "hits": p.hits}
            for p in session.stops
        ],
        "lines": lines,
    }
    return document, {**{f"run.{name}": array for name, array in arrays.items()}, **kept}


def _branch_record(branch: Branch) -> Document:
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


def _place_record(place: Place) -> list[int]:
    return [int(place[0]), int(place[1].iteration), int(place[1].step)]


def _standing_record(standing: Standing) -> Document:
    selection, toggled = standing.selection, standing.toggled
    return {
        "current": _place_record((standing.current, standing.position)),
        "selection": [selection.symbol, int(selection.place), int(selection.sample)],
        "marks": {letter: _place_record(place) for letter, place in standing.marks.items()},
        "reached": [_place_record(place) for place in standing.reached.items()],
        "visited": [_place_record(place) for place in standing.visited],
        "at": standing.at,
        "toggled": [_place_record(place) for place in toggled] if toggled else None,
    }


def _kept_lines(session: Session, limit: int) -> tuple[list[Document], Arrays]:
    """What is saved of the histories: of each, whose branch it is, how far up from that branch's
    own, and its checkpoints. One whose past is not saved is not saved either.
    """
    seen: dict[History, tuple[int, int]] = {}
    _add_lines(seen, [session.branch])
    chain = len(seen)
    _add_lines(seen, [*session.branches.values(), *session.deleted])
    lines: list[Document] = []
    arrays: Arrays = {}
    saved: set[History] = set()
    room = limit if chain == len(seen) else limit // 2
    for i, (history, (branch, up)) in enumerate(seen.items()):
        if i == chain:
            room += limit - limit // 2
        if history.parent and history.origin and history.parent not in saved:
            continue
        share = room // ((chain if i < chain else len(seen)) - i)
        near = session.position.iteration if i < chain else 0
        kept = history.checkpoints(share, near)
        if kept is None:
            # A branch can leave another one where that has nothing of its own yet.
            if history.frontier == history.origin:
                saved.add(history)
            continue
        saved.add(history)
        room -= kept.nbytes
        name = f"line{len(lines)}"
        lines.append({"branch": branch, "up": up, "width": kept.width})
        arrays |= {f"{name}.{part}": getattr(kept, part) for part in LINE}
    return lines, arrays


def _add_lines(seen: dict[History, tuple[int, int]], branches: Iterable[Branch]) -> None:
    """The opened histories of the branches, each after the one it leaves."""
    for branch in branches:
        chain: list[History] = []
        history = branch.history if branch.opened else None
        while history is not None and history not in seen:
            chain.append(history)
            history = history.parent
        for up in reversed(range(len(chain))):
            seen[chain[up]] = (branch.number, up)
