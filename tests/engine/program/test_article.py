"""Every figure that the article prints, held against the true value."""

from pathlib import Path

import numpy as np
import pytest

from engine.history.branching import history_of
from engine.runfile.read import load
from tests.engine.errata import FIGURES, figures, table

README = Path(__file__).parents[3] / "README.md"


def test_of_51_wrong_figures_nine_are_slips_and_the_others_carry_them_on():
    found = list(figures())
    assert len(found) == 76
    assert sum(figure.wrong for figure in found) == 51
    assert sum(figure.slips for figure in found) == 9
    assert sum(figure.carried for figure in found) == 42


def test_the_readme_lists_exactly_the_slips_with_their_true_digits():
    section = (
        README.read_text("utf-8").partition("## The article's errata")[2].partition("\n## ")[0]
    )
    assert [line for line in section.splitlines() if line.startswith("|")] == table()


def test_a_slip_is_told_from_what_is_carried_and_from_what_is_right():
    by_name = {(f.iteration, f.element): f for f in figures()}
    assert by_name[1, "ŷ₁"].slips
    assert by_name[1, "b[1]₁"].printed == "-0.0884"
    assert by_name[1, "b[1]₁"].true == pytest.approx(-0.008852215690880492, abs=1e-15)
    assert by_name[1, "δ[2]₁"].carried  # 0.4378 − 1
    assert by_name[2, "z[1]₂"].carried  # from b[1]₂ = −0.00404
    assert not by_name[1, "a[1]₁"].wrong
    cancelling = by_name[2, "W[1]₁₂"]  # 0.18232 − 0.01242 is 0.1699, and 0.16988 is true
    assert not cancelling.follows
    assert not cancelling.slips


def test_exact_values_of_the_first_iterations():
    history = history_of(load("worked-example"))
    first = history.trace(1)
    last = len(first.steps)

    def close(symbol: str, *expected: float) -> None:
        assert np.allclose(first.known(symbol, last).ravel(), expected, rtol=0, atol=5e-7), symbol

    close("yhat", 0.437203, 0.562797)
    close("loss", 0.827359)
    close("delta1", 0.088522, 0.040432)
    close("W1", 0.091148, 0.182296, 0.295957, 0.391914)
    close("b1", -0.008852, -0.004043)
    close("W2", 0.526008, 0.645052, 0.673992, 0.754948)
    close("b2", 0.056280, -0.056280)
    assert float(history.trace(2).known("loss", 5)) == pytest.approx(0.711559, abs=5e-7)
    assert float(history.trace(3).known("loss", 5)) == pytest.approx(0.620741, abs=5e-7)


def test_adam_moves_every_parameter_by_its_learning_rate_first():
    spec = load("worked-example")
    assert spec.compare is not None
    history = history_of(spec.with_optimizer(spec.compare, spec.optimizer))
    first = history.trace(1)
    for name in ("W1", "b1", "W2", "b2"):
        gradient = first.known(f"d{name}", 33)
        np.testing.assert_allclose(first.change(name), -0.1 * np.sign(gradient), rtol=1e-6)
    second = history.trace(2)
    upper, lower = second.known("W2", 0)
    np.testing.assert_allclose(upper, lower, rtol=0, atol=1e-8)
    assert np.abs(second.known("da1", 33)).max() < 1e-8
    assert float(second.known("loss", 5)) == pytest.approx(0.598139, abs=5e-7)


def test_the_softmax_example_slips_in_one_figure():
    example = FIGURES["softmax-example"]
    z = np.array([float(v) for v in example["z"]])
    powers = np.exp(z - z.max())
    yhat = powers / powers.sum()
    jacobian = np.diag(yhat) - np.outer(yhat, yhat)
    printed = example["yhat"] + example["delta"] + example["jacobian-row-1"]
    true = [f"{v:.3f}" for v in (*yhat, *(yhat - [1, 0, 0]), *jacobian[0])]
    slips = [(p, t) for p, t in zip(printed, true, strict=True) if p != t]
    assert slips == [("-0.159", "-0.160")]
