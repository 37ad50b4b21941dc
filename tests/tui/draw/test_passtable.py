"""The table of a training in figures: its columns, how a row goes on in further lines, its sums."""

from __future__ import annotations

import tomllib

import pytest

from engine.analysis.passtable import parts
from engine.history.branching import history_of
from engine.history.position import Position
from engine.runfile.read import from_table, load
from engine.spec.run import RunSpec
from tests.tui.command.test_table import ONLINE
from tui.draw.passtable import Table
from tui.text.format import Text
from tui.text.raster import letters


def table(spec: RunSpec, at: Position) -> Table:
    history = history_of(spec)
    return Table(Text(), [*parts(history, at, 100)], history.batches(at.iteration).several)


def rows(spec: RunSpec, at: Position, width: int) -> list[str]:
    return [letters(line).rstrip() for line in table(spec, at).lines(width)]


AND = from_table(tomllib.loads(ONLINE))
END = 10
"""The steps of an iteration of it."""
WHOLE = 97
"""The cells of a row of it."""


def test_a_row_has_what_came_in_what_came_out_and_what_that_changed() -> None:
    found = rows(AND, Position(4, END), WHOLE)
    assert found == [
        "pass 1",
        "t  sample  x₁  x₂  y       ŷ    y − ŷ       L  ΔW[1]₁₁  ΔW[1]₁₂   Δb[1]₁"
        "  W[1]₁₁   W[1]₁₂   b[1]₁",
        "1       1   0   0  0  0.2000  −0.2000  0.0200   0.0000   0.0000  −0.0200"
        "  0.3000  −0.1000  0.1800",
        "2       2   0   1  0  0.0800  −0.0800  0.0032   0.0000  −0.0080  −0.0080"
        "  0.3000  −0.1080  0.1720",
        "3       3   1   0  0  0.4720  −0.4720  0.1114  −0.0472   0.0000  −0.0472"
        "  0.2528  −0.1080  0.1248",
        "4       4   1   1  1  0.2696  +0.7304  0.2667  +0.0730  +0.0730  +0.0730"
        "  0.3258  −0.0350  0.1978",
        "Σ L = 0.0200 + 0.0032 + 0.1114 + 0.2667 = 0.4013",
        "mean = 0.4013/4 = 0.1003",
    ]
    assert max(map(len, found)) == WHOLE


def test_a_row_goes_on_in_further_lines_each_group_in_its_own() -> None:
    for width in (WHOLE - 1, 45):
        assert rows(AND, Position(2, 3), width)[1:7] == [
            "t  sample  x₁  x₂  y       ŷ    y − ŷ       L",
            "   ΔW[1]₁₁  ΔW[1]₁₂   Δb[1]₁",
            "   W[1]₁₁   W[1]₁₂   b[1]₁",
            "1       1   0   0  0  0.2000  −0.2000  0.0200",
            "    0.0000   0.0000  −0.0200",
            "   0.3000  −0.1000  0.1800",
        ]
    assert rows(AND, Position(2, 3), 44)[5:] == [
        "1       1   0   0  0  0.2000  −0.2000",
        "   0.0200",
        "    0.0000   0.0000  −0.0200",
        "   0.3000  −0.1000  0.1800",
        "2       2   0   1  0  0.0800  −0.0800",
        "   0.0032",
        "     ·        ·        ·",
        "    ·        ·       ·",
        "so far, 2 of 4: Σ L = 0.0200 + 0.0032 =",
        "    0.0232",
        "mean = 0.0232/2 = 0.0116",
    ]


def test_rows_of_several_samples_and_very_long_ones_say_what_they_leave_out() -> None:
    assert rows(load("mini-batch"), Position(2, 18), 60) == [
        "pass 1",
        "t  samples       L",
        "   W[1]₁₁  W[1]₁₂  W[1]₂₁  W[1]₂₂    b[1]₁    b[1]₂  W[2]₁₁",
        "   W[2]₁₂  W[2]₂₁  W[2]₂₂   b[2]₁    b[2]₂",
        "1      1 2  0.7148",
        "   0.1039  0.1932  0.3030  0.3972  −2.9e−4   5.1e−4  0.5064",
        "   0.6075  0.6936  0.7925  0.0055  −0.0055",
        "2      3 4  0.6939",
        "   0.1073  0.1902  0.3048  0.3949  −0.0010  −3.0e−4  0.5077",
        "   0.6089  0.6923  0.7911  0.0099  −0.0099",
        "so far, 2 of 3: Σ L = 0.7148 + 0.6939 = 1.4087",
        "mean = 1.40868/2 = 0.7043",
        "",
        "Rows of several samples have no columns of x, y and ŷ.",
    ]


@pytest.mark.parametrize(("count", "said"), [(3, "1 2 3"), (4, "1 2 3 +1")])
def test_of_many_samples_the_first_are_listed(count: int, said: str) -> None:
    listed = tomllib.loads(ONLINE.replace("batch_size = 1", f"batch_size = {count}"))
    found = rows(from_table(listed), Position(1, END), WHOLE)
    assert any(row.startswith(f"1  {said.rjust(len('samples'))}  ") for row in found), found


def test_the_row_that_is_pointed_at_stands_out_by_its_first_line() -> None:
    drawn = table(AND, Position(2, END))
    for at, want in ((-1, []), (0, [4]), (1, [7]), (2, [])):
        roles = [{role for _, role in line} for line in drawn.lines(59, at)]
        assert [i for i, each in enumerate(roles) if "select" in each] == want
