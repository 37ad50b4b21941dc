"""Tables of measured ratios: `python -m tests.bench [SECTION ...] [--quick] [--app COMMAND]`, and
`--sessions N` for `thirty`.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Sequence

from tests.bench.files import files
from tests.bench.history import history
from tests.bench.line import slow_line
from tests.bench.screen import answers, idle, keys, painted, start
from tests.bench.table import Figure, table
from tests.bench.terminal import python
from tests.bench.thirty import SESSIONS, thirty
from tests.bench.training import training
from tests.bench.travel import travel

TITLES = {
    "training": "Training, against PyTorch eager (one thread, float64)",
    "history": "History",
    "files": "Files and the command",
    "travel": "Time travel, on the worked example",
    "start": "Start, against a minimal Textual app that imports numpy",
    "keys": "Keys, against a minimal Textual app with one widget",
    "bytes": "What is sent, in 256 colours",
    "answers": "Why, on the worked example",
    "line": "A key held for 5 s over 100 ms and 16 kB/s each way, against the same app",
    "idle": "Idle, against the same app",
    "thirty": "Many sessions at once, two keys a second in each, against as many of the same app",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sections; 0 where every limit is kept, 1 where one is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=" ".join(TITLES))
    parser.add_argument("--quick", action="store_true", help="fewer rounds, rougher figures")
    parser.add_argument("--app", metavar="COMMAND", help="measure another program on screen")
    parser.add_argument(
        "--sessions", type=int, default=SESSIONS, metavar="N", help="so many for `thirty`"
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.sections) - TITLES.keys():
        parser.error(f"unknown section: {', '.join(sorted(unknown))}")
    app = shlex.split(options.app) if options.app else python("-m", "tui")
    quick: bool = options.quick
    runs: dict[str, Callable[[], list[Figure]]] = {
        "training": lambda: training(quick),
        "history": lambda: history(quick),
        "files": lambda: files(quick),
        "travel": lambda: travel(app, quick),
        "start": lambda: start(app, quick),
        "keys": lambda: keys(app, quick),
        "bytes": lambda: painted(app, quick),
        "answers": lambda: answers(app, quick),
        "line": lambda: slow_line(app, quick),
        "idle": lambda: idle(app, quick),
        "thirty": lambda: thirty(app, quick, options.sessions),
    }
    missed = 0
    for name, title in TITLES.items():
        if options.sections and name not in options.sections:
            continue
        try:
            figures = runs[name]()
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            print(f"{title}\n  not measured: {error}\n", flush=True)
            missed += not isinstance(error, ImportError)
            continue
        print(table(title, figures), end="\n\n", flush=True)
        missed += sum(figure.missed for figure in figures)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
