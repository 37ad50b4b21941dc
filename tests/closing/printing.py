"""The program's plain output, and what of it is to be checked."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.closing.count import Count
from tests.closing.runs import OPTIMIZERS, random_run
from tui.__main__ import main

DIGITS = (2, 3, 4, 6, 8)
RUNS = sorted(path.stem for path in Path("engine/runfile/runs").glob("*.toml"))


class Print(NamedTuple):
    """One output: a built-in run's name or a seed, and the options."""

    run: str | int
    digits: int
    options: tuple[str, ...] = ()

    def counted(self, folder: Path) -> Count:
        """Count its lines; none where a random run is refused."""
        name = str(self.run)
        if isinstance(self.run, int):
            path = folder / f"random-{self.run}.toml"
            path.write_text(random_run(self.run), encoding="utf-8")
            name = str(path)
        raw = io.BytesIO()
        out = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
        arguments = [name, "--plain", "--digits", str(self.digits), *self.options]
        found = Count()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            try:
                status: object = main(arguments)
            except SystemExit as stop:
                status = stop.code
        if status and isinstance(self.run, str):
            raise RuntimeError(f"{self} was not printed")
        if not status:
            found.take(raw.getvalue().decode(), self.digits)
        return found


def built_in(digits: int, *options: str) -> Iterator[Print]:
    """All built-in runs with all optimizers."""
    for run in RUNS:
        for name in OPTIMIZERS:
            yield Print(run, digits, ("--optimizer", name, *options))


def everything(seeds: int) -> Iterator[Print]:
    """All of it, plain signs too, and so many random runs."""
    for digits in DIGITS:
        yield from built_in(digits, "--iterations", "3")
        yield from built_in(digits, "--ascii", "--iterations", "1")
    for seed in range(seeds):
        yield Print(seed, 2 + seed % 11, ("--ascii",) if seed % 5 == 4 else ())


def sample(seeds: int) -> Iterator[Print]:
    """Some of it: a run of each kind, and some random runs."""
    for i, run in enumerate(RUNS):
        name = OPTIMIZERS[i % len(OPTIMIZERS)]
        yield Print(run, 4, ("--optimizer", name, "--iterations", "2"))
    for seed in range(seeds):
        yield Print(seed, 2 + seed % 7, ("--ascii",) if seed % 5 == 4 else ())
