"""Sheets in many notations say the same."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from engine.history.branching import history_of
from engine.runfile.read import from_table, load
from engine.sheets.grade import Graded, grade
from engine.sheets.latex import plain
from engine.sheets.literals import literal
from engine.sheets.names import name, ready
from engine.sheets.numerals import numeral, plain_signs, uses_comma
from engine.sheets.scheme import Scheme
from engine.spec.problem import Problem


@pytest.mark.parametrize(
    ("written", "value", "half"),
    [
        ("0.4621", 0.4621, 5e-5),
        ("−0.5", -0.5, 0.05),
        ("1e-3", 1e-3, 5e-4),
        ("1.20e-3", 1.2e-3, 5e-6),
        ("8.9 × 10^-3", 8.9e-3, 5e-5),
        ("8.9·10⁻³", 8.9e-3, 5e-5),
        ("43.7%", 0.437, 5e-4),
        ("1/8", 0.125, 0),
        (".5", 0.5, 0.05),
    ],
)
def test_numbers_as_people_write_them(written, value, half):
    found = numeral(plain_signs(written))
    assert found is not None
    assert found.value == pytest.approx(value, rel=1e-15)
    assert found.half == pytest.approx(half, rel=1e-12)


def test_a_comma_is_the_decimal_sign_where_the_sheet_says_so():
    assert uses_comma("a = 0,4621; 0,8005")
    assert not uses_comma("a = 0.4621, 0.8005")
    found = literal("(0,4621; 0,8005)", comma=True)
    assert found is not None
    assert [each.value for each in found.numerals] == [0.4621, 0.8005]


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        ("z1", "z1"), ("z[1]", "z1"), ("z^{(1)}", "z1"), ("Z1", "z1"), ("dW2", "dW2"),
        ("dZ[1]", "delta1"), ("∂L/∂W²", "dW2"), ("∂L/∂W[2]", "dW2"), ("dL/db1", "db1"),
        ("δ[2]", "delta2"), ("delta2", "delta2"), ("ŷ", "yhat"), ("y_hat", "yhat"), ("L", "loss"),
        ("E_total", "loss"), ("da1", "da1"), ("f′[1]", "fprime1"), ("tanh'(z1)", "fprime1"),
    ],
)  # fmt: skip
def test_names_of_whole_symbols(written, symbol):
    numbers = {"loss": "9", "dW2": "9 9 9 9"}.get(symbol, "9 9")
    sheet = of_the_worked_example(f"{written} = {numbers}").sheet
    assert {str(each.figure.symbol) for each in sheet.judged} == {symbol}


@pytest.mark.parametrize(
    ("written", "symbol", "index"),
    [
        ("z_{11}", "z1", (0, 0)), ("z^{(1)}_2", "z1", (0, 1)), ("z[1]₂", "z1", (0, 1)),
        ("net_h1", "z1", (0, 0)), ("in_h2", "z1", (0, 1)), ("out_h1", "a1", (0, 0)),
        ("out_o1", "yhat", (0, 0)), ("net_o2", "z2", (0, 1)), ("ŷ₂", "yhat", (0, 1)),
        ("dW2[1,2]", "dW2", (0, 1)), ("∂L/∂W[2]₂₁", "dW2", (1, 0)), ("dE/dw5", "dW2", (0, 0)),
        ("∂E_total/∂w6", "dW2", (0, 1)), ("w5+", "W2", (0, 0)), ("w8_new", "W2", (1, 1)),
        ("db2_2", "db2", (1,)),
    ],
)  # fmt: skip
def test_names_of_elements(written, symbol, index):
    sheet = of_the_worked_example(f"{written} = 9.5").sheet
    assert [(str(j.figure.symbol), j.figure.index) for j in sheet.judged] == [(symbol, index)]


STYLES = {
    "lines": "z1 = 0.5, 1.1\na1 = [0.4621, 0.8005]; dW2 = [[-0.26 -0.45], [0.26 0.45]]",
    "rows": "z1: 0.5 1.1\na1: 0.4621 0.8005\ndW2 = [[-0.26 -0.45]\n       [ 0.26  0.45]]",
    "latex": r"""$$ \mathbf{z}^{[1]} = \begin{bmatrix} 0.5 \\ 1.1 \end{bmatrix} $$
$a^{(1)} = \tanh(z) \approx (0.4621, 0.8005)$
\[ \frac{\partial L}{\partial W^{[2]}} =
\begin{pmatrix} -0.26 & -0.45 \\ 0.26 & 0.45 \end{pmatrix} \]""",
    "copied latex": r"""$$ z^{[1]} = W x = \begin{bmatrix} 0.1 + 0.4 \ 0.3 + 0.8 \end{bmatrix}
