"""Pictures of the app, compared with those that were looked at and accepted, and what must be
true of every picture.

`pytest tests/tui/test_screens.py --snapshot-update` accepts the pictures as they are now.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.runfile.read import builtin_names, load
from engine.session.session import Session
from tests.tui.keyboard import Keyboard
from tui.actions.desk import Desk
from tui.arrange import MIN_HEIGHT, MIN_WIDTH
from tui.draw import DRAWINGS
from tui.draw.wants import placed
from tui.screen.app import GradstepApp
from tui.text.format import Text

SMALL, NORMAL, LARGE, HUGE = (40, 12), (80, 24), (120, 40), (200, 60)
SIZES = [SMALL, (79, 23), (100, 20), (60, 30), NORMAL, LARGE, HUGE]

LOSS = "right " * 5
ERROR = "right " * 6
UPDATE = "1 4 right"
WRONG_PLACE = "colon 1 full_stop 9 9 enter"

PICTURES = {
    "start": ("worked-example", NORMAL, ""),
    "start-40x12": ("worked-example", SMALL, ""),
    "start-200x60": ("worked-example", HUGE, ""),
    "loss": ("worked-example", NORMAL, LOSS),
    "output-error": ("worked-example", NORMAL, ERROR),
    "output-error-40x12": ("worked-example", SMALL, ERROR),
    "output-error-120x40": ("worked-example", LARGE, ERROR),
    "sgd-update": ("worked-example", NORMAL, UPDATE),
    "sgd-update-40x12": ("worked-example", SMALL, f"{UPDATE} tab tab"),
    "adam-update-2": ("worked-example", NORMAL, "colon 2 full_stop 1 4 enter o"),
    "adam-update-2-120x40": ("worked-example", LARGE, "colon 2 full_stop 1 4 enter o"),
    "adam-update-2-200x60": ("worked-example", HUGE, "2 0 t colon 2 full_stop 1 4 enter o"),
    "toggled-loss": ("worked-example", NORMAL, f"{LOSS} t o"),
    "last-step": ("worked-example", NORMAL, "colon 1 full_stop 1 7 enter"),
    "help": ("worked-example", NORMAL, "question_mark"),
    "help-40x12": ("worked-example", SMALL, "question_mark j j"),
    "explanation": ("worked-example", NORMAL, "7 right enter"),
    "zoomed-optimizer": ("worked-example", NORMAL, "colon 2 full_stop 1 4 enter o tab tab z"),
    "goto-error": ("worked-example", NORMAL, WRONG_PLACE),
    "light": ("worked-example", NORMAL, f"{ERROR} v"),
    "ascii": ("worked-example", NORMAL, UPDATE),
    "too-small": ("worked-example", (30, 5), ""),
    "compare": ("worked-example", NORMAL, "colon 2 full_stop 7 enter x"),
    "what-if": ("worked-example", NORMAL, "colon 2 full_stop 1 4 enter w"),
    "spirals-120x40": ("spirals", LARGE, "colon 3 0 full_stop 2 0 enter"),
    "iris": ("iris", NORMAL, "8 right s s l"),
    "iris-120x40": ("iris", LARGE, "3 0 t 1 0 right"),
    "digits-120x40": ("digits", LARGE, "1 2 right"),
    "ten-layers-120x40": ("ten-layers", LARGE, "2 5 right"),
    "lesson": ("worked-example", NORMAL, "9 full_stop"),
    "lesson-60x20": ("worked-example", (60, 20), "9 full_stop"),
}
"""By name: the run, the size and the keys."""


@pytest.fixture(autouse=True)
def same_surroundings(monkeypatch, tmp_path):
    """A picture must not depend on the terminal that the tests run in."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def test_every_accepted_picture_is_still_taken():
    folder = Path(__file__).parent / "__snapshots__" / "test_screens"
    taken = {f"test_picture[{name}].svg" for name in PICTURES}
    assert {path.name for path in folder.iterdir()} == taken


@pytest.mark.parametrize("name", PICTURES)
def test_picture(snap_compare, name):
    run, size, keys = PICTURES[name]
    app = GradstepApp(Desk(Session(load(run)), Text(ascii=name == "ascii")))
    assert snap_compare(app, press=keys.split(), terminal_size=size)


def test_the_pictures_are_those_and_not_too_large():
    files = list((Path(__file__).parent / "__snapshots__" / "test_screens").glob("*.svg"))
    assert {file.stem for file in files} == {f"test_picture[{name}]" for name in PICTURES}
    assert sum(file.stat().st_size for file in files) < 3_000_000


# -- what must be true of them ---------------------------------------------------------------------


def position(keyboard: Keyboard, place: str, toggled: bool = False) -> Keyboard:
    keyboard.press("g").type(f":{place}").press("enter")
    return keyboard.press("o") if toggled else keyboard


def every_place(run: str, optimizers: tuple[bool, ...] = (False, True)) -> Iterator[Keyboard]:
    """A keyboard at every step of the first two iterations, under both optimizers."""
    for toggled in optimizers:
        keys = Keyboard(run).press("o" if toggled else "")
        for _ in range(2 * len(keys.session.trace.steps)):
            yield keys.press("right")


