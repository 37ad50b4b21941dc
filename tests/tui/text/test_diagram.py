"""The network diagram, as text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tui.text.diagram import Column, Diagram, Gap, Mark, Node, diagram
from tui.text.raster import Line

Weights = tuple[tuple[float, ...], ...]


def text(lines: list[Line]) -> list[str]:
    return ["".join(part for part, _ in line) for line in lines]


def gap(name: str, weights: Weights, mark: Mark = "") -> Gap:
    return Gap(name, mark, weights, tuple(tuple(f"{w:+.2f}" for w in row) for row in weights))


def worked(first: Weights = ((0.1, 0.2), (0.3, 0.4))) -> Diagram:
    return Diagram(
        (
            Column("x", (Node("1.0000"), Node("2.0000")), 2),
            Column("tanh", (Node("0.4621", mark="read"), Node("0.8005", mark="read")), 2),
            Column(
                "softmax",
                (
                    Node("0.4372", "δ -0.5628", mark="write", tail="y 1"),
                    Node("0.5628", "δ +0.5628", note_mark="write", tail="y 0"),
                ),
                2,
            ),
        ),
        (gap("W[1]", first), gap("W[2]", ((0.5, 0.6), (0.7, 0.8)), "read")),
    )


def test_the_worked_example_at_39_by_6() -> None:
    assert text(diagram(worked(), 39, 6)) == [
        "   x     W[1]    tanh  •W[2]• softmax",
        "(1.0000)──+.10─•0.4621•━━+.50━▸0.4372◂",
        "        ╲╱━+.20        ╲╱━+.60 δ-.5628",
        "        ╱╲━+.30        ╱╲━+.70",
        "(2.0000)━━+.40━•0.8005•━━+.80━(0.5628)",
        "                              ▸δ+.5628",
    ]


def test_the_worked_example_in_ascii() -> None:
    assert text(diagram(worked(((0.1, 0.2), (0.3, -0.4))), 39, 7, ascii=True))[:5] == [
        "   x     W[1]    tanh  *W[2]* softmax",
        "(1.0000)--+.10-*0.4621*==+.50=>0.4372<",
        "        \\ /+.20        \\ /+.60 δ-.5628",
        "         X              X",
        "        / \\+.30        / \\+.70",
    ]


def test_more_room_brings_whole_labels_and_targets() -> None:
    rows = text(diagram(worked(), 60, 14))
    for label in ("+0.10", "+0.20", "+0.30", "+0.40", "+0.50", "+0.60", "+0.70", "+0.80"):
        assert sum(row.count(label) for row in rows) == 1
    assert any(row.endswith("▸ 0.4372 ◂ y 1") for row in rows)
    assert any("δ -0.5628" in row for row in rows)


@pytest.mark.parametrize(
    ("weight", "line"), [(0.4, "━━+.40━"), (0.1, "──+.10─"), (-0.4, "╍╍-.40╍"), (-0.1, "╌╌-.10╌")]
)
def test_sign_and_magnitude_show_in_the_line(weight: float, line: str) -> None:
    rows = text(diagram(worked(((0.4, 0.0), (0.0, weight))), 39, 6))
    assert rows[4].startswith(f"(2.0000){line}")


def test_smaller_sizes_drop_labels_then_notes_then_edges() -> None:
    by_width = {width: "\n".join(text(diagram(worked(), width, 6))) for width in (39, 32, 26, 20)}
    assert "+.10" in by_width[39]
    assert "+.10" not in by_width[32]
    assert "δ-.5628" in by_width[32]
    narrow = worked()._replace(value_width=4)
    assert "─" in by_width[32]
    assert "─" not in "\n".join(text(diagram(narrow, 26, 2))[1:])
    assert "δ" not in "\n".join(text(diagram(worked(), 39, 4)))


def test_a_selected_node_and_weight_show_without_roles() -> None:
    net = worked()
    last = net.columns[2]
    chosen = last._replace(nodes=(last.nodes[0]._replace(selected=True), last.nodes[1]))
    net = net._replace(
        columns=(*net.columns[:2], chosen),
        gaps=(net.gaps[0], net.gaps[1]._replace(selected=(1, 0))),
    )
    rows = text(diagram(net, 60, 14))
    assert any("▸ 0.4372 ]" in row for row in rows)
    assert any("[+0.70]" in row for row in rows)
    assert any(role == "select" for line in diagram(net, 60, 14) for _, role in line)


def big(sizes: tuple[int, ...], selected: tuple[int, int] | None = None) -> Diagram:
    columns = tuple(
        Column(
            f"layer {k}",
            tuple(
                Node(f"{i:.4f}"[:6], short=f"{i}", selected=(k, i) == selected)
                for i in range(min(size, 40))
            ),
            size,
        )
        for k, size in enumerate(sizes)
    )
    gaps: list[Gap] = []
    for a, b in pairwise(columns):
        weights = tuple(
            tuple(((i * 7 + o * 5) % 11 - 5) / 5 for i in range(len(a.nodes)))
            for o in range(len(b.nodes))
        )
        gaps.append(gap(f"W[{len(gaps) + 1}]", weights))
    return Diagram(columns, tuple(gaps))


def test_large_layers_say_how_many_nodes_are_hidden() -> None:
    joined = "\n".join(text(diagram(big((784, 128, 64, 10)), 80, 12)))
    for hidden in (780, 124, 6):
        assert f"⋮ {hidden} more" in joined


def test_the_selected_node_is_always_shown() -> None:
    for height in range(1, 16):
        for width in (12, 20, 39, 80):
            rows = text(diagram(big((784, 128, 64, 10), (1, 33)), width, height))
            assert any("[" in row and "33" in row for row in rows), (width, height)


def test_columns_that_do_not_fit_give_way_to_an_ellipsis() -> None:
    rows = text(diagram(big((2,) * 12), 39, 7))
    assert any("…" in row for row in rows)


def test_without_weights_there_are_no_edges() -> None:
    net = worked()._replace(gaps=(Gap("W[1]"), Gap()))
    assert not set("".join(text(diagram(net, 39, 7)))) & set("─━╌╍╲╱╳")


@st.composite
def networks(draw: st.DrawFn) -> Diagram:
    words = st.text(max_size=9)
    marks: st.SearchStrategy[Mark] = st.sampled_from(("", "read", "write"))
    nodes = st.builds(Node, words, words, marks, st.booleans(), words, marks, words)
    columns = draw(
        st.lists(
            st.builds(Column, words, st.lists(nodes, max_size=5).map(tuple), st.integers(0, 900)),
            max_size=5,
        )
    )
    gaps: list[Gap] = []
    for a, b in pairwise(columns):
        inputs, outputs = range(len(a.nodes)), range(len(b.nodes))
        weights = draw(st.tuples(*(st.tuples(*(st.floats() for _ in inputs)) for _ in outputs)))
        named = st.tuples(*(st.tuples(*(words for _ in inputs)) for _ in outputs))
        labels = draw(st.just(()) | named)
        chosen = draw(st.none() | st.tuples(st.integers(-1, 6), st.integers(-1, 6)))
        gaps.append(Gap(draw(words), draw(marks), weights, labels, chosen))
    return Diagram(tuple(columns), tuple(gaps), draw(st.integers(0, 9)))


@settings(max_examples=examples(300), deadline=None)
@given(networks(), st.integers(-1, 90), st.integers(-1, 30), st.booleans())
def test_a_diagram_never_raises_and_fits(
    net: Diagram, width: int, height: int, ascii: bool
) -> None:
    rows = text(diagram(net, width, height, ascii))
    assert len(rows) <= max(0, height)
    assert all(len(row) <= max(0, width) for row in rows)


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(st.sampled_from((1, 2, 3, 5, 16, 784)), min_size=1, max_size=6).map(tuple),
    st.integers(1, 110),
    st.integers(1, 40),
    st.booleans(),
)
def test_any_layer_sizes_fit(sizes: tuple[int, ...], width: int, height: int, ascii: bool) -> None:
    rows = text(diagram(big(sizes, (0, 0)), width, height, ascii))
    assert len(rows) <= height
    assert all(len(row) <= width for row in rows)
    assert "[" in "".join(rows) or width < 3
