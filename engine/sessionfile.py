"""The bytes of a session file: a JSON document and arrays of numbers, protected by a checksum.

A file is a line with the format and its version, two lengths, a JSON header, the arrays as
little-endian bytes, and the SHA-256 of all that. No flipped bit goes unseen, and nothing is
allocated on the word of a header.
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

from engine.fingerprint import fingerprint

VERSION = 1
MOST_BYTES = 1 << 30
MOST_HEADER = 16 << 20
LONGEST_FIRST_LINE = 40

FIRST_LINE = re.compile(rb"gradstep session ([1-9][0-9]{0,8})\n")
LENGTHS = struct.Struct("<QQ")
"""The bytes of the JSON header and of the whole file."""

DIGEST = hashlib.sha256().digest_size
ALIGN = 16
DTYPES = ("<f8", "<f4", "<i8")
LATEST = 250e9
"""Dates from 1970 to this many seconds later, all of which the standard library can show."""

JSON = None | bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"]


class StoreError(Exception):
    """Why a session was not saved or opened, and what can be done: one sentence."""


@dataclass(frozen=True, eq=False)
class Stored:
    """What a session file holds; the arrays are read-only. `saved_at` is in seconds since 1970."""

    document: dict[str, Any]
    arrays: dict[str, Array]
    fingerprint: str
    version: int
    saved_at: float


def _pieces(document: Mapping[str, JSON], arrays: Mapping[str, Array]) -> Iterator[bytes]:
    """The file but for its checksum. Arrays are copied one at a time."""
    table, sizes = [], []
    for name, array in arrays.items():
        dtype = array.dtype.newbyteorder("<").str
        if dtype not in DTYPES:
            raise TypeError(f"array {name} is {array.dtype}")
        table.append((name, dtype, array.shape))
        sizes.append(array.nbytes + -array.nbytes % ALIGN)
    header = {
        "saved_at": time.time(),
        "fingerprint": fingerprint(),
        "arrays": table,
        "document": dict(document),
    }
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"))
    encoded = text.encode("utf-8", "surrogatepass")
    line = b"gradstep session %d\n" % VERSION
    encoded += b" " * (-(len(line) + LENGTHS.size + len(encoded)) % ALIGN)
    total = len(line) + LENGTHS.size + len(encoded) + sum(sizes) + DIGEST
    if len(encoded) > MOST_HEADER or total > MOST_BYTES:
        raise ValueError(f"{total:,} bytes are more than a session can have")
    yield line + LENGTHS.pack(len(encoded), total) + encoded
    for (_, dtype, shape), array in zip(table, arrays.values(), strict=True):
        content = array.astype(dtype, copy=False).tobytes()
        if array.shape != shape:
            raise ValueError("an array changed its shape")
        yield content + bytes(-len(content) % ALIGN)


def _decoded(data: bytes, where: str) -> Stored:
    version = _version(data[:40], where)
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
        raise ValueError("header too long")
    header = json.loads(data[start : start + length].decode("utf-8", "surrogatepass"))
    document, mark, saved_at = header["document"], header["fingerprint"], header["saved_at"]
    if not (isinstance(document, dict) and isinstance(mark, str) and isinstance(saved_at, float)):
        raise TypeError("header")
    if not 0 <= saved_at <= LATEST:
        raise ValueError("date")
    arrays: dict[str, Array] = {}
    offset = start + length
    for name, dtype, shape in header["arrays"]:
        if not isinstance(name, str) or name in arrays or dtype not in DTYPES:
            raise ValueError("array")
        view: Array = np.ndarray(tuple(shape), dtype, data, offset)  # refuses what is not inside
        arrays[name] = view.astype(view.dtype.newbyteorder("="), copy=False)
        arrays[name].flags.writeable = False
        offset += view.nbytes + -view.nbytes % ALIGN
    if offset != end:
        raise ValueError("arrays do not fill the file")
    return Stored(document, arrays, mark, version, saved_at)


def _version(first: bytes, where: str) -> int:
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


def _damaged(where: str, what: str) -> StoreError:
    return StoreError(
        f"{where} is damaged ({what}) and was left as it is: restore a copy of it, or start anew."
    )
