"""The bytes of a session file: equal when read back, and refused when one of them is wrong."""

from __future__ import annotations

import json
import random
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from engine.saving.fileformat import decoded
from engine.saving.filestart import DIGEST, LENGTHS, START_BYTES, SUMMARY, Summary, summary
from engine.saving.fingerprint import fingerprint
from engine.saving.store import StoreError, load, save
from tests.engine import sessionfiles as files
from tests.engine.sessionfiles import (
    ARRAYS,
    DOCUMENT,
    FIRST_LINE,
    FIRST_LINE_1,
    content,
    header,
    header_1,
    sealed,
    sealed_1,
)

OTHER = ({"title": "other"}, {"state": np.arange(9.0)})
quiet = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def same(one, other) -> bool:
    """Equality in which NaN equals NaN and 0.0 is not −0.0, and 1 is not 1.0."""
    return repr(one) == repr(other)


def same_arrays(one, other) -> bool:
    return list(one) == list(other) and all(
        a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
        for a, b in zip(one.values(), other.values(), strict=True)
    )


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
numbers = st.sampled_from(["<f8", ">f8", "<f4", ">f4", "<i8", ">i8"]).flatmap(
    lambda dtype: arrays_of.arrays(dtype, arrays_of.array_shapes(min_dims=0, min_side=0))
)


@quiet
@given(st.dictionaries(st.text(), anything, max_size=5), st.dictionaries(st.text(), numbers))
@example({"path": "\udcff", "pair": "\ud83d\ude00", "nul": "\0", "n": 2**200}, {})
@example({"": [float("nan"), float("-inf"), -0.0, 5e-324, 1e16 + 2]}, {"": np.zeros(())})
def test_what_is_saved_is_loaded(tmp_path, document, arrays):
    before = time.time()
    (tmp_path / "a.gradstep").unlink(missing_ok=True)
    mark = save(tmp_path / "a.gradstep", document, arrays)
    stored = load(tmp_path / "a.gradstep")
    assert same(stored.document, document)
    native = {name: a.astype(a.dtype.newbyteorder("=")) for name, a in arrays.items()}
    assert same_arrays(stored.arrays, native)
    assert not any(array.flags.writeable for array in stored.arrays.values())
    assert all(array.flags.aligned for array in stored.arrays.values())
    assert (stored.version, stored.fingerprint, stored.mark) == (2, fingerprint(), mark)
    assert before <= stored.saved_at <= time.time()


def test_nans_keep_their_bits(tmp_path):
    bits = np.array([0x7FF0000000000001, 0xFFF8000000000123, 0x7FF8DEADBEEF0000], "u8")
    save(tmp_path / "a", {}, {"nan": bits.view("f8")})
    assert load(tmp_path / "a").arrays["nan"].tobytes() == bits.tobytes()


