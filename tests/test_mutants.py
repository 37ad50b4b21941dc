"""Which small changes there are, and which tests are chosen to notice one."""

from pathlib import Path

import pytest

from tests.mutants.changes import mutants
from tests.mutants.reach import Reach, read, statement

SOURCE = """\
LIMIT = 3


def least(x: int, most: int = 7) -> bool:
    if (
        x < LIMIT
    ):
        return x == most
    match x:
        case 5 if most > 5:
            return True
    return dict(zip(most, most, strict=True))
"""


def test_the_changes_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SOURCE)
    found = {f"{each.line} {each.after}" for each in mutants(tmp_path / "a.py", tmp_path)}
    assert found == {
        "1 4", "4 8", "6 x <= LIMIT", "6 x >= LIMIT", "8 x != most", "8 not (x == most)",
        "10 6", "10 most >= 5", "10 most <= 5", "11 False", "11 not True",
        "12 not dict(zip(most, most, strict=True))",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "lines", "inside"),
    [(1, (1, 2), False), (4, (4, 5), False), (6, (5, 8), True), (10, (10, 11), True)],
)
def test_the_lines_of_a_change(line: int, lines: tuple[int, int], inside: bool) -> None:
    assert statement(SOURCE.encode(), line) == (range(*lines), inside)


def test_the_tests_that_come_to_a_line_are_chosen_the_near_and_quick_ones_first() -> None:
    reach = Reach()
    known = {"tests/tui/test_far.py::t": 1.0, "tests/engine/spec/test_slow.py::t": 5.0,
             "tests/engine/spec/test_near.py::t": 2.0, "tests/tui/test_far.py::u[0]": 1.0,
             "tests/tui/test_far.py::u[1]": 1.0, "tests/engine/spec/test_starts.py::t": 1.0,
             "tests/engine/spec/test_broken.py::t": 1.0, "tests/tui/test_none.py::t[0]": 1.0,
             "tests/tui/test_none.py::t[1]": 1.0, "tests/tui/test_starts.py::t": 1.0}  # fmt: skip
    far, slow, near, case, other_case, starts, broken, none, _, other_starts = known
    reach.seconds = known
    reach.starting |= {starts, other_starts}
    reach.failing.add(broken)
    reach.add("engine/spec/run.py", 8, [far, slow, near, broken])
    reach.add("engine/spec/run.py", 3, ["", case, other_case])
    there = read(reach.written())
    assert there.choice("engine/spec/run.py", range(8, 9), True) == [near, slow, far, case, starts]
    early = [near, slow, far, case, none, starts, other_starts]
    assert there.choice("engine/spec/run.py", range(8, 9), False) == early
    assert set(there.choice("engine/spec/run.py", range(3, 4), True)) == set(early)
    assert there.choice("engine/spec/check.py", range(1, 2), True)[-2:] == [starts, other_starts]
    assert there.rest("engine/spec/run.py", range(8, 9), True) == [far]
    assert there.rest("engine/spec/run.py", range(3, 4), True) == [far, case, other_case]


def test_what_two_runs_have_shown_goes_together() -> None:
    one, other = Reach(), Reach()
    one.add("a.py", 1, ["", "t"])
    other.add("a.py", 1, ["u"])
    other.add("b.py", 2, ["u", ""])
    one.merge(other)
    assert set(one.among(one.lines["a.py"][1])) == {"", "t", "u"}
    assert set(one.among(one.lines["b.py"][2])) == {"", "u"}
