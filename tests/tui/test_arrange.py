"""Which panes are shown where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.arrange import LEFT, PANES, Box, Wants, arrange

LAYOUTS = ["panes", "pane", "page"]
COLUMNS = ("explain", "compare", "change", "regions", "image")
WANTS = st.builds(
    Wants,
    network=st.integers(4, 11),
    values=st.integers(1, 60),
    optimizer=st.integers(3, 40),
    table=st.integers(3, 40),
    steps=st.integers(5, 120),
    columns=st.permutations(COLUMNS).flatmap(
        lambda names: st.integers(0, len(names)).map(lambda n: tuple(names[:n]))
    ),
)
SIZES = [st.integers(1, 300), st.integers(1, 120)]


@given(*SIZES, st.sampled_from(LAYOUTS), st.sampled_from(PANES), WANTS)
def test_panes_lie_within_the_screen_and_do_not_overlap(width, height, layout, pane, wants):
    taken: set[tuple[int, int]] = set()
    for x, y, w, h in arrange(width, height, layout, pane, wants).values():
        assert w > 0
        assert h > 0
        cells = {(x + i, y + j) for i in range(w) for j in range(h)}
        assert not cells & taken
        assert 0 <= x <= width - w
        assert 0 <= y <= height - h
        taken |= cells


@given(st.integers(40, 300), st.integers(12, 120), st.sampled_from(PANES), WANTS)
def test_the_active_pane_and_where_there_is_room_the_step_are_shown(width, height, pane, wants):
    shown = arrange(width, height, "panes", pane, wants)
    assert pane in shown
    assert pane in arrange(width, height, "pane", pane, wants)
    if width >= 80 or height >= 20:
        assert "step" in shown
        assert shown["step"][3] >= 7


@given(st.integers(80, 300), st.integers(24, 120), WANTS)
def test_panes_do_not_stretch(width, height, wants):
    shown = arrange(width, height, "panes", "step", wants)
    network = shown["network"][3]
    assert shown["network"] == (0, 1, LEFT, network)
    assert network <= wants.network
    assert network == wants.network or shown["values"][3] <= wants.values
    assert network >= min(7, wants.network)
    assert shown["values"][:3] == (0, 1 + network, LEFT)
    assert shown["step"][:3] == (43, 1, 37)
    further = [name for name in wants.columns if name in shown]
    assert further == list(wants.columns[: max(0, width - 80) // 40])
    for place, name in enumerate(further):
        assert shown[name][:3] == (82 + 40 * place, 1, 38)
    assert set(shown) - {*COLUMNS, "header", "timeline", "footer", "steps", "loss"} == set(PANES)


@given(st.integers(80, 300), st.integers(24, 119), WANTS)
def test_a_row_more_takes_no_pane_away(width, height, wants):
    assert set(arrange(width, height, "panes", "step", wants)) <= set(
        arrange(width, height + 1, "panes", "step", wants)
    )


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((80, 24), {"network", "step", "values", "optimizer"}),
        ((200, 60), {"network", "step", "values", "optimizer", "steps", "loss"}),
        ((100, 18), {"values", "step"}),
        ((79, 50), {"step", "values", "network", "optimizer"}),
        ((70, 22), {"step", "values", "network"}),
        ((60, 20), {"values", "step"}),
        ((60, 19), {"step"}),
        ((40, 12), {"step"}),
        ((39, 12), {"notice"}),
        ((1, 1), {"notice"}),
    ],
)
def test_panes_give_way_as_the_screen_shrinks(size, shown):
    assert (
        set(arrange(size[0], size[1], "panes", "step")) - {"header", "timeline", "footer"} == shown
    )


@pytest.mark.parametrize(
    ("size", "optimizer", "expected"),
    [
        ((80, 24), 8, {"values": (0, 8, LEFT, 14), "step": 13, "optimizer": (43, 14, 37, 8)}),
        ((80, 24), 12, {"values": (0, 8, LEFT, 14), "step": 11, "optimizer": (43, 12, 37, 10)}),
        ((100, 30), 8, {"step": 13, "optimizer": (43, 14, 37, 8), "loss": (0, 22, 80, 6)}),
        (
            (120, 40),
            8,
            {
                "step": 21,
                "explain": (82, 1, 38, 21),
                "optimizer": (0, 22, 120, 6),
                "loss": (0, 28, 120, 10),
            },
        ),
        (
            (200, 60),
            8,
            {
                "step": 21,
                "explain": (82, 1, 38, 21),
                "compare": (122, 1, 38, 57),
                "change": (162, 1, 38, 57),
                "optimizer": (0, 22, 120, 6),
                "steps": (0, 28, 120, 18),
                "loss": (0, 46, 120, 12),
            },
        ),
    ],
)
def test_columns_share_a_large_screen(size, optimizer, expected):
    width, height = size
    wants = Wants(optimizer=optimizer, columns=("explain", "compare", "change"))
    for pane in PANES:
        shown = arrange(width, height, "panes", pane, wants)
        assert {name: shown[name][3] if name == "step" else shown[name] for name in expected} == (
            expected
        )


def boxes(width: int, height: int, pane: str) -> dict[str, Box]:
    shown = arrange(width, height, "panes", pane)
    assert shown.pop("header") == (0, 0, width, 1)
    assert shown.pop("timeline") == (0, height - 2, width, 1)
    assert shown.pop("footer") == (0, height - 1, width, 1)
    return shown


@pytest.mark.parametrize(
    ("size", "pane", "expected"),
    [
        ((80, 23), "step", {"values": (0, 1, LEFT, 20), "step": (43, 1, 37, 20)}),
        ((80, 23), "optimizer", {"optimizer": (0, 1, LEFT, 20), "step": (43, 1, 37, 20)}),
        ((60, 20), "values", {"step": (0, 1, 60, 7), "values": (0, 8, 60, 10)}),
        ((60, 20), "network", {"step": (0, 1, 60, 7), "network": (0, 8, 60, 10)}),
        ((69, 24), "step", {"step": (0, 1, 69, 8), "values": (0, 9, 69, 13)}),
        (
            (70, 22),
            "network",
            {"step": (0, 1, 70, 9), "values": (0, 10, LEFT, 10), "network": (43, 10, 27, 10)},
        ),
        ((79, 19), "network", {"network": (0, 1, 79, 16)}),
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


@pytest.mark.parametrize(("layout", "pane"), [("help", "step"), ("panes", "loss"), ("pane", "")])
def test_a_layout_or_a_pane_that_is_none_is_refused(layout, pane):
    with pytest.raises(ValueError, match="no layout"):
        arrange(80, 24, layout, pane)
