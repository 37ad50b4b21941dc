"""Which panes are shown where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.arrange import PANES, arrange

LAYOUTS = ["panes", "pane", "page"]


@given(st.integers(1, 300), st.integers(1, 120), st.sampled_from(LAYOUTS), st.sampled_from(PANES))
def test_panes_lie_within_the_screen_and_do_not_overlap(width, height, layout, pane):
    taken: set[tuple[int, int]] = set()
    for x, y, w, h in arrange(width, height, layout, pane).values():
        assert w > 0
        assert h > 0
        cells = {(x + i, y + j) for i in range(w) for j in range(h)}
        assert not cells & taken
        assert 0 <= x <= width - w
        assert 0 <= y <= height - h
        taken |= cells


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((80, 24), {"network", "step", "values", "optimizer"}),
        ((200, 60), {"network", "step", "values", "optimizer", "loss"}),
        ((100, 18), {"values", "step"}),
        ((60, 26), {"values", "step"}),
        ((40, 12), {"step"}),
        ((39, 12), {"notice"}),
        ((1, 1), {"notice"}),
    ],
)
def test_panes_give_way_as_the_screen_shrinks(size, shown):
    assert (
        set(arrange(size[0], size[1], "panes", "step")) - {"header", "timeline", "footer"} == shown
    )


@given(st.integers(40, 300), st.integers(12, 120), st.sampled_from(PANES))
def test_the_active_pane_is_always_shown(width, height, pane):
    assert pane in arrange(width, height, "panes", pane)
    assert pane in arrange(width, height, "pane", pane)


@pytest.mark.parametrize(("layout", "pane"), [("help", "step"), ("panes", "loss"), ("pane", "")])
def test_a_layout_or_a_pane_that_is_none_is_refused(layout, pane):
    with pytest.raises(ValueError, match="no layout"):
        arrange(80, 24, layout, pane)
