"""`.npy` and `.npz`, as NumPy writes them. No objects: nothing is unpickled."""

from __future__ import annotations

import re

import numpy as np

from engine.arrayfiles.file import File, native
from engine.arrayfiles.zipped import Zipped
from engine.spec.run import Array

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 10_000
MEND = "save plain arrays of numbers with numpy.savez"

_KIND = re.compile(r"[<>|=](f[248]|[iu][1248]|b1)")
_SHAPE = re.compile(r"(?:\d{1,19}, ?)*(?:\d{1,19})?")
_ITEM = r"'(?:descr|fortran_order|shape)': *(?:'[^']*'|True|False|\([0-9, ]*\)) *"
_HEADER = re.compile(rf"\{{ *{_ITEM}, *{_ITEM}, *{_ITEM},? *\}}\s*")


def npz(file: File, packed: Zipped) -> dict[str, Array]:
    """The arrays of a `.npz` by their names. Raises SpecError where it has anything else."""
    found = {}
    for name in packed.names:
        if not name.endswith(".npy"):
            file.refuse(f'has "{name}", which is no .npy; {MEND}')
        key = name.removesuffix(".npy")
        found[key] = npy(file, packed.read(name), f'"{key}"')
    return found


def npy(file: File, data: bytes, place: str = "the array") -> Array:
    """The array that the bytes of a `.npy` are; `place` is what sentences call it."""
    kind, turned, shape, start = _header(file, data, place)
    size = file.size(place, shape)
    flat = file.numbers(place, np.dtype(kind), size, data[start:])
    return native(flat.reshape(shape, order="F" if turned else "C"))


def _header(file: File, data: bytes, place: str) -> tuple[str, bool, tuple[int, ...], int]:
    """The kind of numbers, whether columns come first, the shape, and where the numbers begin."""
    if not data.startswith(MAGIC) or len(data) < 12 or data[6] not in (1, 2, 3):
        file.refuse(f"{place} is no .npy of NumPy; {MEND}")
    width = 2 if data[6] == 1 else 4
    length = int.from_bytes(data[8 : 8 + width], "little")
    start = 8 + width + length
    if length > LONGEST_HEADER or start > len(data):
        file.refuse(f"{place} has a header of {length:,} bytes, and not so many are there or valid")
    text = data[8 + width : start].decode("latin-1")
    kind = re.search(r"'descr': *'([^']*)'", text)
    if kind is None or not _KIND.fullmatch(kind[1]):
        what = kind[1][:20] if kind else "records or objects"
        file.refuse(f"{place} has numbers of the kind {what}, which is not read; {MEND}")
    return kind[1], "'fortran_order': True" in text, _lengths(file, text, place), start


def _lengths(file: File, text: str, place: str) -> tuple[int, ...]:
    """The shape that a header says."""
    shape = re.search(r"'shape': *\(([0-9, ]*)\)", text)
    if shape is None or not _HEADER.fullmatch(text) or not _SHAPE.fullmatch(shape[1]):
        file.refuse(f"{place} has a header that is not NumPy's; the file is damaged")
    return tuple(int(each) for each in shape[1].split(",") if each.strip())
