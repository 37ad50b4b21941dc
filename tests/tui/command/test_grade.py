"""`--grade` on the command line: what it prints, how it ends, what it refuses."""

import csv
import io
import json
import subprocess
import sys
from typing import Any

import pytest

from tui.__main__ import main

SHEET = "z1 = 0.50000, 1.10000\na1 = 0.4621, 0.8005\nL = 0.9\n"


def ran(capsys: Any, *arguments: str) -> tuple[Any, str, str]:
    with pytest.raises(SystemExit) as ended:
        raise SystemExit(main(list(arguments)))
    out, err = capsys.readouterr()
    return ended.value.code or 0, out, err


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "anna.txt"
    path.write_text(SHEET, "utf-8")
    return path


def test_a_sheet_with_a_slip_ends_with_1_and_one_without_with_0(capsys, sheet):
    status, out, err = ran(capsys, "--grade", str(sheet))
    assert (status, err) == (1, "")
    assert "L, line 3: 0.9, but your own figures give 0.8274" in out
    assert out.endswith("5 figures: 4 right, 1 slip\n")
    sheet.write_text(SHEET.replace("0.9", "0.8274"), "utf-8")
    status, out, _ = ran(capsys, "--grade", str(sheet))
    assert status == 0
    assert out.endswith("5 figures: 5 right\n")


def test_json_has_an_object_a_figure_and_the_counts(capsys, sheet):
    status, out, _ = ran(capsys, "worked-example", "--grade", str(sheet), "--json")
    *figures, last = map(json.loads, out.splitlines())
    assert status == 1
    assert list(figures[0]) == [
        "iteration", "symbol", "index", "line", "written", "true", "expected", "verdict", "causes",
    ]  # fmt: skip
    assert figures[1]["index"] == [1, 2]
    assert figures[-1]["index"] == []
    assert (figures[-1]["symbol"], figures[-1]["verdict"]) == ("loss", "slip")
    assert figures[-1]["true"] == pytest.approx(0.827359, abs=1e-6)
    assert last["counts"]["right"] == 4
    assert last["counts"]["slip"] == 1


def test_several_sheets_are_rows_of_a_table(capsys, sheet, tmp_path):
    other = tmp_path / "=ben.txt"
    other.write_text("z1 = 0.5, 1.1\n", "utf-8")
    scheme = tmp_path / "scheme.toml"
    scheme.write_text("[points]\nloss = 4\nslip = 0.25\n", "utf-8")
    arguments = [str(sheet), str(other), "--csv", "--scheme", str(scheme)]
    status, out, _ = ran(capsys, "--grade", *arguments)
    anna, ben = csv.DictReader(io.StringIO(out))
    assert status == 1
    assert (anna["slip"], anna["points"], anna["of"]) == ("1", "5", "8")
    assert (anna["symbol"], anna["line"], anna["written"]) == ("loss", "3", "0.9")
    assert (ben["slip"], ben["points"]) == ("0", "2")


def test_standard_input_is_a_sheet():
    process = subprocess.run(
        [sys.executable, "-m", "tui", "--grade", "-"],
        input=SHEET, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert (process.returncode, process.stderr) == (1, "")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"z1 = 1, 2, 3\n", "3 numbers where z[1] has 2"),
        (b"\x00\xff\xfe binary", "is not UTF-8"),
        (b"a word", "no number"),
        (b"z1 = " + b"9" * 11_000_000, "larger than 1 MB"),
        (b"z1 = [[[[[0.5\n" * 3000, "No "),
        (b"[" * 15_000, "no number"),
        (b"z1 = " + b"[" * 9_000 + b"1" + b"]" * 9_000, "No "),
        (b"q1 = 0.5, 1.1, 2.5, q2 = 3\n" * 19_000, "No "),
        (b"z1 = " + b"1 " * 9_000, "No "),
        (b"( " * 9_000 + b"1", "No "),
        (b"\\frac{" * 3_000 + b"1", "No "),
        (b"{" * 19_000 + b"1", "No "),
        (b"_{1" * 6_000, "No "),
        (b"dL/d" * 4_000 + b" = 1", "No "),
    ],
    ids=lambda each: repr(each[:20]),
)
def test_what_is_no_sheet_is_refused_in_a_sentence(capsys, tmp_path, content, sentence):
    path = tmp_path / "sheet"
    path.write_bytes(content)
    status, out, err = ran(capsys, "--grade", str(path))
    assert (status, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_one_sheet_that_cannot_be_graded_does_not_keep_the_others_from_it(capsys, sheet, tmp_path):
    status, out, err = ran(capsys, "--grade", str(tmp_path / "none.txt"), str(sheet), "--csv")
    first, second = csv.DictReader(io.StringIO(out))
    assert status == 2
    assert "no such file" in first["problem"]
    assert "no such file" in err
    assert second["slip"] == "1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("points = 3", "points needs to be a table"),
        ('[names]\nq = "nothing"', "names.q needs the name of a symbol"),
        ("[points]\nslip = 2", "points.slip is the share"),
        ("colour = 1", "colour is unknown"),
    ],
)
def test_a_scheme_with_a_mistake_is_refused(capsys, sheet, tmp_path, text, sentence):
    scheme = tmp_path / "scheme.toml"
    scheme.write_text(text, "utf-8")
    status, _, err = ran(capsys, "--grade", str(sheet), "--scheme", str(scheme))
    assert status == 2
    assert sentence in err


def test_what_gradstep_prints_itself_is_a_sheet_without_slips(capsys, tmp_path):
    for word in ("--plain", "--json"):
        for run in ("worked-example", "xor"):
            path = tmp_path / "own.txt"
            path.write_text(ran(capsys, run, word, "--iterations", "2")[1], "utf-8")
            status, out, err = ran(capsys, run, "--grade", str(path))
            assert (status, err) == (0, ""), (word, run, out)
            assert "slip" not in out


@pytest.mark.parametrize(
    ("run", "line"), [("digits", "L = 2.4"), ("xor", "iteration 900\nL = 0.1")]
)
def test_what_would_take_minutes_to_work_out_is_refused(capsys, tmp_path, run, line):
    path = tmp_path / "sheet.txt"
    path.write_text(line, "utf-8")
    status, _, err = ran(capsys, run, "--grade", str(path))
    assert status == 2
    assert "numbers, too many to be worked out from a sheet; grade fewer" in err
