"""The bytes of a session file: a JSON document and arrays of numbers, with a checksum.

A file is a line with the format and its version, two lengths, a JSON header, the arrays as
little-endian bytes, and the SHA-256 of all that. No flipped bit goes unseen, and no header can
make a reader allocate more than the file has.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.saving.fingerprint import fingerprint
from engine.spec.problem import Problem

VERSION = 1
MOST_BYTES = 1 << 30
MOST_HEADER = 16 << 20

FIRST_LINE = re.compile(rb"gradstep session ([1-9][0-9]{0,8})\n")
LONGEST_FIRST_LINE = 27
LENGTHS = struct.Struct("<QQ")
"""The bytes of the JSON header and of the whole file."""

DIGEST = hashlib.sha256().digest_size
ALIGN = 16
DTYPES = ("<f8", "<f4", "<i8")
LATEST = 250e9
"""Dates from 1970 to this many seconds later, all of which the standard library can show."""

JSON = None | bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"]
Numbers = npt.NDArray[Any]


class StoreError(Problem):
    """Why a session was not saved or opened, and what can be done: one sentence."""


@dataclass(frozen=True, eq=False)
class Stored:
    """What a session file holds; the arrays are read-only. `saved_at` is in seconds since 1970."""

    document: dict[str, Any]
    arrays: dict[str, Numbers]
    fingerprint: str
    version: int
    saved_at: float


def encoded(document: Mapping[str, JSON], arrays: Mapping[str, Numbers]) -> Iterator[bytes]:
    """The file in pieces; one array at a time is copied. Raises TypeError or ValueError."""
    table = [
        (name, array.dtype.newbyteorder("<").str, array.shape) for name, array in arrays.items()
    ]
    for name, dtype, _ in table:
        if dtype not in DTYPES:
            raise TypeError(f"array {name} is {arrays[name].dtype}")
    header = {
        "saved_at": time.time(),
        "fingerprint": fingerprint(),
        "arrays": table,
        "document": dict(document),
    }
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"))
    content = text.encode("utf-8", "surrogatepass")
    line = b"gradstep session %d\n" % VERSION
    content += b" " * (-(len(line) + LENGTHS.size + len(content)) % ALIGN)
    total = len(line) + LENGTHS.size + len(content) + DIGEST
    total += sum(_aligned(array.nbytes) for array in arrays.values())
    if len(content) > MOST_HEADER or total > MOST_BYTES:
        raise ValueError(f"{total:,} bytes are more than a session can have")
    digest = hashlib.sha256()
    head = line + LENGTHS.pack(len(content), total) + content
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
    version = check_first_line(data[:LONGEST_FIRST_LINE], where)
    start = data.index(b"\n") + 1 + LENGTHS.size
    if len(data) < start + DIGEST:
        raise _damaged(where, f"it ends after {len(data):,} bytes")
    length, total = LENGTHS.unpack_from(data, start - LENGTHS.size)
    if len(data) < total:
        raise _damaged(where, f"it ends after {len(data):,} of {total:,} bytes")
    if len(data) > total:
        raise _damaged(where, f"{len(data) - total:,} bytes follow its end")
    end = total - DIGEST
    if hashlib.sha256(memoryview(data)[:end]).digest() != data[end:]:
        raise _damaged(where, "its checksum is wrong")
    if length > min(MOST_HEADER, end - start):
        raise _damaged(where, "its header is too long")
    try:
        header = json.loads(data[start : start + length].decode("utf-8", "surrogatepass"))
        return _stored(header, data, start + length, version)
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError, MemoryError):
        raise _damaged(where, "its content makes no sense") from None


def check_first_line(first: bytes, where: str) -> int:
    """The version in a file's first bytes. Raises StoreError for one that is foreign or newer."""
    match = FIRST_LINE.match(first)
    if match is None:
        what = "is not a gradstep session" if first else "is empty"
        raise StoreError(f"{where} {what} and was left as it is: choose another.")
    version = int(match[1])
    if version > VERSION:
        raise StoreError(
            f"{where} is from a newer gradstep (session format {version}, this one knows"
            f" {VERSION}) and was left as it is: update gradstep, or choose another."
        )
    return version


def _stored(header: Any, data: bytes, offset: int, version: int) -> Stored:
    document, mark, saved_at = header["document"], header["fingerprint"], header["saved_at"]
    if not (isinstance(document, dict) and isinstance(mark, str) and isinstance(saved_at, float)):
        raise TypeError("document, fingerprint or date")
    if not 0 <= saved_at <= LATEST:
        raise ValueError("date")
    arrays: dict[str, Numbers] = {}
    for name, dtype, shape in header["arrays"]:
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
    return Stored(document, arrays, mark, version, saved_at)


def _aligned(size: int) -> int:
    return size + -size % ALIGN


def _damaged(where: str, what: str) -> StoreError:
    return StoreError(
        f"{where} is damaged ({what}) and was left as it is: restore a copy of it, or start anew."
    )
