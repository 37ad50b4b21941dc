"""Foreign files are read to the same bits, or refused with a sentence; nothing is executed."""

from __future__ import annotations

import os
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest

from engine.arrayfiles.read import arrays_of, read_arrays
from engine.spec.run import SpecError
from tests.engine.arrayfiles.made import npy, safetensors, torch_file, zipped
from tests.engine.arrayfiles.mutations import FOLDER, good, outcome, tried

RECORDED = ("dtypes", "views", "tied", "model", "adam", "checkpoint")


@pytest.mark.parametrize("name", RECORDED)
def test_what_torch_saved_is_read_to_the_same_bits(name):
    found = read_arrays(FOLDER / f"{name}.pt")
    same = read_arrays(FOLDER / f"{name}.npz")
    with np.load(FOLDER / f"{name}.npz") as recorded:
        assert list(found) == list(same) == recorded.files
        for key, array in found.items():
            for other in (same[key], recorded[key]):
                assert array.dtype == other.dtype
                assert array.shape == other.shape
                assert array.tobytes() == other.tobytes()
            assert not array.flags.writeable


def test_npy_with_columns_first_and_of_the_other_byte_order(tmp_path):
    given = np.asfortranarray(np.arange(6.0).reshape(2, 3)).astype(">f4")
    np.save(tmp_path / "a.npy", given)
    (found,) = read_arrays(tmp_path / "a.npy").values()
    assert found.dtype == np.float32
    assert found.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_safetensors_of_every_dtype():
    halves = np.array([0.1, -2.5], np.float16)
    file = safetensors(
        {
            "half": ("F16", [2], halves.tobytes()),
            "brain": ("BF16", [1, 2], bytes.fromhex("803f20c0")),
            "int": ("I16", [2], bytes.fromhex("0100ffff")),
            "flag": ("BOOL", [], b"\1"),
        }
    )
    found = arrays_of("a", file)
    assert found["half"].tolist() == halves.tolist()
    assert found["brain"].tolist() == [[1.0, -2.5]]
    assert found["brain"].dtype == np.float32
    assert found["int"].tolist() == [1, -1]
    assert found["flag"].tolist() is True


class Hostile:
    def __reduce__(self):
        return os.mkdir, ("executed",)


STORAGE = b"(X\x07\0\0\0storagectorch\nDoubleStorage\nX\x01\0\0\0" + b"0X\x03\0\0\0cpuK\x02tQ"


def tensor(first: bytes, shape: bytes, strides: bytes) -> bytes:
    """A pickle of {"w": a tensor in a storage of two numbers}."""
    call = b"ctorch._utils\n_rebuild_tensor_v2\n(" + STORAGE + first + shape + strides
    return b"\x80\x02}X\x01\0\0\0w" + call + b"\x89}tRs."


