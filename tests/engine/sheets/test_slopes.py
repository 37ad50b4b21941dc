"""Sheets on slopes that are learned: how they are written, and slips that NumPy alone has made."""

from __future__ import annotations

import numpy as np
import pytest

from engine.formula.calls import Array
from engine.history.branching import history_of
from engine.history.history import History
from engine.runfile.read import from_table
from engine.sheets.figures import Verdict
from tests.engine.sheets.grading import graded

X = np.array([[1.0, 2.0], [0.5, -1.0], [-1.5, 0.3]])
Y = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
W1, B1 = np.array([[0.5, -0.5], [0.2, 0.4]]), np.array([0.1, -0.1])
W2, B2 = np.array([[0.5, 0.3], [-0.2, 0.4]]), np.array([0.1, -0.1])
Z = X @ W1.T + B1
ONE, EACH = np.array(0.25), np.array([0.5, -0.25])


def run(alpha: Array) -> History:
    layers = [
        {"units": 2, "activation": "prelu", "W": W1, "b": B1, "alpha": alpha},
        {"units": 2, "activation": "identity", "W": W2, "b": B2},
    ]
    data = {"x": X.tolist(), "y": Y.tolist()}
    sgd = {"name": "sgd", "lr": 0.5}
    return history_of(
        from_table({"data": data, "layers": layers, "loss": {"name": "mse"}, "optimizer": sgd})
    )


def upstream(alpha: Array) -> Array:
    yhat = np.where(Z > 0, Z, alpha * Z) @ W2.T + B2
    return np.asarray(2 * (yhat - Y) / Y.size @ W2)


def summed(alpha: Array, parts: Array) -> Array:
    return np.asarray(parts.sum(0) if alpha.ndim else parts.sum())


def wrongly(alpha: Array) -> dict[str, Array]:
    """∂L/∂α with a mistake in it, by the mistake."""
    da, below = upstream(alpha), np.minimum(Z, 0)
    right = summed(alpha, da * below)
    found = {
        "slope-all-sums": summed(alpha, da * Z),
        "slope-sums-above": summed(alpha, da * np.maximum(Z, 0)),
        "slope-first-sample": summed(alpha, (da * below)[:1]),
        "slope-second-sample": summed(alpha, (da * below)[1:2]),
        "slope-mean": right / 3,
        "slope-by-delta": summed(alpha, da * np.where(Z > 0, 1, alpha) * below),
        "slope-no-sum": summed(alpha, da * (Z < 0)),
        "slope-sign": -right,
    }
    if not alpha.ndim:
        found["slope-first-unit"] = (da * below)[:, 0].sum()
    return found


@pytest.mark.parametrize("alpha", [ONE, EACH], ids=["one", "each"])
def test_slips_of_a_slopes_gradient_are_named(alpha):
    history = run(alpha)
    right = summed(alpha, upstream(alpha) * np.minimum(Z, 0))
    for key, wrong in {"": right, **wrongly(alpha)}.items():
        text = f"da1 = {upstream(alpha).tolist()}\n∂L/∂α[1] = {np.round(wrong, 6).tolist()}"
        sheet = graded(history, text).sheet
        slips = [judged for judged in sheet.judged if judged.verdict is Verdict.SLIP]
        if not key:
            assert not slips
            continue
        assert slips, key
        assert all(judged.causes[0].key == key for judged in slips), (key, slips[0].causes)


def test_slips_of_what_the_unit_puts_out_are_named():
    history = run(ONE)
    for key, wrong in {
        "prelu-everywhere": 0.25 * Z,
        "prelu-above": np.where(Z > 0, 0.25 * Z, Z),
        "prelu-leaky": np.where(Z > 0, Z, 0.01 * Z),
    }.items():
        sheet = graded(history, f"a1 = {np.round(wrong, 6).tolist()}").sheet
        causes = {judged.causes[0].key for judged in sheet.judged if judged.causes}
        assert causes == {key}


@pytest.mark.parametrize(
    "text",
    ["α1 = 0.25", "alpha[1] = 0.25", "α = 0.25", "alpha = 0.25", "new α1 = {new}", "α[1]+ = {new}"],
)
def test_a_slope_is_known_by_its_names(text):
    history = run(ONE)
    new = 0.25 - 0.5 * float(summed(ONE, upstream(ONE) * np.minimum(Z, 0)))
    sheet = graded(history, f"{text.format(new=round(new, 6))}\nz1 = {np.round(Z, 6).tolist()}")
    found = [str(judged.figure.symbol) for judged in sheet.sheet.judged]
    assert found.count("alpha1") == 1
    assert "lr" not in found
    assert not sheet.sheet.slips


def test_without_a_slope_alpha_alone_is_the_rate():
    table = {"data": {"x": [[1.0]], "y": [[1.0]]}, "layers": [{"units": 1, "activation": "tanh"}]}
    spec = from_table(table | {"loss": {"name": "mse"}, "optimizer": {"name": "sgd", "lr": 0.5}})
    found = graded(history_of(spec), "α = 0.5\nz1 = 1").sheet.judged
    assert [judged.figure.symbol for judged in found] == ["lr", "z1"]
