"""The start of a session file: what it is, how long it is, and a summary of it for a list.

It is a line with the format and its version, the lengths of the header and of the file, the length
and the checksum of the summary, and the summary, in JSON. Version 1 has no summary: there, the date
and the title are looked for in the header.
"""

from __future__ import annotations

import json
import re
import struct
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.spec.problem import Problem

VERSION = 2
MOST_HEADER = 16 << 20
MOST_SUMMARY = 3072
START_BYTES = 4096
"""So many bytes are enough for `summary`, but for some files of version 1."""
LONGEST_TITLE = 200

FIRST_LINE = re.compile(rb"gradstep session ([1-9][0-9]{0,8})\n")
LONGEST_FIRST_LINE = 27
LENGTHS = struct.Struct("<QQ")
"""The bytes of the JSON header and of the whole file."""
SUMMARY = struct.Struct("<II")
"""The bytes of the summary, and the CRC-32 of all before this and of the summary."""
DIGEST = 32
"""The bytes of the checksum at the end of a file."""

LATEST = 250e9
"""Dates from 1970 to this many seconds later, all of which the standard library can show."""
LAST_ORDER = int(LATEST * 1e9)

HEADER_1 = re.compile(
    rb'\{"saved_at":([0-9.e+-]+),.*?,"document":\{"title":("(?:[^"\\]|\\.)*")', re.DOTALL
)
"""The date and the title in a header of version 1, the rest of which a list need not read."""

NO_SENSE = (
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    AttributeError,
    RecursionError,
    MemoryError,
)
"""What reading a header raises that is none."""


class StoreError(Problem):
    """Why a session was not saved or opened, and what can be done: one sentence."""


@dataclass(frozen=True)
class Summary:
    """What a list shows of a file: its title, when it was saved, in seconds since 1970, and its
    number in the order of all savings, which goes up also where the clock goes back.
    """

    title: str
    saved_at: float
    order: int


class Lengths(NamedTuple):
    """The version of a file, where its lengths end, and these: of its header and of all of it."""

    version: int
    end: int
    header: int
    total: int


def order_after(order: int) -> int:
    """The order of what is saved now, after that one: by the clock, where it has not gone back."""
    return min(max(0, time.time_ns(), order + 1), LAST_ORDER)


def summary_now(title: Any, order: int) -> bytes:
    """The summary of a file that is saved now, as JSON."""
    return to_json(
        {
            "title": title[:LONGEST_TITLE] if isinstance(title, str) else "",
            "saved_at": min(max(0.0, time.time()), LATEST),
            "order": order,
        }
    )


def start(about: bytes, header: int, total: int) -> bytes:
    """The first bytes of a file with that summary and those lengths."""
    first = b"gradstep session %d\n" % VERSION + LENGTHS.pack(header, total)
    return first + SUMMARY.pack(len(about), zlib.crc32(first + about)) + about


def summary(first: bytes, size: int, where: str, read: Callable[[int], bytes]) -> Summary:
    """The summary of a file of which the START_BYTES first bytes and the size are known, checked
    by its own checksum, where it has one; of the rest of the file this says nothing. In version 1
    `read(n)` may be asked for the first n bytes. `where` names the file in the StoreError that is
    raised for any other.
    """
    lengths = read_lengths(first, size, where)
    try:
        if lengths.version > 1:
            return read_summary(first, lengths)[0]
        if known := HEADER_1.match(first, lengths.end):
            document = {"title": from_json(known[2])}
            return summary_1({"saved_at": float(known[1]), "document": document})
        if lengths.header > MOST_HEADER:
            raise ValueError("header")
        return summary_1(from_json(read(lengths.end + lengths.header)[lengths.end :]))
    except NO_SENSE:
        raise damaged(where, "its start makes no sense") from None


def read_lengths(first: bytes, size: int, where: str) -> Lengths:
    """The lengths in a file's first bytes. Raises StoreError where they are not its own."""
    version = check_first_line(first, where)
    end = first.index(b"\n") + 1 + LENGTHS.size
    if size < end + DIGEST:
        raise damaged(where, f"it ends after {size:,} bytes")
    header, total = LENGTHS.unpack_from(first, end - LENGTHS.size)
    if size < total:
        raise damaged(where, f"it ends after {size:,} of {total:,} bytes")
    if size > total:
        raise damaged(where, f"{size - total:,} bytes follow its end")
    return Lengths(version, end, header, total)


def read_summary(first: bytes, lengths: Lengths) -> tuple[Summary, int]:
    """The summary in a file's first bytes, and where it ends. Raises one of NO_SENSE."""
    begin = lengths.end + SUMMARY.size
    if len(first) < begin:
        raise ValueError("no summary")
    length, checksum = SUMMARY.unpack_from(first, lengths.end)
    text = first[begin : begin + min(length, MOST_SUMMARY)]
    if len(text) != length or zlib.crc32(first[: lengths.end] + text) != checksum:
        raise ValueError("checksum")
    return _checked(from_json(text)), begin + length


def summary_1(header: Any) -> Summary:
    """The summary in a header of version 1, its order the clock's. Raises one of NO_SENSE."""
    saved_at, title = header["saved_at"], header["document"].get("title")
    shown = title if isinstance(title, str) else ""
    return _checked({"title": shown, "saved_at": saved_at, "order": int(saved_at * 1e9)})


def _checked(about: Any) -> Summary:
    title, saved_at, order = about["title"], about["saved_at"], about["order"]
    if not (isinstance(title, str) and isinstance(saved_at, float) and type(order) is int):
        raise TypeError("title, date or order")
    if not (0 <= saved_at <= LATEST and 0 <= order <= LAST_ORDER):
        raise ValueError("date or order")
    return Summary(title[:LONGEST_TITLE], saved_at, order)


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


def to_json(value: Mapping[str, Any]) -> bytes:
    """A table as JSON, in UTF-8 in which half a pair is let stand. Raises TypeError, ValueError."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def from_json(text: bytes) -> Any:
    """What `to_json` was given. Raises one of NO_SENSE."""
    return json.loads(text.decode("utf-8", "surrogatepass"))


def damaged(where: str, what: str) -> StoreError:
    """The sentence on a file that was a session."""
    return StoreError(
        f"{where} is damaged ({what}) and was left as it is: restore a copy of it, or start anew."
    )