\begin{bmatrix} 0.5 \ 1.1 \end{bmatrix} $$
$$ a^{[1]} \approx \begin{bmatrix} 0.4621 \ 0.8005 \end{bmatrix} $$
$$ dW^{[2]} = \begin{bmatrix} -0.26 & -0.45 \ 0.26 & 0.45 \end{bmatrix} $$""",
    "markdown": "| what | 1 | 2 |\n|---|---|---|\n| z1 | 0.5 | 1.1 |\n| a1 | 0.4621 | 0.8005 |\n\n"
    "**dW2** = `[-0.26 -0.45; 0.26 0.45]`",
    "csv": "z1,0.5,1.1\na1,0.4621,0.8005\ndW2,-0.26,-0.45,0.26,0.45",
    "csv of elements": "iteration,symbol,index,value\n1,z1,1 1,0.5\n1,z1,1 2,1.1\n1,a1,1 1,0.4621\n"
    "1,a1,1 2,0.8005\n1,dW2,1 1,-0.26\n1,dW2,1 2,-0.45\n1,dW2,2 1,0.26\n1,dW2,2 2,0.45",
    "comma": "z1 = (0,5; 1,1)\na1 = (0,4621; 0,8005)\ndW2 = (-0,26 -0,45; 0,26 0,45)",
    "workings": "z1 = 0.1·1 + 0.2·2 = 0.5\n",
}  # fmt: skip


def of_the_worked_example(text: str, scheme: Scheme | None = None) -> Graded:
    return grade(history_of(load("worked-example")), text, scheme or Scheme())


@pytest.mark.parametrize("style", [key for key in STYLES if key != "workings"])
def test_notations_say_the_same(style):
    judged = of_the_worked_example(STYLES[style]).sheet.judged
    found = [(str(j.figure.symbol), j.figure.index, j.figure.value) for j in judged]
    assert found == [
        ("z1", (0, 0), 0.5), ("z1", (0, 1), 1.1), ("a1", (0, 0), 0.4621), ("a1", (0, 1), 0.8005),
        ("dW2", (0, 0), -0.26), ("dW2", (0, 1), -0.45), ("dW2", (1, 0), 0.26),
        ("dW2", (1, 1), 0.45),
    ]  # fmt: skip
    assert all(j.verdict == "right" for j in judged)


def test_what_cannot_be_placed_is_listed_with_its_line_and_reason():
    graded = of_the_worked_example("z1 = 0.5, 1.1\nz2 = 1, 2, 3\na_1 = 0.4\nS = 4.66")
    assert [(u.line, u.text) for u in graded.unplaced] == [(2, "z2"), (3, "a_1"), (4, "S")]
    assert "3 numbers where z[2] has 2" in graded.unplaced[0].reason


def test_own_names_are_mapped():
    scheme = Scheme({"q": "a1"}, transposed=True)
    graded = of_the_worked_example(
        "q = 0.4621, 0.8005\ndW2 = [[-0.26, 0.26], [-0.45, 0.45]]", scheme
    )
    assert not graded.sheet.slips
    assert {str(j.figure.symbol) for j in graded.sheet.judged} == {"a1", "dW2"}


def test_a_second_round_is_told_by_its_heading_or_by_its_numbers():
    for heading in ("Iteration 2", "second round", "第二轮", ""):
        text = f"z1 = 0.5, 1.1\nnew W2 = 0.526 0.645 0.674 0.755\n{heading}\nz1 = 0.4470, 1.0757"
        judged = of_the_worked_example(text).sheet.judged
        assert [j.figure.iteration for j in judged] == [1] * 6 + [2] * 2, heading


def test_one_name_with_two_figures_is_said_with_both_lines():
    graded = of_the_worked_example("z1 = 0.5, 1.1\nL = 0.8274\nL = 0.9")
    (unplaced,) = graded.unplaced
    assert unplaced.line == 3
    assert "line 2 says 0.8274" in unplaced.reason


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nothing here", "no number"),
        ("z1 = 1, 2, 3", "3 numbers where z[1] has 2"),
        ("x = 1.0, 2.0", "Only what is given"),
        ("the answer is 42", "No name of this run"),
        ("z1 = 0.5, 1.1\n" * 30_000, "This is no sheet"),
    ],
)
def test_a_sheet_without_a_figure_to_grade_is_refused(text, sentence):
    with pytest.raises(Problem, match=re.escape(sentence)):
        of_the_worked_example(text)


def test_latex_keeps_the_number_of_lines():
    text = STYLES["copied latex"]
    assert plain(text).count("\n") == text.count("\n")


def test_a_name_that_is_none():
    for text in ("", "S", "learning", "theta_hat", "W1 W2", "z 1 2"):
        assert name(ready(text)) is None


BEN = """# Homework 3 (Ben)

Input x = (1; 2), target y = (1; 0), learning rate 0.1

## Forward
| step | unit 1 | unit 2 |
|---|---|---|
| $z_1$ | 0.50 | 1.10 |
| $a_1$ | 0.4621 | 0.8005 |
| $z_2$ | 0.7114 | 0.9639 |

