"""Built-in data, a row each: samples that are known, or made as a pure function of the seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from engine.catalog.csvdata import CsvSpec, read_csv
from engine.catalog.row import Row
from engine.spec.check import number, whole
from engine.spec.data import Source
from engine.spec.options import Option
from engine.spec.run import Array

FOLDER = Path(__file__).parent / "data"
MOST_SAMPLES = 100_000
STREAM = 2
"""Keeps the numbers drawn for data apart from those drawn for parameters and shuffling."""


class Make(Protocol):
    """The samples, a pure function of the seed and the options."""

    def __call__(self, seed: int, /, *args: Any, **o: Any) -> Source: ...


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class DataSet(Row):
    """A row of the table. `outputs` is the number of classes or targets; options are keyword
    arguments of `make`.
    """

    outputs: int
    make: Make


def _worked_example(seed: int) -> Source:
    del seed
    return Source(np.array([[1.0, 2.0]]), y=np.array([[1.0, 0.0]]))


def _gate(*labels: int) -> Callable[[int], Source]:
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])

    def make(seed: int) -> Source:
        del seed
        return Source(x, labels=np.array(labels, np.intp), classes=("false", "true"))

    return make


def _random(seed: int) -> np.random.Generator:
    return np.random.default_rng((seed, 0, STREAM))


def _circles(seed: int, samples: int, noise: float) -> Source:
    """Two circles around the origin, of radius 1 and ½, by turns."""
    random = _random(seed)
    labels = np.arange(samples) % 2
    angle = 2 * np.pi * (np.arange(samples) // 2) / ((samples + 1) // 2)
    radius = np.where(labels == 0, 1.0, 0.5)
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x += noise * random.standard_normal(x.shape)
    return Source(x, labels=labels, classes=("outer", "inner"), features=("x", "y"))


def _spirals(seed: int, samples: int, noise: float) -> Source:
    """Two arms wound into each other, one turn and a quarter each, by turns."""
    random = _random(seed)
    labels = np.arange(samples) % 2
    along = (np.arange(samples) // 2 + 1) / ((samples + 1) // 2)
    angle = 2.5 * np.pi * along + np.pi * labels
    x = along[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x += noise * random.standard_normal(x.shape)
    return Source(x, labels=labels, classes=("first", "second"), features=("x", "y"))


def _iris(seed: int) -> Source:
    del seed
    return read_csv(CsvSpec(FOLDER / "iris.csv", ("species",), classes=True))


@lru_cache(maxsize=1)
def _glyphs() -> Array:
    """The ten digits, (10, 7, 5), 1 where there is ink."""
    blocks = (FOLDER / "digits.txt").read_text(encoding="ascii").split("\n\n")
    return np.array(
        [[[float(dot == "#") for dot in row] for row in block.split()] for block in blocks]
    )


def _digits(seed: int, samples: int, noise: float) -> Source:
    """Pictures of 8×8 pixels, row by row, ink near 1: a digit somewhere in the picture, written
    thicker or thinner, with noise on every pixel.
    """
    random = _random(seed)
    labels = random.permutation(np.arange(samples) % 10)
    pictures = np.zeros((samples, 8, 8))
    down, right = random.integers(0, 2, samples), random.integers(0, 4, samples)
    for picture, label, i, j in zip(pictures, labels, down, right, strict=True):
        picture[i : i + 7, j : j + 5] = _glyphs()[label]
    thick = random.uniform(0.0, 0.5, (samples, 1, 1))
    spread = pictures.copy()
    spread[:, :, 1:] = np.maximum(spread[:, :, 1:], thick * pictures[:, :, :-1])
    spread *= random.uniform(0.6, 1.0, (samples, 1, 1))
    spread += noise * random.standard_normal(spread.shape)
    x = np.clip(spread, 0.0, 1.0).reshape(samples, 64)
    return Source(x, labels=labels, classes=tuple("0123456789"))


def _made(samples: int, noise: float) -> dict[str, Option]:
    """The options of data that are drawn."""
    little = number("a number from 0 to 10", lambda value: 0 <= value <= 10)
    return {
        "samples": Option(samples, whole(2, MOST_SAMPLES), "How many samples are made."),
        "noise": Option(noise, little, "The standard deviation of what is added to them."),
    }


DATASETS: dict[str, DataSet] = {
    row.name: row
    for row in (
        DataSet(name="worked-example", outputs=2, make=_worked_example),
        DataSet(name="xor", outputs=2, make=_gate(0, 1, 1, 0)),
        DataSet(name="and", outputs=2, make=_gate(0, 0, 0, 1)),
        DataSet(name="circles", outputs=2, make=_circles, options=_made(100, 0.05)),
        DataSet(name="spirals", outputs=2, make=_spirals, options=_made(200, 0.02)),
        DataSet(name="iris", outputs=3, make=_iris),
        DataSet(name="digits", outputs=10, make=_digits, options=_made(1024, 0.15)),
    )
}
