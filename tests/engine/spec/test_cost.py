"""Files cost what their size says: within their limits they are read or refused in 5 s, and in at
most 30 times a TOML's size or 8 times a CSV's above what the program needs anyway.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from engine.catalog.csvtext import MOST_BYTES as MOST_CSV
from engine.spec.toml import MOST_BYTES as MOST_TOML
from tests.tui.terminals import ROOT, environment

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc"),
]

CHECK = """
import re, sys, time
from pathlib import Path
from tui.__main__ import main
try:
    status = main(["--check", sys.argv[1]])
except SystemExit as end:
    status = end.code
most = re.search(r"VmHWM:\\s+([0-9]+) kB", Path("/proc/self/status").read_text())[1]
print(f"\\f{status} {most} {time.process_time()}")
"""
LAYER = """
[[layers]]
units = {}
activation = "{}"
[loss]
name = "{}"
[optimizer]
name = "sgd"
lr = 0.1
"""
CLASSES = LAYER.format(2, "softmax", "cross_entropy")
NUMBERS = LAYER.format(1, "identity", "mse")
SMALL = "[data]\nx = [[1]]\nlabels = [0]\n" + CLASSES
NOISE = 4 << 20


def measured(path: Path) -> tuple[int, int, float, str]:
    """Status, most memory in bytes, seconds of the processor, and what was printed."""
    done = subprocess.run(
        [sys.executable, "-c", CHECK, str(path)],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    printed, _, figures = done.stdout.rpartition("\f")
    status, most, seconds = figures.split()
    return int(status), int(most) << 10, float(seconds), done.stderr + printed


@cache
def needed_anyway(folder: Path) -> int:
    path = folder / "small.toml"
    path.write_text(SMALL)
    return measured(path)[1]


def filled(before: str, unit: str, after: str = "", size: int = MOST_TOML) -> str:
    return before + unit * ((size - len(before) - len(after)) // len(unit)) + after


def csv_run(layer: str, more: str = "") -> str:
    return f'[data]\ncsv = "big.csv"\ntarget = "c"\nbatch_size = 1\n{more}\n{layer}'


TOML: dict[str, tuple[Callable[[], str], str]] = {
    "dotted": (lambda: ".".join("a" * 20_000) + " = 1", "parts"),
    "numbers": (lambda: filled("[data]\nx=[[", "1,", "]]\ny=[[1]]" + CLASSES), "units"),
    "rows": (lambda: filled("[data]\nx=[", "[1], ", "]\nlabels=[0]" + CLASSES), "as many as"),
    "short rows": (lambda: filled("[data]\nx=[", "[1],", "]\nlabels=[0]" + CLASSES), "CSV"),
    "texts": (lambda: filled("[data]\nx=[[1]]\ny=[[", '"",', "]]" + CLASSES), "more such"),
    "labels": (lambda: filled("[data]\nx=[[1]]\nlabels=[", "9,", "]" + CLASSES), "more such"),
    "number": (lambda: filled("seed = ", "1"), "word"),
    "lines": (lambda: filled("", "\n"), "missing"),
    "comments": (lambda: filled("", "#\n"), "missing"),
    "names": (lambda: "".join(f"a{i}=[]\n" for i in range(200_000)), "names"),
    "columns": (lambda: csv_run(CLASSES, filled("features=[", '"a",', "]", 2_000_000)), "no such"),
}  # fmt: skip

CSV: dict[str, tuple[str, Callable[[], str], str]] = {
    "classes": (CLASSES, lambda: "a,c\n" + "1,x\n2,y\n" * 500_000, "no mistakes"),
    "many classes": (
        CLASSES, lambda: "a,c\n" + "".join(f"1,k{i}\n" for i in range(200_000)), "10,000 classes",
    ),
    "numbers": (NUMBERS, lambda: "a,c\n" + "1,1\n" * 2_000_000, "no mistakes"),
    "wrong cells": (NUMBERS, lambda: "a,c\n" + "x,1\n" * 1_000_000, "and at least"),
    "the last cell": (NUMBERS, lambda: "a,c\n" + "1,1\n" * 1_500_000 + "1,x\n", "row 1500002,"),
    "nan at the end": (NUMBERS, lambda: "a,c\n" + "1,1\n" * 1_500_000 + "nan,1\n", "row 1500002,"),
    "cells": (NUMBERS, lambda: filled("a,c\n", "1,1\n", "", MOST_CSV), "10,000,000 lines"),
    "a line": (NUMBERS, lambda: filled("a,c\n1,", "1", "", MOST_CSV), "a line of more than 1 MB"),
    "a header": (NUMBERS, lambda: "abc," * 200_000 + "\n1,2\n", "20,000 cells"),
    "long names": (CLASSES, lambda: filled("a,c\n", f"1,{'n' * 50}\n", "", MOST_CSV), "1 class"),
    "quotes": (CLASSES, lambda: "a,c\n" + '1,"x\n"\n' * 1_000_000, "no plain table"),
    "other digits": (NUMBERS, lambda: "a,c\n" + "١,1\n" * 1_000_000, "no plain table"),
    "one wide letter": (CLASSES, lambda: "a,c\n" + "1.000001,x\n" * 900_000 + "1,😀\n", "no mis"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOML)
def test_a_toml_file(tmp_path, tmp_path_factory, name):
    make, says = TOML[name]
    path = tmp_path / "big.toml"
    path.write_text(make())
    status, most, seconds, printed = measured(path)
    assert says in printed
    assert "Traceback" not in printed
    assert status == 2
    assert seconds < 5
    above = most - needed_anyway(tmp_path_factory.getbasetemp())
    assert above < 30 * path.stat().st_size + NOISE


@pytest.mark.parametrize("name", CSV)
def test_a_csv_file(tmp_path, tmp_path_factory, name):
    layer, make, says = CSV[name]
    path, run = tmp_path / "big.csv", tmp_path / "big.toml"
    path.write_text(make(), encoding="utf-8")
    run.write_text(csv_run(layer))
    status, most, seconds, printed = measured(run)
    assert says in printed
    assert "Traceback" not in printed
    assert status == (0 if "no mistakes" in printed else 2)
    assert seconds < 5
    above = most - needed_anyway(tmp_path_factory.getbasetemp())
    assert above < 8 * path.stat().st_size + NOISE


@pytest.mark.parametrize("megabytes", [180, 200, 220])
def test_without_enough_memory_there_is_a_sentence(tmp_path, megabytes):
    (tmp_path / "big.csv").write_text("a,c\n" + "1,x\n2,y\n" * 2_000_000)
    run = tmp_path / "big.toml"
    run.write_text(csv_run(CLASSES))
    shell = f'ulimit -v {megabytes << 10}; exec "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", shell, "sh", sys.executable, "-m", "tui", "--check", str(run)],
        cwd=ROOT,
        env=environment(OPENBLAS_NUM_THREADS="1"),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    sentence = f"gradstep: {run}: there is not enough memory to read it.\n"
    outcomes = {(0, ""), (2, sentence), (1, "gradstep: there is not enough memory.\n")}
    assert (done.returncode, done.stderr) in outcomes
