"""Formulas read, and written again as one writes them."""

import pytest

from engine.functions.read import read
from engine.functions.slopes import derivative
from engine.functions.words import MistakeError
from engine.functions.written import written


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("0.1*x1^2 + 2*x2^2", "0.1·x₁² + 2·x₂²"),
        ("2x", "2·x"),
        ("3(x+1)", "3·(x + 1)"),
        ("(x+1)(x-1)", "(x + 1)·(x − 1)"),
        ("-x^2", "−x²"),
        ("(-x)**2", "(−x)²"),
        ("θ₁² − 3·θ_2", "θ₁² − 3·θ₂"),
        ("theta[1]^2 + √(θ2)", "θ₁² + √θ₂"),
        ("2^-x", "2^(−x)"),
        ("x^2^3", "x^(2^3)"),
        ("2πx", "2·π·x"),
        ("e^-x", "e^(−x)"),
        ("exp(x)·ln(y)", "e^x·log(y)"),
        ("a - (b - c)", "a − (b − c)"),
        ("a/(b*c)", "a/(b·c)"),
        ("a/b*c", "a/b·c"),
        ("1e-3x", "0.001·x"),
        ("abs(x) + relu(x) + max(x, 0, y)", "|x| + max(0, x) + max(max(x, 0), y)"),
        ("x⁻¹ + x¹⁰", "x^(−1) + x^10"),
        ("x + -3", "x − 3"),
    ],
)
def test_a_formula_is_written_as_by_hand(formula: str, shown: str) -> None:
    assert written(read(formula, {}).tree) == shown


@pytest.mark.parametrize(
    ("formula", "gradient"),
    [
        ("0.1*x1^2 + 2*x2^2", ["0.2·x₁", "4·x₂"]),
        ("(a - x)^2 + b*(y - x^2)^2", ["−2·(a − x) − 4·b·x·(y − x²)", "2·b·(y − x²)"]),
        ("(1.5 - x + x*y)^2", ["2·(1.5 − x + x·y)·(y − 1)", "2·x·(1.5 − x + x·y)"]),
        ("(x + 2*y - 7)^2", ["2·(x + 2·y − 7)", "4·(x + 2·y − 7)"]),
        ("x*x + x", ["2·x + 1"]),
        ("exp(-x^2)", ["−2·x·e^(−x²)"]),
        ("sqrt(x^2 + 1)", ["x/√(x² + 1)"]),
        ("x/3", ["1/3"]),
        ("x/(1 + y)", ["1/(1 + y)", "−x/(1 + y)²"]),
        ("sin(2x)", ["2·cos(2·x)"]),
        ("3*0.1*x", ["0.3"]),
        ("x^y", ["y·x^(y − 1)", "x^y·log(x)"]),
        ("sigmoid(x)", ["σ(x)·(1 − σ(x))"]),
    ],
)
def test_a_derivative_is_the_one_that_a_student_would_write(
    formula: str, gradient: list[str]
) -> None:
    found = read(formula, {"a": 1.0, "b": 100.0})
    assert [written(derivative(found.tree, i)) for i in range(len(found.names))] == gradient


@pytest.mark.parametrize(
    ("formula", "column", "what"),
    [
        ("", 1, "there is no formula"),
        ("x +", 4, "ends where something is missing"),
        ("(x + 1", 1, "no ) for this ("),
        ("x + 1)", 6, "no ( for this )"),
        ("0,1*x", 2, "numbers have a point"),
        ("1/2x", 4, "two ways"),
        ("2^3x", 4, "two ways"),
        ("x 2", 3, "write ·"),
        ("f(x) = x", 6, "right of the ="),
        ("f(x)", 1, "f is no function"),
        ("y = x^2", 3, "right of the ="),
        ("sine(x)", 1, "the nearest function is sin"),
        ("sin x", 1, "needs parentheses: sin(x)"),
        ("max(x)", 1, "needs two numbers"),
        ("|x|", 1, "abs(x)"),
        ("x*", 3, "ends"),
        ("x * / y", 5, "/ cannot stand here"),
        ("1e999", 1, "too large"),
        ("x^", 3, "ends"),
        ("(" * 1500, 41, "within each other"),
        ("x" + "/x" * 900, 1, "within each other"),
        ("x" * 3000, 2001, "at most 2,000"),
        ("x;y", 2, "; is no part of a formula"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_mistake_is_one_sentence_with_its_column(formula: str, column: int, what: str) -> None:
    with pytest.raises(MistakeError, match=r".") as raised:
        read(formula, {})
    assert raised.value.column == column
    assert what in raised.value.what
