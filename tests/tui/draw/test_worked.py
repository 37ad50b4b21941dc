"""A chain of equations in lines: what fits in how much room."""

from types import SimpleNamespace
from typing import Any

import pytest

from engine.formula import expr as ex
from tui.draw.worked import Link, _fits, _folded
from tui.text.format import Text

TWO: list[Link] = [("=", "1 + 2"), ("=", "3")]
THREE: list[Link] = [("=", "1·1 + 2"), ("=", "1 + 2"), ("≈", "3")]


@pytest.mark.parametrize(
    ("chain", "width", "height", "lines"),
    [
        (TWO, 13, 1, ["z = 1 + 2 = 3"]),
        (TWO, 13, 2, ["z = 1 + 2 = 3"]),
        (TWO, 12, 2, ["z = 1 + 2", "  = 3"]),
        (TWO, 9, 2, ["z = 1 + 2", "  = 3"]),
        (TWO, 12, 1, []),
        (THREE, 23, 2, ["z = 1·1 + 2 = 1 + 2 ≈ 3"]),
        (THREE, 23, 3, ["z = 1·1 + 2", "  = 1 + 2", "  ≈ 3"]),
        (THREE, 11, 3, ["z = 1·1 + 2", "  = 1 + 2", "  ≈ 3"]),
        (THREE, 22, 2, ["z = 1·1 + 2", "  = 1 + 2 ≈ 3"]),
        (THREE, 22, 1, []),
        (THREE, 13, 3, ["z = 1·1 + 2", "  = 1 + 2", "  ≈ 3"]),
    ],
)
def test_a_chain_in_so_many_cells_and_lines(chain, width, height, lines):
    assert _fits("z", chain, width, height) == lines


@pytest.mark.parametrize(("taken", "left"), [(2.0, "5 − 6"), (0.0, "5 − 0"), (-2.0, "5 + 6")])
def test_a_minus_before_a_part_below_zero_is_a_plus(taken, left):
    part = ex.mul(ex.num(3.0), ex.mul(ex.num(taken), ex.num(1.0)))
    tree = ex.sub(ex.num(5.0), part)
    frame: Any = SimpleNamespace(text=Text(), whole=lambda _: False)
    line = _folded(frame, tree, tree.value)
    assert line is not None
    assert line.left == left
