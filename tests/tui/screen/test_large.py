"""784-128-64-10 with mini-batches of 64: windows, summaries and abridged arithmetic."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from engine.runfile.read import from_table
from engine.session.session import Session
from tests.tui.keyboard import Keyboard
from tui.actions.actions import Actions
from tui.actions.desk import Desk
from tui.keys import Keymap
from tui.text.format import Text

SIZES = ((80, 24), (200, 60))


@pytest.fixture(scope="module")
def spec():
    rng = np.random.default_rng(0)
    return from_table(
        {
            "name": "large",
            "data": {
                "x": rng.uniform(size=(128, 784)).round(3).tolist(),
                "labels": rng.integers(0, 10, 128).tolist(),
                "batch_size": 64,
            },
            "layers": [
                {"units": 128, "activation": "tanh"},
                {"units": 64, "activation": "tanh"},
                {"units": 10, "activation": "softmax"},
            ],
            "loss": {"name": "cross_entropy"},
            "optimizer": {"name": "sgd", "lr": 0.1},
            "compare": {"name": "adam", "lr": 0.01},
        },
        "large.toml",
        Path(),
    )


@pytest.fixture
def keyboard(spec):
    made = Keyboard()
    made.actions = Actions(Desk(Session(spec)), Keymap())
    return made


@pytest.mark.parametrize("optimizer", ["own", "other"])
def test_every_step_is_drawn_at_every_size(keyboard, optimizer):
    keyboard.press("o" if optimizer == "other" else "")
    for _ in range(2 * len(keyboard.session.trace.steps)):
        keyboard.press("n")
        for width, height in SIZES:
            rows = keyboard.screen(width, height).splitlines()
            assert len(rows) == height
            assert max(map(len, rows)) <= width
            assert re.search(r"⋮ \d+|\d+ of \d+ on|\d+/\d+ ", "\n".join(rows[1:]))


def test_an_array_is_measured_once_for_all_steps_that_show_it(keyboard, monkeypatch):
    norm, measured = np.linalg.norm, []

    def counted(array):
        measured.append(array)
        return norm(array)

    monkeypatch.setattr(np.linalg, "norm", counted)
    keyboard.press("t n n n n n n n n n n n n")
    keyboard.screen(80, 24)
    measured.clear()
    keyboard.press("n")
    keyboard.screen(80, 24)
    assert len(measured) == 1


def test_the_last_element_of_a_matrix_can_be_selected(keyboard):
    session = keyboard.session
    session.go(session.target("dW1"))
    keyboard.press("h")
    keyboard.session.selection = type(session.selection)("W1", 128 * 784 - 1, 0)
    drawn = keyboard.screen(200, 60)
    assert "₁₂₈" in drawn
    assert "₁₂₈,₇₈₄" in drawn


def test_an_expansion_of_784_terms_is_abridged_and_its_sum_is_right(keyboard):
    session, text = keyboard.session, Text(digits=8)
    keyboard.press("n")
    trace, step = session.trace, session.step
    assert step.symbol == "z1"
    z, W, x = (trace.known(name, 1) for name in ("z1", "W1", "x"))
    e = trace.expand(step, (5, 7))
    assert len(e.args) == 785
    assert e.value == pytest.approx(z[5, 7], rel=1e-13)
    line = text.line(e, float(z[5, 7]))
    shown = line.left.replace("−", "-")
    assert len(shown) < 200
    match = re.search(r"\[781 terms: (.*?)\]", shown)
    assert match is not None
    assert float(match[1]) == pytest.approx(float(W[7, 2:783] @ x[5, 2:783]), abs=1e-8)
    assert line.sign in "=≈"
    page = keyboard.press("enter").screen(80, 24)
    assert "[781 terms: " in page
    assert "and 1557 more" in keyboard.screen(100, 60)


def test_the_first_not_finite_number_is_named():
    keyboard = Keyboard("diverging")
    session = keyboard.session
    session.go(session.target("617.3"))
    assert "first" not in keyboard.screen()
    keyboard.press("n")
    assert re.search(r"inf first at 617\.4 L  loss +inf", keyboard.screen())
    keyboard.press("n")
    assert keyboard.place == "sgd 617.5"
    assert "inf first at 617.4 L" in keyboard.screen(60, 20)
    session.go(session.target("2000.1"))
    row = keyboard.screen().splitlines()[-2]
    assert "nan since before 2000.1" in row
    assert "1.1 nan" not in keyboard.press("g").screen()


def test_the_first_not_finite_number_of_a_slot():
    keyboard = Keyboard("xor")
    trace = keyboard.session.trace
    assert trace.trouble is None
    assert keyboard.session.branch.history.trace(1) is trace
