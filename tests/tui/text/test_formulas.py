"""Formulas of whole arrays with their numbers."""

import numpy as np
import pytest

from tests.closing.lines import Line
from tui.text.format import Text

TEXT = Text()
A = {
    "W": np.array([[0.5, 0.6], [0.7, 0.8]]),
    "a": np.array([0.462117, 0.800499]),
    "b": np.array([0.1, -0.1234]),
    "X": np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 3.0]]),
    "y": np.array([1.0, 0.0]),
    "n": np.array(3.0),
    "one": np.array([[0.3]]),
    "row": np.array([[0.5, 0.25]]),
}


def line(template: str, result, digits: int = 4) -> str:
    """The line of a template with the arrays above."""
    put = {name: A[name] for name in A if f"{{{name}}}" in template}
    found = Text(digits).array_line(template, put, np.array(result))
    return str(found) if found else ""


D = A["a"] - A["y"]
H = np.where(np.abs(D) < 0.6, D**2 / 2, 0.6 * (np.abs(D) - 0.3)).sum()
CASES = [
    ("{W}·{a} + {b}", A["W"] @ A["a"] + A["b"]),
    ("{X}·{W}ᵀ + {b}", A["X"] @ A["W"].T + A["b"]),
    ("{a}·{b}ᵀ", np.outer(A["a"], A["b"])),
    ("{X}ᵀ·{X}", A["X"].T @ A["X"]),
    ("{W}ᵀ·{a}", A["W"].T @ A["a"]),
    ("{row}ᵀ·{one}", A["row"].T @ A["one"]),
    ("{row}·{a}", A["row"] @ A["a"]),
    ("{X}·{row}ᵀ", A["X"] @ A["row"].T),
    ("{a} ⊙ {b} − {y}", A["a"] * A["b"] - A["y"]),
    ("−{y} ⊘ {a}", -A["y"] / A["a"]),
    ("tanh({a})", np.tanh(A["a"])),
    ("1/(1 + e^−{a})", 1 / (1 + np.exp(-A["a"]))),
    ("{b} where {b} > 0, else 0.1·{b}", np.where(A["b"] > 0, A["b"], 0.1 * A["b"])),
    ("max(0, {b})", np.maximum(0, A["b"])),
    ("min(0.05, max(−0.05, {b}))", np.clip(A["b"], -0.05, 0.05)),
    ("{b}, at most 0.05 to either side", np.clip(A["b"], -0.05, 0.05)),
    ("e^{X} / Σ e^{X}", np.exp(A["X"]) / np.exp(A["X"]).sum(1, keepdims=True)),
    ("e^s / Σ e^s with s = {a} − max({a})", np.exp(A["a"]) / np.exp(A["a"]).sum()),
    ("{X} − max({X})", A["X"] - A["X"].max(1, keepdims=True)),
    ("{X}·Σ {X} − {X}", A["X"] * A["X"].sum(1, keepdims=True) - A["X"]),
    ("−Σ {y} ⊙ log {a}", -(A["y"] * np.log(A["a"])).sum()),
    ("1/{n} · Σₙ {X}", A["X"].sum(0) / 3),
    ("½·Σ ({a} − {y})²", 0.5 * ((A["a"] - A["y"]) ** 2).sum()),
    ("max |{b}|", np.abs(A["b"]).max()),
    ("max(max |{W}|, max |{X}|, max |{b}|)", max(np.abs(A[n]).max() for n in ("W", "X", "b"))),
    ("(Σ |{b}|^3 + Σ |{W}|^3)^(1/3)", sum((np.abs(A[n]) ** 3).sum() for n in "bW") ** (1 / 3)),
    ("√(Σ {W}² + Σ {b}²)", np.sqrt((A["W"] ** 2).sum() + (A["b"] ** 2).sum())),
    ("Σ |{a} − {y}|", np.abs(A["a"] - A["y"]).sum()),
    ("sign({b})", np.sign(A["b"])),
    ("diag({a}) − {a}·{a}ᵀ", np.diag(A["a"]) - np.outer(A["a"], A["a"])),
    ("(2, 3) ⊙ ((1 − 0.1)·{y} + 0.1/2)", np.array([2, 3]) * (0.9 * A["y"] + 0.05)),
    ("Σ h({a} − {y}) with h(d) = ½·d² where |d| < 0.6, else 0.6·(|d| − 0.6/2)", H),
    ("u ⊙ u′ with u = 2·{b}, u′ = 1 + u²", 2 * A["b"] * (1 + 4 * A["b"] ** 2)),
]


@pytest.mark.parametrize(("template", "result"), CASES)
@pytest.mark.parametrize("digits", [3, 4, 6])
def test_a_formula_says_what_its_numbers_give(template, result, digits):
    """And a reader who shares nothing with the program finds the same."""
    put = {name: A[name] for name in A if f"{{{name}}}" in template}
    result = np.asarray(result)
    for off, sign in ((0.0, "="), (2.0 * 10**-digits, "≈")):
        found = Text(digits).array_line(template, put, result + off)
        assert found is not None
        read = Line("", "array", found.left, found.sign, found.right)
        assert read.closes(digits) == (found.sign == "=")
        assert found.sign == sign


def test_operands_have_the_digits_that_all_results_need():
    assert line("1 − {a}²", 1 - A["a"] ** 2) == "1 − (0.46212, 0.80050)² = (0.7864, 0.3592)"
    assert line("{row}·{a}", A["row"] @ A["a"]) == "(0.5 0.25)·(0.4621, 0.8005) = (0.4312)"


@pytest.mark.parametrize(
    "template",
    ["w ⊙ {a}", "√(Σ {W}² + … + Σ {b}²)", "h({a})", "{a} +", "({a}", "⌊{a}⌋"],
)
def test_what_does_not_say_all_is_not_worked_out(template):
    assert line(template, A["a"]) == ""


def test_shapes_that_do_not_fit_do_not_close():
    assert line("{X}·{X}", A["a"]).split(")")[-2].endswith("≈ (0.4621, 0.8005")


def test_a_number_stands_for_all():
    assert line("0·{n} + 1", [1.0, 1.0]) == "0·3 + 1 = (1, 1)"


def test_large_arrays_are_not_written_out():
    assert Text().array_line("{a}", {"a": np.zeros(17)}, np.zeros(17)) is None
    assert Text().array_line("{a}", {"a": np.zeros((2, 2, 2))}, np.zeros((2, 2, 2))) is None
