"""`.safetensors`: the length of a header, the header as JSON, and the numbers.

The format: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from engine.arrayfiles.file import FLOAT8, File, from_bfloat16, native
from engine.spec.run import Array

LONGEST_HEADER = 16 << 20
DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "BOOL": "|b1",
    "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1",
}  # fmt: skip
MEND = "the file is damaged or no .safetensors"


def safetensors(file: File) -> dict[str, Array]:
    """The arrays by their names. Raises SpecError where the file breaks its format's rules."""
    header, data = _header(file)
    file.few(len(header))
    found = {}
    spans = []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        place = f'"{name[:60]}"'
        first, last = _span(file, place, entry, len(data))
        spans.append((first, last))
        found[name] = _array(file, place, entry, data[first:last])
    end = 0
    for first, last in sorted(spans):
        if first != end:
            file.refuse(f"has parts that overlap or leave bytes {end:,} to {first:,} out; {MEND}")
        end = last
    if end != len(data):
        file.refuse(f"has {len(data):,} bytes of numbers, and its header names {end:,}; {MEND}")
    return found


def _header(file: File) -> tuple[dict[str, Any], bytes]:
    """The header's table, and what follows it."""
    length = int.from_bytes(file.data[:8], "little")
    if len(file.data) < 10 or length > len(file.data) - 8:
        there = max(0, len(file.data) - 8)
        file.refuse(f"announces a header of {length:,} bytes and has {there:,}; {MEND}")
    if length > LONGEST_HEADER:
        file.refuse(f"has a header of more than {LONGEST_HEADER >> 20} MB, the most")
    try:
        header = json.loads(file.data[8 : 8 + length].decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        file.refuse(f"has a header that is not JSON, each name once; {MEND}")
    if not isinstance(header, dict):
        file.refuse(f"has a header that is no table; {MEND}")
    return header, file.data[8 + length :]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _span(file: File, place: str, entry: Any, there: int) -> tuple[int, int]:
    """Where the bytes of an array begin and end."""
    given = entry.get("data_offsets") if isinstance(entry, dict) else None
    if not isinstance(given, list) or len(given) != 2 or any(type(n) is not int for n in given):
        file.refuse(f"{place} has no two data_offsets; {MEND}")
    first, last = given
    if not 0 <= first <= last <= there:
        file.refuse(f"{place} lies outside of the file, of which {there:,} bytes are numbers")
    return first, last


def _array(file: File, place: str, entry: dict[str, Any], data: bytes) -> Array:
    name, shape = entry.get("dtype"), entry.get("shape")
    if isinstance(name, str) and name.startswith("F8"):
        file.refuse(f"{place} {FLOAT8}")
    if not isinstance(name, str) or name not in DTYPES:
        valid = ", ".join(DTYPES)
        what = name[:20] if isinstance(name, str) else "none"
        file.refuse(f"{place} has the dtype {what}, and must have one of {valid}")
    if not isinstance(shape, list):
        file.refuse(f"{place} has no shape; {MEND}")
    size = file.size(place, shape)
    flat = file.numbers(place, np.dtype(DTYPES[name]), size, data)
    return native((from_bfloat16(flat) if name == "BF16" else flat).reshape(shape))
