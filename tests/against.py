"""Trainings by PyTorch, recorded and compared with gradstep's.

    python -m tests.against [--record] [--runs 50] [NAME ...]

with a Python that has numpy and torch 2.13.0: each training of `tests/fixtures/trainings` without a
mistake and with each of those planted in it, and so many drawn trainings in float32 and in float64,
which are to be alike. NAME is a part of a training's or a mistake's name. --record writes what the
tests compare where PyTorch is not.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from engine.against.compare import Comparison
from engine.against.finding import finding
from engine.against.read import read_trace
from engine.against.tolerance import Tolerance
from engine.history.branching import history_of
from engine.runfile.read import read
from tests.fixtures.trainings.planted import PLANTED, TIGHT

PACKED = Path(__file__).parent / "fixtures" / "trainings" / "recorded.tar.xz"
DTYPES = ("float64", "float32")


def file_of(training: str, mistake: str = "") -> str:
    """The name of a record, without its ending."""
    return f"{training}-{mistake.replace(' ', '-')}" if mistake else training


def drawn_file(dtype: str, seed: int) -> str:
    """The name of a record of a drawn training, without its ending."""
    return f"drawn-{dtype}-{seed}"


def unpacked(folder: Path) -> list[str]:
    """Put what was recorded with PyTorch into a folder; the names of all files."""
    with tarfile.open(PACKED) as packed:
        packed.extractall(folder, filter="data")
        return packed.getnames()


def comparison_of(run: Path, record: Path, mistake: str = "") -> Comparison:
    """A comparison that has been made up to the first difference."""
    spec = read(run)
    trace = read_trace(record, spec)
    tight = TIGHT.get(mistake)
    tolerance = Tolerance(*tight, spec.dtype) if tight else None
    comparison = Comparison(history_of(spec), trace, tolerance)
    for _deviation in comparison.deviations():
        if comparison.first is not None:
            break
    return comparison


def compared(run: Path, record: Path, mistake: str = "") -> tuple[str, str, str]:
    """The first place that differs, "4.dW2", the key of the guess and what it says; "" for none."""
    found = finding(comparison_of(run, record, mistake))
    if found is None:
        return "", "", ""
    place = f"{found.deviation.t}.{found.deviation.pair.symbol}"
    guess = found.guess
    return place, guess.key if guess else "", guess.says if guess else ""


def _recorder() -> Any:
    """What --recorder prints, as it is."""
    return importlib.import_module("engine.exchange.torchside.gradstep_record").record


def recorded(training: str, mistake: str, folder: Path) -> Path:
    """Record a training; the record."""
    path = folder / f"{file_of(training, mistake)}.npz"
    module = importlib.import_module(f"tests.fixtures.trainings.{training}")
    module.train(mistake, partial(_recorder(), path=path))
    return path


def drawn(seed: int, dtype: str, folder: Path) -> Path:
    """Record a drawn training; the record."""
    import torch

    from tests.fixtures.trainings import drawn as trainings

    path = folder / f"{drawn_file(dtype, seed)}.npz"
    trainings.train(seed, getattr(torch, dtype), partial(_recorder(), path=path))
    return path


def cases(names: list[str]) -> Iterator[tuple[str, str]]:
    """The trainings, without and with each mistake."""
    for training, planted in PLANTED.items():
        for mistake in ("", *planted):
            if not names or any(name in file_of(training, mistake) for name in names):
                yield training, mistake


def main(arguments: list[str]) -> int:
    """Compare all; the exit status."""
    parser = argparse.ArgumentParser(prog="tests.against")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args(arguments)
    wrong = 0
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        for training, mistake in cases(asked.names):
            wrong += _one(training, mistake, folder)
        for dtype in DTYPES:
            for seed in range(0 if asked.names else asked.runs):
                wrong += _clean(drawn(seed, dtype, folder))
        if asked.record and not wrong and not asked.names:
            _keep(folder)
    print(f"{wrong} not as planted")
    return 1 if wrong else 0


def _one(training: str, mistake: str, folder: Path) -> bool:
    """Record a training and compare; whether what is found is not what was planted."""
    path = recorded(training, mistake, folder)
    meant = folder / f"{training}.toml"
    if mistake and not meant.exists():
        recorded(training, "", folder)
    place, key, says = compared(meant, path, mistake)
    expected = PLANTED[training][mistake] if mistake else ("", "")
    right = (place, key) == expected
    print(f"{file_of(training, mistake):45} {place:10} {key:28} {says if right else expected}")
    return not right


def _clean(path: Path) -> bool:
    """Compare a training without a mistake; whether anything is found."""
    place, key, _ = compared(path.with_suffix(".toml"), path)
    if place:
        print(f"{path.stem}: {place} differs ({key})")
    return bool(place)


def _keep(folder: Path) -> None:
    """Keep what the tests compare: all records, and the run files of those without a mistake."""
    meant = {*PLANTED, *(path.stem for path in folder.glob("drawn-*.toml"))}
    with tarfile.open(PACKED, "w:xz", preset=9) as packed:
        for path in sorted(folder.iterdir()):
            if path.suffix == ".npz" or path.stem in meant:
                packed.add(path, path.name, filter=_nobody)


def _nobody(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """A file of no owner and no time."""
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
