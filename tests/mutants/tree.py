"""A copy of the tree, in which one change is tried at a time."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

from tests.mutants.changes import Mutant
from tests.mutants.chosen import TIME_IS_UP
from tests.mutants.reach import Reach, is_of, read, statement

ROOT = Path(__file__).parent.parent.parent
QUICK = ("-m", "not slow and not terminal")
"""Which tests try a change."""
PATIENCE = 10
"""A test is stopped after so many times what it takes without a change: a loop that never ends is
noticed too.
"""
AT_LEAST = 30.0
"""It has so many seconds in any case."""
LAST = 240
"""So many seconds are given to all the other tests that come to a change, before it is called not
noticed.
"""


@dataclass(frozen=True)
class Outcome:
    """What became of a change: the test that failed, "" where none did, of how many."""

    mutant: Mutant
    noticed: str
    tests: int
    seconds: float

    def __str__(self) -> str:
        noticed = self.noticed or f"NOT NOTICED by {self.tests} tests"
        return f"{self.mutant}\n    {self.seconds:.0f} s  {noticed}"


def files() -> Iterator[Path]:
    """What is in the tree, as paths relative to it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, encoding="utf-8",
    ).stdout  # fmt: skip
    for name in sorted(filter(None, listed.split("\0"))):
        if (ROOT / name).is_file():
            yield Path(name)


def fingerprint() -> str:
    """What tells this tree from one with other code or tests."""
    digest = hashlib.sha256()
    for name in files():
        if name.parts[0] in ("engine", "tui", "tests"):
            digest.update(f"{name}\0".encode() + (ROOT / name).read_bytes() + b"\0")
    return digest.hexdigest()


class Tree:
    """A copy of all files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in files():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)

    def reach(self, tests: Sequence[str]) -> Reach:
        """What these tests come to without a change."""
        into = self.folder / "reach.json"
        _, output = self._pytest("tests.mutants.recorded", "--reach-into", into, *QUICK, *tests)
        if not into.exists():
            raise SystemExit(f"The tests cannot be run: {output[-2000:]}")
        return read(into.read_text(encoding="utf-8"))

    def tried(self, mutant: Mutant, reach: Reach) -> Outcome:
        """Make the change, run the tests until one fails, and take it back."""
        path = self.folder / mutant.file
        source = path.read_bytes()
        lines = statement(source, mutant.line)
        tests = reach.choice(mutant.file, *lines)
        rest = reach.rest(mutant.file, *lines)
        own = [test for test in tests if is_of(mutant.file, test)]
        others = [test for test in tests if test not in own]
        began = time.monotonic()
        try:
            self._write(path, mutant.applied(source))
            noticed = (
                self._failing(own, reach)
                or self._failing(others, reach, "--few")
                or self._failing(rest, reach, "--within", str(LAST))
            )
        finally:
            self._write(path, source)
        return Outcome(mutant, noticed, len({*tests, *rest}), time.monotonic() - began)

    def _write(self, path: Path, source: bytes) -> None:
        path.write_bytes(source)
        # Compiled code is told from old by time and size, which a change may leave as they were.
        Path(cache_from_source(str(path))).unlink(missing_ok=True)

    def _failing(self, tests: Sequence[str], reach: Reach, *options: str) -> str:
        """The first test that fails, "" where none does."""
        if not tests:
            return ""
        seconds = (max(AT_LEAST, PATIENCE * reach.seconds[test]) for test in tests)
        listed, now = self.folder / "chosen.txt", self.folder / "now.txt"
        now.unlink(missing_ok=True)
        listed.write_text(
            "".join(f"{most:.0f} {test}\n" for most, test in zip(seconds, tests, strict=True)),
            encoding="utf-8",
        )
        modules = sorted({test.partition("::")[0] for test in tests})
        status, output = self._pytest(
            "tests.mutants.chosen", "--chosen", listed, *options, "-x", *QUICK, *modules
        )
        failed = [line for line in output.splitlines() if line.startswith(("FAILED ", "ERROR "))]
        if failed:
            return failed[0].split(" - ")[0].partition(" ")[2]
        if status in (0, 5) or TIME_IS_UP in output:  # 5: the tests that are chosen are gone
            return ""
        if "file or directory not found" in output:
            raise SystemExit(f"The tests cannot be run: {output[-2000:]}")
        return f"status {status} in {now.read_text('utf-8') if now.exists() else 'the beginning'}"

    def _pytest(self, plugin: str, *arguments: str | Path) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-p", plugin,
             *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder), "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            check=False,
        )  # fmt: skip
        return done.returncode, done.stdout