@pytest.mark.parametrize("toggled", [False, True], ids=["sgd", "adam"])
def test_at_80x24_nothing_of_the_worked_example_scrolls(toggled):
    for keys in every_place("worked-example", (toggled,)):
        shown = keys.screen(*NORMAL)
        titles = [line for line in shown.splitlines() if re.search(r"[─━] values", line)]
        assert len(titles) == 1, keys.place
        assert re.search(r"[─━] values [─━ ]", titles[0]), keys.place
        assert not re.search(r"\d+[–-]\d+ of \d+|more (rows|lines)", shown), (
            f"{keys.place}\n{shown}"
        )


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("run", ["worked-example", "iris", "diverging-clipped"])
def test_every_screen_fits_its_size(run, size):
    width, height = size
    for keys in every_place(run):
        rows = keys.screen(width, height).split("\n")
        assert len(rows) == height
        assert max(map(len, rows)) <= width
        assert rows[0].strip()
        assert rows[-1].strip()


@pytest.mark.parametrize("size", [SMALL, NORMAL, LARGE], ids=lambda size: "x".join(map(str, size)))
def test_every_row_that_is_drawn_has_room(size):
    """What a pane draws is never cut: neither at its right side nor at its foot."""
    for keys in every_place("worked-example"):
        frame = keys.actions.frame()
        boxes = placed(frame, *size)
        for name, (_, _, width, height) in boxes.items():
            lines = DRAWINGS[name](frame, width, height)
            assert len(lines) <= height, f"{name} at {keys.place}"
            for line in lines:
                assert sum(len(text) for text, _ in line) <= width, f"{name} at {keys.place}"


def test_all_four_panes_the_timeline_and_the_keys_are_there_at_80x24():
    shown = Keyboard().press(ERROR).screen(*NORMAL)
    for name in ("network", "values", "optimizer", "step 6"):
        assert re.search(rf"[─━] {name}", shown)
    for word in ("forward", "loss", "backward", "update", "→ next", "← back", "? help", "q quit"):
        assert word in shown


def test_the_step_marks_what_it_writes_and_reads_in_every_pane():
    shown = Keyboard().press(ERROR).screen(*NORMAL)
    assert re.search(r"(?m)^δ .*▸\[?−0\.5628", shown)
    assert re.search(r"(?m)^a, ŷ .*•  0\.4372", shown)
    assert re.search(r"(?m)^x, y .*• ", shown)
    assert "▸δ−0.5628]" in shown
    lines = [line[43:].strip() for line in shown.splitlines()]
    at = lines.index("▸ δ[2]₁ = ŷ₁ − y₁")
    assert lines[at + 1 : at + 3] == ["= 0.4372 − 1", "= −0.5628"]


def test_what_is_not_computed_yet_is_not_shown():
    keys = Keyboard()
    assert "z[1] " not in keys.screen(*NORMAL)
    assert "L " not in keys.screen(*NORMAL).replace("∂L", "")
    assert "0.8274" not in keys.press("4 right").screen(*NORMAL)
    assert "0.8274" in keys.press("right").screen(*NORMAL)
    assert "0.8274" not in keys.press("left").screen(*NORMAL)


def test_the_update_shows_both_optimizers_side_by_side():
    for toggled in (False, True):
        keys = position(Keyboard(), "1.17", toggled)
        shown = keys.press("tab " * 2 + "z").screen(*NORMAL)
        assert "ΔSGD" in shown
        assert "ΔAdam" in shown
    assert "m̂" in shown or "mˆ" in shown
    assert "vˆ" in shown


def test_adam_moves_every_parameter_by_its_learning_rate_first():
    shown = position(Keyboard(), "1.17", toggled=True).press("z").screen(*HUGE)
    assert "0.1000" in shown
    keys = position(Keyboard(), "2.5", toggled=True)
    assert keys.place.startswith("adam 2.")
    assert "0.5981" in keys.screen(*NORMAL)


@pytest.mark.parametrize("size", [(39, 12), (40, 11), (20, 3), (10, 1), (1, 1)])
def test_below_the_least_size_one_sentence_says_so(size):
    shown = Keyboard().screen(*size)
    width, height = size
    assert all(len(row) <= width for row in shown.split("\n"))
    if width * height > 60:
        joined = " ".join(shown.split())
        assert f"{MIN_WIDTH}x{MIN_HEIGHT}" in joined
        assert f"{width}x{height}" in joined


def test_at_40x12_one_pane_at_a_time_and_tab_shows_each():
    keys = Keyboard().press(ERROR)
    seen = []
    for _ in range(4):
        shown = keys.screen(*SMALL)
        titles = re.findall(r"^[─━]+ (\w+)", shown, re.MULTILINE)
        assert len(titles) == 1
        seen += titles
        keys.press("tab")
    assert sorted(seen) == ["network", "optimizer", "step", "values"]


@pytest.mark.parametrize("run", builtin_names())
def test_every_run_is_drawn_at_every_size(run):
    keys = Keyboard(run)
    for moves in ("", "right", "f", "f", "f", "right", "t", "o", "enter", "q", "tab", "z", "?"):
        keys.press(moves)
        for width, height in SIZES:
            rows = keys.screen(width, height).split("\n")
            assert len(rows) == height
            assert max(map(len, rows)) <= width


def test_ascii_screens_are_ascii_whatever_is_open():
    keys = Keyboard(text=Text(ascii=True))
    pressed = "? q 6 right enter q 1 tab z q x q w q y q : x enter backspace backspace space d o e"
    for key in pressed.split():
        keys.press(key)
        assert keys.screen(*LARGE).isascii(), key
