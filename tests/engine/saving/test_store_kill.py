"""Savers that are killed, at random and at every point, and savers that meet: no broken file."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.saving.store import Stored, load, save, sweep

KILLS = 200
ROOT = Path(__file__).parents[3]

# Reads lines "number point"; for each a child saves sessions number, number + 1, … and says so
# after each, until it is killed: by the test, or by itself before its call number `point` to the
# operating system.
SAVER = """
import os, signal, sys
import numpy as np
from engine.saving.fingerprint import fingerprint
from engine.saving.store import ChangedError, load, save
from pathlib import Path

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def die_at(point):
    calls = 0
    def count(event="", arguments=()):
        nonlocal calls
        if event in {"", "open", "os.rename", "os.link", "os.remove", "fcntl.flock"}:
            calls += 1
            if calls == point:
                os.kill(os.getpid(), signal.SIGKILL)
    def traced(call):
        def counted(*arguments):
            count()
            result = call(*arguments)
            count()
            return result
        return counted
    sys.addaudithook(count)
    for name in ("fdopen", "fsync", "close", "write"):
        setattr(os, name, traced(getattr(os, name)))

parent = os.getpid()
fingerprint()
say("ready")
for line in sys.stdin:
    number, point = map(int, line.split())
    child = os.fork()
    if not child:
        path = Path(sys.argv[1])
        mark = load(path).mark if path.exists() else None
        if point:
            die_at(point)
        while os.getppid() == parent:
            array = np.full(number * 7919 % 50_000, float(number))
            document = {"number": number, "text": "x" * (number % 5000)}
            try:
                mark = save(path, document, {"a": array}, mark)
            except ChangedError:
                mark = load(path).mark
                continue
            say("saved", number)
            number += 1
        os._exit(0)
    say("child", child)
    os.waitpid(child, 0)
    say("dead")
"""


class Savers:
    """A process that starts savers of a file, one after the other."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.process = subprocess.Popen(
            [sys.executable, "-c", SAVER, str(path)],
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.read() == ["ready"]

    def read(self) -> list[str]:
        assert self.process.stdout
        return self.process.stdout.readline().split()

    def start(self, number: int, point: int = 0) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{number} {point}\n")
        self.process.stdin.flush()

    def killed(self, number: int, saves: int = 0, delay: float = 0.0, point: int = 0) -> int:
        """Starts a saver at a number and has it killed so many seconds after that many saves, or by
        itself at a point. The last number of which it said that it was saved, number − 1 if of
        none.
        """
        self.start(number, point)
        last, child = number - 1, 0
        while (words := self.read()) != ["dead"]:
            assert words, "the saver failed"
            if words[0] == "saved":
                last = int(words[1])
            else:
                child = int(words[1])
            if not point and last == number - 1 + saves:
                time.sleep(delay)
                os.kill(child, signal.SIGKILL)
        return last


@pytest.fixture
def savers(tmp_path: Path) -> Iterator[Savers]:
    made = Savers(tmp_path / "a.gradstep")
    with made.process:
        yield made
        made.process.kill()


def number_of(stored: Stored) -> int:
    """The number of a session, all of which is checked."""
    number = stored.document["number"]
    assert stored.document == {"number": number, "text": "x" * (number % 5000)}
    assert np.array_equal(stored.arrays["a"], np.full(number * 7919 % 50_000, float(number)))
    assert isinstance(number, int)
    return number


def left(path: Path) -> list[Path]:
    return [each for each in path.parent.iterdir() if each != path]


@pytest.mark.slow
def test_a_saver_killed_at_random_leaves_the_old_session_or_the_new(savers):
    chance = random.Random(4)
    number, during = 1, 0
    for _ in range(KILLS):
        before = len(left(savers.path))
        last = savers.killed(number, chance.randint(0, 3), chance.uniform(0, 0.02))
        found = number_of(load(savers.path)) if savers.path.exists() else 0
        assert found in {last, last + 1}
        during += len(left(savers.path)) > before
        number = found + 1
    assert number > KILLS
    assert during > KILLS // 20  # so many were killed in the middle of a save


@pytest.mark.parametrize("fresh", [True, False])
def test_a_saver_killed_at_each_point_leaves_the_old_session_or_the_new(savers, fresh):
    number, outcomes = 1, []
    if not fresh:
        save(savers.path, {"number": 0, "text": ""}, {"a": np.zeros(0)})
    for point in range(1, 100):
        if fresh:
            savers.path.unlink(missing_ok=True)
        last = savers.killed(number, point=point)
        found = number_of(load(savers.path)) if savers.path.exists() else number - 1
        outcomes.append(found - last)
        if last >= number:
            break
        number = found + 1
    # Old until it is renamed, new from then on, and at last the saver gets to say so.
    assert outcomes == [*sorted(outcomes[:-1]), 0]
    assert outcomes.count(0) > 5
    assert outcomes.count(1) > 1


def test_what_killed_savers_left_goes_and_a_saver_at_work_keeps_its_file(savers):
    path, point = savers.path, 0
    while not left(path):
        savers.killed(1, point=(point := point + 1))
    sweep(path.parent)
    (fresh,) = left(path)  # not yet a minute old
    working = path.parent / ".gradstep-0123456789abcdef.tmp"
    others = path.parent / ".other-0123456789abcdef.tmp"
    code = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(working)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout
        worker.stdout.readline()
        others.touch()
        for each in (fresh, working, others):
            os.utime(each, (1e9, 1e9))
        sweep(path.parent)
        assert sorted(left(path)) == [working, others]
        worker.kill()
    sweep(path.parent)
    assert left(path) == [others]


def test_savers_at_the_same_time_never_make_a_broken_file(savers):
    others = [Savers(savers.path), Savers(savers.path)]
    seen: set[int] = set()
    try:
        for place, each in enumerate((savers, *others)):
            each.start(place << 32)
        loads, limit = 0, time.monotonic() + 120
        while (loads < 300 or len(seen) < 3) and time.monotonic() < limit:
            if savers.path.exists():
                seen.add(number_of(load(savers.path)) >> 32)
                loads += 1
    finally:
        for each in (savers, *others):
            each.process.kill()
    assert seen == {0, 1, 2}
    for each in (savers, *others):
        said, _ = each.process.communicate()
        assert "saved" in said
        assert "dead" not in said  # none failed


COUNTER = """
import sys
from engine.saving.store import ChangedError, load, save
from pathlib import Path

path, left = Path(sys.argv[1]), int(sys.argv[2])
while left:
    stored = load(path)
    try:
        save(path, {"count": stored.document["count"] + 1}, {}, stored.mark)
    except ChangedError:
        continue
    left -= 1
"""


def test_no_saver_replaces_what_it_has_not_read(tmp_path):
    path = tmp_path / "a.gradstep"
    save(path, {"count": 0}, {})
    command = [sys.executable, "-c", COUNTER, str(path), "100"]
    counters = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [each.wait() for each in counters] == [0, 0, 0]
    assert load(path).document == {"count": 300}


def test_of_savers_that_make_a_file_at_once_one_does(tmp_path):
    code = COUNTER.replace("load(path)", "None").replace('stored.document["count"]', "0")
    code = code.replace("stored.mark", "None").replace("continue", "sys.exit(3)")
    command = [sys.executable, "-c", code, str(tmp_path / "a.gradstep"), "1"]
    for _ in range(3):
        savers = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
        assert sorted(each.wait() for each in savers) == [0, 3, 3]
        (tmp_path / "a.gradstep").unlink()
