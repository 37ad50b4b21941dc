"""A session that saves itself: under its name while nobody takes that, and never over others."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from engine.saving.filestart import StoreError
from engine.saving.folder import newest, path_for, sessions, state_folder
from engine.saving.lock import OpenElsewhereError, lock, take
from engine.saving.names import MOST_KEPT, fresh_names, other_names
from engine.saving.saver import Saver
from engine.saving.store import load, save
from tests.engine.saving.faults import fault

ROOT = Path(__file__).parents[3]


def document(name: str) -> dict:
    return load(path_for(name)).document


def put(saver: Saver, **words) -> str:
    return saver.save((words, {"a": np.zeros(3)}), saver.next())


def reopened(name: str) -> Saver:
    """The saver of another program that opens the session once it may."""
    held = take(path_for(name), 0)
    stored = load(path_for(name))
    return Saver.again(name, held, stored.mark, (stored.document, stored.arrays))


def new(run: str) -> Saver:
    """The saver of a run that is begun."""
    return Saver(partial(fresh_names, run))


def copied(name: str) -> Saver:
    """The saver of a copy."""
    stored = load(path_for(name))
    return Saver(partial(other_names, name), (stored.document, stored.arrays), name)


def files() -> list[str]:
    return sorted(each.name for each in state_folder().iterdir())


def test_a_session_gets_a_name_at_its_first_save_and_keeps_it():
    saver = new("worked-example")
    assert saver.name == ""
    assert put(saver, n=1) == put(saver, n=2) == ""
    assert saver.name.startswith("worked-example 20")
    assert document(saver.name) == {"n": 2}
    with pytest.raises(OpenElsewhereError):
        lock(path_for(saver.name))
    saver.close()
    assert files() == [f"{saver.name}.gradstep"]


def test_what_says_the_same_is_not_written_again():
    saver = new("run")
    put(saver, n=1)
    mark = load(path_for(saver.name)).mark
    put(saver, n=1)
    assert load(path_for(saver.name)).mark == mark
    put(saver, n=2)
    assert load(path_for(saver.name)).mark.order > mark.order


def test_an_earlier_snapshot_never_takes_the_place_of_a_later_one():
    saver = new("run")
    first, second = saver.next(), saver.next()
    saver.save(({"n": 2}, {}), second)
    saver.save(({"n": 1}, {}), first)
    assert document(saver.name) == {"n": 2}


def test_who_is_asked_for_a_session_saves_it_whole_and_goes_on_under_another_name():
    first = Saver.named("lecture")
    put(first, n=1)
    taker = threading.Thread(target=lambda: second.append(reopened_patiently()))
    second: list[Saver] = []

    def reopened_patiently() -> Saver:
        held = take(path_for("lecture"), 20.0)
        stored = load(path_for("lecture"))
        return Saver.again("lecture", held, stored.mark, (stored.document, stored.arrays))

    taker.start()
    said = ""
    while not said:
        said = put(first, n=2)
    taker.join()
    assert said.startswith("This goes on as lecture (2): ")
    assert said.endswith(" has taken over lecture.")
    assert (first.name, first.saved) == ("lecture (2)", "lecture")
    assert document("lecture") == {"n": 2}
    assert not path_for("lecture (2)").exists()  # nothing new has been done
    assert put(first, n=3) == put(second[0], n=4) == ""
    assert document("lecture (2)") == {"n": 3}
    assert document("lecture") == {"n": 4}


def test_who_is_asked_for_a_session_that_is_saved_does_not_write_it_again():
    first = Saver.named("lecture")
    put(first, n=1)
    mark = load(path_for("lecture")).mark
    taker = threading.Thread(target=take, args=(path_for("lecture"), 20.0))
    taker.start()
    while not put(first, n=1):
        pass
    taker.join()
    assert load(path_for("lecture")).mark == mark
    assert first.name == "lecture (2)"


def test_who_has_lost_a_session_never_writes_to_it_again():
    first = Saver.named("lecture")
    put(first, n=1)
    second = reopened("lecture")
    assert "This goes on as lecture (2)" in put(first, n=2)
    assert document("lecture") == {"n": 1}
    assert document("lecture (2)") == {"n": 2}
    assert put(second, n=3) == ""
    assert document("lecture") == {"n": 3}


def test_who_finds_another_saving_goes_on_under_another_name():
    """As where no lock is seen: on a home that two machines share."""
    saver = Saver.named("lecture")
    put(saver, n=1)
    save(path_for("lecture"), {"n": "theirs"}, {}, load(path_for("lecture")).mark)
    said = put(saver, n=2)
    assert said == "This goes on as lecture (2): another program has saved lecture."
    assert document("lecture") == {"n": "theirs"}
    assert document("lecture (2)") == {"n": 2}
    assert put(saver, n=3) == ""
    assert document("lecture (2)") == {"n": 3}


def test_a_name_is_taken_by_one_even_before_it_is_saved():
    first = Saver.named("lecture")
    with pytest.raises(StoreError, match="lecture: there is a session of that name"):
        Saver.named("lecture")
    first.close()
    Saver.named("lecture")
    put(Saver.named("other"), n=1)
    with pytest.raises(StoreError):
        Saver.named("other")
    assert put(new("run"), n=1) == put(new("run"), n=1) == ""
    assert len({entry.name for entry in sessions()}) == 3


def test_a_copy_is_saved_beside_what_it_is_a_copy_of():
    first = Saver.named("lecture")
    put(first, n=1)
    copy = copied("lecture")
    put(copy, n=1)
    assert (copy.name, copy.saved) == ("", "lecture")  # nothing new has been done
    put(copy, n=2)
    assert (copy.name, copy.saved) == ("lecture (2)", "lecture (2)")
    assert (document("lecture"), document("lecture (2)")) == ({"n": 1}, {"n": 2})
    put(copied(copy.name), n=3)
    assert document("lecture (3)") == {"n": 3}


@pytest.mark.parametrize("name", ["x" * 100, "日" * 80, "run 2026-01-01 00.00.00", "a (2)"])
def test_there_is_another_name_for_every_name(name):
    other = other_names(name)
    found = [next(other) for _ in range(3)]
    assert len({*found, name}) >= 3
    assert all(path_for(each).parent == state_folder() for each in found)


def test_names_from_runs_are_safe():
    for run in ("", "../../etc/passwd", "x\x1b[31m", ".hidden", "n" * 300, "日" * 300, "a/b"):
        assert path_for(next(fresh_names(run))).parent == state_folder()


def test_what_cannot_be_written_is_said_and_written_later(monkeypatch):
    saver = Saver.named("lecture")
    put(saver, n=1)
    with monkeypatch.context() as patch:
        patch.setattr(
            "engine.saving.saver.save", lambda *_: (_ for _ in ()).throw(StoreError("no"))
        )
        with pytest.raises(StoreError):
            put(saver, n=2)
    put(saver, n=2)
    assert document("lecture") == {"n": 2}
    with pytest.raises(StoreError, match="cannot be stored"):
        put(saver, n={1, 2})


def own(number: int) -> str:
    return f"run 2026-01-01 00.00.{number:02}"


def test_of_those_that_saved_themselves_the_newest_and_those_that_are_open_are_kept():
    put(Saver.named("asked for"), n=0)
    for number in range(MOST_KEPT + 4):
        save(path_for(own(number)), {}, {})
        os.utime(path_for(own(number)), (1e9 - number, 1e9 - number))
    damaged = path_for(own(0)).read_bytes()[:-1]
    path_for(own(0)).write_bytes(damaged)
    held = lock(path_for(own(1)))
    put(new("new"), n=1)
    left = {entry.name for entry in sessions()}
    assert {"asked for", own(0), own(1), own(4)} <= left
    assert not {own(2), own(3)} & left
    assert path_for(own(0)).read_bytes() == damaged
    held.release()


def test_the_newest_is_what_was_saved_last_also_where_the_clock_went_back(monkeypatch):
    put(Saver.named("before"), n=1)
    monkeypatch.setattr("time.time_ns", lambda: 10**18)
    saver = Saver.named("after")
    put(saver, n=1)
    assert newest().name == "after"
    put(saver, n=2)
    assert newest().name == "after"


@pytest.mark.parametrize("before", [0, 1])
def test_whatever_call_fails_the_file_is_the_old_or_the_new_and_the_next_save_is_whole(before):
    outcomes: set[str] = set()
    for at in range(1, 200):
        saver = Saver.named(f"lecture {at}")
        for _ in range(before):
            put(saver, n=1)
        with fault(state_folder(), at) as failing:
            try:
                outcomes.add(put(saver, n=2))
            except StoreError as error:
                outcomes.add(str(error).partition(":")[2])
        found = {entry.name: document(entry.name)["n"] for entry in sessions()}
        assert set(found.values()) <= {1, 2}
        assert not before or f"lecture {at}" in found
        put(saver, n=3)
        assert document(saver.name) == {"n": 3}
        assert saver.name == f"lecture {at}"
        saver.close()
        left = {each.name for each in state_folder().iterdir()}
        assert left <= {f"{name}.gradstep" for name in (*found, saver.name)} | failing.unremoved
        for each in left:
            (state_folder() / each).unlink()
        if not failing.met:
            break
    assert at > 15
    assert "" in outcomes
    assert " there is no room for it; free some, or choose another place." in outcomes
    assert not [said for said in outcomes if "Errno" in said]


# Takes the session from whoever has it, again and again, and adds numbers to it, each said once it
# is saved.
TAKER = """
import random, sys, time
from engine.saving.folder import path_for
from engine.saving.lock import take
from engine.saving.saver import Saver
from engine.saving.store import load

