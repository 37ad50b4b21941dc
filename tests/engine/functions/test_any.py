"""Any formula: read, written, computed, worked out and differentiated alike."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.formula import expr as ex
from engine.formula.calls import Emit
from engine.formula.expr import Expr
from engine.functions.compute import Compiled, arithmetic
from engine.functions.read import read
from engine.functions.slopes import TooLongError, derivative
from engine.functions.tree import Node
from engine.functions.words import MistakeError
from engine.functions.written import written
from engine.program.alone import kinks_of

NAMES = ("x", "y1", "θ2")
numbers = st.sampled_from(["0.1", "2", "3", "1e-2", "0.75", "π", "e", "k"])
leaves = st.one_of(numbers, st.sampled_from([*NAMES, "θ_2", "y[1]"]))


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    function = st.sampled_from(
        ["exp", "sin", "cos", "tanh", "sigmoid", "sqrt", "ln", "abs", "relu"]
    )
    return st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["·", "/", "−", "^"]), inner),
        st.builds("{}({})".format, function, inner),
        st.builds("({}){}".format, inner, st.sampled_from(["²", "^3", "⁻¹", "**0.5"])),
        st.builds("-({})".format, inner),
        st.builds("max({}, {})".format, inner, inner),
        st.builds("min({}, {})".format, inner, inner),
        st.builds("(2({}))".format, inner),
    )


formulas = st.recursive(leaves, larger, max_leaves=8)
places = st.tuples(*[st.floats(-2, 2).map(lambda v: round(v, 3) + 0.0) for _ in NAMES])


def tree_of(formula: str) -> Node:
    return read(formula, {"k": 1.25}, NAMES).tree


def worked(e: Node, theta: Any) -> float:
    def element(index: int, _name: str) -> Expr:
        return ex.num(float(theta[index]))

    return arithmetic(e, element).value


def computed(e: Node, theta: Any) -> float:
    emit, out = Emit("float64"), np.zeros(())
    Compiled(emit, np.array(theta)).into(e, out)
    with np.errstate(all="ignore"):
        for function, args in emit.calls:
            function(*args)
    return float(out)


@settings(max_examples=150)
@given(formulas, places)
@example("(x)^(y1)", (0.0, 0.0, 0.0))
@example("(x)^(y1)", (0.0, 0.5, 0.0))
def test_a_formula_is_computed_as_it_is_worked_out_and_written(formula: str, theta: Any) -> None:
    tree = tree_of(formula)
    value = computed(tree, theta)
    np.testing.assert_allclose(worked(tree, theta), value, rtol=1e-9, atol=1e-12)
    again = written(tree).replace("|", "\0")
    if "\0" not in again:
        plain = again.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
        plain = plain.replace("log ", "ln").replace("σ", "sigmoid")
        np.testing.assert_allclose(computed(tree_of(plain), theta), value, rtol=1e-9, atol=1e-12)


@settings(max_examples=150)
@given(formulas, places)
def test_derivatives_are_those_of_differences(formula: str, theta: Any) -> None:
    tree = tree_of(formula)
    assume(not kinked(tree, theta))
    for index in range(len(NAMES)):
        slope = derivative(tree, index)
        found = computed(slope, theta)
        assert_alike(worked(slope, theta), found)
        assume(math.isfinite(found))  # what is infinite on the way is held to PyTorch's numbers
        differences = []
        for h in (1e-3, 1e-4, 1e-5):
            sides = []
            for way in (h, -h):
                moved = list(theta)
                moved[index] += way
                sides.append(computed(tree, moved))
            differences.append((sides[0] - sides[1]) / (2 * h))
        smooth = np.ptp(differences) <= 1e-3 * max(1.0, abs(differences[-1]))
        assume(smooth and np.isfinite(differences).all() and max(map(abs, differences)) < 1e6)
        one_sided = (computed(tree, moved) - computed(tree, theta)) / -h
        assume(abs(one_sided - differences[-1]) <= 1e-2 * max(1.0, abs(differences[-1])))
        assert math.isclose(found, differences[-1], rel_tol=2e-3, abs_tol=2e-3), (index, formula)


def kinked(tree: Node, theta: Any) -> bool:
    """Whether a kink is as near as the differences go."""
    return any(abs(away) < 0.01 for away in kinks_of(tree, np.array(theta)))


def assert_alike(a: float, b: float) -> None:
    if math.isfinite(a) and math.isfinite(b):
        assert math.isclose(a, b, rel_tol=1e-7, abs_tol=1e-9)


@settings(max_examples=300)
@given(st.text(alphabet="x1y2θ+-*/^().,²√π e0σmaxinlog|=[]_\\'\"\n", max_size=40))
@example("x" + "^x" * 200)
@example("-" * 1999 + "x")
@example("(" * 100_000)
@example("2^2^2^2^2^2^2^2^x")
@example("9" * 1900)
@example("x^" + "9" * 50)
def test_whatever_is_written_is_read_or_refused_with_a_place(text: str) -> None:
    found, mistake = None, None
    try:
        found = read(text, {})
    except MistakeError as error:
        mistake = error
    if found is None:
        assert mistake is not None
        assert 1 <= mistake.column <= len(text) + 1
        assert 0 < len(mistake.what) < 200
        return
    for index in range(len(found.names)):
        try:
            derivative(found.tree, index)
        except TooLongError:
            return