softmax: ŷ = [0.4372; 0.5628], so the loss is L = -ln(0.4372) = 0.8274

## Backward
δ₂ = ŷ − y = (−0.5628, 0.5628)ᵀ
∂L/∂W₂ = δ₂ a₁ᵀ = [ -0.2601 -0.4505 ; 0.2601 0.4505 ]
∂L/∂b₂ = (-0.5628, 0.5628)
W₂ᵀ δ₂ = (0.5·(-0.5628) + 0.6·0.5628, 0.7·(-0.5628)+0.8·0.5628) = (0.0563, 0.0563)
tanh'(z₁) = 1 - a₁² = (0.7864, 0.3592)
δ₁ = (0.0443, 0.0202)
∂L/∂W₁ = [0.0443 0.0885; 0.0202 0.0404]
## Update
W₂ ← W₂ − η ∂L/∂W₂ = [0.5260 0.6451; 0.6740 0.7549]
b₁ := (-0.0044, -0.0020)
"""


def test_a_homework_in_its_own_notation_is_read_whole_and_its_mistake_is_named():
    graded = of_the_worked_example(BEN)
    assert not graded.unplaced
    counts = graded.sheet.counts()
    assert (counts["slip"], counts["carried"], counts["unchecked"]) == (2, 8, 0)
    first = graded.sheet.slips[0]
    assert (str(first.figure.symbol), first.figure.line) == ("da1", 18)
    assert [cause.key for cause in first.causes] == ["back-not-turned"]


MAZUR = """Forward pass
net_h1 = w1*i1 + w2*i2 + b1*1 = 0.15*0.05 + 0.2*0.1 + 0.35*1 = 0.3775
out_h1 = 1/(1+e^-net_h1) = 0.593269992
out_h2 = 0.596884378
net_o1 = w5*out_h1 + w6*out_h2 + b2*1 = 1.105905967
out_o1 = 0.75136507
out_o2 = 0.772928465
E_o1 = 0.274811083
E_o2 = 0.023560026
E_total = 0.298371109
Backward
∂E_total/∂out_o1 = 0.74136507
∂out_o1/∂net_o1 = 0.186815602
∂E_total/∂w5 = 0.082167041
w5+ = w5 - 0.5 * 0.082167041 = 0.35891648
w6+ = 0.408666186
w7+ = 0.511301270
w8+ = 0.561370121
∂E_total/∂w1 = 0.000438568
w1+ = 0.149780716
w2+ = 0.19956143
w3+ = 0.24975114
w4+ = 0.29950229
"""


def test_the_textbook_example_in_its_own_names_is_right_to_the_last_figure():
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    run = readme.partition('```toml\nname = "textbook"')[2].partition("```")[0]
    history = history_of(from_table(tomllib.loads(run)))
    graded = grade(history, MAZUR, Scheme())
    assert graded.sheet.counts()["right"] == len(graded.sheet.judged) == 19
    assert [each.text for each in graded.unplaced] == ["E_o1", "E_o2"]
    wrong = MAZUR.replace("0.35891648", "0.44108352")  # plus for minus
    (slip,) = grade(history, wrong, Scheme()).sheet.slips
    assert "update-plus" in [cause.key for cause in slip.causes]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("z1 = 0.5, 1.1\na1 = 0.4621, 0.8005\nz1 = 0.6, 1.2", 3),
        ("dW2 = 1 2 3 4\ndb2 = 1, 2\ndW2 = 2 2 3 4", 3),
        ("delta2 = 1, 2\nz1 = 0.5, 1.1\ndelta2 = 2, 2", 3),
    ],
)
def test_another_figure_before_the_update_begins_no_second_round(text, line):
    (unplaced,) = of_the_worked_example(text).unplaced
    assert unplaced.line == line
    assert unplaced.reason.startswith("a second figure; line ")


@pytest.mark.parametrize(
    "text",
    [
        "z1 = 0.5, 1.1\ndelta2 = 1, 2\nz1 = 0.6, 1.2",
        "z1 = 0.5, 1.1\nnew b1 = 1, 2\nz1 = 0.6, 1.2",
        "delta2 = 1, 2\nnew b1 = 1, 2\ndelta2 = 2, 2",
    ],
)
def test_another_figure_of_what_is_over_begins_the_second_round(text):
    graded = of_the_worked_example(text)
    assert not graded.unplaced
    assert [each.figure.iteration for each in graded.sheet.judged] == [1, 1, 1, 1, 2, 2]


@pytest.mark.parametrize("written", ["²", "1" * 5000, "one", ""])
def test_a_table_may_say_anything_of_its_iterations(written):
    csv = f"iteration,symbol,index,value\n{written},z1,1 2,1.1\n"
    lines = json.dumps({"iteration": written, "symbol": "z1", "index": [1, 2], "value": 1.1})
    for text in (csv, lines):
        (judged,) = of_the_worked_example(text).sheet.judged
        assert judged.figure.value == 1.1
