"""Files of arrays at the edges of what a format may say, and just beyond."""

import io
import json
import re
import zipfile

import numpy as np
import pytest

from engine.arrayfiles import file as files
from engine.arrayfiles import numpyfile, zipped
from engine.arrayfiles import safetensors as tensors
from engine.arrayfiles.read import arrays_of
from engine.spec.run import SpecError


def refused(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(SpecError, match=re.escape(sentence)):
        arrays_of(name, data)


def safe(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


def entry(first: object, last: object, size: object = 1, dtype: object = "U8") -> dict[str, object]:
    return {"dtype": dtype, "shape": [size], "data_offsets": [first, last]}


NAME = "a.safetensors"


def test_parts_that_touch_are_read_and_others_are_refused():
    found = arrays_of(NAME, safe({"b": entry(1, 2), "a": entry(0, 1)}, b"\1\2"))
    assert {key: array.tolist() for key, array in found.items()} == {"a": [1], "b": [2]}
    refused(NAME, safe({"a": entry(0, 1), "b": entry(2, 3)}, b"123"), "leave bytes 1 to 2 out")
    refused(NAME, safe({"a": entry(0, 2, 2), "b": entry(1, 3, 2)}, b"123"), "overlap or leave")
    refused(NAME, safe({"a": entry(1, 2)}, b"12"), "leave bytes 0 to 1 out")
    refused(NAME, safe({"a": entry(0, 1)}, b"12"), "has 2 bytes of numbers, and its header names 1")
    assert arrays_of(NAME, safe({"a": entry(0, 0, 0)}))["a"].shape == (0,)


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (-1, 1, "lies outside of the file, of which 2 bytes are numbers"),
        (2, 1, "lies outside of the file"), (0, 3, "lies outside of the file"),
        (0.0, 1, "has no two data_offsets"), (False, 1, "has no two data_offsets"),
        (0, "1", "has no two data_offsets"),
    ],
)  # fmt: skip
def test_where_a_part_may_not_lie(first, last, sentence):
    refused(NAME, safe({"a": entry(first, last)}, b"12"), sentence)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (safe({"a": {**entry(0, 1), "data_offsets": [0, 1, 2]}}, b"1"), "has no two data_offsets"),
        (safe({"a": 3}, b"1"), "has no two data_offsets"),
        (safe({"a": entry(0, 1, dtype="F8_E4M3")}, b"1"), "is of an 8-bit float type"),
        (safe({"a": entry(0, 1, dtype="F7")}, b"1"), "has the dtype F7, and must have one of F64"),
        (safe({"a": entry(0, 1, dtype=8)}, b"1"), "has the dtype none"),
        (safe({"a": {**entry(0, 1), "shape": 1}}, b"1"), "has no shape"),
        (safe([1]), "has a header that is no table"),
        (safe(b'{"a": 1, "a": 2}'), "is not JSON, each name once"),
        (safe(b"{} x"), "is not JSON, each name once"),
        (safe(b"{}", length=3), "announces a header of 3 bytes and has 2"),
        (safe(b"{", length=1), "announces a header of 1 bytes and has 1"),
        (b"1234567", "announces a header of"),
        (b"\x03\0\0", "announces a header of 3 bytes and has 0"),
    ],
)
def test_headers_that_are_refused(data, sentence):
    refused(NAME, data, sentence)


def test_the_shortest_file_has_no_arrays():
    assert arrays_of(NAME, safe(b"{}")) == {}
    assert arrays_of(NAME, safe({"__metadata__": {"format": "pt"}})) == {}


