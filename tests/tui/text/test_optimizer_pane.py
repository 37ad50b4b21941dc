"""The optimizer pane: its rule is the run's, and its rows say what the step reads and writes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.history.position import Position
from engine.runfile.read import load
from engine.session.session import Session
from engine.spec.run import ClipSpec, OptimizerSpec, RunSpec
from tui.draw import across
from tui.draw.optimizer import draw, wanted
from tui.frame.frame import Frame, build
from tui.text.format import Text

WIDTH, ACROSS = 37, 120
WORKED = load("worked-example")


def optimizer(name: str, **options: object) -> OptimizerSpec:
    return OptimizerSpec(name, {"lr": 0.1, **options})


ADAM = replace(WORKED, optimizer=optimizer("adam"), compare=optimizer("sgd"))


def frame(spec: RunSpec, symbol: str, text: Text | None = None, t: int = 1) -> Frame:
    """An iteration, where this is just computed."""
    session = Session(spec)
    session.go(Position(t, session.branch.history.trace(t).number(symbol)))
    return build(session, text or Text())


def pane(
    spec: RunSpec,
    symbol: str,
    height: int | None = None,
    width: int = WIDTH,
    text: Text | None = None,
    t: int = 1,
) -> list[str]:
    shown = frame(spec, symbol, text, t)
    height = height or (wanted(shown) if width < ACROSS else across.wanted(shown))
    lines = draw(shown, width, height)
    assert len(lines) <= height
    written = ["".join(text for text, _ in line) for line in lines]
    assert max(map(len, written)) <= width
    return [line.rstrip() for line in written]


def clipped() -> RunSpec:
    return replace(WORKED, clip=ClipSpec("norm", 0.5))


def test_what_is_not_known_is_a_dot_and_the_others_say_when():
    assert pane(WORKED, "dW2") == [
        "─ optimizer · θ ← θ − η·g · η 0.1 ───",
        "W[2]       ₁₁      ₁₂      ₂₁      ₂₂",
        "▸g   [−0.2601]−0.4505  0.2601  0.4505",
        " ΔSGD   ·       ·       ·       ·",
        "ΔAdam   ·       ·       ·       ·",
        "b[2]   step  8    update at step 15",
        "W[1]   step 12    update at step 16",
        "b[1]   step 13    update at step 17",
    ]


def test_parameters_stand_in_the_order_of_their_updates_with_what_is_known_of_them():
    assert pane(WORKED, "b2") == [
        "─ optimizer · θ ← θ − η·g · η 0.1 ───",
        "W[2]Δ +0.0260 +0.0451 −0.0260 −0.0451",
        "b[2]        ₁       ₂",
        "•g   [−0.5628] 0.5628",
        "▸ΔSGD[+0.0563]−0.0563",
        "ΔAdam[+0.1000]−0.1000",
        "W[1] ‖g‖  0.2176  update at step 16",
        "b[1] ‖g‖  0.0973  update at step 17",
    ]


def test_one_column_is_one_elements_life():
    assert pane(ADAM, "W2", t=2) == [
        "─ optimizer · t 2 · A Adam · S SGD ──",
        "W[2]       ₁₁      ₁₂      ₂₁      ₂₂",
        " g   [−0.0449]−0.2721  0.0449  0.2721",
        " m   [−0.0279]−0.0678  0.0279  0.0678",
        " v   [ 7.0e−5] 2.8e−4  7.0e−5  2.8e−4",
        "•mˆ  [−0.1468]−0.3566  0.1468  0.3566",
        "•vˆ  [ 0.0348] 0.1385  0.0348  0.1385",
        "▸Δ A [+0.0787]+0.0958 −0.0787 −0.0958",
        " Δ S [+0.0045]+0.0272 −0.0045 −0.0272",
        "b[2] step 23   W[1] 28   b[1] 33",
    ]


def test_across_the_screen_a_parameter_is_a_row_with_both_changes_beside_its_gradient():
    lines = pane(WORKED, "W2", width=ACROSS)
    assert lines[1:] == [
        "          g                                   Δ SGD η 0.1                         "
        "Δ Adam η 0.1, same g",
        "▸W[2]  •[−0.2601]−0.4505  0.2601  0.4505   ▸[+0.0260]+0.0451 −0.0260 −0.0451    "
        "[+0.1000]+0.1000 −0.1000 −0.1000 step 14",
        " b[2]    −0.5628  0.5628                       ·       ·                           "
        "·       ·                     step 15",
        " W[1]     0.0885  0.1770  0.0404  0.0809       ·       ·       ·       ·           "
        "·       ·       ·       ·     step 16",
        " b[1]     0.0885  0.0404                       ·       ·                           "
        "·       ·                     step 17",
    ]
    assert " W[1]     step 12" in pane(WORKED, "dW2", width=ACROSS)[4]


def test_across_the_screen_what_is_left_out_is_said_behind_the_gradient():
    rows = [line[40:43] for line in pane(load("ten-layers"), "dW10", width=ACROSS, height=5)[2:]]
    assert rows == [" …4", "   ", "   "]
    assert pane(load("spirals"), "W1", width=ACROSS, height=6)[1].endswith(" …341")
    plain = pane(load("digits"), "W1", width=ACROSS, text=Text(ascii=True))[2:]
    assert {(line[40:43], line[-7:-2]) for line in plain} == {(" ~ ", "step ")}


def test_across_the_screen_what_is_kept_stands_below_the_gradient():
    lines = pane(ADAM, "W2", width=ACROSS, t=2)
    assert [line[:22].rstrip() for line in lines[1:]] == [
        "         W[2]₁₁  W[2]₁",
        " g     [−0.0449]−0.272",
        " m     [−0.0279]−0.067",
        " v     [ 7.0e−5] 2.8e−",
        " mˆ   •[−0.1468]−0.356",
        " vˆ   •[ 0.0348] 0.138",
        " ΔAdam▸[+0.0787]+0.095",
        " ΔSGD  [+0.0045]+0.027",
        " step        18",
    ]
    assert lines[1].endswith("b[1]₁   b[1]₂")


def test_clipping_is_in_the_rule_and_its_result_a_row():
    lines = pane(clipped(), "W2")
    assert "θ ← θ − η·clip" in lines[0]
    shown = {line[:5]: line[6:13].strip() for line in lines[2:6]}
    gradient, after, change = (shown[label] for label in (" g   ", "•clip", "▸ΔSGD"))
    assert abs(float(after.replace("−", "-"))) < abs(float(gradient.replace("−", "-")))
    assert float(change) == pytest.approx(-0.1 * float(after.replace("−", "-")), abs=6e-5)


def test_the_step_that_clips_is_marked():
    lines = pane(clipped(), "clip.W2")
    assert [line[:5] for line in lines if line[:1] in "▸•"] == ["•g   ", "▸clip"]


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({}, "θ ← θ − η·g · η 0.1"),
        ({"weight_decay": 0.5}, "θ ← θ − η·(g + λ·θ) · η 0.1 · λ 0.5"),
        ({"maximize": True}, "θ ← θ − η·(−g) · η 0.1"),
        ({"momentum": 0.9}, "θ ← θ − η·buf · η 0.1"),
    ],
)
def test_the_rule_is_that_of_the_options(options, rule):
    spec = replace(WORKED, optimizer=optimizer("sgd", **options))
    assert f"optimizer · {rule}" in pane(spec, "W2", width=60)[0]


@pytest.mark.parametrize(
    ("own", "other", "labels", "legend"),
    [
        ("adamw", "adam", ["▸Δ 1 ", " Δ 2 "], "1 AdamW · 2 Adam"),
        ("sgd", "rmsprop", ["▸Δ S ", " Δ R "], "S SGD · R RMSprop"),
        ("adagrad", "sgd", ["▸Δ A ", " Δ S "], "A Adagrad · S SGD"),
    ],
)
def test_names_that_have_no_room_are_letters_and_four_numbers_stand_beside_them(
    own, other, labels, legend
):
    spec = replace(WORKED, optimizer=optimizer(own), compare=optimizer(other))
    lines = pane(spec, "W2")
    rows = [line for line in lines if "Δ" in line]
    assert [row[:5] for row in rows[:2]] == labels
    assert all(row.count(".") == 4 for row in rows[:2])
    assert legend in lines[0]


def test_a_change_that_stands_alone_is_called_by_its_letter():
    spec = replace(WORKED, optimizer=optimizer("adamw"), compare=None)
    lines = pane(spec, "W2")
    assert "A AdamW" in lines[0]
    assert next(line[:4] for line in lines if "Δ" in line) == "▸Δ A"


def test_a_label_that_is_cut_says_so():
    marked = pane(replace(WORKED, optimizer=optimizer("adamw")), "decay.W2")
    assert any(line.startswith("▸dec…[") for line in marked)
    assert not any("deca[" in line for line in marked)


def test_names_that_have_room_are_whole():
    spec = replace(WORKED, optimizer=optimizer("adamw"), compare=optimizer("adam"))
    wide = [line[:8] for line in pane(spec, "W2", width=60) if "Δ" in line]
    assert wide == ["▸ΔAdamW[", " ΔAdam ["]


def test_rows_that_are_cut_say_how_many_more_there_are():
    lines = pane(load("spirals"), "W2")
    assert lines[1].split() == ["W[2]", "₁₁", "₁₂", "₁₃", "…253"]
    lines = pane(load("digits"), "W1", width=ACROSS)
    assert [line[40:43] for line in lines[2:]] == [" … ", " …6", " … ", " … ", " … ", " … "]


def test_where_rows_do_not_fit_those_that_the_step_touches_stay():
    own = optimizer("adamw", maximize=True, weight_decay=0.1)
    lines = pane(replace(WORKED, optimizer=own), "W2", height=9)
    assert [line[:1] for line in lines].count("•") == 3  # what decay left, mˆ, vˆ
    assert any(line.startswith("▸Δ") for line in lines)
    assert any(line.startswith(" Δ") for line in lines)


@pytest.mark.parametrize("name", ["worked-example", "spirals", "digits", "ten-layers", "xor"])
@pytest.mark.parametrize("width", [WIDTH, 60, 80, ACROSS, 200])
def test_labels_and_heights_are_the_same_in_every_step(name, width):
    session = Session(load(name))
    steps = session.trace.steps
    heights: set[tuple[int, int]] = set()
    labels: dict[object, list[str]] = {}
    for step in steps[:: max(1, len(steps) // 10)]:
        session.go(Position(1, step.number))
        for text in (Text(), Text(ascii=True), Text(digits=8)):
            shown = build(session, text)
            height = wanted(shown) if width < ACROSS else across.wanted(shown)
            lines = ["".join(t for t, _ in line) for line in draw(shown, width, height)]
            heights.add((height, len(lines)))
            assert max(map(len, lines)) <= width, lines
            if text == Text():
                key = shown.updated
                found = [line[1:4] for line in lines[2:]]
                assert labels.setdefault(key, found) == found or width < ACROSS
    assert len(heights) == 1
