"""Sessions as documents: what is saved comes back, and what cannot be one is refused."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.history.position import Position
from engine.saving import store
from engine.saving.read import Restored, RestoreError, restored
from engine.saving.write import LIMIT_BYTES, written
from engine.session.causes import EditError
from engine.session.session import Session
from engine.session.tree import MOST_STRETCHES
from tests.engine.lived import TEXT, digests, follow, frame_at, lived, run
from tests.examples import examples
from tests.frames import digest
from tui.frame.frame import build

RUNS = ("worked-example", "article-script", "iris", "made", "twins", "entered", "digits")


def through_json(session: Session, limit: int = LIMIT_BYTES) -> Restored:
    document, arrays = written(session, limit)
    return restored(json.loads(json.dumps(document)), arrays)


def tree_of(session: Session) -> list:
    groups = (session.branches.values(), session.deleted)
    return [
        [(b.number, b.name, b.words, b.partner, b.cause, b.opened, b.label) for b in group]
        for group in groups
    ]


def to_replay(session: Session) -> int:
    """How many iterations have to be trained again before the position can be shown."""
    return session.branch.history.wait(session.position.iteration)


def test_whether_targets_are_labels_is_saved_and_unknown_of_earlier_versions():
    assert through_json(Session(run("iris"))).session.spec.data.labels is True
    assert through_json(Session(run("worked-example"))).session.spec.data.labels is False
    document, arrays = written(Session(run("iris")))
    del document["run"]["labels"]
    old = restored(document, arrays).session
    assert old.spec.data.labels is None
    assert through_json(old).session.spec.data.labels is None
    document["run"]["labels"] = "yes"
    with pytest.raises(RestoreError, match="neither true nor false"):
        restored(document, arrays)


@pytest.mark.parametrize("name", RUNS)
def test_what_is_saved_comes_back(name, tmp_path):
    session = lived(name)
    document, arrays = written(session)
    store.save(tmp_path / "a.gradstep", document, arrays)
    stored = store.load(tmp_path / "a.gradstep")
    found = restored(stored.document, stored.arrays)
    again = found.session
    assert found.same_arithmetic
    assert to_replay(found.session) <= session.branch.history.own.every
    assert again.standing == session.standing
    assert again.breakpoints == session.breakpoints
    assert tree_of(again) == tree_of(session)
    for number, branch in session.branches.items():
        if branch.opened and name != "digits":  # whose states do not all fit
            assert again.branches[number].history.frontier == branch.history.frontier
    here, there = build(session, TEXT), build(again, TEXT)
    assert digest(here) == digest(there)
    for one, other in ((here.losses, there.losses), (here.other_losses, there.other_losses)):
        assert one is not None
        assert other is not None
        assert one.low.tobytes() == other.low.tobytes()
        assert (one.iterations == other.iterations).all()
    last = 2 if name == "digits" else 8
    assert list(digests(again, last)) == list(digests(session, last))
    for each in (session, again):
        each.undelete()
    assert list(digests(again, last)) == list(digests(session, last))


@pytest.mark.parametrize("name", RUNS)
def test_a_second_save_is_the_same(name):
    session = lived(name)
    document, arrays = written(session)
    second, second_arrays = written(restored(document, arrays).session)
    assert json.dumps(second) == json.dumps(document)
    assert {k: v.tobytes() for k, v in second_arrays.items()} == {
        k: v.tobytes() for k, v in arrays.items()
    }


@pytest.mark.parametrize("limit", [0, 1000, 20_000])
@pytest.mark.parametrize("name", RUNS[:6])
def test_without_room_for_checkpoints_it_is_trained_again(name, limit):
    session = lived(name)
    _, arrays = written(session, limit)
    assert sum(a.nbytes for key, a in arrays.items() if key.startswith("line")) <= limit
    again = through_json(session, limit).session
    assert again.standing == session.standing
    assert list(digests(again)) == list(digests(session))


@pytest.mark.parametrize("name", ["worked-example", "article-script"])
def test_far_out_no_long_replay_is_needed(name):
    session = Session(run(name))
    session.go(Position(20_000, 3))
    follow(session, session.edit("W1", (0, 0), 0.5, "W1[1,1]"))
    session.go(Position(30_001, 3))
    session.go(Position(27_000, 3))
    for limit in (LIMIT_BYTES, 400_000):
        document, arrays = written(session, limit)
        assert sum(a.nbytes for key, a in arrays.items() if key.startswith("line")) <= limit
        found = restored(document, arrays)
        assert to_replay(found.session) <= session.branch.history.own.every
        assert digest(build(found.session, TEXT)) == digest(build(session, TEXT))
        for t in (1, 777, 19_999, 20_001, 30_001, 31_000):
            here, there = (
                digest(frame_at(s.branch, Position(t, 4), s.spec)) for s in (session, found.session)
            )
            assert here == there


def test_another_machines_checkpoints_are_kept_and_it_is_said():
    session = lived("worked-example")
    document, arrays = written(session)
    document["arithmetic"] = "numpy 1.0; another machine"
    found = restored(document, arrays)
    assert not found.same_arithmetic
    frontier = session.branches[0].history.frontier
    assert found.session.branches[0].history.frontier == frontier
    t = 5
    here, there = (s.branches[0].history.trace(t).after for s in (session, found.session))
    np.testing.assert_allclose(here, there, rtol=1e-9)


def test_renaming_keeps_what_was_trained():
    session = Session(run("worked-example"))
    session.go(Position(50, 1))
    session.rename(0, "mine")
    assert session.branch.history.frontier >= 50


def test_names_stay_apart():
    session = Session(run("worked-example"))
    long = "a name of thirty characters .."
    follow(session, session.set_option("lr", 0.2))
    session.rename(2, long)
    session.go(Position(), 0)
    session.delete(2)
    session.rename(1, long)
    session.rename(0, "sgd-3")
    follow(session, session.set_option("lr", 0.3))
    assert session.branch.name == "sgd-3-3"
    assert session.undelete().name == "a name of thirty characters -2"
    names = [branch.name for branch in session.branches.values()]
    assert len(set(names)) == len(names) == 4
    assert tree_of(through_json(session).session) == tree_of(session)


def test_branches_in_branches_end_with_a_sentence():
    session = Session(run("worked-example"))
    for _ in range(MOST_STRETCHES):
        follow(session, session.set_option("lr", 0.1))
    with pytest.raises(EditError, match="leave one another"):
        follow(session, session.set_option("lr", 0.1))
    assert list(digests(through_json(session).session, 2))


@pytest.mark.parametrize("wrong", [float("inf"), float("nan"), 1e39])
def test_a_value_that_the_run_cannot_hold_is_refused(wrong):
    session = Session(run("article-script"))
    with pytest.raises(EditError):
        session.edit("W1", (0, 0), wrong, "W1")
    with pytest.raises(EditError):
        session.set_option("lr", wrong)


# -- hostile documents -----------------------------------------------------------------------------

DOCUMENT, ARRAYS = written(lived("made"))
DOCUMENT = json.loads(json.dumps(DOCUMENT))


def paths(value: Any, path: tuple = ()) -> list[tuple]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in items:
        if isinstance(each, dict | list):
            found += paths(each, (*path, key))
        else:
            found.append((*path, key))
    return found


PATHS = paths(DOCUMENT)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.sampled_from([2**31, 2**63, 10**400, -1, 10**7, 1e308, 0.5, "W1", "adam", "lr", "data"])
    | st.floats()
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
transplants = st.sampled_from(PATHS).map(lambda path: at(DOCUMENT, path))
mutations = st.lists(
    st.tuples(st.sampled_from(PATHS), st.sampled_from("ridd"), anything | transplants), max_size=3
)
new_arrays = st.sampled_from(
    [
        np.zeros(()),
        np.zeros(3),
        np.zeros((2, 2)),
        np.full((3, 2), np.nan),
        np.zeros((2, 2), np.float32),
        np.arange(3),
        np.array([0, 2**62, 5]),
        np.zeros((0, 2)),
        None,
    ]
)


def at(document: Any, path: Sequence[Any]) -> Any:
    for key in path:
        document = document[key]
    return document


def mutated(changes: list[tuple]) -> Any:
    document = copy.deepcopy(DOCUMENT)
    for path, how, value in changes:
        try:
            parent = at(document, path[:-1])
            if how == "r":
                parent[path[-1]] = copy.deepcopy(value)
            elif how == "i" and isinstance(parent, list):
                parent.insert(path[-1], copy.deepcopy(value))
            elif how == "d":
                del parent[path[-1]]
        except (LookupError, TypeError):
            continue
    return document


@settings(max_examples=examples(500))
@given(mutations, st.dictionaries(st.sampled_from(list(ARRAYS)), new_arrays, max_size=1))
def test_hostile_documents_open_or_are_refused_with_a_sentence(changes, other):
    arrays = {k: v for k, v in {**ARRAYS, **other}.items() if v is not None}
    began = time.perf_counter()
    try:
        found = restored(mutated(changes), arrays)
    except RestoreError as error:
        said = str(error)
    else:
        said = "."
        again = through_json(found.session).session
        assert again.standing == found.session.standing
        if to_replay(found.session) < 1000:
            build(found.session, TEXT)
            found.session.toggle()
    assert said.endswith(".")
    assert "\n" not in said
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("document", [{}, {"run": None}, {**DOCUMENT, "lines": [DOCUMENT] * 9}])
def test_no_document_at_all(document):
    with pytest.raises(RestoreError):
        restored(document, {})


@pytest.mark.parametrize(
    ("path", "at_most", "too_much"),
    [
        ("standing.visited", [[0, 1, 1]] * 1000, [[0, 1, 1]] * 1001),
        ("standing.marks", {f"m{i}": [0, 1, 1] for i in range(1000)}, dict.fromkeys(range(1001))),
        ("standing.selection.0", "W1", "W" * 1001),
        ("standing.current", [0, 10**7, 1], [0, 10**7 + 1, 1]),
        ("standing.at", 0, -1),
        ("stops", [], [{}] * 1001),
        ("branches.0.words", "w" * 1000, "w" * 1001),
        ("branches.0.opened", False, 1),
    ],
)
def test_no_list_text_or_number_is_beyond_what_a_session_has(path, at_most, too_much):
    *parents, last = (int(key) if key.isdigit() else key for key in path.split("."))
    for value in (at_most, too_much):
        document = copy.deepcopy(DOCUMENT)
        at(document, parents)[last] = value
        if path == "standing.visited":
            document["standing"]["at"] = 999
        if value is at_most:
            restored(document, ARRAYS)
        else:
            with pytest.raises(RestoreError, match=r"is longer|too long|within|true nor false"):
                restored(document, ARRAYS)


STOP = {"place": [1, 2, 9], "selection": ["", 0, 0], "text": "a", "own": True}


@pytest.mark.parametrize(
    ("lesson", "good"),
    [
        ({"stops": [STOP] * 2, "last": 1}, True),
        ({"stops": [], "last": -1}, True),
        (None, True),
        ({"stops": [STOP], "last": 1}, False),
        ({"stops": [STOP], "last": -2}, False),
        ({"stops": [STOP | {"own": 1}], "last": 0}, False),
        ({"stops": [STOP | {"text": "a\x1b"}], "last": 0}, False),
        ({"stops": [STOP | {"place": [1, 2, 99]}], "last": 0}, False),
        ({"stops": [STOP | {"place": [77, 1, 1]}], "last": 0}, False),
        ({"stops": [{}], "last": 0}, False),
        ({"stops": [STOP] * 1001, "last": 0}, False),
        ([], False),
    ],
)
def test_a_lesson_is_as_it_was_or_refused(lesson, good):
    document = copy.deepcopy(DOCUMENT) | {"lesson": lesson}
    if not good:
        with pytest.raises(RestoreError):
            restored(document, ARRAYS)
        return
    session = restored(document, ARRAYS).session
    assert (session.notes.made is None) == (lesson is None)
    if lesson:
        assert written(session)[0]["lesson"] == lesson


def test_a_hostile_tree_is_refused_soon():
    document = copy.deepcopy(DOCUMENT)
    cause = {"parent": 0, "origin": 9_999_999, "kind": "switch", "symbol": "adam", "index": []}
    cause |= {"value": {"lr": 0.1}, "fresh": False}
    branch = {"name": "n", "words": "w", "partner": 0, "opened": True}
    document["branches"] += [
        {**branch, "number": n, "cause": {**cause, "parent": n - 1 if n > 100 else 0}}
        for n in range(100, 1100)
    ]
    began = time.perf_counter()
    with pytest.raises(RestoreError):
        restored(document, ARRAYS)
    assert time.perf_counter() - began < 20
