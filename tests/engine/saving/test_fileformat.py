"""The bytes of a session file: equal when read back, and refused when one of them is wrong."""

from __future__ import annotations

import random
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from engine.saving.fileformat import DIGEST, LENGTHS, decoded
from engine.saving.fingerprint import fingerprint
from engine.saving.store import StoreError, load, save
from tests.engine.sessionfiles import ARRAYS, DOCUMENT, FIRST_LINE, content, header, sealed

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
    save(tmp_path / "a.gradstep", document, arrays)
    stored = load(tmp_path / "a.gradstep")
    assert same(stored.document, document)
    native = {name: a.astype(a.dtype.newbyteorder("=")) for name, a in arrays.items()}
    assert same_arrays(stored.arrays, native)
    assert not any(array.flags.writeable for array in stored.arrays.values())
    assert all(array.flags.aligned for array in stored.arrays.values())
    assert (stored.version, stored.fingerprint) == (1, fingerprint())
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
    start = len(FIRST_LINE) + LENGTHS.size
    length = LENGTHS.unpack_from(data, len(FIRST_LINE))[0]
    refused = 0
    for _ in range(10_000):
        wrong = mutated(data, other, chance)
        if resealed:  # behind a right checksum the reader is on its own
            body = mutated(data[start:-DIGEST], other[start:-DIGEST], chance)
            split = chance.choice((length, length, chance.randrange(len(body) + 1)))
            wrong = sealed(body[:split], body[split:])
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


@pytest.mark.parametrize(
    "data",
    [
        sealed(header(arrays=[["a", "<f8", shape]]))
        for shape in ([2**40], [2**64], [2**31] * 4, [-1], [1.5], ["1"], [0] * 65, 7, None, [[1]])
    ]
    + [
        sealed(header(arrays=table))
        for table in ([["a", "|O", [0]]], [["a", ["<f8"], [0]]], ["a"], 3)
    ]
    + [sealed(header(arrays=[["a", "<f8", [0]]] * 2)), sealed(header(arrays=[[1, "<f8", [0]]]))]
    + [sealed(header(document=wrong)) for wrong in ("", None, 1)]
    + [sealed(header(saved_at=t)) for t in (1, "1", None, -1.0, 1e300, float("nan"))]
    + [sealed(h) for h in (b"", b"[]", b"1", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000)]
    + [sealed(h) for h in (b"\xff", b'"\\', b"{}", b"null", header() + b"x", header(fingerprint=1))]
    + [sealed(header(), bytes(16)), FIRST_LINE, FIRST_LINE + bytes(15), FIRST_LINE + bytes(48)]
    + [FIRST_LINE + LENGTHS.pack(2**64 - 1, 2**64 - 1) + bytes(64)],
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
