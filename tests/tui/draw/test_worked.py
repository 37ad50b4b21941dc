"""A chain of equations in lines: what fits in how much room."""

import pytest

from tui.draw.worked import Link, _fits

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
