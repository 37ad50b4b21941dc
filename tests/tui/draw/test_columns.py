"""What a wide screen shows beside the step."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from engine.analysis.descent import Along, descent
from engine.runfile.read import load
from engine.session.session import Session
from tests.tui.keyboard import Keyboard
from tui.actions.saving import open_saved, rescued
from tui.arrange import PANES
from tui.draw import DRAWINGS
from tui.draw.columns import COLUMNS, order
from tui.draw.columns.regions import ASCII_SHADES, SHADES, _classes, _points
from tui.draw.columns.table import closes
from tui.draw.wants import placed
from tui.frame.frame import build
from tui.text.format import Text

DRAWN = {row.id: row.draw for row in COLUMNS}


def at(place: str, run: str = "worked-example", symbol: str = "", text: Text | None = None):
    keyboard = Keyboard(run, text).type(f":{place}").press("enter")
    if symbol:
        selection = keyboard.session.selection
        keyboard.session.selection = replace(selection, symbol=symbol, element=0)
    keyboard.context.shown.size = 200, 60
    return keyboard.actions.frame()


def column(name: str, frame, height: int = 57, width: int = 38) -> list[str]:
    lines = DRAWN[name](frame, width, height)
    assert len(lines) <= height
    written = ["".join(text for text, _ in line) for line in lines]
    assert max(map(len, written)) <= width
    return [line.rstrip() for line in written]


def test_two_runs_beside_each_other_and_what_does_not_close_says_so():
    rows = column("compare", at("2.7"))
    assert rows[0] == "─ compare · sgd 2.7 · adam 2.7 ───────"
    assert rows[1:4] == [
        "                  sgd    adam sgd−adam",
        " W[1]₁₁        0.0911  1.1e−8  +0.0911",
        " W[1]₁₂        0.1823  0.1000  +0.0823",
    ]
    assert rows[-4:] == [
        "▸∂L/∂W[2]₁₁   −0.2135 −0.0449  −0.1686",
        "▸∂L/∂W[2]₁₂   −0.4030 −0.2721 ≈−0.1310",
        "▸∂L/∂W[2]₂₁    0.2135  0.0449  +0.1686",
        "▸∂L/∂W[2]₂₂    0.4030  0.2721 ≈+0.1310",
    ]
    assert " ŷ₁            0.4909  0.5498 ≈−0.0590" in rows
    assert "•δ[2]₁        −0.5091 −0.4502 ≈−0.0590" in rows


def test_the_other_run_has_the_same_start():
    assert " W[1]₁₁        0.1000  0.1000     same" in column("compare", at("1.7"))


def test_what_changed_since_the_last_iteration():
    rows = column("change", at("2.7"))
    assert rows[0] == "─ change · iteration 1 to 2 ──────────"
    assert " W[2]₁₁        0.5000  0.5260  +0.0260" in rows
    assert rows[-1] == "▸∂L/∂W[2]₂₂    0.4505  0.4030  −0.0475"
    assert "From iteration 2 on" in column("change", at("1.7"))[1]


def test_what_is_too_much_is_cut_to_what_differs_most_and_the_step_stays():
    rows = column("change", at("30.20", "spirals"), 31)
    assert rows[1].split()[:2] == ["sample", "1"]
    assert rows[-1].startswith("▸∂L/∂W[1]₇₂")
    assert column("change", at("30.20", "spirals"), 12)[-1].startswith("▸∂L/∂W[1]₇₂")


@pytest.mark.parametrize(
    ("numbers", "close"),
    [
        (("0.0911", "1.1e−8", "+0.0911"), True),
        (("0.5498", "0.4909", "+0.0589"), True),
        (("0.5498", "0.4909", "+0.0590"), False),
        (("0.4909", "0.5498", "+0.0589"), False),
        (("nan", "1.0", "nan"), False),
    ],
)
def test_a_difference_closes_if_it_is_that_of_the_numbers_shown(numbers, close):
    assert closes(*numbers) is close


def test_an_element_comes_from_its_operands_and_they_from_theirs():
    rows = column("explain", at("1.14"), 21)
    assert rows == [
        "─ explain W[2]₁₁ ─────────────────────",
        "exactly 0.5260078361157878 in float64",
        "  = 0.5 − 0.1·(−0.26007836)",
        "  = 0.52600784",
        "",
        "comes from",
        " W[2]₁₁ before     0.5000  start",
        " η                 0.1000  given",
        "•∂L/∂W[2]₁₁       −0.2601  step  7",
        "   δ[2]₁          −0.5628  step  6",
        "   a[1]₁           0.4621  step  2",
        "",
        "is used by",
        " z[2] of iteration 2       step  3",
        " ∂L/∂a[1] of iteration 2   step  9",
        "",
        "the Adam run has here",
        "                   0.6000  adam 1.18",
    ]


def test_an_element_that_no_step_has_made_is_explained_too():
    assert "the starting value" in column("explain", at("1.1", symbol="W1"))
    rows = column("explain", at("2.1", symbol="W1"))
    assert rows[0] == "─ explain W[1]₁₁ ─────────────────────"
    assert "made by step 1.16" in rows


def test_every_column_is_a_pane_of_its_own():
    assert {name: DRAWINGS[name] for name in DRAWN} == DRAWN
    assert len(DRAWN) == len(COLUMNS)
    assert not {*DRAWN} & {*PANES, "header", "timeline", "footer", "steps", "loss", "page"}


@pytest.mark.parametrize(
    "run", ["worked-example", "spirals", "ten-layers", "digits", "xor", "iris"]
)
def test_which_columns_there_are_follows_from_the_run_and_not_from_the_step(run):
    keys = Keyboard(run)
    keys.context.shown.size = 200, 60
    orders = {order(keys.press("f").actions.frame()) for _ in range(6)}
    assert len(orders) == 1
    assert {"explain", "compare", "change"} <= set(orders.pop())


def test_a_key_chooses_the_column_and_it_is_remembered(tmp_path):
    keys = Keyboard().press("7 right")
    assert "─ explain" in keys.screen(120, 40)
    assert "─ compare" in keys.press("Z").screen(120, 40)
    assert "─ explain" not in keys.screen(120, 40)
    assert "this run and the other" in keys.screen(120, 40)
    shown = keys.screen(200, 60)
    third = shown.index("─ loss along the update")
    assert shown.index("─ compare") < shown.index("─ change") < third
    opened = open_saved(rescued(keys.context.desk), Text(), keys.session.budget)
    assert opened.desk.column == "compare"
    assert "─ change" in keys.press("Z").screen(120, 40)
    assert "─ loss along the update" in keys.press("Z").screen(120, 40)
    assert "─ explain" in keys.press("Z").screen(120, 40)


def test_a_narrow_screen_has_no_column_to_choose():
    keys = Keyboard()
    keys.screen(80, 24)
    assert "takes a screen of 120 cells" in keys.press("Z").screen(80, 24)
    assert keys.context.desk.column == ""


# -- pictures --------------------------------------------------------------------------------------


def test_the_plane_with_the_data_by_class_and_by_right_and_wrong():
    rows = column("regions", at("30.20", "spirals"), 21)
    assert rows[0] == "─ decision regions · 192 samples ─────"
    assert rows[5] == "▒▒▒▒▒▒▒▒▒▒xxx▒xxxxXXXX░X░░░░░░░o░o░░░░"
    assert rows[-3:] == [
        "░ first (o)  ▒ second (x)",
        "right: 123 of 192, batch 20 of 32",
        "O X: on the wrong side",
    ]
    selected = [text for line in DRAWN["regions"](at("30.20", "spirals"), 38, 21)
                for text, role in line if role == "select"]  # fmt: skip
    assert len(selected) == 1
    assert selected[0] in "oxOX"
    plain = column("regions", at("30.20", "spirals", text=Text(ascii=True)), 21)
    assert all(row.isascii() for row in plain)
    assert plain[5] == rows[5].replace("▒", ":").replace("░", ".")


def test_the_plane_stands_upright():
    """Of xor the samples (0, 1) and (1, 0) are true; (0, 1) stands at the upper left."""
    rows = column("regions", at("60.18", "xor"), 21)
    assert rows[2] == "▒▒x▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░o░░"
    assert rows[16] == "░░o░░░░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒x▒▒"
    assert "right: 4 of 4" in rows


def test_the_error_fades_from_layer_to_layer():
    rows = column("deltas", at("1.60", "ten-layers"), 21)
    assert rows[:2] == [
        "─ ‖δ‖ by layer · log scale ───────────",
        "  δ[10]   0.4760  ███████████████████",
    ]
    assert rows[8:12] == [
        "• δ[3]    1.6e−5  ██████",
        "  δ[2]     ·      step 62",
        "  δ[1]     ·      step 67",
        "  ‖·‖             └10⁻⁷             1┘",
    ]
    assert "  δ[3] to δ[10]  3.3e−5" in rows
    assert rows[-3:] == [
        "      5  0.4385     3.9e−4",
        "      4  0.4474     5.7e−5",
        "      3  0.4742     1.9e−5",
    ]
    later = column("deltas", at("1.89", "ten-layers"), 21)
    assert later[1:9] == [row.replace("•", " ") for row in rows[1:9]]
    assert later[11] == rows[11]
    assert column("deltas", at("1.2", "ten-layers"), 21)[1] == "  δ[10]    ·      step 22"


def test_a_sample_that_is_an_image_with_what_the_network_says_of_it():
    rows = column("sample", at("1.20", "digits"), 21)
    assert rows[0] == "─ ŷ of sample 1 · true class 7 ───────"
    assert rows[7:9] == [
        "    6  0.2590  ██████████ ◂ most",
        "    7  0.0401  ██ ◂ y = 1",
    ]
    assert rows[11:14] == [
        "─ x · ∂L/∂W[1] of unit 1 ─────────────",
        "      ██████▓▓██░░  +░+░+▓+▓+█+▓+▒+▒",
        "    ░░      ░░██░░  +░+▓+▒+▓+░+░+▓+░",
    ]
    assert rows[20] == "                    −0.0085 … +0.0174"
    before = column("sample", at("1.2", "digits"), 21)
    assert before[11].startswith("─ x · W[1] of unit 1 ")
    assert before[8] == "    7   ·       ◂ y = 1"


@pytest.mark.parametrize(
    ("run", "first"),
    [
        ("worked-example", "explain"),
        ("spirals", "regions"),
        ("xor", "regions"),
        ("ten-layers", "deltas"),
        ("digits", "sample"),
        ("iris", "explain"),
        ("diverging", "explain"),
    ],
)
def test_a_picture_that_fits_the_run_comes_first(run, first):
    assert order(Keyboard(run).actions.frame())[0] == first


@pytest.mark.parametrize("run", ["digits", "spirals", "ten-layers-relu", "worked-example"])
def test_columns_show_numbers_that_are_not_finite(run):
    keys = Keyboard(run)
    spec = keys.session.spec
    options = {**spec.optimizer.options, "lr": 1e200}
    spec = replace(spec, optimizer=replace(spec.optimizer, options=options))
    keys.context.desk.session = Session(spec)
    keys.context.shown.size = 200, 60
    keys.type(":2.8").press("enter")
    for _ in range(8):
        frame = keys.press("right right").actions.frame()
        for name in order(frame):
            column(name, frame, 21)
    keys.type(":4.9").press("enter")
    for name in order(keys.actions.frame()):
        column(name, keys.actions.frame(), 21)


@pytest.mark.parametrize("run", ["digits", "spirals", "ten-layers"])
def test_no_pane_keeps_anything_of_a_run_that_is_gone(run):
    frame = at("2.9", run)
    frame = at(f"2.{len(frame.steps)}", run)
    assert frame.step is frame.steps[-1]
    for name in order(frame):
        column(name, frame, 57)
    for name, (_, _, width, height) in placed(frame, 200, 60).items():
        DRAWINGS[name](frame, width, height)
    gone = [weakref.ref(thing) for thing in (frame, frame.trace, frame.spec, frame.steps[0])]
    del frame
    gc.collect()
    assert [thing() for thing in gone] == [None] * 4


def test_what_the_network_calls_not_a_number_is_of_no_class():
    targets = np.eye(2)
    found = _classes(targets, np.array([[np.nan, 1.0], [0.0, 1.0]]))
    assert found.tolist() == [-1, 1]
    assert SHADES[-1] == ASCII_SHADES[-1] == " "


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("ascii", [False, True])
def test_columns_fit_wherever_they_are(name, ascii):
    for run in ("worked-example", "spirals", "ten-layers", "digits", "diverging"):
        keys = Keyboard(run, Text(12, ascii=ascii))
        for moves in ("", "f", "f", "f", "f", "t", "o"):
            keys.press(moves)
            keys.context.shown.size = 200, 60
            frame = keys.actions.frame()
            if name not in order(frame):
                continue
            for height in (1, 2, 9, 21, 57):
                rows = column(name, frame, height)
                assert not ascii or all(row.isascii() for row in rows)


def test_the_loss_along_the_update_is_that_of_other_steps():
    frame = at("1.17")
    rows = column("descent", frame, 24)
    assert rows[0] == "─ loss along the update ──────────────"
    assert "s = 0 before the update, 1 after it:" in rows[13]
    assert "−0.1158" in " ".join(rows[13:])
    assert "known at step 14" in column("descent", at("1.7"), 24)[1]
    assert "descent" in order(frame)
    # Half a step of SGD is a step at half the rate.
    spec = frame.spec
    half = replace(spec.optimizer, options={**spec.optimizer.options, "lr": 0.05})
    loss = Session(spec.with_optimizer(half)).branch.history.trace(2).known("loss", 99)
    assert Along(frame.trace, spec).loss(0.5) == pytest.approx(float(loss), rel=1e-13)


def test_the_least_loss_along_a_parabola_is_where_it_is():
    frame = at("1.11", "diverging")
    seen = descent(frame.trace, frame.spec)
    along = Along(frame.trace, frame.spec)
    assert seen.lowest is not None
    low = along.loss(seen.lowest)
    assert low < min(along.loss(seen.lowest - 0.01), along.loss(seen.lowest + 0.01))


def test_samples_so_near_that_no_margin_is_between_them_are_on_the_plane():
    spec = load("xor")
    x = np.array([[0.0, 5e-324], [5e-324, 0.0]])
    spec = replace(spec, data=replace(spec.data, x=x, y=spec.data.y[:2]))
    _, places = _points(spec, 38, 20)
    assert places.tolist() == [[0, 0], [37, 19]]


def test_where_nothing_learns_there_is_no_loss_along_an_update():
    spec = load("worked-example")
    layers = tuple(replace(layer, frozen=frozenset({"W", "b"})) for layer in spec.layers)
    session = Session(replace(spec, layers=layers))
    session.go(session.target("1.loss"))
    rows = column("descent", build(session, Text()), 24)
    assert rows[1:] == ["nothing is updated"]
