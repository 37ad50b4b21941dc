"""The network diagram, as text."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tui.text.diagram import Column, Diagram, Gap, Mark, Node, diagram
from tui.text.netchoice import FEW, between, choose, most
from tui.text.netlayout import Place
from tui.text.raster import Line

Weights = tuple[tuple[float, ...], ...]


def text(lines: list[Line]) -> list[str]:
    return ["".join(part for part, _ in line) for line in lines]


def gap(name: str, weights: Weights, mark: Mark = "") -> Gap:
    return Gap(name, mark, weights, tuple(tuple(f"{w:+.2f}" for w in row) for row in weights))


def worked(first: Weights = ((0.1, 0.2), (0.3, 0.4))) -> Diagram:
    return Diagram(
        (
            Column("x", (Node("1.0000"), Node("2.0000"))),
            Column("tanh", (Node("0.4621", mark="read"), Node("0.8005", mark="read"))),
            Column(
                "softmax",
                (
                    Node("0.4372", "δ-0.5628", mark="write", tail="y 1"),
                    Node("0.5628", "δ 0.5628", note_mark="write", tail="y 0"),
                ),
            ),
        ),
        (gap("W[1]", first), gap("W[2]", ((0.5, 0.6), (0.7, 0.8)), "read")),
    )


def test_the_worked_example_at_39_by_6() -> None:
    assert text(diagram(worked(), 39, 6)) == [
        "   x     W[1]    tanh  •W[2]  softmax",
        "(1.0000)──+.10─•0.4621 ━━+.50━▸0.4372",
        "        ╲╱━+.20        ╲╱━+.60 δ-0.5628",
        "        ╱╲━+.30        ╱╲━+.70",
        "(2.0000)━━+.40━•0.8005 ━━+.80━(0.5628)",
        "                              ▸δ 0.5628",
    ]


def test_the_worked_example_in_ascii() -> None:
    assert text(diagram(worked(((0.1, 0.2), (0.3, -0.4))), 39, 7, ascii=True))[:5] == [
        "   x     W[1]    tanh  *W[2]  softmax",
        "(1.0000)--+.10-*0.4621 ==+.50=>0.4372",
        "        \\ /+.20        \\ /+.60 δ-0.5628",
        "         X              X",
        "        / \\+.30        / \\+.70",
    ]


def test_more_room_brings_whole_labels_and_targets() -> None:
    rows = text(diagram(worked(), 60, 14))
    for label in ("+0.10", "+0.20", "+0.30", "+0.40", "+0.50", "+0.60", "+0.70", "+0.80"):
        assert sum(row.count(label) for row in rows) == 1
    assert any(row.endswith("▸ 0.4372  y 1") for row in rows)
    assert any("δ-0.5628" in row for row in rows)


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
        gaps=(net.gaps[0], net.gaps[1]._replace(selected=frozenset({(1, 0)}))),
    )
    rows = text(diagram(net, 60, 14))
    assert any("▸ 0.4372 ]" in row for row in rows)
    assert any("[+0.70]" in row for row in rows)
    assert any(role == "select" for line in diagram(net, 60, 14) for _, role in line)


def big(sizes: tuple[int, ...], selected: tuple[int, int] | None = None) -> Diagram:
    columns = tuple(
        Column(
            f"layer {k}",
            tuple(Node(f"{i:.4f}"[:6], selected=(k, i) == selected) for i in range(size)),
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


def test_columns_that_do_not_fit_give_way_to_an_ellipsis() -> None:
    rows = text(diagram(big((2,) * 12), 39, 7))
    assert any("…" in row for row in rows)


def outline(net: Diagram, width: int, height: int) -> str:
    """A letter for each row: titles, nodes, notes (d), or a point."""

    def letter(row: str) -> str:
        if "softmax" in row or "layer" in row:
            return "t"
        if "δ" in row:
            return "d"
        if re.search(r"[(▸•][^)]*[)◂•]", row):
            return "n"
        return "."

    return "".join(map(letter, text(diagram(net, width, height))))


@pytest.mark.parametrize(
    ("height", "narrow", "wide", "six"),
    [
        (1, "n", "n", "n"),
        (2, "nn", "nn", "nn"),
        (3, "tnn", "tnn", "nnn"),
        (4, "tn.n", "tn.n", "tnnn"),
        (5, "tndnd", "tndnd", "tnnnn"),
        (6, "tnd.nd", "tnd.nd", "tnnnnm"),
        (7, "tnd..nd", "tnd..nd", "tnnnnnn"),
        (8, "tnd..nd.", "tnd...nd", "tnnnnnn."),
        (9, "t.nd..nd.", "tnd....nd", "t.nnnnnn."),
        (10, "t.nd..nd..", "tnd.....nd", "t.nnnnnn.."),
        (11, "t.nd..nd...", "tnd......nd", "t.nnnnnn..."),
        (12, ".t.nd..nd...", "tnd.......nd", "tn.n.n.n.n.n"),
        (13, ".t.nd..nd....", "tnd........nd", "tn.n.n.n.n.n."),
        (15, "..t.nd..nd.....", "tnd..........nd", "t.n.n.n.n.n.n.."),
        (18, "...t.nd..nd.......", "tnd.............nd", "tn..n..n..n..n..n."),
    ],
)  # fmt: skip
def test_where_rows_go_in_any_height(height, narrow, wide, six) -> None:
    assert outline(worked(), 39, height) == narrow
    assert outline(worked(), 90, height) == wide
    if height > 6:
        assert outline(big((6, 2)), 60, height) == six


@pytest.mark.parametrize(
    ("width", "row"),
    [
        (25, "  •0.4621 ━━+.50━▸0.4372"),
        (26, "(1.0000) •0.4621  ▸0.4372"),
        (28, "(1.0000)──•0.4621 ━━▸0.4372"),
        (31, "(1.0000)───•0.4621 ━━━▸0.4372"),
        (38, "(1.0000)──+.10─•0.4621 ━━+.50━▸0.4372"),
        (40, "(1.0000)──+.10──•0.4621 ━━+.50━━▸0.4372"),
        (41, "(1.0000)──+.10─•0.4621 ━━+.50━▸0.4372 y 1"),
        (46, "(1.0000)──+0.10──•0.4621 ━━+0.50━━▸0.4372 y 1"),
        (56, "(1.0000)───────+0.10──•0.4621 ━━━━━━━+0.50━━▸0.4372 y 1"),
        (57, "( 1.0000 )─────+0.10──• 0.4621  ━━━━━+0.50━━▸ 0.4372  y 1"),
    ],
)  # fmt: skip
def test_where_columns_and_weights_go_in_any_width(width, row) -> None:
    assert text(diagram(worked(), width, 8))[1] == row


def test_edges_from_one_node_to_some() -> None:
    targets = (Node("0.25"), Node("-.5"), Node("abcdefghij"))
    weights = ((0.5,), (-0.2,), (0.1,))
    two = Diagram((Column("x", (Node("1.0"),)), Column("a", targets[:2])), (gap("W", weights[:2]),))
    three = Diagram((Column("x", (Node("1.0"),)), Column("a", targets)), (gap("W", weights),))
    assert text(diagram(two, 28, 7)) == [
        "   x         W         a",
        "                 ⢀⣀⠤( 0.25 )",
        "           +0.50⠉⠁",
        "(  1.0 )⠤⠒⡊⠉",
        "          ⠈-0.20",
        "                ⠉ ⠒ (  -.5 )",
        "",
    ]
    assert text(diagram(three, 30, 9)) == [
        "   x        W          a",
        "                  (   0.25   )",
        "         ╱━+0.50",
        "        ╱",
        "(  1.0 )╌╌╌-0.20╌╌(    -.5   )",
        "        ╲",
        "         ╲─+0.10",
        "                  (abcdefghij)",
        "",
    ]
    assert text(diagram(three, 40, 6)) == [
        "    x            W              a",
        "                       ⣀⣀⠤(    0.25    )",
        "               +0.50⠒⠉⠉",
        "(   1.0  )╌╌╌╌╌╌╌╌╌-0.20╌╌(     -.5    )",
        "             ⠉⠉+0.10⣀",
        "                     ⠉⠉⠒⠒⠤( abcdefghij )",
    ]


@pytest.mark.parametrize(
    ("width", "row"),
    [
        (35, "•0.4621 ━━━━━▸0.4372"),
        (36, "•0.4621 [+.50━▸0.4372"),
        (38, "•0.4621 [+.50]━▸0.4372"),
        (40, "•0.4621 ━[+.50]━▸0.4372"),
        (44, "•0.4621 ━[+.50]━▸0.4372 y 1"),
        (46, "•0.4621 ━[+0.50]━▸0.4372 y 1"),
    ],
)
def test_a_selected_weight_within_a_row_in_any_room(width, row) -> None:
    net = worked()
    net = net._replace(gaps=(net.gaps[0], net.gaps[1]._replace(selected=frozenset({(0, 0)}))))
    assert text(diagram(net, width, 8))[1].endswith(row)


def test_columns_are_never_further_apart_than_30_cells() -> None:
    for width, gap in ((92, 29), (94, 30), (200, 30)):
        row = text(diagram(worked(), width, 8))[1]
        assert row.index("• 0.4621  ") == len("( 1.0000 )") + gap


@pytest.mark.parametrize(
    ("width", "height", "rows"),
    [
        (
            34,
            7,
            [
                "   x    W[1]   tanh •W[2] softmax",
                "(1.0000)─────•0.4621 ━━━━━▸0.4372",
                "        ╲ ╱━━        ╲ ╱━━ δ-.5628",
                "         ╳            ╳",
                "        ╱ ╲━━        ╱ ╲━━",
                "(2.0000)━━━━━•0.8005 ━━━━━(0.5628)",
                "                          ▸δ0.5628",
            ],
        ),
        (
            36,
            7,
            [
                "   x     W[1]   tanh  •W[2] softmax",
                "(1.0000)─+.10─•0.4621 ━+.50━▸0.4372",
                "        ⠈⢳⡄ ⣴⠋        ⠈⢳⡄ ⣴⠋ δ-.5628",
                "          ⢙⣾⠁           ⢙⣾⠁",
                "         ⣰⠏⠈⢷⡀         ⣰⠏⠈⢷⡀",
                "(2.0000)━+.40━•0.8005 ━+.80━(0.5628)",
                "                            ▸δ0.5628",
            ],
        ),
        (
            39,
            7,
            [
                "   x     W[1]    tanh  •W[2]  softmax",
                "(1.0000)──+.10─•0.4621 ━━+.50━▸0.4372",
                "        ╲ ╱+.20        ╲ ╱+.60 δ-0.5628",
                "         ╳              ╳",
                "        ╱ ╲+.30        ╱ ╲+.70",
                "(2.0000)━━+.40━•0.8005 ━━+.80━(0.5628)",
                "                              ▸δ 0.5628",
            ],
        ),
        (
            40,
            7,
            [
                "   x      W[1]    tanh   •W[2]  softmax",
                "(1.0000)──+.10──•0.4621 ━━+.50━━▸0.4372",
                "        ╲ +.20          ╲ +.60   δ-.5628",
                "         ╳               ╳",
                "        ╱ +.30          ╱ ╲[+.70",
                "(2.0000)━━+.40━━•0.8005 ━━+.80━━(0.5628)",
                "                                ▸δ0.5628",
            ],
        ),
        (
            44,
            5,
            [
                "   x      W[1]    tanh   •W[2]  softmax",
                "(1.0000)──+.10──•0.4621 ━━+.50━━▸0.4372 y 1",
                "         ⠈+.20⠁          ⠈+.60⠁  δ-0.5628",
                "(2.0000)━━+.40━━•0.8005 ━━+.80━━(0.5628)y 0",
                "                                ▸δ 0.5628",
            ],
        ),
        (
            60,
            7,
            [
                "    x         W[1]        tanh      •W[2]      softmax",
                "( 1.0000 )──────+0.10──• 0.4621  ━━━━━━+0.50━━▸ 0.4372  y 1",
                "          ╲ ╱━━━+0.20            ╲ ╱━━━+0.60   δ-0.5628",
                "           ╳                      ╳",
                "          ╱ ╲━━━+0.30            ╱ ╲━[+0.70]",
                "( 2.0000 )━━━━━━+0.40━━• 0.8005  ━━━━━━+0.80━━( 0.5628 )y 0",
                "                                              ▸δ 0.5628",
            ],
        ),
    ],
)
def test_edges_and_a_selected_weight_in_any_room(width, height, rows) -> None:
    """The selected weight stands in brackets, or behind one, where these have room."""
    net = worked()
    net = net._replace(gaps=(net.gaps[0], net.gaps[1]._replace(selected=frozenset({(1, 0)}))))
    assert text(diagram(net, width, height)) == rows


def chain(count: int, selected: int = -1, touched: int = -1) -> Diagram:
    nodes = [
        Node("0.1234", selected=c == selected, mark="write" if c == touched else "")
        for c in range(count)
    ]
    return Diagram(tuple(Column(f"layer{c}", (node,)) for c, node in enumerate(nodes)))


@pytest.mark.parametrize(
    ("net", "width", "titles", "row"),
    [
        (chain(5), 60, "0 1 2 3 4", "(0.1234)     (0.1234)     (0.1234)     (0.1234)     (0.1234)"),
        (chain(5), 44, "0 1 2 3 4", "(0.1234) (0.1234) (0.1234) (0.1234) (0.1234)"),
        (chain(5), 41, "0 2 3 4", "(0.1234) … (0.1234)   (0.1234)   (0.1234)"),
        (chain(5), 40, "0 3 4", "(0.1234) … (0.1234)             (0.1234)"),
        (chain(5), 30, "0 3 4", "(0.1234) … (0.1234)   (0.1234)"),
        (chain(5), 29, "0 4", "(0.1234) … (0.1234)"),
        (chain(5), 19, "0 4", "(0.1234) … (0.1234)"),
        (chain(5), 18, "4", "… (0.1234)"),
        (chain(5), 9, "4", "(0.1234)"),
        (chain(5, selected=2), 12, "2", "… [0.1234] …"),
        (chain(5, touched=1), 12, "1", "… ▸0.1234  …"),
        (chain(5, selected=2, touched=1), 12, "2", "… [0.1234] …"),
        (chain(5, selected=0, touched=1), 24, "0 1", "[0.1234]      ▸0.1234  …"),
        (chain(5, selected=2, touched=1), 22, "2", "… [0.1234] …"),
        (chain(3), 20, "0 2", "(0.1234) … (0.1234)"),
    ],
)
def test_what_matters_most_stays_in_a_narrow_diagram(net, width, titles, row) -> None:
    """What is selected, what the step touches, the last column, the first, and then later ones."""
    head, nodes = text(diagram(net, width, 2))
    assert re.findall(r"layer(\d)", head) == titles.split()
    assert nodes == row


@pytest.mark.parametrize(
    ("limit", "weights"),
    [
        (10, [[4, -9, 0, 1, 2], [0, 0, 3, 2, 1]]),
        (9, [[4, -9, 2], [1, 3, 2]]),
        (6, [[4, -9, 2], [1, 3, 2]]),
        (5, [[4, -9], [3, 2]]),
        (3, [[-9], [3]]),
        (1, [[-9], [3]]),
    ],
)
def test_of_many_edges_the_largest_weights_into_each_node_are_drawn(limit, weights) -> None:
    """At most three a node, at least one; all where there are no more than the limit."""
    given = ((4.0, -9.0, 0.0, 1.0, 2.0), (0.0, 0.0, 3.0, 2.0, 1.0))
    a, b = Place(0, 0, 8, tuple((i, i) for i in range(5))), Place(1, 20, 8, ((0, 0), (1, 1)))
    chosen = choose(between(Gap("W", "", given), a, b), Gap(), frozenset(), frozenset(), limit)
    assert chosen.fan == ""
    assert [sorted(e.weight for e in chosen.edges if e.out == o) for o in (0, 1)] == [
        sorted(map(float, row)) for row in weights
    ]


def test_of_many_edges_those_of_what_is_selected_are_drawn() -> None:
    given = ((4.0, -9.0, 0.0, math.nan), (0.0, 0.0, 3.0, 2.0))
    a, b = Place(0, 0, 8, tuple((i, i) for i in range(4))), Place(1, 20, 8, ((0, 0), (1, 1)))
    every = between(Gap("W", "", given, selected=frozenset({(1, 2)})), a, b)
    assert [e.selected for e in every].index(True) == 6

    def ends(gap: Gap, sources: set[int], targets: set[int]) -> tuple[str, list[tuple[int, int]]]:
        chosen = choose(every, gap, frozenset(sources), frozenset(targets), 6)
        return chosen.fan, [(e.out, e.inp) for e in chosen.edges]

    into_1 = ("in", [(1, 0), (1, 1), (1, 2), (1, 3)])
    assert ends(Gap(selected=frozenset({(1, 2)})), {3}, {0}) == into_1
    assert ends(Gap(), {3}, {1}) == into_1
    assert ends(Gap(), {3}, set()) == ("out", [(0, 3), (1, 3)])
    assert ends(Gap(), {9}, {9})[0] == ""
    assert (0, 3) not in ends(Gap(), set(), set())[1]  # a weight that is no number


def test_a_tall_and_wide_gap_has_room_for_more_edges() -> None:
    a, b = Place(0, 0, 8, ((0, 1), (1, 20))), Place(1, 32, 8, ((0, 3), (-1, 21)))
    assert most(a, b) == 20
    assert most(a, b._replace(x=31)) == 19
    assert most(a._replace(rows=((0, 3),)), b._replace(rows=((0, 3),))) == FEW


def test_a_network_with_many_edges() -> None:
    assert text(diagram(big((8, 5, 4)), 60, 12)) == [
        " layer 0       W[1]       layer 1       W[2]       layer 2",
        "",
        "( 0.0000 )╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍( 0.0000 )⣤⡀⣀ ⣀",
        "( 1.0000 )⣌⠙⠳⢦⣄                    ⠈⠙⠶⣄  ⠉ ⠉ ⠒ ⠒ ⠤( 0.0000 )",
        "( 2.0000 )⠈ ⠳ ⣌⠛⠶⣤⣀   ⣀ ⠤( 1.0000 )⣄  ⠈⠛⢦⣄",
        "( 3.0000 )    ⠈ ⡶ ⣝⠛⢯⣄⡀            ⠈ ⠶   ⠈⠛⢦⣄    ⣠( 1.0000 )",
        "( 4.0000 )⠤ ⠒ ⠉   ⠉ ⢦⠈⡙⠳⢦( 2.0000 )    ⠛ ⣄  ⠈⣻⢦⣞ ⠁",
        "( 5.0000 )⠤ ⣀         ⠙ ⢦( 3.0000 )      ⣈ ⢶ ⠁ ⠉⠳⢦( 2.0000 )",
        "( 6.0000 )    ⠉ ⠢ ⢄                  ⢀ ⡴ ⠉   ⠛ ⣀",
        "( 7.0000 )          ⠉ ⠒ ⠤( 4.0000 )⡴ ⠋         ⠉ ⢦( 3.0000 )",
        "",
        "",
    ]


def test_a_selected_node_has_all_its_edges_with_their_weights() -> None:
    assert text(diagram(big((8, 5, 4), (1, 2)), 60, 12)) == [
        " layer 0       W[1]       layer 1       W[2]       layer 2",
        "",
        "( 0.0000 ) +1.00 ⢤⡀      ( 0.0000 )",
        "( 1.0000 ) +0.20 ⢄⠙⢦⡀                       -0.40 ( 0.0000 )",
        "( 2.0000 ) -0.60 ⢄⠉⠢⡙⣦   ( 1.0000 )    ⢀ ⠉",
        "( 3.0000 ) +0.80 ⠤⣀⣑⠈⢝⢷⣄             ⡠ ⠁⣀⣀⠤ +0.60 ( 1.0000 )",
        "( 4.0000 )────────+0.00──[ 2.0000 ]⢴⠒⣒⠉⠉",
        "( 5.0000 ) -0.80 ⠤ ⢒⡠⢝⠊⠉ ( 3.0000 ) ⠉⠢⡀⠉ ⠒  -0.60 ( 2.0000 )",
        "( 6.0000 ) +0.60 ⠔⠊⡡ ⠁                ⠈⠑⢄",
        "( 7.0000 ) -0.20 ⠔       ( 4.0000 )      ⠉⠢ +0.40 ( 3.0000 )",
        "",
        "",
    ]
    from_one = [row[:25] for row in text(diagram(big((8, 5, 4), (0, 3)), 60, 12))]
    assert [re.findall(r"[+-]0?\.\d\d|[+-]1\.\d\d", row) for row in from_one[2:10]] == [
        ["+1.00"], [], ["-0.20"], [], ["+0.80"], ["-0.40"], [], ["+0.60"],
    ]  # fmt: skip


def test_what_is_not_known_is_dim_unless_it_is_touched_or_selected() -> None:
    nodes = (Node("·"), Node("1"), Node("·", mark="read"), Node("·", selected=True))
    assert diagram(Diagram((Column("x", nodes),), value_width=4), 9, 5) == [
        (("  ", ""), ("x", "dim")),
        (("(  · )", "dim"),),
        (("(  1 )", ""),),
        (("•  ·", "read"),),
        (("[  · ]", "select"),),
    ]


def test_without_weights_there_are_no_edges() -> None:
    net = worked()._replace(gaps=(Gap("W[1]"), Gap()))
    assert not set("".join(text(diagram(net, 39, 7)))) & set("─━╌╍╲╱╳")


@st.composite
def networks(draw: st.DrawFn) -> Diagram:
    words = st.text(max_size=9)
    marks: st.SearchStrategy[Mark] = st.sampled_from(("", "read", "write"))
    nodes = st.builds(Node, words, words, marks, st.booleans(), marks, st.booleans(), words)
    columns = draw(
        st.lists(
            st.builds(Column, words, st.lists(nodes, max_size=5).map(tuple)),
            max_size=5,
        )
    )
    gaps: list[Gap] = []
    for a, b in pairwise(columns):
        inputs, outputs = range(len(a.nodes)), range(len(b.nodes))
        weights = draw(st.tuples(*(st.tuples(*(st.floats() for _ in inputs)) for _ in outputs)))
        named = st.tuples(*(st.tuples(*(words for _ in inputs)) for _ in outputs))
        labels = draw(st.just(()) | named)
        chosen = draw(st.frozensets(st.tuples(st.integers(-1, 6), st.integers(-1, 6)), max_size=3))
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
    st.lists(st.sampled_from((1, 2, 3, 5, 16, 40)), min_size=1, max_size=6).map(tuple),
    st.integers(1, 110),
    st.integers(1, 40),
    st.booleans(),
)
def test_any_layer_sizes_fit(sizes: tuple[int, ...], width: int, height: int, ascii: bool) -> None:
    rows = text(diagram(big(sizes, (0, 0)), width, height, ascii))
    assert len(rows) <= height
    assert all(len(row) <= width for row in rows)
    assert "[" in "".join(rows) or width < 3 or height < max(sizes) + 1
