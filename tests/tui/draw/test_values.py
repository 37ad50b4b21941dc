"""The values pane: a ledger that is there from the start, in every form that a run needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.catalog.symbols import Symbol
from engine.history.position import Position
from engine.runfile.read import builtin_names, load
from engine.session.session import Session
from engine.session.standing import Selection
from engine.spec.run import RunSpec
from tui.draw.values import draw, nearest, stacked, wanted
from tui.frame.frame import Frame, build
from tui.text.format import Text

COLUMN = (41, 14)


def frame(
    run: str | RunSpec,
    place: str,
    text: Text | None = None,
    selected: Selection | None = None,
    other: bool = False,
) -> Frame:
    session = Session(load(run) if isinstance(run, str) else run)
    if other:
        session.toggle()
    session.go(session.target(place))
    session.selection = selected or Selection()
    return build(session, text or Text())


def pane(shown: Frame, width: int = 41, height: int = 14) -> list[str]:
    lines = draw(shown, width, height)
    assert len(lines) <= height
    written = ["".join(text for text, _ in line) for line in lines]
    assert max(map(len, written)) <= width
    return [line.rstrip() for line in written]


def reversed_of(shown: Frame, width: int = 41, height: int = 14) -> list[str]:
    lines = draw(shown, width, height)
    return [
        text.strip(" []")
        for line in lines
        for text, role in line
        if role == "select" and text != "]"
    ]


STEP_7 = """\
─ values ── layer 1 ──────── layer 2 ────
x, y      1.0000  2.0000   1.0000  0.0000
W ₁       0.1000  0.2000   0.5000  0.6000
  ₂       0.3000  0.4000   0.7000  0.8000
b         0.0000  0.0000   0.0000  0.0000
z         0.5000  1.1000   0.7114  0.9639
a, ŷ   •  0.4621  0.8005   0.4372  0.5628
∂L/∂a      ·       ·
f′         ·       ·
δ          ·       ·    • −0.5628  0.5628
∂L/∂W ₁    ·       ·    ▸[−0.2601]−0.4505
      ₂    ·       ·       0.2601  0.4505
