"""--gradcheck: each parameter's gradient beside a difference, as text and JSON."""

import json
import re
from dataclasses import replace

import pytest

from engine.analysis.gradcheck import GradientCheck
from engine.history.branching import history_of
from engine.runfile.read import load
from tests.tui.command.test_whence import printed, refused
from tui.draw.gradcheck import Tally, one, quotient, subject, verdict
from tui.text.format import Text


def test_every_parameter_has_a_line_and_the_worst_is_named(capsys):
    lines = printed(capsys, "--gradcheck", "--goto", "1.1")
    assert len(lines) == 2 + 12 + 1
    head, row = lines[1], lines[2 + 6]
    ends = [[match.end() for match in re.finditer(r"\S+( \S+ \S+\))?", each)]
            for each in (head, row)]  # fmt: skip
    assert ends[0] == ends[1][1:] == [28, 43, 58, 73, 88]
    name, backprop, numeric, error, above, below = row.split()
    assert (name, backprop, numeric) == ("W[2]₁₁", "−0.26007836", "−0.26007836")
    assert float(error) < 1e-9
    assert float(above) < 0.8273587072 < float(below)
    assert lines[-1].startswith("All 12 agree; the worst is ")


def test_json_is_what_the_text_says_of(capsys):
    found = [json.loads(line) for line in printed(capsys, "xor", "--gradcheck", "--json")]
    asked = GradientCheck(history_of(load("xor")), load("xor").iterations)
    assert sum(len(list(asked.indices(name))) for name in asked.parameters) == len(found)
    assert set(found[0]) == {"symbol", "index", "backprop", "numeric", "error"}
    assert found[0]["index"] == [1, 1]
    check = asked.check("W1", (0, 0))
    assert (found[0]["backprop"], found[0]["numeric"]) == (check.backprop, check.numeric)


def test_float32_is_checked_in_float64_and_says_so(capsys):
    assert "in float64" in printed(capsys, "article-script", "--gradcheck")[0]


@pytest.mark.parametrize("digits", [2, 4, 8])
@pytest.mark.parametrize("h", [1e-1, 1e-3, 1e-5])
def test_the_quotient_closes_with_the_digits_it_shows(digits, h):
    text, asked = Text(digits), GradientCheck(history_of(load("worked-example")), 1)
    check = asked.check("W1", (1, 1), h)
    left, sign, right = quotient(text, check).partition(" = ")
    assert sign
    above, below = left[1:].split(")/")[0].split(" − ")
    shown = (float(above) - float(below)) / (2 * h)
    assert shown == pytest.approx(float(right.replace("−", "-")), abs=0.51 * 10.0**-digits)


def test_a_page_says_what_differs_and_by_how_much():
    text, asked = Text(), GradientCheck(history_of(load("worked-example")), 1)
    check = asked.check("W1", (0, 0))
    about = subject(text, check, (2, 2), "dW1")
    page = one(text, check, asked.curve("W1", (0, 0)), about, 76)
    words = "\n".join("".join(part for part, _ in line) for line in page)
    value = Text(8).number(check.backprop or 0)
    assert f"∂L/∂W[1]₁₁ = {value}  by backpropagation" in words
    assert "Least at h = " in words
    assert len(page) <= 22
    assert verdict(text, check).startswith("The two agree")


def test_only_one_question_at_a_time(capsys):
    assert "one question at a time" in refused(capsys, "--gradcheck", "--from", "W1[1,1]")
    assert "--size" in refused(capsys, "--gradcheck", "--size", "80x24")


def test_what_is_0_to_rounding_is_not_the_worst():
    text, asked = Text(), GradientCheck(history_of(load("worked-example")), 1)
    right = asked.check("W1", (0, 0))
    lost = replace(right, backprop=1e-17, above=right.below)
    assert lost.lost
    assert lost.agrees
    assert verdict(text, lost).startswith("Both are 0 to the rounding")
    for order in ([lost, right], [right, lost]):
        tally = Tally()
        for check in order:
            tally.add(check)
        assert tally.worst is right


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_gradients_that_are_given_are_not_checked(capsys, tmp_path, more):
    path = tmp_path / "given.toml"
    path.write_text('[gradients]\nstart = 1.0\ng = [4, 2]\n[optimizer]\nname = "sgd"\nlr = 0.1\n')
    assert "gradients of this run are given" in refused(capsys, str(path), "--gradcheck", *more)
    assert not capsys.readouterr().out
