"""Passes in print: the table of --table, the sums at a pass's end, the same in line mode."""

from __future__ import annotations

import json
import re

import pytest

from engine.history.position import Position
from tests.tui.command.test_whence import printed
from tests.tui.keyboard import Keyboard
from tests.tui.talking import Talk

ONLINE = """
iterations = 8
[data]
x = [[0, 0], [0, 1], [1, 0], [1, 1]]
y = [[0], [0], [0], [1]]
batch_size = 1
[[layers]]
units = 1
activation = "identity"
W = [[0.3, -0.1]]
b = [0.2]
[loss]
name = "half_squared_error"
[optimizer]
name = "sgd"
lr = 0.1
"""


@pytest.fixture
def online(tmp_path):
    path = tmp_path / "and.toml"
    path.write_text(ONLINE)
    return str(path)


def test_the_table_is_printed_as_text_and_as_json(capsys, online):
    lines = printed(capsys, online, "--table")
    assert [line for line in lines if line.startswith("pass")] == ["pass 1", "pass 2"]
    assert "mean = 0.4013/4 = 0.1003" in lines
    assert lines[-1] == "mean = 0.3659/4 = 0.0915"
    found = [json.loads(line) for line in printed(capsys, online, "--table", "--json")]
    assert [each["pass"] for each in found] == [1] * 5 + [2] * 5
    assert found[3]["samples"] == [4]
    assert found[3]["change"]["b1"][0] == pytest.approx(0.07304)
    assert found[4] == {"pass": 1, "mini_batches": 4, "seen": 4, **sums(found[:4])}
    assert found[9] == {"pass": 2, "mini_batches": 4, "seen": 4, **sums(found[5:9])}
    part = [
        json.loads(line) for line in printed(capsys, online, "--table", "--json", "--goto", "2.2")
    ]
    assert part[1]["loss"] is None
    assert part[1]["after"] == {"W1": None, "b1": None}
    assert part[2]["seen"] == 1


def sums(rows: list[dict[str, float]]) -> dict[str, float]:
    total = sum(row["loss"] for row in rows)
    return {"sum": total, "mean": total / len(rows)}


def test_where_a_pass_ends_its_losses_are_summed(capsys, online):
    text = "\n".join(printed(capsys, online, "--plain", "--goto", "4.loss"))
    assert "▸ pass 1 ends: Σ L = 0.0200 + 0.0032 + 0.1114 + 0.2667 = 0.4013" in text
    assert "▸ mean = 0.4013/4 = 0.1003" in text
    assert "ends" not in "\n".join(printed(capsys, online, "--plain", "--goto", "3.loss"))
    lines = [json.loads(line) for line in printed(capsys, online, "--json")]
    losses = [line for line in lines if line["symbol"] == "loss"]
    assert [line["pass"] for line in losses] == [1] * 4 + [2] * 4
    ends = [line for line in lines if "pass_sum" in line]
    assert [line["iteration"] for line in ends] == [4, 8]
    assert ends[1]["pass_sum"] == sum(line["value"] for line in losses[4:])
    assert ends[1]["pass_mean"] == ends[1]["pass_sum"] / 4
    assert not any("pass" in line for line in map(json.loads, printed(capsys, "xor", "--json")))


def test_the_table_as_a_page_goes_to_the_row_that_is_pointed_at():
    keys = Keyboard("mini-batch").press("7 t #")
    shown = keys.screen(60, 20)
    assert "· pass  3 · 2/3 ·" in shown
    assert "so far, 1 of 3: Σ L = 0.7086" in shown
    keys.press("k enter")
    assert keys.session.position == Position(7, 18)


def test_line_mode_goes_by_passes_and_has_the_table():
    talk = Talk("mini-batch")
    assert "iteration 7 " in talk(":pass 3")
    assert "iteration 4 " in talk("(")
    assert "iteration 7 " in talk(")")
    assert "pass 3" in talk("table")
    assert "iteration 1 " in talk("1")


def test_explain_in_line_mode_has_more_rows_than_it_shows():
    assert "and more" in Talk("xor")("explain")


def test_the_loss_pane_has_the_mean_of_each_pass_where_that_is_chosen():
    keys = Keyboard("mini-batch").press("4 t %")
    shown = keys.screen(120, 40)
    assert "─ loss, mean by pass · pass 2 so far, 1/3 · sum 0.7112 · mean 0.7112 ─" in shown
    assert re.search(r" pass +1 +2\n SGD +0\.6926 +·", shown)
    curve = keys.press("1 2 t").screen(120, 40)
    assert "pass 6 so far" in curve
    assert re.search(r"└─+▲\n +1 +5\n", curve)
    assert "─ loss · pass 6" in keys.press("%").screen(120, 40)
    assert "one mini-batch here" in Keyboard("xor").press("%").screen(80, 24)


def test_a_run_without_a_network_has_no_samples_in_its_table(capsys, tmp_path):
    assert printed(capsys, "quadratic", "--table")[0].split() == [
        "t",
        "L",
        "Δx₁",
        "Δx₂",
        "x₁",
        "x₂",
    ]
    path = tmp_path / "given.toml"
    path.write_text('[gradients]\ng = [4.0, 2.0]\nstart = 1.0\n[optimizer]\nname = "sgd"\nlr = 0.1')
    assert printed(capsys, str(path), "--table")[0].split() == ["t", "Δθ₁", "θ₁"]
