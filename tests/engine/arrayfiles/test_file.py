"""What may be taken from a file, up to its limits."""

import numpy as np
import pytest

from engine.arrayfiles.file import MOST_AXES, MOST_LENGTH, MOST_NAMES, MOST_NUMBERS, File
from engine.spec.run import SpecError

FILE = File("a.npy", b"")


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((), 1), ((0,), 0), ((2, 3), 6), ((1,) * MOST_AXES, 1), ((MOST_LENGTH, 0), 0),
        ((MOST_NUMBERS,), MOST_NUMBERS), ((MOST_LENGTH, 0, (1 << 20) - 1), 0),
    ],
)  # fmt: skip
def test_a_shape_has_so_many_numbers(shape, size):
    assert FILE.size("W", shape) == size


@pytest.mark.parametrize(
    "shape",
    [(-1,), (2.0,), (True,), ("2",), (None,), (MOST_LENGTH + 1, 0), (1,) * (MOST_AXES + 1)],
)
def test_what_is_no_shape_is_refused(shape):
    with pytest.raises(SpecError, match=r"^a\.npy: W has no valid shape; the file is damaged\.$"):
        FILE.size("W", shape)


@pytest.mark.parametrize("shape", [(MOST_NUMBERS + 1,), (8000, 8001), (MOST_LENGTH, 0, 1 << 20)])
def test_more_numbers_than_may_be_are_refused(shape):
    with pytest.raises(SpecError, match="numbers, and may have at most 64,000,000"):
        FILE.size("W", shape)


def test_names_up_to_the_most():
    FILE.few(MOST_NAMES)
    with pytest.raises(SpecError, match="has more than 100,000 names, the most"):
        FILE.few(MOST_NAMES + 1)


def test_bytes_are_numbers_if_they_are_as_many():
    assert FILE.numbers("W", np.dtype("<i2"), 2, b"\1\0\2\0").tolist() == [1, 2]
    for data in (b"\1\0\2", b"\1\0\2\0\3"):
        with pytest.raises(SpecError, match=f"W needs 4 bytes and has {len(data)}"):
            FILE.numbers("W", np.dtype("<i2"), 2, data)