def test_limits_of_headers_and_names(monkeypatch):
    text = json.dumps({"a": entry(0, 1)}).encode()
    monkeypatch.setattr(tensors, "LONGEST_HEADER", len(text))
    assert list(arrays_of(NAME, safe(text, b"1"))) == ["a"]
    refused(NAME, safe(text + b" ", b"1"), "has a header of more than")
    monkeypatch.setattr(tensors, "LONGEST_HEADER", 1000)
    monkeypatch.setattr(files, "MOST_NAMES", 2)
    two = {"a": entry(0, 1), "b": entry(1, 2)}
    assert list(arrays_of(NAME, safe(two, b"12"))) == ["a", "b"]
    refused(NAME, safe(two | {"c": entry(2, 3)}, b"123"), "names, the most")


def npz(names: str, **options: int) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", **options) as packed:  # type: ignore[call-overload]
        for name in names.split():
            one = io.BytesIO()
            np.save(one, np.arange(2.0))
            packed.writestr(name, one.getvalue())
    return held.getvalue()


def test_limits_of_zips(monkeypatch):
    data = npz("a.npy b.npy")
    each = 128 + 16
    monkeypatch.setattr(files, "MOST_NAMES", 2)
    monkeypatch.setattr(zipped, "MOST_BYTES", 2 * each)
    assert list(arrays_of("a.npz", data)) == ["a", "b"]
    monkeypatch.setattr(zipped, "MOST_BYTES", 2 * each - 1)
    refused("a.npz", data, "would unpack to more than")
    monkeypatch.setattr(files, "MOST_NAMES", 1)
    refused("a.npz", data, "has more than 1 names, the most")


def test_zips_that_are_refused():
    assert list(arrays_of("a.npz", npz("a.npy", compression=zipfile.ZIP_DEFLATED))) == ["a"]
    refused(
        "a.npz", npz("a.npy", compression=zipfile.ZIP_BZIP2), "packed in a way that is not read"
    )
    refused("a.npz", npz("a.npy b.txt"), 'has "b.txt", which is no .npy')
    refused("a.npz", npz("a.npy")[:-30], "is a zip that is damaged")
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = npz("a.npy a.npy")
    refused("a.npz", twice, "two entries of one name")


def header(text: str, version: int = 1, length: int | None = None) -> bytes:
    size = (len(text) if length is None else length).to_bytes(2 if version == 1 else 4, "little")
    return numpyfile.MAGIC + bytes((version, 0)) + size + text.encode()


PLAIN = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }"


@pytest.mark.parametrize("version", [1, 2, 3])
def test_versions_of_npy(version):
    (found,) = arrays_of("a.npy", header(PLAIN, version) + b"\1\0\2\0").values()
    assert found.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (header(PLAIN, 4) + b"\1\0\2\0", "is no .npy of NumPy"),
        (header(PLAIN, 0) + b"\1\0\2\0", "is no .npy of NumPy"),
        (numpyfile.MAGIC + b"\1\0\0\0", "is no .npy of NumPy"),
        (header(PLAIN, length=len(PLAIN) + 1), "not so many are there or valid"),
        (header(PLAIN) + b"\1\0\2", "needs 4 bytes and has 3"),
        (header(PLAIN.replace("<i2", "|O")), "numbers of the kind |O, which is not read"),
        (header(PLAIN.replace("<i2", "<f1")), "numbers of the kind <f1, which is not read"),
        (header(PLAIN.replace("'<i2'", "[('a', 3)]")), "numbers of the kind records or objects"),
        (header(PLAIN.replace("(2,)", "(-2,)")), "has a header that is not NumPy's"),
        (header(PLAIN.replace("(2,)", "(2,,)")), "has a header that is not NumPy's"),
        (header(PLAIN + "x"), "has a header that is not NumPy's"),
    ],
)
def test_npys_that_are_refused(data, sentence):
    refused("a.npy", data, sentence)


def test_the_longest_header_of_npy():
    fits = PLAIN.ljust(numpyfile.LONGEST_HEADER)
    (found,) = arrays_of("a.npy", header(fits) + b"\1\0\2\0").values()
    assert found.tolist() == [1, 2]
    refused("a.npy", header(fits + " ") + b"\1\0\2\0", "has a header of 10,001 bytes")
