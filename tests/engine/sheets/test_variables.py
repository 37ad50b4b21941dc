"""Sheets of runs without a network: their names read, their figures judged."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from typing import Any

import pytest

from engine.history.branching import history_of
from engine.runfile.read import from_table
from engine.sheets.grade import Graded, grade
from engine.sheets.scheme import Scheme
from engine.sheets.variables import translated

FUNCTION: dict[str, Any] = {
    "function": {"f": "0.1*x1^2 + 2*x2^2", "start": [-5, -2]},
    "optimizer": {"name": "sgd", "lr": 0.4},
}
GIVEN: dict[str, Any] = {
    "gradients": {"start": 1.0, "g": [4, 2]},
    "optimizer": {"name": "adam", "lr": 0.1},
}


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("x1 = 1", "b[1]_1 = 1"),
        ("x₂ = 1", "b[1]_2 = 1"),
        ("x_1 = x_{2}", "b[1]_1 = b[1]_2"),
        ("θ = (1, 2)", "b[1] = (1, 2)"),
        ("theta_2 = 1", "b[1]_2 = 1"),
        ("∂f/∂x1 = 1", "∂L/∂b[1]_1 = 1"),
        ("df(x1, x2)/dx2 = 1", "∂L/∂b[1]_2 = 1"),
        ("g_1 = 1", "∂L/∂b[1]_1 = 1"),
        ("g_x2 = 1", "∂L/∂b[1]_2 = 1"),
        ("∇f = (1, 2)", "∂L/∂b[1] = (1, 2)"),
        ("m(x1) = 1", "m(b[1])_1 = 1"),
        ("mˆ(θ) = 1", "mhat(b[1]) = 1"),
        ("v_2 = 1", "v(b[1])_2 = 1"),
        ("m.theta = 1", "m(b[1]) = 1"),
        ("T₂ = 8", "z[1]_2 = 8"),
        ("f(-5, -2) = 10.5", "L = 10.5"),
        ("the first x10 and fx1 stay", "the first x10 and fx1 stay"),
    ],
)
def test_names_are_read_as_people_write_them(written: str, usual: str) -> None:
    assert translated(from_table(FUNCTION))(written) == usual


def graded(table: dict[str, Any], sheet: str) -> Graded:
    return grade(history_of(from_table(table)), sheet, Scheme())


def verdicts(found: Graded) -> list[str]:
    return [judged.verdict.value for judged in found.sheet.judged]


def test_a_sheet_of_a_function_is_judged_by_its_own_figures() -> None:
    sheet = """
    f(-5, -2) = 10.5
    ∂f/∂x1 = -1
    ∂f/∂x2 = -8
    x1 = -4.6
    x2 = 1.2
    iteration 2
    f = 4.996
    g1 = -0.92
    g2 = 4.8
    x1 = -4.6 - 0.4*0.92 = -4.968
    x2 = -0.72
    """
    found = graded(FUNCTION, sheet)
    assert verdicts(found) == ["right"] * 8 + ["slip", "right"]
    assert "the sign of the gradient lost" in str(found.sheet)


def test_a_missing_correction_is_named_where_gradients_are_given() -> None:
    sheet = "m = 0.4\nv = 0.016\nm_hat = 0.4\nv_hat = 16\nθ = 0.99"
    found = graded(GIVEN, sheet)
    assert verdicts(found) == ["right", "right", "slip", "right", "carried"]
    assert "no bias correction" in str(found.sheet)


def test_momentum_is_v_too() -> None:
    given = {"start": [1.0, 2.0], "g": [[4, -1], [2, 3]]}
    momentum = {"name": "sgd", "lr": 0.1, "momentum": 0.9, "momentum_form": "mean"}
    sheet = "v1 = 0.4\nv_2 = -0.1\nθ = (0.96, 2.01)\niteration 2\nbuf = (0.56, 0.21)\nθ1 = 0.95"
    found = graded({"gradients": given, "optimizer": momentum}, sheet)
    assert verdicts(found) == ["right"] * 6 + ["slip"]


@pytest.mark.parametrize("table", [FUNCTION, GIVEN])
def test_all_that_json_has_is_right(table: dict[str, Any]) -> None:
    history, lines = history_of(from_table(table)), io.StringIO()
    with redirect_stdout(lines):
        for t in (1, 2):
            trace = history.trace(t)
            for step in trace.steps:
                value = trace.known(step.symbol, step.number).tolist()
                print(json.dumps({"iteration": t, "symbol": step.symbol, "value": value}))
    found = graded(table, lines.getvalue())
    assert set(verdicts(found)) == {"right"}
    assert len(verdicts(found)) >= 10
    assert not found.unplaced
