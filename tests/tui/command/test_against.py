"""--against compares a run with a record: what it prints, how it ends, what it refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.arrayfiles.read import read_arrays
from tests.tui.command.test_grade import ran


@pytest.fixture
def record(capsys, tmp_path):
    path = tmp_path / "a record.npz"
    assert ran(capsys, "momentum", "--export", str(path), "--iterations", "4")[0] == 0
    return path


def twice(path: Path, name: str, by: float = 2.0) -> None:
    """The same record with one array times as large."""
    arrays: dict[str, Any] = dict(read_arrays(path))
    arrays[name] = arrays[name] * by
    np.savez(path, **arrays)


def test_alike_is_0_and_says_so(capsys, record):
    status, out, err = ran(capsys, "momentum", "--against", str(record))
    assert (status, err) == (0, "")
    assert out.startswith("a record.npz is like the run: ")
    assert "Not compared: nothing." in out
    status, out, _ = ran(capsys, "momentum", "--against", str(record), "--way", "free")
    assert status == 0
    assert "\nfree: both start together" in out


def test_a_difference_is_1_and_told_with_its_place_numbers_and_command(capsys, record):
    twice(record, "3.dW2")
    status, out, err = ran(capsys, "momentum", "--against", str(record))
    assert (status, err) == (1, "")
    for part in (
        "iteration 3 · step 7 · backward\n",
        "  ∂L/∂W[2]₂₂ · dW2[2,2]\n",
        "    ours    0.3244858624869",
        "    theirs  0.6489717249738",
        "relative 1, ",
        "4 of 4 elements differ",
        "All that it reads agrees (δ[2], a[1]). So the fault is in this formula:\n",
        "    ∂L/∂W[2] = δ[2]·a[1]ᵀ\n    ∂L/∂W[2]₂₂ = δ[2]₂·a[1]₂\n    ∂L/∂W[2]₂₂ = 0.4168",
        "  What agreed last: δ[2], step 6.\n",
        "factor 2",
        "Nothing else differs: what reads it in the record (buf(W[2])) goes by",
        "  Look there: python -m tui momentum --goto 3.dW2\n",
    ):
        assert part in out


def test_json_has_an_object_a_difference_and_the_counts_last(capsys, record):
    twice(record, "3.dW2")
    status, out, err = ran(capsys, "momentum", "--against", str(record), "--json")
    assert (status, err) == (1, "")
    *objects, last = map(json.loads, out.splitlines())
    assert list(objects[0]) == [
        "iteration", "step", "phase", "symbol", "name", "index", "ours", "theirs", "abs", "rel",
        "ulp", "verdict", "follows", "guess",
    ]  # fmt: skip
    assert [each["index"] for each in objects[:4]] == [[1, 1], [1, 2], [2, 1], [2, 2]]
    assert {each["symbol"] for each in objects} == {"dW2"}
    assert objects[0]["theirs"] == 2 * objects[0]["ours"]
    assert objects[0]["rel"] == 1
    assert last["way"] == "fed"
    assert last["counts"]["differs"] == 4
    assert last["greatest"]["dW"]["symbol"] == "dW2"


def test_a_larger_tolerance_lets_more_pass(capsys, record):
    twice(record, "3.dW2", 1 + 1e-5)
    base = ("momentum", "--against", str(record))
    assert ran(capsys, *base)[0] == 1
    assert ran(capsys, *base, "--rtol", "1e-4")[0] == 0
    assert ran(capsys, *base, "--atol", "0.1", "--rtol", "0")[0] == 0
    assert ran(capsys, *base, "--iterations", "2")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--way", "both"), "--way both: fed or free."),
        (("--rtol", "-1"), "--rtol -1: a number from 0 on"),
        (("--atol", "nan"), "--atol nan: a number from 0 on"),
        (("--goto", "2"), "--against compares whole runs"),
        (("--why",), "one question at a time"),
        (("--size", "80x24"), "--size"),
        (("--iterations", "0"), "--iterations 0"),
    ],
)
def test_what_does_not_go_with_it_is_refused(capsys, record, arguments, says):
    status, out, err = ran(capsys, "momentum", "--against", str(record), *arguments)
    assert (status, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("run", ["momentum", "xor"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04half", b"\x80\x04.", b"{", b'{"a": 1}'])
def test_a_file_that_is_no_record_is_2_with_a_sentence(capsys, tmp_path, run, content):
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    status, out, err = ran(capsys, run, "--against", str(path))
    assert (status, out) == (2, "")
    assert "run.npz" in err
    assert err.count("\n") == 1


def test_a_record_of_another_net_is_2(capsys, record):
    status, out, err = ran(capsys, "xor", "--against", str(record))
    assert (status, out) == (2, "")
    assert "a record.npz: " in err
    assert "Name the run it is of." in err or "batch_size" in err


def test_the_options_of_against_go_with_it_alone(capsys):
    for option in (("--rtol", "1"), ("--atol", "1"), ("--way", "fed")):
        status, out, err = ran(capsys, *option)
        assert (status, out) == (2, "")
        assert f"{option[0]} goes with --against." in err


def test_two_records_are_compared_with_each_other(capsys, record, tmp_path):
    other = tmp_path / "b.npz"
    other.write_bytes(record.read_bytes())
    base = ("momentum", "--against", str(record), str(other))
    status, out, _ = ran(capsys, *base)
    assert status == 0
    assert out.startswith("b.npz is like a record.npz: ")
    twice(other, "3.dW2")
    status, out, _ = ran(capsys, *base)
    assert status == 1
    assert out.startswith("b.npz differs from a record.npz: ")
    assert "a record.npz has what the formula gives, b.npz has not:" in out
    (tmp_path / "old").mkdir()
    same = tmp_path / "old" / "b.npz"
    same.write_bytes(record.read_bytes())
    _, out, _ = ran(capsys, "momentum", "--against", str(same), str(other))
    assert " ".join(out.split()).startswith(f"{other} differs from {same}: ")
    assert ran(capsys, *base, "--way", "fed")[0] == 2
    status, _, err = ran(capsys, *base, str(other))
    assert status == 2
    assert "one file, or two" in err
