"""`python -m tests.mutants [--count N] [--seed N] [--workers N] [PATH ...]`: tries a sample of
small changes to engine/ and tui/, and names those that no test notices.

Each is made in a copy of the tree. The tests of the changed room come first, then the fast ones of
all others, until one fails.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.mutants.changes import Mutant, mutants

ROOT = Path(__file__).parent.parent.parent
TESTS = {
    "engine/formula": ("tests/engine/program", "tests/engine/catalog"),
    "engine/session": ("tests/tui/actions", "tests/engine/saving"),
    "engine/spec": ("tests/engine/spec", "tests/engine/runfile"),
    "tui/draw": ("tests/tui/screen", "tests/tui/text"),
    "tui/frame": ("tests/tui/frame", "tests/tui/screen"),
    "tui/arrange.py": ("tests/tui/test_arrange.py",),
    "tui/keys.py": ("tests/tui/command", "tests/tui/actions"),
    "tui/__main__.py": ("tests/tui/command",),
}
"""Where a room is tested, if not in the folder of its own name."""
PATIENCE = 5
"""A run of tests is stopped after so many times what the fast tests take without a change: a loop
that never ends is noticed too.
"""
ENOUGH = 0.9
"""So large a share must be noticed."""


@dataclass(frozen=True)
class Outcome:
    """What became of a change: the test that failed, "" where none did."""

    mutant: Mutant
    noticed: str
    seconds: float


class Tree:
    """A copy of the tree, in which one change is tried at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True, encoding="utf-8",
        ).stdout  # fmt: skip
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, folder / name)

    def tried(self, mutant: Mutant, limit: float) -> Outcome:
        """Make the change, run the tests until one fails, and take it back."""
        path = self.folder / mutant.file
        source = path.read_bytes()
        began = time.monotonic()
        try:
            self._write(path, mutant.applied(source))
            own = homes(mutant.file)
            noticed = self.failing("-m", "not slow and not terminal", *own, limit=limit)
            if not noticed:
                others = [f"--ignore={each}" for each in own]
                noticed = self.failing("--fast", *others, limit=limit)
        finally:
            self._write(path, source)
        return Outcome(mutant, noticed, time.monotonic() - began)

    def _write(self, path: Path, source: bytes) -> None:
        path.write_bytes(source)
        # Compiled code is told from old by time and size, which a change may leave as they were.
        Path(cache_from_source(str(path))).unlink(missing_ok=True)

    def failing(self, *arguments: str, limit: float) -> str:
        """The first test that fails, "" where none does."""
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder), "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return f"stopped after {limit:.0f} s"
        if process.returncode == 0:
            return ""
        failed = [line for line in output.splitlines() if line.startswith(("FAILED ", "ERROR "))]
        return failed[0].split(" - ")[0].partition(" ")[2] if failed else output[-200:]


def homes(file: str) -> tuple[str, ...]:
    """The tests of the room that a file is in."""
    room = "/".join(Path(file).parts[:2])
    return TESTS.get(room, (f"tests/{room}",))


def sample(paths: Sequence[Path], count: int, seed: int) -> list[Mutant]:
    """Some of all changes of the files in these folders, the same ones for a seed."""
    files = [path for top in paths for path in ([top] if top.is_file() else top.rglob("*.py"))]
    every = [each for path in sorted(files) for each in mutants(path, ROOT)]
    return random.Random(seed).sample(every, min(count, len(every)))


def tried(chosen: Sequence[Mutant], workers: int) -> list[Outcome]:
    """Try the changes, so many at a time, and tell of each."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        Path(folder).chmod(0o755)  # tests that give up root's rights still read it
        trees: SimpleQueue[Tree] = SimpleQueue()
        for number in range(workers):
            trees.put(tree := Tree(Path(folder) / str(number)))
        began = time.monotonic()
        if broken := tree.failing("--fast", limit=1800):
            raise SystemExit(f"Without any change this fails: {broken}")
        limit = 60 + PATIENCE * (time.monotonic() - began)

        def one(mutant: Mutant) -> Outcome:
            tree = trees.get()
            try:
                outcome = tree.tried(mutant, limit)
            finally:
                trees.put(tree)
            noticed = outcome.noticed or "NOT NOTICED"
            print(f"{mutant}\n    {outcome.seconds:.0f} s  {noticed}", flush=True)
            return outcome

        return list(pool.map(one, chosen))


def main(arguments: Sequence[str] | None = None) -> int:
    """Try a sample; 0 where enough are noticed, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("paths", nargs="*", metavar="PATH", type=Path, help="engine tui")
    parser.add_argument("--count", type=int, default=150, help="how many changes (150)")
    parser.add_argument("--seed", type=int, default=0, help="another seed draws others (0)")
    parser.add_argument("--workers", type=int, default=2, help="how many at a time (2)")
    options = parser.parse_args(arguments)
    paths = [path.resolve() for path in options.paths] or [ROOT / "engine", ROOT / "tui"]
    began = time.monotonic()
    outcomes = tried(sample(paths, options.count, options.seed), options.workers)
    survivors = [each.mutant for each in outcomes if not each.noticed]
    share = 1 - len(survivors) / max(1, len(outcomes))
    minutes = (time.monotonic() - began) / 60
    print(f"\n{len(outcomes)} changes, {share:.1%} noticed, in {minutes:.0f} minutes. Not noticed:")
    print("\n".join(map(str, survivors)) or "none")
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    raise SystemExit(main())
