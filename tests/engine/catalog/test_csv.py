"""CSV files: what is read, what is refused and how it is named, and how fast it is."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.catalog import csvcells, csvtext
from engine.catalog.csvcells import Names, Taken, WrongRowError, at_once
from engine.catalog.csvdata import CsvSpec, read_csv
from engine.catalog.csvmistakes import one_by_one
from engine.catalog.csvtext import CsvText
from engine.spec.run import SpecError

FLOWERS = "length,width,species\n1.0,0.5,rose\n2.0,0.25,aster\n3.5,-1e2,rose\n"
quiet = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def problems(folder: Path, content: str | bytes, *target, **rest) -> tuple[str, ...]:
    with pytest.raises(SpecError) as caught:
        read_csv(CsvSpec(write(folder, content), target or ("species",), **rest))
    return caught.value.problems


def test_classes_are_numbered_in_sorted_order(tmp_path):
    source = read_csv(CsvSpec(write(tmp_path, FLOWERS), ("species",)))
    assert source.x.tolist() == [[1.0, 0.5], [2.0, 0.25], [3.5, -100.0]]
    assert source.classes == ("aster", "rose")
    assert source.labels is not None
    assert source.labels.tolist() == [1, 0, 1]
    assert source.features == ("length", "width")


def test_classes_that_are_numbers_are_sorted_as_numbers(tmp_path):
    path = write(tmp_path, "a,c\n1,10\n2,9\n3,10\n")
    source = read_csv(CsvSpec(path, ("c",), classes=True))
    assert source.classes == ("9", "10")


def test_a_numeric_target_is_a_column_of_numbers(tmp_path):
    source = read_csv(CsvSpec(write(tmp_path, FLOWERS), ("width",), ("length",)))
    assert source.x.tolist() == [[1.0], [2.0], [3.5]]
    assert source.y is not None
    assert source.y.tolist() == [[0.5], [0.25], [-100.0]]


def test_features_and_targets_are_taken_in_the_order_given(tmp_path):
    path = write(tmp_path, "a,b,c,d\n1,2,3,4\n5,6,7,8\n")
    source = read_csv(CsvSpec(path, ("c", "a"), (4, "b")))
    assert source.x.tolist() == [[4, 2], [8, 6]]
    assert source.y is not None
    assert source.y.tolist() == [[3, 1], [7, 5]]
    assert source.features == ("d", "b")


def test_without_a_header_columns_are_numbered_from_1(tmp_path):
    source = read_csv(CsvSpec(write(tmp_path, "1,2,a\n3,4,b\n"), (3,), header=False))
    assert source.x.tolist() == [[1, 2], [3, 4]]
    assert source.features == ("1", "2")


@pytest.mark.parametrize(
    "content",
    [
        FLOWERS.replace("\n", "\r\n"),
        FLOWERS.replace("\n", "\r"),
        "\ufeff" + FLOWERS,
        FLOWERS.rstrip("\n"),
        "\n" + FLOWERS.replace("\n", "\n\n"),
        FLOWERS.replace(",", " , "),
        "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in FLOWERS.split()),
    ],
    ids=["crlf", "cr", "bom", "no last newline", "empty lines", "blanks", "quotes"],
)
def test_forms_of_the_same_table(tmp_path, content):
    plain = read_csv(CsvSpec(write(tmp_path, FLOWERS), ("species",)))
    source = read_csv(CsvSpec(write(tmp_path, content), ("species",)))
    assert source.x.tolist() == plain.x.tolist()
    assert source.classes == plain.classes
    assert source.features == plain.features


def test_a_quoted_cell_may_hold_commas_and_line_ends(tmp_path):
    source = read_csv(CsvSpec(write(tmp_path, 'a,c\n1,"x, y"\n2,"u\nv"\n'), ("c",)))
    assert source.classes == ("u�v", "x, y")


def test_cells_that_are_no_numbers_are_named_by_row_and_column(tmp_path):
    content = "length,width,species\n1,,rose\nabc,2,aster\n3,nan,\n4,inf,rose\n5,1_0,rose\n"
    assert problems(tmp_path, content) == (
        'data.csv: row 2, column "width" is missing.',
        'data.csv: row 3, column "length" is "abc", and must be a finite number.',
        'data.csv: row 4, column "width" is "nan", and must be a finite number.',
        'data.csv: row 4, column "species" is missing.',
        'data.csv: row 5, column "width" is "inf", and must be a finite number.',
        'data.csv: row 6, column "width" is "1_0", and must be a finite number.',
    )


def test_ten_cells_are_named_and_the_rest_counted(tmp_path):
    found = problems(tmp_path, "a,species\n" + "x,rose\n" * 25)
    assert len(found) == 11
    assert found[9].startswith('data.csv: row 11, column "a"')
    assert found[10] == "data.csv: and 15 more."


def test_a_numeric_target_with_a_bad_cell_stays_a_numeric_target(tmp_path):
    found = problems(tmp_path, "a,b\n1,2\n2,3\n3,x\n", "b")
    assert found == ('data.csv: row 4, column "b" is "x", and must be a finite number.',)


def test_a_target_of_which_half_are_numbers_names_classes(tmp_path):
    source = read_csv(CsvSpec(write(tmp_path, "a,c\n1,2\n2,x\n"), ("c",)))
    assert source.classes == ("2", "x")
    found = problems(tmp_path, "a,c\n1,2\n2,x\n3,3\n", "c")
    assert found == ('data.csv: row 3, column "c" is "x", and must be a finite number.',)


def test_too_large_for_float32(tmp_path):
    found = problems(tmp_path, "a,b\n1e39,2\n2,3\n", "b", dtype="float32")
    assert "float32" in found[0]


@pytest.mark.parametrize(
    ("content", "target", "said"),
    [
        ("", "species", "has no rows"),
        ("\n\n", "species", "has no rows"),
        ("a,species\n", "species", "has no rows of data"),
        ("a,species\n1,x,3\n", "species", "row 2 has 3 cells, and must have 2"),
        ("a,species\n1\n", "species", "row 2 has 1 cell, and must have 2"),
        ("a,Species\n1,x\n", "species", 'the nearest is "Species"'),
        ("a,b\n1,x\n", 3, "there is no column 3 of 2"),
        ("a,a,species\n1,2,x\n", "a", "2 columns are named"),
        ("species\nx\n", "species", "no column left"),
        ("a;species\n1;x\n", "species", "separated by commas"),
        ('a,species\n1,"x', "species", "row 2 is not CSV"),
        (f"a,species\n1,{'x' * 100}\n", "species", "longer than 60 characters"),
        (f"a,species\n1,{'x' * 200_000}\n", "species", "row 2 is not CSV"),
    ],
)
def test_what_is_no_such_table_is_refused_with_a_sentence(tmp_path, content, target, said):
    found = problems(tmp_path, content, target, classes=True)
    assert any(said in sentence for sentence in found), found


def test_features_that_are_taken_twice(tmp_path):
    found = problems(tmp_path, FLOWERS, features=("length", "species"))
    assert found == ('data.csv: column "species" is taken twice.',)


@pytest.mark.parametrize("content", [b"\xff\xfea,b", b"a,b\n\xe9,1"])
def test_not_utf8(tmp_path, content):
    (found,) = problems(tmp_path, content)
    assert "is not UTF-8 text" in found


def test_a_missing_file_and_a_folder(tmp_path):
    for path, said in ((tmp_path / "none.csv", "no such file"), (tmp_path, "a folder")):
        with pytest.raises(SpecError, match=said):
            read_csv(CsvSpec(path, ("a",)))


def test_names_from_the_file_are_made_printable(tmp_path):
    source = read_csv(CsvSpec(write(tmp_path, "\x1b[31ma,s\n1,\x1b[2Jx\n2,y\n"), ("s",)))
    assert not any("\x1b" in name for name in (*source.features, *source.classes))
    found = problems(tmp_path, "a,s\n\x1b[31m,x\n", "s")
    assert not any("\x1b" in sentence for sentence in found)


@quiet
@given(st.binary(max_size=200))
def test_arbitrary_bytes_give_samples_or_sentences(tmp_path, content):
    for header in (True, False):
        found: tuple[str, ...] = ()
        try:
            source = read_csv(CsvSpec(write(tmp_path, content), (1,), header=header))
            assert np.isfinite(source.x).all()
        except SpecError as error:
            found = error.problems
        assert all(line.isprintable() and line.endswith(".") for line in found)


cells = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["", " 1 ", "0x1p3", "1_0", "nan", "1e999", '"', "#", "١", "a,b", "\0", "-"]),
    st.text(max_size=4),
)
tables = st.lists(st.lists(cells, min_size=2, max_size=3), min_size=1, max_size=6)


@quiet
@given(tables, st.booleans())
def test_reading_at_once_is_reading_cell_by_cell(tmp_path, table, classes):
    """The fast way gives what the careful way gives, or leaves the file to it."""
    out = io.StringIO()
    csv.writer(out).writerows(table)
    try:
        file = CsvText(write(tmp_path, out.getvalue()), header=False)
    except SpecError:
        return
    taken = Taken([1], [0], classes)
    try:
        fast = at_once(file, taken, Names())
    except WrongRowError:
        return
    slow = one_by_one(file, taken)
    for one, other in ((fast.x, slow.x), (fast.y, slow.y), (fast.chosen, slow.chosen)):
        assert (one is None) == (other is None)
        assert one is None or other is None or np.array_equal(one, other)
    assert fast.names == slow.names


@pytest.mark.slow
def test_a_large_file_takes_at_most_three_times_what_numpy_takes(tmp_path):
    path = tmp_path / "large.csv"
    numbers = np.random.default_rng(0).standard_normal((100_000, 20))
    np.savetxt(path, numbers, "%.6g", ",", header=",".join(f"c{i}" for i in range(20)), comments="")

    def seconds(read) -> float:
        start = time.perf_counter()
        read()
        return time.perf_counter() - start

    ours = min(seconds(lambda: read_csv(CsvSpec(path, ("c19",)))) for _ in range(3))
    numpys = min(seconds(lambda: np.loadtxt(path, delimiter=",", skiprows=1)) for _ in range(3))
    assert ours <= 3 * numpys


def test_ten_thousand_classes_are_the_most(tmp_path, monkeypatch):
    monkeypatch.setattr(csvcells, "MOST_CLASSES", 3)
    three = "a,c\n1,x\n2,y\n3,z\n4,x\n"
    assert read_csv(CsvSpec(write(tmp_path, three), ("c",))).classes == ("x", "y", "z")
    for slow in ("", ' "5",w\n'):  # a blank before a quotation mark is read cell by cell
        (found,) = problems(tmp_path, f"{three}5,v\n{slow}", "c")
        assert found.startswith('data.csv: column "c" names more than')
    wrong = problems(tmp_path, f"{three}x,x\n", "c")
    assert wrong == ('data.csv: row 6, column "a" is "x", and must be a finite number.',)


@pytest.mark.parametrize("content", ["a,b\n1,2", "a,b\n1,2\n", 'a,b\n"1,1\n1",2\n3,4', "a\n1"])
def test_a_file_has_no_more_cells_and_rows_than_it_says(content, tmp_path):
    rows = list(csv.reader(io.StringIO(content)))
    file = CsvText(write(tmp_path, content), header=True)
    assert sum(map(len, rows)) <= file.cells
    assert len(rows) - 1 <= file.most_rows
    assert len(list(file.rows())) == len(rows) - 1


@pytest.mark.parametrize(
    ("limit", "most", "content", "said"),
    [
        ("MOST_CELLS", 4, "a,c\n1,2", "has more than 3 lines and commas, the most"),
        ("MOST_COLUMNS", 2, "a,c\n1,2\n", "has a row of more than 1 cells, the most"),
        ("LONGEST_LINE", 1 << 20, f"a,c\n1,{'2' * ((1 << 20) - 3)}\n3,4\n", "a line of more than"),
    ],
)
def test_a_file_at_a_limit_is_read_and_one_over_it_refused(
    limit, most, content, said, tmp_path, monkeypatch
):
    monkeypatch.setattr(csvtext, limit, most)
    CsvText(write(tmp_path, content), header=True)
    monkeypatch.setattr(csvtext, limit, most - 1)
    with pytest.raises(SpecError, match=said):
        list(CsvText(tmp_path / "data.csv", header=True).rows())


def test_the_first_mistakes_are_said_and_the_others_counted(tmp_path):
    found = problems(tmp_path, "a,c\n" + "x,1\n" * 20, "c")
    assert found[:2] == tuple(
        f'data.csv: row {row}, column "a" is "x", and must be a finite number.' for row in (2, 3)
    )
    assert found[-1] == f"data.csv: and {20 - len(found) + 1} more."
    assert 2 < len(found) < 20
