"""`python -m tests.closing [--all] [--seeds N]`: false "=" and the share of ≈ of each run."""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.closing.count import Count
from tests.closing.printing import everything, sample

SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 0 where no "=" is false and every line could be read."""
    parser = argparse.ArgumentParser(prog="python -m tests.closing", description=__doc__)
    parser.add_argument("--all", action="store_true", help="all runs, optimizers and digits")
    parser.add_argument("--seeds", type=int, metavar="N", help="how many random runs")
    options = parser.parse_args(arguments)
    seeds = options.seeds if options.seeds is not None else 1000 if options.all else 40
    counts: dict[str, Count] = defaultdict(Count)
    with tempfile.TemporaryDirectory() as folder:
        for each in everything(seeds) if options.all else sample(seeds):
            found = each.counted(Path(folder))
            named = "random" if isinstance(each.run, int) else each.run
            kind = "random" if named == "random" else f"built in, {each.digits} digits"
            for name in (f"{named} {each.digits}", kind, "all"):
                counts[name].add(found)
    for name, count in sorted(counts.items()):
        print(
            f"{name:26} {count.lines:8} lines {100 * count.share:6.2f}% ≈"
            f" {len(count.false):6} false {len(count.shy):6} shy"
            f" {len(count.misread):5} misread {len(count.repeated):5} repeated"
        )
    for kind in ("false", "misread", "repeated", "shy"):
        for line in getattr(counts["all"], kind)[:SHOWN]:
            print(f"{kind}: {line}")
    return 1 if counts["all"].false or counts["all"].misread else 0


if __name__ == "__main__":
    raise SystemExit(main())
