"""What is held out, in print and on the screen: curve, lines, objects, the page of accuracy."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from engine.analysis.evaluation import (
    Evaluation,
    Part,
    class_names,
    evaluate,
    precision,
    recall,
)
from engine.history.branching import history_of
from engine.history.curve import BUCKETS
from engine.history.position import Position
from engine.program.exam import Classing, Exam, Score, classing
from engine.runfile.write import run_text
from engine.session.session import Session
from tests.engine.heldout import recorded, run_of
from tests.fixtures.record_heldout import CASES, PASSES
from tests.tui.command.test_whence import printed, refused
from tests.tui.keyboard import Keyboard
from tests.tui.talking import Talk
from tui.actions.actions import Actions
from tui.actions.desk import Desk
from tui.draw.evaluation import draw
from tui.frame import tested as drawn
from tui.keys import Keymap
from tui.text.format import Text


@pytest.fixture
def classes(tmp_path: Path) -> str:
    path = tmp_path / "classes.toml"
    path.write_text(run_text(run_of("classes")))
    return str(path)


@pytest.fixture
def numbers(tmp_path: Path) -> str:
    path = tmp_path / "numbers.toml"
    path.write_text(run_text(run_of("regression", test_every="iteration")))
    return str(path)


def keyboard(case: str, text: Text | None = None, **data: object) -> Keyboard:
    keys = Keyboard()
    keys.actions = Actions(Desk(Session(run_of(case, **data)), text or Text()), Keymap())
    return keys


@pytest.mark.parametrize("case", ["classes", "yes-or-no", "sides"])
def test_a_confusion_is_what_is_counted_one_by_one(case: str) -> None:
    spec, want = run_of(case), recorded(case)
    history = history_of(spec)
    trace = history.trace(4 * PASSES)
    found = evaluate(spec, trace, len(trace.steps))
    own, held = found.parts
    assert held.confusion is not None
    assert held.confusion.tolist() == want["confusion"].tolist()
    assert (held.right, held.asked) == (want["right"][-1], 7)
    assert own.samples == 16
    order = sorted(range(7), key=lambda i: -want["each"][i])
    assert [s.row for s in held.worst] == [int(want["held"][i]) for i in order]
    counts = want["confusion"]
    for k, (found_of, said_of) in enumerate(
        zip(recall(held.confusion), precision(held.confusion), strict=True)
    ):
        assert found_of == pytest.approx(counts[k, k] / counts[k].sum(), nan_ok=True)
        assert said_of == pytest.approx(counts[k, k] / max(1, counts[:, k].sum()), nan_ok=True)
    before = evaluate(spec, trace, len(trace.steps) - 1)
    assert before.updates == found.updates - 1
    assert before.parts[1].score != found.parts[1].score


def test_what_is_held_out_is_a_line_at_the_end_of_a_pass(capsys, classes: str) -> None:
    lines = printed(capsys, classes, "--plain", "--iterations", "4", "--last")
    loss = recorded("classes")["test"][0]
    assert f"  held out, 7 samples: loss {loss:.4f} · 42.86 % right" in lines
    lines = printed(capsys, classes, "--plain", "--iterations", "3")
    assert "held out" not in "\n".join(lines)


def test_it_is_an_object_of_its_own(capsys, classes: str, numbers: str) -> None:
    found = [json.loads(line) for line in printed(capsys, classes, "--json", "--iterations", "8")]
    tests = [each for each in found if each["phase"] == "test"]
    assert [(each["iteration"], each["samples"]) for each in tests] == [(4, 7), (8, 7)]
    assert tests[0]["test_loss"] == pytest.approx(recorded("classes")["test"][0], 1e-13)
    assert tests[0]["test_accuracy"] == 3 / 7
    assert found[-1] == tests[-1]
    last = json.loads(printed(capsys, numbers, "--json", "--iterations", "1")[-1])
    assert last["test_accuracy"] is None


def test_line_mode_says_it(classes: str) -> None:
    talk = Talk()
    talk.actions.context.desk.session = Session(run_of("classes"))
    assert "held out, 7 samples: loss" in talk(":5.1") + talk("back")
    assert "Confusion, held out" in talk("accuracy")


def test_the_curve_has_a_mark_and_a_name_of_its_own() -> None:
    shown = keyboard("classes").press(": 9 . 1 enter").screen(120, 40)
    assert "╺╺ held out" in shown or "┄┄ held out" in shown
    ascii = keyboard("classes", Text(ascii=True)).press(": 9 . 1 enter").screen(120, 40)
    assert "+ held out" in ascii or "o held out" in ascii
    assert ascii.isascii()
    by_pass = keyboard("classes").press(": 2 1 . 1 enter %").screen(120, 40)
    assert "held out" in by_pass


def test_the_score_of_an_iteration_is_known_when_it_is_done() -> None:
    keys = keyboard("classes", test_every="iteration")
    last = len(keys.session.trace.steps)
    for step, at in ((last - 1, 4), (last, 5)):
        keys.session.go(Position(5, step))
        tested = keys.actions.frame().tested
        assert tested is not None
        assert tested.last is not None
        assert tested.last.at == at
        assert tested.losses.iterations.tolist() == [*range(1, at + 1)]


def test_the_page_is_readable_at_60x20() -> None:
    shown = keyboard("classes").press(": 9 . 1 enter A").screen(60, 20)
    assert "With the parameters after iteration 8:" in shown
    assert "Confusion, held out" in shown
    assert all(len(line) <= 60 for line in shown.splitlines())
    assert "more line" in shown
    assert "Largest losses, held out" in keyboard("classes").press("A").screen(60, 60)


def test_the_share_that_is_right_is_never_cut() -> None:
    keys = keyboard("classes").press(": 9 . 1 enter A")
    for width in (40, 44, 47, 60, 80):
        shown = keys.screen(width, 24)
        assert re.findall(r"[\d.]+ % right", shown) == ["37.50 % right", "57.14 % right"]


def test_a_regression_has_losses_alone(capsys, numbers: str) -> None:
    text = "\n".join(printed(capsys, numbers, "--accuracy"))
    assert "right" not in text
    assert "Confusion" not in text
    assert "output [" in text


def test_a_run_without_a_network_is_refused(capsys, tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_text('[function]\nf = "x1^2"\nstart = [1.0]\n[optimizer]\nname = "sgd"\nlr = 0.1\n')
    assert "There is no network here" in refused(capsys, str(path), "--accuracy")


def test_the_page_in_json(capsys, classes: str) -> None:
    found = [json.loads(line) for line in printed(capsys, classes, "--accuracy", "--json")]
    parts = [each for each in found if "confusion" in each]
    assert [each["part"] for each in parts] == ["trained on", "held out"]
    assert sum(map(sum, parts[1]["confusion"])) == 7
    assert parts[0]["after"] == 2
    assert len(found) == 2 + 16 + 7
    worst = [each["loss"] for each in found if each["part"] == "held out" and "x" in each]
    assert worst == sorted(worst, reverse=True)


@pytest.mark.parametrize("every", ["pass", "iteration"])
def test_the_curve_goes_by_iterations_or_by_passes(every: str) -> None:
    history = history_of(run_of("classes", test_every=every))
    history.extend(22)
    found, losses = drawn.tested(history, 22), recorded("classes")["test"]
    at = [4, 8, 12, 16, 20] if every == "pass" else [*range(1, 23)]
    assert found.losses.iterations.tolist() == at
    by_pass = found.curve(by_pass=True)
    assert by_pass.iterations.tolist() == [1, 2, 3, 4, 5]
    assert by_pass.low == pytest.approx(losses[:5], 1e-12)
    assert found.curve(by_pass=False) is found.losses
    assert found.last is not None
    assert found.last.at == at[-1]


def test_beyond_what_is_kept_one_by_one_the_curve_goes_on_to_the_last_score() -> None:
    history = history_of(run_of("sides", batch_size=16, test_every="iteration"))
    last = BUCKETS + 3
    history.extend(last)
    history.visit(last)
    found = drawn.tested(history, last).losses
    assert found.iterations.tolist()[-2:] == [last - 1, last]
    want = Exam(history.own.spec).score(history.replayed(last)).loss
    assert found.low[-1] == want


def test_classes_without_names_are_called_by_their_targets() -> None:
    names = {case: class_names(run_of(case), classing(run_of(case))) for case in CASES}
    assert names == {
        "classes": ("0", "1", "2"),
        "yes-or-no": ("0", "1"),
        "sides": ("-1", "1"),
        "regression": (),
    }
    named = run_of("classes", classes=["a", "b", "c"])
    assert class_names(named, classing(named)) == ("a", "b", "c")


def test_many_classes_without_room_are_the_pairs_that_are_confused() -> None:
    keys = Keyboard("digits").press("A")
    shown = keys.screen(46, 40)
    assert "Taken for another class, trained on" in shown
    assert re.search(r"0 as 6: \d+ of \d+", shown)


def test_it_is_computed_beside_the_screen_where_it_takes_long(monkeypatch) -> None:
    monkeypatch.setattr("tui.actions.views.evaluation.estimated", lambda _spec: 9.0)
    keys = keyboard("classes").press("A")
    assert "It is being computed." in keys.screen(80, 24)
    job = keys.job
    keys.finish(job, job.run(lambda: False))
    assert "Confusion, held out" in keys.screen(80, 24)


def test_the_page_follows_the_reader_and_says_what_it_cannot_do(tmp_path: Path) -> None:
    keys = keyboard("classes").press("A")
    assert "With the parameters that the run begins with:" in keys.screen()
    assert "With the parameters after iteration 1:" in keys.press("t").screen()
    last = len(keys.session.trace.steps)
    assert "after iteration 2:" in keys.press(f": 2 . {' '.join(str(last))} enter").screen()
    valley = Keyboard("quadratic").press("A").screen()
    assert "There is no network here" in valley


def page_of(confusion: list[list[int]], names: tuple[str, ...], width: int) -> list[str]:
    """The confusion of a page."""
    part = Part("held out", 10, Score(0.5, 0.9), 10, 9, np.array(confusion), ())
    rule = Classing(len(names), math.nan)
    lines = draw(Evaluation(3, (part,), rule, names), Text(), width)
    plain = ["".join(words for words, _ in line).rstrip() for line in lines]
    start = plain.index("") + 1
    return plain[start : plain.index("", start)]


def test_a_confusion_in_figures() -> None:
    assert page_of([[9, 1], [0, 0]], ("cat", "dog"), 60) == [
        "Confusion, held out: rows true, columns predicted",
        "true             cat     dog  recall",
        "cat                9       1  0.9000",
        "dog                0       0       ·",
        "precision     1.0000  0.0000",
    ]
    ten = [[100 * (i == j) + (j == i + 1) for j in range(10)] for i in range(10)]
    lines = page_of(ten, tuple("0123456789"), 58)
    assert lines[1] == "true     0   1   2   3   4   5   6   7   8   9  recall"
    assert lines[2] == "0      100   1   0   0   0   0   0   0   0   0  0.9901"
    assert lines[11] == "9        0   0   0   0   0   0   0   0   0 100  1.0000"
    assert len(lines) == 12
    assert page_of(ten, tuple("0123456789"), 72)[12].startswith("precision    1.00 0.99")
    ten[7][2], ten[1][2] = 4, 0
    assert page_of(ten, tuple("0123456789"), 50)[:3] == [
        "Taken for another class, held out",
        "7 as 2: 4 of 105",
        "0 as 1: 1 of 101",
    ]
    assert page_of([[3, 0], [0, 2]], ("x" * 60, "y"), 15)[-1] == "None is."