∂L/∂b      ·       ·        ·       ·"""

ADAM = """\
─ values ── layer 1 ──────── layer 2 ────
x, y      1.0000  2.0000   1.0000  0.0000
W ₁     ▼ 1.1e−8▼ 0.1000▸▲[0.6787▲ 0.7958
  ₂     ▼ 0.2000▼ 0.3000 ▼ 0.5213▼ 0.6042
b       ▼−0.1000▼−0.1000 ▲ 0.1000▼−0.1000
z       ▼ 0.1000▼ 0.7000 ▼ 0.5829▼ 0.3829
a, ŷ    ▼ 0.0997▼ 0.6044 ▲ 0.5498▼ 0.4502
∂L/∂a   ▼ 3.5e−9▼ 2.0e−9
f′      ▲ 0.9901▲ 0.6347
δ       ▼ 3.4e−9▼ 1.3e−9 ▲−0.4502▼ 0.4502
∂L/∂W ₁ ▼ 3.4e−9▼ 6.9e−9 ▲−0.0449▲−0.2721
      ₂ ▼ 1.3e−9▼ 2.5e−9 ▼ 0.0449▼ 0.2721
∂L/∂b   ▼ 3.4e−9▼ 1.3e−9 ▲−0.4502▼ 0.4502"""

MARGIN = """\
─ values ── layer 1 ──────── layer 2 ───────────────────────
W ₁       0.1000  0.2000   0.5000  0.6000  L        0.8274
  ₂       0.3000  0.4000   0.7000  0.8000  next   step  8
b         0.0000  0.0000   0.0000  0.0000    ∂L/∂b[2] = δ[2]
z         0.5000  1.1000   0.7114  0.9639
a, ŷ   •  0.4621  0.8005   0.4372  0.5628  SGD  θ ← θ − η·g
δ          ·       ·    • −0.5628  0.5628  W[2]  at step 14
∂L/∂W ₁    ·       ·    ▸[−0.2601]−0.4505
      ₂    ·       ·       0.2601  0.4505
∂L/∂b      ·       ·        ·       ·"""

UPDATE = """\
─ values ── layer 1 ──────── layer 2 ───────────────────────
W ₁     ▼ 1.1e−8▼ 0.1000▸▲[0.6787▲ 0.7958  L      ▼ 0.5981
  ₂     ▼ 0.2000▼ 0.3000 ▼ 0.5213▼ 0.6042  W[2]₁₁
b       ▼−0.1000▼−0.1000 ▲ 0.1000▼−0.1000  g       −0.0449
z       ▼ 0.1000▼ 0.7000 ▼ 0.5829▼ 0.3829  m       −0.0279
a, ŷ    ▼ 0.0997▼ 0.6044 ▲ 0.5498▼ 0.4502  v        7.0e−5
δ       ▼ 3.4e−9▼ 1.3e−9 ▲−0.4502▼ 0.4502  mˆ    • −0.1468
∂L/∂W ₁ ▼ 3.4e−9▼ 6.9e−9 ▲−0.0449▲−0.2721  vˆ    •  0.0348
      ₂ ▼ 1.3e−9▼ 2.5e−9 ▼ 0.0449▼ 0.2721  ΔAdam ▸ +0.0787
∂L/∂b   ▼ 3.4e−9▼ 1.3e−9 ▲−0.4502▼ 0.4502  ΔSGD    +0.0045"""

DEEP = """\
─ values · layers 2 and 3 ───────────────
 a[2]      0.6412  0.7764  0.4357  0.4492
 z[3]     −0.2879 −0.6248 −0.5089  0.3723
 a[3]      0.4285  0.3487  0.3755  0.5920
 f′[3]     0.2449  0.2271  0.2345  0.2415
•W[3] ₁   −0.8094  0.5298 −0.6136  0.1941
      ₂   −0.8413  0.0014 −0.6583  0.4461
      ₃   −0.1378 −0.1438 −0.6596 −0.0478
      ₄   −0.1010  0.3646 −0.3743  0.7057
 b[3]      0.0000  0.0000  0.0000  0.0000
 below in units of 10⁻⁵
 ∂L/∂a[3]  6.1804  0.1693  1.1513  1.2442
•δ[3]      1.5135  0.0385  0.2700  0.3005
 ∂L/∂W ₁   0.9705  1.1751  0.6595  0.6799
       ₂   0.0247  0.0299  0.0168  0.0173
       ₃   0.1731  0.2096  0.1176  0.1213
       ₄   0.1927  0.2333  0.1309  0.1350
 ∂L/∂b     1.5135  0.0385  0.2700  0.3005
▸∂L/∂a[2][−1.3250] 0.8727 −1.2446  0.5101"""

WIDE = """\
─ values · ‖·‖ and share of zeros · 1/32
         layer 1    layer 2    layer 3
W        5.1801  0  6.1065  0  1.8845  0
b        0.7732  0  0.3775  6  0.0321  0
z       13.5012  0 13.6619  0  4.0870  0
a, ŷ     7.7279 64  8.1999 62  4.2842  0
∂L/∂a    0.1751  0  0.1791  0
f′      13.4907 64 13.9642 62
δ      • 0.1296 64  0.0988 62  0.1193  0
∂L/∂W  ▸ 0.1617  0  0.2010 36  0.2281 19
∂L/∂b     ·         0.1215 19  0.1231  0
x      • 3.5601  0
▸∂L/∂W[1]       ₁       ₂
 ₁       ▼−0.0064▼−0.0652"""


SHORT = """\
─ values layer 1 ── layer 2 ── layer 3 ─────────────────────
W        5.1801  0  6.1065  0  1.8845  0
b        0.7732  0  0.3775  6  0.0321  0
z       13.5012  0 13.6619  0  4.0870  0
a, ŷ     7.7279 64  8.1999 62  4.2842  0
δ      • 0.1296 64  0.0988 62  0.1193  0
∂L/∂W  ▸ 0.1617  0  0.2010 36  0.2281 19
∂L/∂b     ·         0.1215 19  0.1231  0
▸∂L/∂W[1]       ₁       ₂
 ₁       ▼−0.0064▼−0.0652"""


@pytest.mark.parametrize(
    ("run", "place", "size", "other", "expected"),
    [
        ("worked-example", "1.7", COLUMN, False, STEP_7),
        ("worked-example", "2.18", COLUMN, True, ADAM),
        ("worked-example", "1.7", (60, 10), False, MARGIN),
        ("worked-example", "2.18", (60, 10), True, UPDATE),
        ("ten-layers", "1.60", (41, 19), False, DEEP),
        ("spirals", "30.20", COLUMN, False, WIDE),
        ("spirals", "30.20", (60, 10), False, SHORT),
    ],
    ids=["step-7", "adam", "margin", "update", "deep", "wide", "short"],
)
def test_the_ledger(run, place, size, other, expected):
    found = pane(frame(run, place, other=other), *size)
    assert found == expected.splitlines()


def test_what_the_first_iteration_has_updated_has_changed_from_the_start():
    before, after = pane(frame("worked-example", "b2")), pane(frame("worked-example", "W1"))
    assert before[2:5] == [
        "W ₁       0.1000  0.2000 ▲ 0.5260▲ 0.6451",
        "  ₂       0.3000  0.4000 ▼ 0.6740▼ 0.7549",
        "b         0.0000  0.0000▸▲[0.0563▼−0.0563",
    ]
    assert after[2:4] == [
        "W ₁    ▸▼[0.0911▼ 0.1823 ▲ 0.5260▲ 0.6451",
        "  ₂     ▼ 0.2960▼ 0.3919 ▼ 0.6740▼ 0.7549",
    ]
    assert not set("▲▼") & set("".join(pane(frame("worked-example", "db1"))))


def test_reverse_is_the_selected_element_and_its_operands():
    assert reversed_of(frame("worked-example", "1.7")) == ["0.4621", "−0.5628", "−0.2601"]
    chosen = Selection("dW2", 3)
    assert reversed_of(frame("worked-example", "1.7", selected=chosen)) == [
        "0.8005",
        "0.5628",
        "0.4505",
    ]
    assert reversed_of(frame("worked-example", "1.9")) == [
        "0.5000", "0.7000", "0.1126", "−0.5628", "0.5628",
    ]  # fmt: skip


def test_what_is_not_known_is_a_dot_in_the_place_of_its_number():
    early, late = pane(frame("worked-example", "1.3")), pane(frame("worked-example", "1.13"))
    for before, after in zip(early[1:], late[1:], strict=True):
        points = [i for i, character in enumerate(after) if character == "."]
        assert [i for i, character in enumerate(before) if character in ".·"] == points


@pytest.mark.parametrize("run", builtin_names())
@pytest.mark.parametrize("size", [COLUMN, (41, 30), (33, 20)])
@pytest.mark.parametrize("ascii", [False, True], ids=["", "ascii"])
def test_labels_stand_where_they_stood(run, size, ascii):
    """Of every step: the labels of a ledger of all layers, and of a deep one those of its layer."""
    session = Session(load(run))
    count = len(session.trace.steps)
    seen: dict[str, list[str]] = {}
    for number in range(0, count + 1, max(1, count // 20)):
        session.go(Position(1, number))
        title, *lines = pane(build(session, Text(ascii=ascii)), *size)
        rows = 11 if "layer" in lines[0] else len(lines)
        labels = ["" if "units" in line else line[1:7].rstrip(" [") for line in lines[:rows]]
        layers = " ".join(title.split()[:6]).replace(",", "").replace(" and", "")
        assert seen.setdefault(layers, labels) == labels, number


def test_more_digits_leave_fewer_numbers_side_by_side_and_lose_none():
    for digits in (2, 3, 6, 12):
        lines = pane(frame("worked-example", "1.7", Text(digits=digits)))
        number = "−0.260078361158"[: 3 + digits].removesuffix("1" if digits == 4 else "")
        assert any(number[:5] in line for line in lines), digits


def test_where_the_room_is_short_one_row_shows_what_the_step_touches():
    def shared(place: str) -> str:
        return pane(frame("worked-example", place), 60, 10)[4].split()[0]

    assert [shared(place) for place in ("1.7", "1.9", "1.10", "1.11", "1.14")] == [
        "z", "∂L/∂a", "f′", "∂L/∂a", "z",
    ]  # fmt: skip


def test_a_matrix_with_few_lines_shows_that_of_the_selected_element():
    chosen = frame("ten-layers", "1.60", selected=Selection("W3", 14))
    lines = pane(chosen)
    assert [line[5:7] for line in lines if "W[3]" in line or line[:4] == "    "][:2] == [" ₃", "⋮₄"]
    assert next(line for line in lines if line[5:7] == "⋮₄").endswith("[−0.3743] 0.7057")


def test_of_many_samples_the_shown_one_is_named_and_its_numbers_stand_there():
    first, second = (frame("xor", "1.4", selected=Selection("", 0, n)) for n in (0, 1))
    assert pane(first)[0].startswith("─ values · layers 1 and 2 · 1/4 ─")
    assert pane(second)[0].startswith("─ values · layers 1 and 2 · 2/4 ─")
    z = second.entries["z2"].array[1]
    row = next(line for line in pane(second) if line[1:5] == "z[2]")
    assert row.split()[1:] == [second.text.cell(float(x)) for x in z]


def test_the_keys_walk_down_by_kinds_and_to_the_right_by_layers():
    shown = frame("worked-example", "1.12")
    rows = stacked(shown, 41)
    assert rows[:3] == [["x", "y"], ["W1", "W2"], ["b1", "b2"]]
    assert rows[-2:] == [["dW1", "dW2"], ["db2"]]
    assert nearest(shown, Symbol("dW1"), rows[-1]) == "db2"
    assert nearest(shown, Symbol("da1"), [Symbol("delta1"), Symbol("delta2")]) == "delta1"
    assert nearest(shown, Symbol("y"), rows[1]) == "W2"


@pytest.mark.parametrize(
    ("run", "lines"), [("worked-example", 13), ("ten-layers", 19), ("spirals", 19)]
)
def test_how_many_lines_there_are_to_show(run, lines):
    assert wanted(frame(run, "1.1")) == lines


def test_a_line_that_is_left_goes_to_the_first_matrix():
    lines = pane(frame("softmax-jacobian", "1.6"))
    assert [line[:3] for line in lines[3:6]] == ["W ₁", "  ₂", "  ₃"]
    assert [line[:6].rstrip() for line in lines[9:14]] == ["J ₁", " ⋮₂", "δ", "∂L/∂W", "     ⋮"]


def test_the_margin_gives_way_to_numbers_that_would_not_fit():
    for digits, beside in ((4, True), (9, False)):
        lines = pane(frame("softmax-jacobian", "1.6", Text(digits=digits)), 60, 10)
        assert any("next   step" in line for line in lines) == beside


def test_no_bias_has_no_row_and_one_layer_its_data_in_two():
    lines = pane(frame("softmax-jacobian", "1.5"), 41, 20)
    assert [line[:5].strip() for line in lines[1:]] == [
        "x", "y", "W ₁", "₂", "₃", "z", "ŷ", "∂L/∂ŷ", "J ₁", "₂", "₃", "δ", "∂L/∂W", "", "",
    ]  # fmt: skip


def test_a_share_of_zeros_is_0_or_100_only_where_it_is():
    shown = frame("spirals", "1.6")
    array = shown.entries["b1"].array
    assert not array.any()
    assert pane(shown)[3].startswith("b        0     100  0     100")
    one = array.copy()
    one[0] = 0.5
    nearly = {**shown.entries, "b1": shown.entries["b1"]._replace(array=one)}
    assert pane(replace(shown, entries=nearly))[3].startswith("b        0.5000 94")
