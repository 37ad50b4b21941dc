"""The bytes of a session file: a JSON document and arrays of numbers, with a checksum.

A file is its start (`engine.saving.filestart`), a JSON header, the arrays as little-endian bytes,
and the SHA-256 of all that. No flipped bit goes unseen, and no header can make a reader allocate
more than the file has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.saving.filestart import (
    DIGEST,
    LENGTHS,
    LONGEST_FIRST_LINE,
    MOST_HEADER,
    NO_SENSE,
    START_BYTES,
    StoreError,
    check_first_line,
    damaged,
    from_json,
    read_lengths,
    read_summary,
    start,
    summary_1,
    summary_now,
    to_json,
)
from engine.saving.fingerprint import fingerprint

__all__ = [
    "DIGEST",
    "JSON",
    "LENGTHS",
    "LONGEST_FIRST_LINE",
    "MOST_BYTES",
    "MOST_HEADER",
    "Mark",
    "Numbers",
    "StoreError",
    "Stored",
    "check_first_line",
    "decoded",
    "encoded",
]

MOST_BYTES = 1 << 30
ALIGN = 16
DTYPES = ("<f8", "<f4", "<i8")

JSON = None | bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"]
Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Mark:
    """What tells a saving from every other: the checksum of the file, and its order."""

    digest: bytes
    order: int


@dataclass(frozen=True, eq=False)
class Stored:
    """What a session file holds; the arrays are read-only. `saved_at` is in seconds since 1970."""

    document: dict[str, Any]
    arrays: dict[str, Numbers]
    fingerprint: str
    version: int
    saved_at: float
    mark: Mark


def encoded(
    document: Mapping[str, JSON], arrays: Mapping[str, Numbers], order: int
) -> Iterator[bytes]:
    """The file in pieces, of which the last is the checksum; one array at a time is copied.
    Raises TypeError or ValueError.
    """
    table = [
        (name, array.dtype.newbyteorder("<").str, array.shape) for name, array in arrays.items()
    ]
    for name, dtype, _ in table:
        if dtype not in DTYPES:
            raise TypeError(f"array {name} is {arrays[name].dtype}")
    content = to_json({"fingerprint": fingerprint(), "arrays": table, "document": dict(document)})
    about = summary_now(document.get("title"), order)
    before = len(start(about, 0, 0))
    content += b" " * (-(before + len(content)) % ALIGN)
    total = before + len(content) + DIGEST
    total += sum(_aligned(array.nbytes) for array in arrays.values())
    if len(content) > MOST_HEADER or total > MOST_BYTES:
        raise ValueError(f"{total:,} bytes are more than a session can have")
    digest = hashlib.sha256()
    head = start(about, len(content), total) + content
    digest.update(head)
    yield head
    for (_, dtype, _), array in zip(table, arrays.values(), strict=True):
        piece = array.astype(dtype, copy=False).tobytes()
        piece += bytes(_aligned(len(piece)) - len(piece))
        digest.update(piece)
        yield piece
    yield digest.digest()


def decoded(data: bytes, where: str) -> Stored:
    """The session that a file's bytes hold; its arrays are views of them. `where` names the file
    in the StoreError that is raised for any other bytes.
    """
    lengths = read_lengths(data[: LONGEST_FIRST_LINE + LENGTHS.size], len(data), where)
    end = lengths.total - DIGEST
    if hashlib.sha256(memoryview(data)[:end]).digest() != data[end:]:
        raise damaged(where, "its checksum is wrong")
    if lengths.header > min(MOST_HEADER, end - lengths.end):
        raise damaged(where, "its header is too long")
    try:
        about, begin = (None, lengths.end)
        if lengths.version > 1:
            about, begin = read_summary(data[:START_BYTES], lengths)
        header = from_json(data[begin : begin + lengths.header])
        about = about or summary_1(header)
        arrays = _arrays(header["arrays"], data, begin + lengths.header)
        document, arithmetic = header["document"], header["fingerprint"]
        if not (isinstance(document, dict) and isinstance(arithmetic, str)):
            raise TypeError("document or fingerprint")
    except NO_SENSE:
        raise damaged(where, "its content makes no sense") from None
    mark = Mark(data[end:], about.order)
    return Stored(document, arrays, arithmetic, lengths.version, about.saved_at, mark)


def _arrays(table: Any, data: bytes, offset: int) -> dict[str, Numbers]:
    """The arrays of a header's table, which take up all of a file from the offset to its end."""
    arrays: dict[str, Numbers] = {}
    for name, dtype, shape in table:
        if not isinstance(name, str) or name in arrays or dtype not in DTYPES:
            raise TypeError("name or type of an array")
        # NumPy refuses a shape that goes beyond the data.
        view: Numbers = np.ndarray(tuple(shape), dtype, data, offset)
        array = view.astype(view.dtype.newbyteorder("="), copy=False)
        array.flags.writeable = False
        arrays[name] = array
        offset += _aligned(view.nbytes)
    if offset != len(data) - DIGEST:
        raise ValueError("size")
    return arrays


def _aligned(size: int) -> int:
    return size + -size % ALIGN