first = int(sys.argv[1])
chance = random.Random(first)
for number in range(first, first + 60, 3):
    held = take(path_for("lecture"), chance.choice((0, 0.01, 0.1)))
    stored = load(path_for("lecture"))
    ids = stored.document["ids"]
    saver = Saver.again("lecture", held, stored.mark, ({"ids": ids}, {}))
    for each in range(number, number + 3):
        ids = [*ids, each]
        saver.save(({"ids": ids}, {}), saver.next())
        print(each, flush=True)
        time.sleep(chance.choice((0, 0, 0.01)))
    if chance.random() < 0.5:
        saver.close()
"""


def test_of_programs_that_take_a_session_from_each_other_none_loses_what_it_has_saved():
    saver = Saver.named("lecture")
    put(saver, ids=[])
    saver.close()
    takers = [
        subprocess.Popen([sys.executable, "-c", TAKER, str(n)], cwd=ROOT, stdout=subprocess.PIPE)
        for n in (0, 1000, 2000)
    ]
    said = [int(line) for each in takers for line in each.communicate()[0].split()]
    assert [each.returncode for each in takers] == [0, 0, 0]
    assert len(said) == 180
    found = {n for entry in sessions() for n in document(entry.name)["ids"]}
    assert set(said) <= found
    assert len(sessions()) > 5  # so often they have met
