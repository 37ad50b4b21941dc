"""Which panes are shown where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.arrange import PANES, Box, arrange

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


def boxes(width: int, height: int, pane: str) -> dict[str, Box]:
    shown = arrange(width, height, "panes", pane)
    assert shown.pop("header") == (0, 0, width, 1)
    assert shown.pop("timeline") == (0, height - 2, width, 1)
    assert shown.pop("footer") == (0, height - 1, width, 1)
    return shown


@pytest.mark.parametrize(
    ("size", "network", "values", "step", "optimizer", "loss"),
    [
        ((80, 24), (0, 1, 42, 7), (0, 8, 42, 14), (43, 1, 37, 10), (43, 11, 37, 11), None),
        ((89, 31), (0, 1, 42, 11), (0, 12, 42, 17), (43, 1, 46, 13), (43, 14, 46, 15), None),
        ((90, 32), (0, 1, 45, 7), (0, 8, 45, 14), (46, 1, 44, 10), (46, 11, 44, 11), 8),
        ((120, 40), (0, 1, 60, 11), (0, 12, 60, 18), (61, 1, 59, 14), (61, 15, 59, 15), 8),
        ((200, 60), (0, 1, 100, 20), (0, 21, 100, 23), (101, 1, 99, 21), (101, 22, 99, 22), 14),
        ((300, 120), (0, 1, 100, 31), (0, 32, 100, 68), (101, 1, 199, 49), (101, 50, 199, 50), 18),
    ],
)
def test_four_panes_and_the_loss_share_a_large_screen(size, network, values, step, optimizer, loss):
    """The network grows to 31 rows, the loss to 18, and the left column to 100 cells."""
    width, height = size
    expected = {"network": network, "values": values, "step": step, "optimizer": optimizer}
    if loss:
        expected["loss"] = (0, height - 2 - loss, width, loss)
    for pane in PANES:
        assert boxes(width, height, pane) == expected


@pytest.mark.parametrize(
    ("size", "pane", "expected"),
    [
        ((80, 23), "step", {"values": (0, 1, 42, 20), "step": (43, 1, 37, 20)}),
        ((80, 23), "network", {"network": (0, 1, 42, 20), "optimizer": (43, 1, 37, 20)}),
        ((79, 24), "values", {"step": (0, 1, 79, 10), "values": (0, 11, 79, 11)}),
        ((79, 24), "optimizer", {"network": (0, 1, 79, 9), "optimizer": (0, 10, 79, 12)}),
        ((79, 23), "network", {"network": (0, 1, 79, 20)}),
        ((40, 12), "values", {"values": (0, 1, 40, 9)}),
    ],
)
def test_two_panes_or_one_share_a_small_screen(size, pane, expected):
    width, height = size
    assert boxes(width, height, pane) == expected


def test_without_room_there_is_a_notice():
    for width, height in ((39, 12), (40, 11), (1, 1)):
        assert arrange(width, height, "panes", "step") == {"notice": (0, 0, width, height)}
    assert "notice" not in arrange(40, 12, "page", "step")


def test_a_page_takes_the_place_of_all_panes_and_one_pane_of_all_others():
    around = {"header", "timeline", "footer"}
    page, pane = arrange(100, 30, "page", "values"), arrange(100, 30, "pane", "values")
    assert page.keys() == {*around, "page"}
    assert pane.keys() == {*around, "values"}
    assert page["page"] == pane["values"] == (0, 1, 100, 27)


@given(st.integers(40, 300), st.integers(12, 120), st.sampled_from(PANES))
def test_the_active_pane_is_always_shown(width, height, pane):
    assert pane in arrange(width, height, "panes", pane)
    assert pane in arrange(width, height, "pane", pane)


@pytest.mark.parametrize(("layout", "pane"), [("help", "step"), ("panes", "loss"), ("pane", "")])
def test_a_layout_or_a_pane_that_is_none_is_refused(layout, pane):
    with pytest.raises(ValueError, match="no layout"):
        arrange(80, 24, layout, pane)
