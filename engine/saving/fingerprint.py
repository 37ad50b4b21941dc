"""What a machine's arithmetic is: a line of text that is equal where replays are, bit for bit."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from engine.spec.run import Array

LENGTHS = (3, 7, 17, 64, 129, 257)


@cache
def fingerprint() -> str:
    """NumPy, BLAS, platform and C library, the instructions NumPy uses, and a hash of small
    results: sums, products and functions whose last bits depend on all of these. Takes 1 ms.
    """
    config: dict[str, Any] = np.show_config(mode="dicts")  # type: ignore[assignment]
    blas = config.get("Build Dependencies", {}).get("blas", {})
    instructions = config.get("SIMD Extensions", {})
    parts = (
        f"numpy {np.__version__}",
        f"{blas.get('name', 'no BLAS')} {blas.get('version', '')}".strip(),
        f"{sys.platform} {platform.machine()} {sys.byteorder}-endian",
        _c_library(),
        " ".join([*instructions.get("baseline", ()), *instructions.get("found", ())]),
        f"results {_digest()}",
    )
    return "; ".join(part for part in parts if part)


def same_arithmetic(first: str, second: str) -> bool:
    """Whether two fingerprints promise equal results; unknown ones ("") promise nothing."""
    return first == second != ""


def _c_library() -> str:
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, ValueError, OSError):
        return ""


def _digest() -> str:
    total = hashlib.sha256()
    with np.errstate(all="ignore"):
        for dtype in (np.dtype("<f8"), np.dtype("<f4")):
            for result in _results(dtype):
                total.update(np.asarray(result, dtype).tobytes())
    total.update(repr([0.999**t for t in (2, 7, 100, 12345)]).encode())
    return total.hexdigest()[:16]


def _results(dtype: np.dtype[np.floating]) -> Iterator[Array]:
    """Results on inputs in (−0.5, 0.5) that need no function to make."""
    values = ((np.arange(33 * 65) * 7919 % 2147) / 2147 - 0.5).astype(dtype.newbyteorder("="))
    left, right = values.reshape(33, 65), values[: 65 * 17].reshape(65, 17)
    for length in LENGTHS:
        part = values[:length]
        yield np.dot(part, values[length : 2 * length])
        yield np.sum(part)
    yield np.dot(left, right)
    yield np.dot(left, right[:, 0])
    yield np.dot(right.T, left.T)
    yield np.sum(left, axis=0)
    wide = 8 * values[: LENGTHS[-1]]
    positive = np.abs(wide) + wide.dtype.type(0.01)
    yield from (np.tanh(wide), np.exp(wide), np.expm1(wide), np.sin(wide), np.cos(wide))
    yield from (np.log(positive), np.log1p(positive), np.power(positive, wide))
