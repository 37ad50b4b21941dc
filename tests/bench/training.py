"""Training against PyTorch eager: one thread, float64, rounds of the two in turn."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

import numpy as np

from engine.history.branching import history_of
from engine.runfile.read import from_table
from tests.bench import torch_side
from tests.bench.screen import ROOT
from tests.bench.table import Figure

Seconds = Callable[[tuple[int, ...], int, str, int], float]

CASES = (
    ((2, 2, 2), 1, 12.0, True),
    ((2, 16, 16, 2), 32, 8.0, False),
    ((64, 128, 64, 10), 64, 2.5, False),
    ((2, 16, 16, 2), 32, None, True),
    ((64, 128, 64, 10), 64, None, True),
)
"""Units of the layers, samples in a batch, how many times as fast as PyTorch at least, and
whether the run names an optimizer to compare with, as the worked example does.
"""
OTHER_PYTHON = "GRADSTEP_TORCH_PYTHON"


def ours(
    sizes: tuple[int, ...], batch: int, optimizer: str, compared: bool
) -> Callable[[int], None]:
    """A function that trains for so many iterations, recording history as the app does, and
    where `compared` what the other optimizer keeps of the same gradients.

    Hidden layers are tanh, the last is softmax with cross-entropy; sgd has lr 0.1, adam 0.01.
    """
    rng = np.random.default_rng(0)
    ends = ["tanh"] * (len(sizes) - 2) + ["softmax"]
    layers = [
        {"units": units, "activation": end, "init": "torch_linear"}
        for units, end in zip(sizes[1:], ends, strict=True)
    ]
    rates = {"sgd": 0.1, "adam": 0.01}
    other = "adam" if optimizer == "sgd" else "sgd"
    table = {
        "name": "bench",
        "data": {
            "x": rng.standard_normal((batch, sizes[0])).tolist(),
            "labels": rng.integers(0, sizes[-1], batch).tolist(),
        },
        "layers": layers,
        "loss": {"name": "cross_entropy"},
        "optimizer": {"name": optimizer, "lr": rates[optimizer]},
    }
    if compared:
        table["compare"] = {"name": other, "lr": rates[other]}
    history = history_of(from_table(table))

    def train(count: int) -> None:
        history.extend(history.frontier + count)

    return train


@contextmanager
def pytorch() -> Iterator[tuple[str, Seconds]]:
    """PyTorch's version and timer, in this process or, over a pipe, in the Python named.

    Raises ImportError where there is no PyTorch.
    """
    try:
        version = torch_side.prepare()
    except ImportError:
        other = os.environ.get(OTHER_PYTHON)
        if not other:
            raise ImportError(
                f"PyTorch is not installed here ({OTHER_PYTHON} can name a Python that has it)"
            ) from None
    else:
        yield version, torch_side.seconds
        return
    child = subprocess.Popen(
        [other, "-m", "tests.bench.torch_side"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
    )
    with child:
        requests, answers = child.stdin, child.stdout
        if requests is None or answers is None or not (version := answers.readline().strip()):
            raise ImportError(f"{OTHER_PYTHON} names a Python in which PyTorch does not start")

        def seconds(sizes: tuple[int, ...], batch: int, optimizer: str, count: int) -> float:
            ask = {"sizes": sizes, "batch": batch, "optimizer": optimizer, "count": count}
            print(json.dumps(ask), file=requests, flush=True)
            return float(answers.readline())

        try:
            yield version, seconds
        finally:
            requests.close()


def training(quick: bool) -> list[Figure]:
    """The ratios of PyTorch's time to ours. Raises ImportError where there is no PyTorch."""
    with pytorch() as (version, theirs):
        return [
            compare(sizes, batch, optimizer, limit, compared, theirs, version, quick)
            for sizes, batch, limit, compared in CASES
            for optimizer in ("sgd", "adam")
        ]


def compare(
    sizes: tuple[int, ...],
    batch: int,
    optimizer: str,
    limit: float | None,
    compared: bool,
    theirs: Seconds,
    version: str,
    quick: bool,
) -> Figure:
    """The median over rounds of PyTorch's time divided by ours, in equally many iterations."""
    name = f"{'-'.join(map(str, sizes))}, batch {batch}, {optimizer}"
    name += ", compared" if compared else ""
    train = ours(sizes, batch, optimizer, compared)
    train(20)
    theirs(sizes, batch, optimizer, 20)
    target = 0.05 if quick else 0.15
    count = max(5, round(target / (theirs(sizes, batch, optimizer, 50) / 50)))
    times = []
    for _ in range(5 if quick else 15):
        began = time.perf_counter()
        train(count)
        spent = time.perf_counter() - began
        times.append((spent / count, theirs(sizes, batch, optimizer, count) / count))
    a, b = (median(column) * 1e6 for column in zip(*times, strict=True))
    ratio = median(b / a for a, b in times)
    return Figure(
        name, ratio, "×", f"{a:.1f} µs/iteration", f"PyTorch {version} {b:.1f} µs", floor=limit
    )
