"""Mistakes of a penalty in the loss, made by NumPy alone, and what grading names them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from engine.catalog.symbols import Symbol
from engine.history.branching import history_of
from engine.history.history import History
from engine.runfile.read import from_table
from engine.sheets.figures import Verdict
from engine.sheets.worksheet import worksheet
from tests.engine.sheets.grading import graded

Array = npt.NDArray[np.float64]
W = {1: np.array([[0.1, -0.2], [0.3, 0.4]]), 2: np.array([[0.5, 0.6], [-0.7, 0.8]])}
B = {1: np.array([0.2, -0.1]), 2: np.array([0.3, 0.4])}
X, Y = np.array([[1.0, 2.0]]), np.array([[1.0, 0.0]])
L2, L1 = 0.2, 0.05


def history(**penalty: object) -> History:
    return history_of(
        from_table(
            {
                "data": {"x": X.tolist(), "y": Y.tolist()},
                "layers": [
                    {"units": 2, "activation": a, "W": W[n].tolist(), "b": B[n].tolist()}
                    for n, a in ((1, "tanh"), (2, "softmax"))
                ],
                "loss": {"name": "cross_entropy"},
                "penalty": {"l2": L2, "l1": L1, **penalty},
                "optimizer": {"name": "sgd", "lr": 0.1},
            }
        )
    )


def right() -> dict[str, Array]:
    """What the run has, by NumPy alone."""
    a = np.tanh(X @ W[1].T + B[1])
    e = np.exp(a @ W[2].T + B[2])
    yhat = e / e.sum()
    delta2 = yhat - Y
    delta1 = (delta2 @ W[2]) * (1 - a**2)
    found = {
        "yhat": yhat,
        "E": -np.log(yhat[:, :1]),
        "R": np.asarray(sum(L2 / 2 * (w**2).sum() + L1 * abs(w).sum() for w in W.values())),
        "delta2": delta2,
        "dW2": delta2.T @ a + L2 * W[2] + L1 * np.sign(W[2]),
        "db2": delta2[0],
        "dW1": delta1.T @ X + L2 * W[1] + L1 * np.sign(W[1]),
        "db1": delta1[0],
    }
    found["L"] = found["E"] + found["R"]
    order = ("yhat", "E", "R", "L", "delta2", "dW2", "db2", "dW1", "db1")
    return {name: found[name] for name in order}


def sheet(figures: dict[str, Array]) -> str:
    def written(value: Array) -> str:
        rows = np.atleast_2d(value)
        inner = ["[" + ", ".join(f"{x:.5f}" for x in row) + "]" for row in rows]
        return "[" + ", ".join(inner) + "]" if len(inner) > 1 else inner[0][1:-1]

    lines = (f"{name} = {written(np.asarray(value))}" for name, value in figures.items())
    return "\n".join(["Iteration 1", *lines])


def test_a_right_sheet_is_right():
    judged = graded(history(), sheet(right())).sheet.judged
    assert {each.verdict for each in judged} == {Verdict.RIGHT}
    assert {"dataloss", "penalty", "loss"} <= {str(each.figure.symbol) for each in judged}


def penalty(l2: float, l1: float) -> Array:
    return np.asarray(sum(l2 * (w**2).sum() + l1 * abs(w).sum() for w in W.values()))


def slope(w: Array) -> Array:
    return L2 * w + L1 * np.sign(w)


WRONG: list[tuple[str, Callable[[dict[str, Array]], Array], str]] = [
    ("R", lambda f: penalty(L2, L1), "penalty-factor"),
    ("R", lambda f: penalty(0.5, 1), "penalty-no-weight"),
    ("R", lambda f: f["R"] + penalties_of(B), "penalty-biases"),
    ("R", lambda f: f["R"] - penalties_of({1: W[1]}), "penalty-last-layer"),
    ("R", lambda f: f["R"] - penalties_of({2: W[2]}), "penalty-first-layer"),
    (
        "R",
        lambda f: np.asarray(
            sum(L2 / 2 * np.sqrt((w**2).sum()) + L1 * abs(w).sum() for w in W.values())
        ),
        "penalty-root",
    ),
    ("L", lambda f: f["E"], "loss-without-penalty"),
    ("L", lambda f: f["E"] - f["R"], "loss-less-penalty"),
    ("L", lambda f: f["R"], "loss-penalty-alone"),
    ("dW2", lambda f: f["dW2"] - slope(W[2]), "penalty-slope-left-out"),
    ("dW2", lambda f: f["dW2"] - 2 * slope(W[2]), "penalty-slope-sign"),
    ("dW1", lambda f: f["dW1"] + L2 * W[1], "penalty-slope-factor"),
    ("db2", lambda f: f["db2"] + slope(B[2]), "penalty-slope-biases"),
    ("dW2", lambda f: slope(W[2]) - (f["dW2"] - slope(W[2])), "gradient-sign"),
    ("E", lambda f: -f["E"], "loss-sign"),
    ("E", lambda f: f["E"] / np.log(2), "loss-log2"),
]


def penalties_of(of: dict[int, Array]) -> Array:
    return np.asarray(sum(L2 / 2 * (w**2).sum() + L1 * abs(w).sum() for w in of.values()))


@pytest.mark.parametrize(("name", "wrong", "key"), WRONG, ids=[f"{w[0]} {w[2]}" for w in WRONG])
def test_a_mistake_is_named(name, wrong, key):
    figures = right()
    figures[name] = np.asarray(wrong(figures))
    slips = graded(history(), sheet(figures)).sheet.slips
    symbol = {"E": "dataloss", "R": "penalty", "L": "loss"}.get(name, name)
    assert {str(each.figure.symbol) for each in slips} == {symbol}
    for slip in slips:
        cause = slip.causes[0]
        assert key in (cause.key, *cause.also), slip.causes


def test_a_sheet_of_a_run_without_a_penalty_has_no_R():
    plain = history(l2=0, l1=0)
    found = graded(plain, "E = 0.5\nR = 0.1")
    assert [str(each.figure.symbol) for each in found.sheet.judged] == ["loss"]
    assert any("no penalty" in str(each) for each in found.unplaced)


def test_a_worksheet_tells_what_the_penalty_is():
    page = worksheet(history(), "p", 1, ("loss", "dW2"))
    assert {*page.scalars} >= {("ridge", L2), ("lasso", L1)}
    assert Symbol("ridge").written == "λ₂"
