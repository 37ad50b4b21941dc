"""`python -m tests.mutants [--count N] [--seed N] [--workers N] [PATH ...]`: tries a sample of
small changes to engine/ and tui/, and names those that no test notices.

Each is made in a copy of the tree. First all tests run without a change, which shows which lines
each comes to. Then those run that can notice a change, the ones of its room first, until one fails;
at the end, within some minutes, all others that come to it, the quickest first.
A PATH is a folder, a file or FILE:LINE.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.mutants.changes import Mutant, mutants
from tests.mutants.reach import Reach, read
from tests.mutants.tree import ROOT, Outcome, Tree, fingerprint

HALVES = (("tests/engine", "tests/test_imports.py", "tests/test_closing.py"), ("tests/tui",))
"""What is recorded side by side."""
ENOUGH = 0.9
"""So large a share must be noticed."""


class Kept:
    """A folder with what is known of a tree: what its tests come to, and outcomes as they come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._tree, self._reach = folder / "tree", folder / "reach.json"
        self._outcomes = folder / "outcomes.jsonl"
        if not self._tree.exists():
            self._tree.write_text(fingerprint(), encoding="utf-8")
        if self._tree.read_text(encoding="utf-8") != fingerprint():
            raise SystemExit(f"{folder} is about other code or other tests: name another folder.")

    def reach(self) -> Reach | None:
        """What the tests come to, if that is known."""
        return read(self._reach.read_text(encoding="utf-8")) if self._reach.exists() else None

    def keep(self, found: Reach | Outcome) -> None:
        """Write down what has been found."""
        if isinstance(found, Reach):
            self._reach.write_text(found.written(), encoding="utf-8")
            return
        with self._outcomes.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(found), ensure_ascii=False) + "\n")

    def outcomes(self) -> dict[Mutant, Outcome]:
        """What has become of changes so far."""
        if not self._outcomes.exists():
            return {}
        found = map(json.loads, self._outcomes.read_text(encoding="utf-8").splitlines())
        each = (Outcome(**{**one, "mutant": Mutant(**one["mutant"])}) for one in found)
        return {outcome.mutant: outcome for outcome in each}


def among(path: str) -> list[Mutant]:
    """All changes of a folder, of a file, or of one line of it."""
    name, _, line = path.partition(":")
    top = Path(name).resolve()
    every = (each for file in sorted(top.rglob("*.py") if top.is_dir() else [top])
             for each in mutants(file, ROOT))  # fmt: skip
    return [each for each in every if not line or each.line == int(line)]


def sample(paths: Iterable[str], count: int, seed: int) -> list[Mutant]:
    """Some of all changes in these paths, the same ones for a seed."""
    every = [each for path in paths for each in among(path)]
    return random.Random(seed).sample(every, min(count, len(every)))


def recorded(trees: Sequence[Tree], tests: Sequence[str]) -> Reach:
    """What the tests come to: these, or all."""
    parts = [tests] if tests else HALVES if len(trees) > 1 else [sum(HALVES, ())]
    with ThreadPoolExecutor(len(parts)) as pool:
        found, *others = pool.map(Tree.reach, trees, parts)
    for other in others:
        found.merge(other)
    return found


def tried(
    chosen: Sequence[Mutant], workers: int, tests: Sequence[str], kept: Kept
) -> list[Outcome]:
    """Try the changes, so many at a time, and tell of each."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        Path(folder).chmod(0o755)  # tests that give up root's rights still read it
        trees = [Tree(Path(folder) / str(number)) for number in range(workers)]
        if not (reach := kept.reach()):
            kept.keep(reach := recorded(trees, tests))
        for test in sorted(reach.failing):
            print(f"Left out, as it fails without a change: {test}")
        print(f"{len(reach.seconds)} tests, {sum(reach.seconds.values()):.0f} s", flush=True)
        free: SimpleQueue[Tree] = SimpleQueue()
        for tree in trees:
            free.put(tree)
        before = kept.outcomes()

        def one(mutant: Mutant) -> Outcome:
            if mutant in before:
                return before[mutant]
            tree = free.get()
            try:
                outcome = tree.tried(mutant, reach)
            finally:
                free.put(tree)
            kept.keep(outcome)
            print(outcome, flush=True)
            return outcome

        return list(pool.map(one, chosen))


def main(arguments: Sequence[str] | None = None) -> int:
    """Try a sample; 0 where enough are noticed, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="engine tui")
    parser.add_argument("--count", type=int, default=150, help="how many changes (150)")
    parser.add_argument("--seed", type=int, default=0, help="another seed draws others (0)")
    parser.add_argument("--workers", type=int, default=2, help="how many at a time (2)")
    parser.add_argument("--tests", nargs="+", default=(), help="these alone, of all")
    parser.add_argument("--kept", type=Path, help="a folder: what it knows is not tried again")
    options = parser.parse_args(arguments)
    paths = options.paths or [str(ROOT / "engine"), str(ROOT / "tui")]
    began = time.monotonic()
    chosen = sample(paths, options.count, options.seed)
    with TemporaryDirectory() as folder:
        kept = Kept(options.kept or Path(folder))
        outcomes = tried(chosen, options.workers, options.tests, kept)
    survivors = [each.mutant for each in outcomes if not each.noticed]
    share = 1 - len(survivors) / max(1, len(outcomes))
    minutes = (time.monotonic() - began) / 60
    print(f"\n{len(outcomes)} changes, {share:.1%} noticed, in {minutes:.0f} minutes. Not noticed:")
    print("\n".join(map(str, survivors)) or "none")
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    raise SystemExit(main())