def test_every_flipped_bit_is_detected():
    data = content({"n": 1}, {"w": np.array([0.5])})
    for bit in range(8 * len(data)):
        wrong = bytearray(data)
        wrong[bit // 8] ^= 1 << bit % 8
        with pytest.raises(StoreError):
            decoded(bytes(wrong), "it")


def mutated(data: bytes, other: bytes, chance: random.Random) -> bytes:
    def place() -> int:
        return chance.randrange(len(data) + 1)

    match chance.randrange(6):
        case 0:
            return data[: place()]
        case 1:
            return data + chance.randbytes(chance.choice((1, 16, 1000)))
        case 2:
            return data[: place()] + other[place() :]
        case 3:
            start, end = sorted((place(), place()))
            return data[:start] + data[end:]
        case 4:
            where = place()
            return data[:where] + chance.randbytes(chance.randint(1, 16)) + data[where:]
        case _:
            wrong = bytearray(data)
            for _ in range(chance.choice((1, 1, 2, 8))):
                wrong[chance.randrange(len(data))] = chance.randrange(256)
            return bytes(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("resealed", [False, True])
def test_ten_thousand_damaged_files_open_equal_or_are_refused(tmp_path, resealed):
    chance = random.Random(4)
    path = tmp_path / "a.gradstep"
    data, other = content(), content(*OTHER)
    about = SUMMARY.unpack_from(data, len(FIRST_LINE) + LENGTHS.size)[0]
    start = len(FIRST_LINE) + LENGTHS.size + SUMMARY.size + about
    length = LENGTHS.unpack_from(data, len(FIRST_LINE))[0]
    refused = 0
    for _ in range(10_000):
        wrong = mutated(data, other, chance)
        if resealed:  # behind a right checksum the reader is on its own
            body = mutated(data[start:-DIGEST], other[start:-DIGEST], chance)
            split = chance.choice((length, length, chance.randrange(len(body) + 1)))
            wrong = sealed(body[:split], body[split:])
        path.unlink(missing_ok=True)  # some file systems wait where a file is cut and written again
        path.write_bytes(wrong)
        try:
            stored = load(path)
        except StoreError:
            refused += 1
            assert path.read_bytes() == wrong
            continue
        whole = {data: (DOCUMENT, ARRAYS), other: OTHER}.get(wrong)
        assert resealed or whole is not None
        if whole is not None:
            assert same(stored.document, whole[0])
            assert same_arrays(stored.arrays, whole[1])
    assert refused > 9000


def lies(sealed: Callable[..., bytes], header: Callable[..., bytes]) -> list[bytes]:
    """Files of a version with right checksums, and a header that no writer writes."""
    shapes = ([2**40], [2**64], [2**31] * 4, [-1], [1.5], ["1"], [0] * 65, 7, None, [[1]])
    tables: list[object] = [[["a", "|O", [0]]], [["a", ["<f8"], [0]]], ["a"], 3]
    tables += [[["a", "<f8", [0]]] * 2, [[1, "<f8", [0]]]]
    headers = [header(arrays=[["a", "<f8", shape]]) for shape in shapes]
    headers += [header(arrays=table) for table in tables]
    headers += [header(document=wrong) for wrong in ("", None, 1)]
    headers += [b"", b"[]", b"1", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000]
    headers += [b"\xff", b'"\\', b"{}", b"null", header() + b"x", header(fingerprint=1)]
    return [*map(sealed, headers), sealed(header(), bytes(16))]


TIMES = (1, "1", None, -1.0, 1e300, float("nan"), True)
ORDERS = (1.0, "1", None, -1, 1 << 80, True)


@pytest.mark.parametrize(
    "data",
    lies(sealed, header)
    + lies(sealed_1, header_1)
    + [sealed_1(header_1(saved_at=t)) for t in TIMES]
    + [sealed(header(), about=files.summary(saved_at=t)) for t in TIMES]
    + [sealed(header(), about=files.summary(order=n)) for n in ORDERS]
    + [sealed(header(), about=files.summary(title=t)) for t in (1, None, ["a"])]
    + [sealed(header(), about=wrong) for wrong in (b"[]", b"{}", b"x" * 5000, b"[" * 3000)]
    + [line + LENGTHS.pack(0, 2**64 - 1) + bytes(64) for line in (FIRST_LINE, FIRST_LINE_1)]
    + [line + LENGTHS.pack(2**64 - 1, 128) + bytes(93) for line in (FIRST_LINE, FIRST_LINE_1)]
    + [line + bytes(size) for line in (FIRST_LINE, FIRST_LINE_1) for size in (0, 15, 48)],
)
def test_a_header_that_lies_is_refused_without_allocating(tmp_path, data):
    path = tmp_path / "a.gradstep"
    path.write_bytes(data)
    tracemalloc.start()
    try:
        with pytest.raises(StoreError, match="is damaged"):
            load(path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def listed(data: bytes) -> Summary:
    """What a list reads of a file."""
    asked = []

    def read(size: int) -> bytes:
        asked.append(size)
        return data[:size]

    found = summary(data[:START_BYTES], len(data), "it", read)
    assert not asked or data.startswith(FIRST_LINE_1)
    return found


@pytest.mark.parametrize(
    "title", ["", "worked example ŷ", "\x00" * 300, "日" * 300, '"],"\\', "\udcff"]
)
def test_a_list_shows_what_the_file_has(title):
    data = content({"title": title}, ARRAYS)
    assert listed(data) == Summary(title[:200], decoded(data, "it").saved_at, 7)


def test_a_list_shows_files_of_version_1():
    table = [[f"a{i}", "<f8", [0]] for i in range(1000)]
    for document, title in [
        ({"title": 'a "title" ŷ'}, 'a "title" ŷ'),
        ({"run": 1, "title": "second"}, "second"),
        ({"title": 1}, ""),
        ({}, ""),
    ]:
        for arrays in ([], table):
            for separators in (None, (",", ":")):
                whole = {
                    "saved_at": 3.5,
                    "fingerprint": ',"document":{"title":"no"',
                    "arrays": arrays,
                    "document": document,
                }
                data = sealed_1(json.dumps(whole, separators=separators).encode())
                assert listed(data) == Summary(title, 3.5, 3_500_000_000)
                assert decoded(data, "it").saved_at == 3.5


def test_a_list_never_shows_a_start_with_a_flipped_bit():
    data = content({"title": "a title"}, ARRAYS)
    length = SUMMARY.unpack_from(data, len(FIRST_LINE) + LENGTHS.size)[0]
    for bit in range(8 * (len(FIRST_LINE) + LENGTHS.size + SUMMARY.size + length)):
        wrong = bytearray(data)
        wrong[bit // 8] ^= 1 << bit % 8
        with pytest.raises(StoreError):
            listed(bytes(wrong))


@pytest.mark.parametrize("change", [b"", b"x", bytes(1 << 16)])
def test_a_list_knows_a_file_that_is_too_short_or_too_long(change):
    data = content()
    with pytest.raises(StoreError, match="damaged"):
        listed(data + change if change else data[:-1])


def test_the_order_goes_up_where_the_clock_goes_back(tmp_path, monkeypatch):
    first = save(tmp_path / "a", {}, {})
    monkeypatch.setattr(time, "time_ns", lambda: 5)
    monkeypatch.setattr(time, "time", lambda: -5.0)
    second = save(tmp_path / "a", {}, {}, first)
    assert second.order == first.order + 1
    assert save(tmp_path / "b", {}, {}, after=second.order).order == second.order + 1
    assert load(tmp_path / "a").saved_at == 0.0
