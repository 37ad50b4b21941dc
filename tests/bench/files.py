"""Reading a large CSV file against numpy, and `--json --last` against the engine alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from engine.catalog.csvdata import CsvSpec, read_csv
from engine.program.trainer import Trainer
from engine.runfile.read import DEFAULT, load
from tests.bench.history import timed
from tests.bench.screen import ROOT
from tests.bench.table import Figure, ms
from tests.bench.terminal import python

ROWS, COLUMNS = 100_000, 20
ITERATIONS = 200_000
CSV_LIMIT = 3.0


def files(quick: bool) -> list[Figure]:
    """The ratios of our time to the other's."""
    return [csv(quick), last(quick)]


def csv(quick: bool) -> Figure:
    """A CSV file of numbers: its samples against `numpy.loadtxt`, in turn."""
    rows = ROWS // 10 if quick else ROWS
    with TemporaryDirectory() as folder:
        path = Path(folder) / "numbers.csv"
        names = ",".join(f"c{i}" for i in range(COLUMNS))
        numbers = np.random.default_rng(0).normal(size=(rows, COLUMNS))
        np.savetxt(path, numbers, "%.6f", ",", header=names, comments="")
        spec = CsvSpec(path, (f"c{COLUMNS - 1}",))
        times = [
            (
                timed(lambda: read_csv(spec)),
                timed(lambda: np.loadtxt(path, delimiter=",", skiprows=1)),
            )
            for _ in range(3 if quick else 9)
        ]
    ours, other = (median(column) for column in zip(*times, strict=True))
    name = f"CSV of {rows:,} x {COLUMNS}, against numpy.loadtxt"
    ratio = median(a / b for a, b in times)
    return Figure(name, ratio, "×", ms(ours), ms(other), ceiling=CSV_LIMIT)


def last(quick: bool) -> Figure:
    """The worked example's last iteration by the command, without the time that its first takes,
    against the same iterations by the engine alone.
    """
    count = ITERATIONS // 10 if quick else ITERATIONS
    trainer, losses = Trainer(load(DEFAULT)), np.zeros(count)
    times = []
    for _ in range(3 if quick else 5):
        began = command(1)
        times.append((command(count) - began, timed(lambda: trainer.run(1, count, losses))))
    ours, other = (median(column) for column in zip(*times, strict=True))
    name = f"--json --last after {count:,} iterations, against the engine"
    return Figure(name, median(a / b for a, b in times), "×", ms(ours), ms(other))


def command(iterations: int) -> float:
    """The time of the command, in s."""
    arguments = ("--json", "--last", "--iterations", str(iterations))
    began = perf_counter()
    subprocess.run(
        python("-m", "tui", *arguments),
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    return perf_counter() - began
