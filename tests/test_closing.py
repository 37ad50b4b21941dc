"""A sample of what is printed, worked out again; and that who works it out sees what is false."""

import pytest

from tests.closing.count import Count
from tests.closing.printing import Print, sample

BLOCK = """iteration 1 · step 3/9 · forward · weighted sum, layer 1
  z[1] = W[1]·x
  = {array}
  ▸ z[1]₁ = {element}
  Each unit weighs its inputs and adds them up.
"""
AGREES = "(0.5 0.25; 1 0)·(2, 1)\n  = (1.25, 2)"


def counted(element: str = "0.5·2 = 1", array: str = AGREES, digits: int = 4) -> Count:
    """The count of a step with these lines."""
    found = Count()
    found.take(BLOCK.format(array=array, element=element), digits)
    return found


@pytest.mark.parametrize(
    "line",
    [
        "0.3333·3000 = 1000",
        "5.6667·3 + 2.5 = 19.5",
        "0.14/(1 − 0.9^3) = 0.5",
        "0.5·0.0625 = 0.0312",
        "0.5·0.0625 = 0.0313",
        "0·log 0 = 40",
        "−0.5·(−2) = −1",
        "−(0.5 + 2) = −1.5",
        "e^(0.5 − 1)/2 = 0.3032",
        "√(3² + 4²) + [28 terms: 1.5] + 1 = 7.4",
        "1.5e−5·2 = 3.0001e−5",
        "1e−5 + 1e−9 = 1e−5",
        "1e−9 = 0",
        "max(0, −1) = −1",
        "nan·2 = 1",
        "1/0 = 1",
    ],
)
def test_a_false_line_is_found(line):
    assert counted(line).false == [f"1.3 {line}"]
    plain = line.translate(str.maketrans({"−": "-", "·": "*"})).replace("√", "sqrt ")
    assert counted(plain).false == [f"1.3 {plain}"]


@pytest.mark.parametrize(
    "line",
    [
        "0.3333·3000 = 999.9",
        "5.6667·3 + 2.5 = 19.5001",
        "0.14/(1 − 0.9^3) = 0.5166",
        "0·log 0 = nan",
        "−log 0 = inf",
        "2·1e+200·1e+200 = 2e+400",
        "e^(0.5 − 1)/2 = 0.3033",
        "√(3² + 4²) + [28 terms: −1.5] + 1 = 4.5",
        "1.5e−5·2 = 3e−5",
        "1e−5 + 1e−10 = 1e−5",
        "−(−(0.5 + 2)) = 2.5",
        "tanh(−0.5) = −0.4621",
        "Φ(1)·σ(0) + φ(0) = 0.8196",
        "1/(1 + e^(−(−2))) = 0.1192",
        "log1p(0.5) − expm1(−0.5) = 0.7989",
        "abs(−2)·sign(−3)·step(0.5) = −2",
        "min(1, 0.5)·(−2) = −1",
        "(abs(−2)^3 + 1^3)^(1/3) = 2.0801",
    ],
)
def test_a_true_line_is_believed(line):
    found = counted(line)
    assert (found.lines, found.false, found.misread) == (2, [], [])
    assert counted(line.replace(" = ", " ≈ ")).shy


@pytest.mark.parametrize(
    ("array", "false"),
    [
        ("(0.5, 1.1) − (1, 0)\n  = (−0.5, 1.1)", False),
        ("(0.5, 1.1) − (1, 0)\n  = (−0.5, 1.2)", True),
        ("(1 2; 3 4)·(1, 0.5)\n  = (2, 5)", False),
        ("(1 2; 3 4)ᵀ·(1, 0.5)\n  = (2, 5)", True),
        ("(1, 2)·(3, 4)ᵀ\n  = (3 4; 6 8)", False),
        ("(1; 2)·(3 4)\n  = (3 4; 6 9)", True),
        ("e^(0 0; 0 0) / Σ e^(0 0; 0 0)\n  = (0.5 0.5; 0.5 0.5)", False),
        ("Σₙ (1 2; 3 4)\n  = (4, 6)", False),
        ("Σ (1 2; 3 4)\n  = (4, 6)", True),
        ("1/4 · (−Σ (1 0; 0 1) ⊙ log (1 1; 1 1))\n  = (0, 0)", False),
        ("√(Σ (3 4)² + Σ (0)²)\n  = 5", False),
        ("½·(1, 2) where (1, −2) > 0, else 0.1·(1, −2)\n  = (0.5, −0.2)", False),
        ("max |(1 −4; 2 3)|\n  = 4", False),
        ("max(max |(1 −4; 2 3)|, max |(5, 1)|)\n  = 4", True),
        ("(3, −0.1), at most 1 to either side\n  = (1, −0.1)", False),
        ("Σ h((1, 3) − (0, 0)) with h(d) = ½·d² where |d| < 2, else 2·(|d| − 2/2)\n  = 4.5", False),
        ("(2, 3) ⊙ u′ with u = 2·(1, 1), u′ = 1 + u²\n  = (10, 14)", True),
    ],
)
def test_arrays_are_worked_out(array, false):
    found = counted(array=array)
    assert (found.lines, bool(found.false), found.misread) == (2, false, [])


def test_what_says_nothing_is_found():
    assert counted(element="0 = 0").repeated == ["1.3 ▸ z[1]₁ = 0 = 0"]
    assert counted(array="(1, 2)\n  = (1, 2)").repeated == ["1.3 = (1, 2)"]


def test_the_given_number_of_digits_counts():
    assert not counted("1/3 = 0.333", digits=3).false
    assert counted("1/3 = 0.333", digits=4).false


def test_what_does_not_read_as_arithmetic_is_named():
    assert counted("0.5·w = 1").misread
    assert counted("0.5·2) = 1").misread


@pytest.mark.slow
def test_no_equals_sign_of_a_sample_is_false_and_few_lines_say_about(tmp_path):
    """`python -m tests.closing --all` does the same with everything."""
    built_in, random = Count(), Count()
    for each in sample(seeds=24):
        (built_in if isinstance(each.run, str) else random).add(each.counted(tmp_path))
    for found in (built_in, random):
        assert found.false == []
        assert found.misread == []
        assert found.repeated == []
    assert built_in.lines > 4000
    assert random.lines > 4000
    assert built_in.share <= 0.05


def test_constants_are_printed_whole(tmp_path):
    """1 − β₁ᵗ with two digits is no division by zero."""
    found = Print("worked-example", 2, ("--optimizer", "adam")).counted(tmp_path)
    assert found.false == []
    assert found.share < 0.1