LARGE = b"\x8a\x09" + (1 << 60).to_bytes(9, "little")
PICKLES = {
    "executes": (pickle.dumps(Hostile(), 2), "mkdir"),
    "executes with protocol 4": (pickle.dumps(Hostile(), 4), "mkdir"),
    "eval": (b"\x80\x02cbuiltins\neval\n(X\x01\0\0\x001tR.", "builtins.eval"),
    "a memo of 2^32": (b"\x80\x02}r\xff\xff\xff\xff.", None),
    "2^60 bytes of text": (b"\x80\x02X\xff\xff\xff\xff.", "damaged"),
    "old names": (b"\x80\x02ios\nsystem\n.", "damaged"),
    "no end": (b"\x80\x02}", "damaged"),
    "itself in itself": (b"\x80\x02}q\0X\x01\0\0\0ah\0s.", "deep"),
    "2^60 numbers": (tensor(b"K\0", LARGE + b"\x85", b"K\1\x85"), "no valid shape"),
    "2^30 of one number": (tensor(b"K\0", b"J\0\0\0\x40\x85", b"K\0\x85"), "at most"),
    "beyond its end": (tensor(b"K\1", b"K\2\x85", b"K\1\x85"), "beyond"),
    "before its start": (tensor(b"J\xff\xff\xff\xff", b"K\2\x85", b"K\1\x85"), "beyond"),
    "backward": (tensor(b"K\1", b"K\2\x85", b"J\xff\xff\xff\xff\x85"), "damaged"),
    "an int": (b"\x80\x02K\1.", "no table"),
    "wide and deep": (
        b"\x80\x02]q\0(" + b"K\1" * 2 + b"e" + b"".join(
            b"]q%c(" % (n + 1) + b"h%c" % n * 30 + b"e" for n in range(8)
        ) + b".",
        "more than",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PICKLES)
def test_hostile_pickles_are_refused_in_bounded_memory(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content, said = PICKLES[case]
    file = torch_file(content, {"0": bytes(16)})
    tracemalloc.start()
    try:
        if said is None:
            assert arrays_of("a.pt", file) == {}
        else:
            with pytest.raises(SpecError, match=said):
                arrays_of("a.pt", file)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    assert not list(tmp_path.iterdir())


def test_the_tensor_of_the_hostile_pickles_is_read_where_it_is_right():
    file = torch_file(tensor(b"K\0", b"K\2\x85", b"K\1\x85"), {"0": np.array([3.0, 4]).tobytes()})
    assert arrays_of("a.pt", file)["w"].tolist() == [3, 4]
    short = torch_file(tensor(b"K\0", b"K\2\x85", b"K\1\x85"), {"0": bytes(8)})
    with pytest.raises(SpecError, match="needs 16 bytes and has 8"):
        arrays_of("a.pt", short)


BAD = {
    "old.pt": ((FOLDER / "old.pt").read_bytes(), "before 1.6"),
    "module.pt": ((FOLDER / "module.pt").read_bytes(), "Sequential"),
    "float8.pt": ((FOLDER / "float8.pt").read_bytes(), "8-bit"),
    "bomb.npz": (zipped({"a.npy": bytes(200 << 20)}, zipfile.ZIP_DEFLATED), "128 MB"),
    "packed.npz": (zipped({"a.npy": b"x"}, zipfile.ZIP_LZMA), "packed in a way"),
    "other.npz": (zipped({"a.txt": b"x"}), "no .npy"),
    "objects.npy": (npy("'|O'", "(1,)", bytes(8)), r"the kind \|O"),
    "records.npy": (npy("[('a', '<f8')]", "(1,)", bytes(8)), "records"),
    "many.npy": (npy("'<f8'", f"({1 << 60},)", bytes(8)), "no valid shape"),
    "many_axes.npy": (npy("'<f8'", "(" + "1, " * 40 + ")", bytes(8)), "no valid shape"),
    "zero.npy": (npy("'<f8'", "(0, 1099511627776, 1099511627776)", b""), "may have"),
    "short.npy": (npy("'<f8'", "(2,)", bytes(8)), "needs 16 bytes and has 8"),
    "a call.npy": (npy("'<f8'", "(1,)", bytes(8)).replace(b"False", b"exit("), "not NumPy's"),
    "announces.safetensors": ((1 << 60).to_bytes(8, "little") + b"{}", "1,152,921,504,606,846,976"),
    "float8.safetensors": (safetensors({"a": ("F8_E4M3", [1], b"x")}), "8-bit"),
    "strange.safetensors": (safetensors({"a": ("Q4", [1], b"x")}), "dtype Q4"),
    "large.safetensors": (safetensors({"a": ("F32", [1 << 60], b"")}), "no valid shape"),
    "short.safetensors": (safetensors({"a": ("F32", [2], bytes(4))}), "needs 8 bytes"),
    "more.safetensors": (safetensors({"a": ("F32", [1], bytes(4))}) + b"x", "names 4"),
    "list.safetensors": (b"\2\0\0\0\0\0\0\0[]", "no table"),
    "deep.safetensors": ((5000).to_bytes(8, "little") + b"[" * 5000, "not JSON"),
    "twice.safetensors": (b"\x0f\0\0\0\0\0\0\0" + b'{"a":{},"a":{}}', "each name once"),
    "text.npz": (b"hello", "is no .npz"),
    "nothing.pt": (b"", "is no .npz"),
}


@pytest.mark.parametrize("name", BAD)
def test_other_files_are_refused(name):
    content, said = BAD[name]
    with pytest.raises(SpecError, match=said) as caught:
        arrays_of(name, content)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("name", good())
def test_a_file_cut_anywhere_is_refused(name):
    whole = good()[name]
    assert outcome(name, whole) == "read"
    for length in range(0, len(whole), 1 + len(whole) // 150):
        assert outcome(name, whole[:length]) == "refused"


def test_mutations_are_read_or_refused():
    found = tried(1_500, 1)
    assert found["read"] > 100
    assert found["refused"] > 500
