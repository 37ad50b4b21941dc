"""The command of the soak; exit status 1 where it found something."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.soak import failing
from tests.soak.life import Tally, live

KEYS_A_LIFE = 3000


def _lives(seed: int, keys: int, kills: int, minutes: float) -> Tally:
    """Lives one after another until there are so many keys and kills, or the time is over."""
    tally, end = Tally(), time.monotonic() + 60 * minutes
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="gradstep-soak-") as folder:
        os.environ["XDG_STATE_HOME"] = folder
        while time.monotonic() < end:
            if tally.counts["keys"] >= keys and tally.counts["kills"] >= kills:
                break
            most = max(150, min(keys - tally.counts["keys"], KEYS_A_LIFE))
            live(draw.randrange(1 << 30), Path(folder), draw.randint(most // 3, most), tally)
    return tally


def _begun(folder: Path) -> Path:
    """A state folder with a session."""
    state = folder / "begun"
    state.mkdir()
    os.environ["XDG_STATE_HOME"] = str(state)
    while not any(state.rglob("*.gradstep")):
        live(1, state, 100, Tally())
    return state


def _fails(begun: Path, number: int, code: str) -> Tally:
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="gradstep-soak-") as folder:
        failing.one(begun, Path(folder), number, code, tally)
    return tally


def main() -> int:
    """Run the soak and say what it did and found."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=1.0, help="of random keys, at most")
    parser.add_argument("--keys", type=int, default=1 << 40, help="so many are enough")
    parser.add_argument("--kills", type=int, default=0, help="so many at least")
    parser.add_argument("--faults", type=int, default=12, help="of all there are, -1 for all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    began, total, n = time.monotonic(), Tally(), options.workers
    with ProcessPoolExecutor(n) as pool, tempfile.TemporaryDirectory() as folder:
        share = -(-options.keys // n), -(-options.kills // n), options.minutes
        for tally in [pool.submit(_lives, options.seed + i, *share) for i in range(n)]:
            total.add(tally.result())
        if options.faults:
            begun = _begun(Path(folder))
            names = failing.calls(begun)
            places = [(i + 1, code) for i in range(len(names)) for code in failing.ERRORS]
            if options.faults > 0:
                draw = random.Random(options.seed)
                places = draw.sample(places, min(options.faults, len(places)))
            for tally in [pool.submit(_fails, begun, *place) for place in places]:
                total.add(tally.result())
            print(f"{len(names)} calls on files: {', '.join(sorted(set(names)))}")
    hours = (time.monotonic() - began) / 3600
    print(", ".join(f"{count:,} {name}" for name, count in total.counts.items()))
    print(f"{hours:.2f} hours, {len(total.found)} found")
    for found in total.found:
        print(f"\n{found}")
    return bool(total.found)


if __name__ == "__main__":
    sys.exit(main())
