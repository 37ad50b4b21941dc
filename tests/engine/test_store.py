"""Session files: what is saved is loaded, everything else is refused with one sentence."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import tracemalloc
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from engine import store
from engine.fingerprint import fingerprint, same_arithmetic
from engine.sessionfile import DIGEST, LENGTHS, decoded, encoded
from engine.store import StoreError, load, path_for, save, sessions, state_folder

DOCUMENT = {"title": "worked example ŷ", "position": [0, 2, 17], "lr": 0.1, "loss": -0.0}
ARRAYS = {
    "state": np.array([0.1, -0.0, np.nan, np.inf, 5e-324, -np.inf, 1e308]),
    "small": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    "t": np.array(3),
    "none": np.zeros((0, 4)),
}
FIRST_LINE = b"gradstep session 1\n"
quiet = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def same(one, other) -> bool:
    """Equality in which NaN equals NaN and 0.0 is not −0.0, and 1 is not 1.0."""
    return repr(one) == repr(other)


def same_arrays(one, other) -> bool:
    return list(one) == list(other) and all(
        a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
        for a, b in zip(one.values(), other.values(), strict=True)
    )


def content(document=DOCUMENT, arrays=ARRAYS) -> bytes:
    return b"".join(encoded(document, arrays))


def sealed(header: bytes, rest: bytes = b"", first: bytes = FIRST_LINE) -> bytes:
    """A file with right lengths and a right checksum, whatever its header says."""
    total = len(first) + LENGTHS.size + len(header) + len(rest) + DIGEST
    body = first + LENGTHS.pack(len(header), total) + header + rest
    return body + hashlib.sha256(body).digest()


def refusal(path: Path) -> str:
    with pytest.raises(StoreError) as caught:
        load(path)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    return sentence


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@contextmanager
def unprivileged():
    """A folder of a user to whom permissions apply, and this process as that user."""
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    try:
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


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


@pytest.mark.parametrize("resealed", [False, True])
def test_ten_thousand_damaged_files_open_equal_or_are_refused(tmp_path, resealed):
    chance = random.Random(4)
    path = tmp_path / "a.gradstep"
    data, other = content(), content({"title": "other"}, {"state": np.arange(9.0)})
    refused = 0
    for _ in range(10_000):
        wrong = mutated(data, other, chance)
        if resealed:  # behind a right checksum too, where a reader is on its own
            wrong = sealed(mutated(data[35:-DIGEST], other[35:-DIGEST], chance))
            wrong = wrong[:19] + LENGTHS.pack(chance.randrange(600), len(wrong)) + wrong[35:-DIGEST]
            wrong += hashlib.sha256(wrong).digest()
        path.write_bytes(wrong)
        try:
            stored = load(path)
        except StoreError as error:
            refused += 1
            assert str(path) in str(error)
            assert path.read_bytes() == wrong
        else:
            assert resealed or (same(stored.document, DOCUMENT) and wrong == data)
    assert refused > 9000


def header(**changes) -> bytes:
    whole = {"saved_at": 1.0, "fingerprint": "", "arrays": [], "document": {}} | changes
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    "data",
    [
        sealed(header(arrays=[["a", "<f8", shape]]))
        for shape in ([2**40], [2**64], [2**31] * 4, [-1], [1.5], ["1"], [0] * 65, 7, None, [[1]])
    ]
    + [sealed(header(arrays=a)) for a in ([["a", "|O", [0]]], [["a", ["<f8"], [0]]], ["a"], 3, {})]
    + [sealed(header(arrays=[["a", "<f8", [0]]] * 2)), sealed(header(arrays=[[1, "<f8", [0]]]))]
    + [sealed(header(document=d)) for d in ([], None, 1)]
    + [sealed(header(saved_at=t)) for t in (1, "1", None, -1.0, 1e300, float("nan"))]
    + [sealed(h) for h in (b"", b"[]", b"1", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000)]
    + [sealed(h) for h in (b"\xff", b'"\\', b"{}", b"null", header() + b"x", header(fingerprint=1))]
    + [sealed(header(), bytes(16)), FIRST_LINE, FIRST_LINE + bytes(15), FIRST_LINE + bytes(48)]
    + [FIRST_LINE + LENGTHS.pack(2**64 - 1, 2**64 - 1) + bytes(64)],
)
def test_a_header_that_lies_is_refused_without_allocating(tmp_path, data):
    if data == sealed(header(arrays={})):
        return  # an empty table says the same in both brackets
    path = tmp_path / "a.gradstep"
    path.write_bytes(data)
    tracemalloc.start()
    try:
        assert "damaged" in refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_refusals_say_what_is_wrong_and_touch_nothing(tmp_path):
    data = content()
    newer = sealed(header(), first=b"gradstep session 2\n")
    for wrong, words in {
        b"": "empty",
        b"PK\x03\x04": "not a gradstep session",
        b"gradstep session 01\n": "not a gradstep session",
        newer: "newer gradstep (session format 2, this one knows 1)",
        data[:-1]: f"ends after {len(data) - 1} of {len(data)} bytes",
        data + b"12": "2 bytes follow its end",
        data[:-1] + bytes([data[-1] ^ 1]): "checksum",
    }.items():
        path = tmp_path / "a.gradstep"
        path.write_bytes(wrong)
        path.chmod(0o400)
        os.utime(path, (1e9, 1e9))
        assert words in refusal(path)
        assert path.read_bytes() == wrong
        assert path.stat().st_mtime == 1e9
        path.unlink()
    assert sorted(tmp_path.iterdir()) == []


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "huge").touch()
    os.truncate(tmp_path / "huge", store.MOST_BYTES + 1)
    for path in ("fifo", "loop", "huge", "missing", "no/folder", "", "x" * 300):
        refusal(tmp_path / path)
    refusal(Path("/dev/zero"))
    with pytest.raises(StoreError):
        load(tmp_path / "nul\0")
    for path in ("fifo", "", "x" * 300, "nul\0"):
        with pytest.raises(StoreError):
            save(tmp_path / path, {}, {})
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)


@pytest.mark.parametrize("theirs", [b"my notes\n", sealed(header(), first=b"gradstep session 9\n")])
def test_a_foreign_or_newer_file_is_not_replaced(tmp_path, theirs):
    path = tmp_path / "a"
    path.write_bytes(theirs)
    with pytest.raises(StoreError, match="left as it is"):
        save(path, DOCUMENT, ARRAYS)
    assert path.read_bytes() == theirs


def test_a_saved_file_is_private_and_alone(tmp_path):
    save(tmp_path / "a", DOCUMENT, ARRAYS)
    save(tmp_path / "a", DOCUMENT, ARRAYS)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "folder" / "real")
    save(link, {"n": 1}, {})
    save(link, {"n": 2}, {})
    assert link.is_symlink()
    assert load(tmp_path / "folder" / "real").document == {"n": 2} == load(link).document


def test_a_missing_folder_is_not_made_unless_it_is_the_state_folder(home):
    with pytest.raises(StoreError, match="no such file or folder"):
        save(home / "typo" / "a", {}, {})
    assert not (home / "typo").exists()
    save(path_for("mine"), {}, {})
    assert stat.S_IMODE(state_folder().stat().st_mode) == 0o700


def test_permission_denied_is_a_sentence_and_the_old_file_stays():
    with unprivileged() as folder:
        path = folder / "a"
        save(path, {"n": 1}, {})
        path.chmod(0o400)
        with pytest.raises(StoreError, match="not permitted"):
            save(path, {"n": 2}, {})
        path.chmod(0o600)
        folder.chmod(0o500)
        with pytest.raises(StoreError, match="not permitted"):
            save(path, {"n": 2}, {})
        assert load(path).document == {"n": 1}
        path.chmod(0)
        assert "not permitted" in refusal(path)
        folder.chmod(0o700)
        assert [each.name for each in folder.iterdir()] == ["a"]


def test_without_room_the_old_file_stays(tmp_path, monkeypatch):
    save(tmp_path / "a", {"n": 1}, {})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StoreError, match="no room"):
            save(tmp_path / "a", {"n": 2}, {"big": np.zeros(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="no room"):
        save(tmp_path / "a", {"n": 2}, {})
    assert load(tmp_path / "a").document == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("document", "arrays"),
    [
        ({"x": {1, 2}}, {}),
        ({"x": np.float32(1)}, {}),
        ({"x": 10**5000}, {}),
        ({"x": "x" * (17 << 20)}, {}),
        ({}, {"a": np.array(["text"])}),
        ({}, {"a": np.array([object()])}),
        ({}, {"a": np.broadcast_to(np.zeros(1), (1 << 28,))}),
    ],
)
def test_what_cannot_be_stored_is_a_sentence(tmp_path, document, arrays):
    save(tmp_path / "a", {"n": 1}, {})
    with pytest.raises(StoreError, match="cannot be stored"):
        save(tmp_path / "a", document, arrays)
    assert load(tmp_path / "a").document == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    "name", ["a", "my run 2", "ŷ − y", "CON", "a.b", "-x", "日本語", "x" * 100]
)
def test_a_safe_name_is_a_file_of_the_state_folder(home, name):
    save(path_for(name), {"title": f"{name}\x1b[2J"}, {})
    assert path_for(name).parent == state_folder()
    assert [(e.name, e.title, e.problem) for e in sessions()] == [(name, f"{name}�[2J", "")]


@pytest.mark.parametrize(
    "name",
    ["", " ", " a", "a ", ".", "..", ".a", "a/b", "/a", "a\\b", "a\0b", "a\nb", "\x1b[2J", "\x7f"]
    + ["a\u202eb", "a\u2028b", "a\u00a0b", "\udcff", "x" * 101, "日" * 83],
)
def test_an_unsafe_name_is_refused_with_a_sentence(home, name):
    with pytest.raises(StoreError, match="choose another"):
        path_for(name)


def test_the_list_is_newest_first_and_flags_what_is_damaged(home):
    assert sessions() == []
    for name in ("first", "second", "third"):
        save(path_for(name), {"title": f"the {name}"}, ARRAYS)
    damaged = bytearray(path_for("second").read_bytes())
    damaged[-DIGEST - 20] ^= 1
    path_for("second").write_bytes(damaged)
    os.utime(path_for("second"), (1e9, 1e9))
    (state_folder() / "notes.txt").write_text("not in the list")
    (state_folder() / "a\nb.gradstep").write_text("nor this")
    found = sessions()
    assert [entry.name for entry in found] == ["third", "first", "second"]
    assert [entry.title for entry in found] == ["the third", "the first", ""]
    assert ["damaged" in entry.problem for entry in found] == [False, False, True]
    assert load(found[0].path).document["title"] == "the third"


def test_the_state_folder_follows_the_environment(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    for given in ("", "relative/path"):
        monkeypatch.setenv("XDG_STATE_HOME", given)
        assert state_folder() == Path("/home/me/.local/state/gradstep/sessions")
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    assert state_folder() == Path("/var/state/gradstep/sessions")


def test_a_fingerprint_is_short_stable_and_cheap():
    assert fingerprint() == fingerprint.__wrapped__()
    assert f"numpy {np.__version__}" in fingerprint()
    assert len(fingerprint()) < 400
    times = []
    for _ in range(20):
        start = time.perf_counter()
        fingerprint.__wrapped__()
        times.append(time.perf_counter() - start)
    assert min(times) < 0.005
    assert same_arithmetic(fingerprint(), fingerprint())
    assert not same_arithmetic(fingerprint(), "numpy 1.0")
    assert not same_arithmetic("", "")


def test_another_process_has_the_same_fingerprint_and_other_instructions_another():
    def elsewhere(**environment: str) -> str:
        code = "from engine.fingerprint import fingerprint; print(fingerprint())"
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            env={**os.environ, **environment},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert elsewhere() == fingerprint() == elsewhere(OPENBLAS_NUM_THREADS="1")
    used = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    if used:
        assert elsewhere(NPY_DISABLE_CPU_FEATURES=" ".join(used)) != fingerprint()
