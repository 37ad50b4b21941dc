"""What sheets say in many notations, one by one: `pytest tests/engine/sheets --snapshot-update`
writes down anew what is read; look at what differs.
"""

import pytest

from engine.sheets.latex import plain
from engine.sheets.literals import DEEPEST, MOST, Literal, literal
from engine.sheets.names import Name, name, ready
from engine.sheets.numerals import numeral, plain_signs, uses_comma
from engine.sheets.read import LONGEST_NAME, MOST_JOINED, statements
from engine.sheets.statement import Statement
from tests.engine.sheets.test_read import BEN, MAZUR, STYLES

NAMES = """
z1 z_1 z[1] z^[1] z^{[1]} z^(1) z² z_{11} z_{1,2} z1_2 z^{(1)}_2 z[1]₂ z[1,2] z₁₂ Z1 net_h1 neth2
in_o1 out_h1 out_o2 outo1 h1 a_h1 a a1 A[2] ŷ ŷ₂ y_hat yhat[1] yhat_2 y_pred probs softmax o1 o_2
delta2 δ₂ δ[2]₁ Δ[1] dZ2 dz[1]_2 ∂L/∂z[2] dL/dnet_o1 error error_1 dW2 dW[2] dW^{[2]}_{12}
dW2[1,2] ∂L/∂W[2]₂₁ dE/dw5 ∂E_total/∂w6 grad_W1 ∇W1 g_W2 dtheta db1 db_{2} dbias1 ∂L/∂b[1]_2 da1
∂L/∂a[1] dh dL/dout_h1 ∂C/∂ŷ dy_hat f'1 f′[1]₂ tanh'[1] σ'1 fprime_1 slope1 m.W1 m(W1) m_W2 m_{W1}
mhat.W1 m_hat(b2) v.dW1 v̂(W1) vhat_b1_2 m(W[1])_12 L loss E_total Loss J C L_n Ln[1] L1 L_2 W1 w5
w12 W_{211} W[1]^T W2ᵀ W1.T W1' W1* w5+ w5_new w_new W1_{new} b b1 b[2]₁ bias1 x x1 x_2 x[1,2] i1 y
t t_1 target label_2 η eta lr alpha z1(t) z12345 W²new (W2)ᵀ `z1` **dW2** weights2 input
∂out_o1/∂net_o1 α[1] alpha1 α_2 α[1]₂ α1+ dα1 dalpha[2]_1 ∂L/∂α[1] ∂E/∂α_1 m(α[1]) vhat.alpha1
"""
SAID = ("new W1", "updated b2", "old W1", "learning rate", "z1 new", "W1 updated", "neues W1")
NUMBERS = """
1 -1 +1 0.5 .5 5. 1,5 ,5 1.20e-3 1E5 1e 1e+03 8.9×10^-3 8.9*10**(-3) 8.9x10^{-3} 3·10⁻² 43.7% 100%
1/8 -1/8 (1)/(8) (-3)/4 1/0 1/2/3 1.5/2 1e9999 1e-9999 --1 1.2.3 1,234.5 0x10 inf nan ½ 1e12345 −0
"""
LITERALS = (
    "[1, 2]", "(1; 2)", "{1 2}", "[[1 2], [3 4]]", "[1 2; 3 4]", "[[1], [2]]", "[[1, 2]]", "1 2 3",
    "1, 2, 3.", "1 | 2", "[1 2)", "[1, two]", "[]", "[[1 2], 3]", "1 (rounded)", "1 ok", "1ok",
    "- 1 2", "[- 1, 2]", "[1, 2]^T", "[1, 2]ᵀ", "(1, 2) because", "[1, 2] + 3", "1 + 2", "1 .. 2",
    "[1][2]", "[[[[1]]]]", "[[[[[1]]]]]", "[1 2\n3 4]", "[1,2,,3]", "1.5.", "1 !", "[ ; ]",
    "[1;;2]",
    "1-2", "[1-2]", "1 -2", "5%", "[5%, 1/2]",
)  # fmt: skip
LINES = (
    "z1 = 0.5, 1.1 and a1 = 0.46", "z1 = 0.5, 1.1  a1 = 0.46, 0.80", "z1: 0.5 1.1; a1: 0.46 0.80",
    "- z1 = 0.5", "3) z1 = 0.5", "the sum z1 = 0.5", "so, with words, the sum is z1 = 0.5",
    "z1 = W1·x + b1 = 0.5", "z1 = 0.1·1 + 0.2·2", "z1 = 0.5 = a1 = 0.7", "a = b = c = 1",
    "∂L/∂b[2] = δ[2] = [1, 2]", "∂L/∂W[2] = δ[2]ᵀ·a[1] = [[1 2], [3 4]]", "z1 =\n0.5, 1.1",
    "z1 =\n= 0.5\n= 0.6", "z1 = [0.5,\n1.1]", "z1 = [0.5,\n\n1.1\n]\na1 = 2", "z1 = [1\na1 = 2",
    "S = 4.66", "the answer = 42", "x" * LONGEST_NAME + " = 1", "x" * (LONGEST_NAME + 1) + " = 1",
    "iteration 2\nz1 = 1", "round #3: z1 = 1", "second pass\nz1 = 1\niteration 1\nz1 = 2",
    "第三轮\nz1 = 1", "Runde 4\nz1 = 1", "epoch: 12\nz1 = 1", "| z1 | 1 | 2 |", "| z1 | one | 2 |",
    "| what | 1 |\n|---|---|\n| a1 | 0.5 |", "W₂ ← W₂ − η·g = [1 2]", "b := (1, 2)", "f'(z1) = 0.5",
    "tanh′(z₁) = 1 - a₁² = (0.5, 0.6)", "W₂ᵀ δ₂ = (1, 2)", "(W2.T @ delta2) = 1 2", "W2^T·dZ2 = 1",
    "z1 -> 1", "z1 ≈ 1", "z1 == 1", "z1\t1\t2", "z1,1,2", "z1,1,2\na1,3,4", "z1;0,5;1,1\na1;1;2",
    "symbol,value\nz1,1\n\na1,x", "Name;Number;Round;Element\nz1;0,5;2;1 1\na1;0,7;x;(1,2)",
    "a,b\nc,d", "z1 = 1,2\na1 = 3,4", '{"symbol": "z1", "value": [[1, 2], [3, 4]]}',
    '{"symbol": "z1", "index": [1, 2], "iteration": 2, "value": 0.5}\n{"no": 1}\n\n'
    '{"symbol": "a1", "written": "0.5"}\n{"symbol": "b", "value": []}\n'
    '{"symbol": "c", "value": [1, "x"]}',
    '{"symbol": "z1"', "z1 = 1;; a1 = 2", "$z_1 = 1$ $a_1 = 2$", r"\hat{y} = (1, 2)",
    r"\frac{\partial L}{\partial z^{[2]}_1} = \frac{1}{2}", r"\text{new } W_1 = 1",
    r"z &= \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^T",
    r"$\delta^{(2)}_{1} \approx 1.5\cdot 10^{-3}$",
    "z1,\na1,3", "| z1 | |\n| a1 | 2 |", "z1\n", "z1;;\na1;3;x",
)  # fmt: skip
LATEX = (
    r"\frac{dL}{\partial z_1} = 1", r"\frac{\partial L}{dz_1} = 1", r"\frac{ a }{ b c } = 1",
    r"\dfrac{1}{2}", r"\tfrac{\frac{1}{2}}{3}", r"\, a^{2x} a^{(1)} a_{1,2} a^{x+1} a^{x y} a_ {i}",
    r"\begin{matrix} z_1 &= 0.5 \\ a_1 &= 0.7 \end{matrix}",
    r"\begin{array}{cc} 1 & 2 \end{array}", r"\begin{bmatrix} 1 & 2 \\[2pt] z = 3 \end{bmatrix}",
    r"\begin{vmatrix*} 1 \ 2 \end{vmatrix*}",
    "\\begin{pmatrix} 1 &\n 2 \\\\\n 3 & 4\n\\end{pmatrix}",
    r"\begin{smallmatrix}1\2\-3\+4\.5\end{smallmatrix}", r"\begin{pmatrix} 1 \end{bmatrix}",
    r"\begin{pmatrix} & \\ 1 & 2 \end{pmatrix}", r"\mathbf{W}_1 \mathrm{\text{out}} \vec{x}",
    r"\boxed{\hat{y} = 1}", r"\widehat y \hat{yx} \hat\beta", r"\text{New} W \text{the old} b",
    r"\mbox{x} \tag{3}", r"\! {{x}} {a b_1^2} {a-b} {{{z}}}",
    r"\left( 1 \right) \bigl[ 2 \, 3 \; 4",
    r"\! 5 \: 6 \leftarrow 7 \nonumber", r"1 \quad 2 \qquad 3 \hspace{1em} 4 \eta\quad\delta",
    r"\alpha \beta \delta \eta \odot \to \Rightarrow \cdot \times \div \pm \ldots \unknown \ln x",
    r"\tanh' x", r"1 \\ 2 \\", r"$$z_1 = 1$$ $a$ \[ b \] \( c \)", "| $z_1$ | $0.5$ |\n$a$",
    "| z | \\$ |", r"z’ &= 1 & = 2 \% \$ \_", r"\partial L/\partial  z", r"\; x_{a_{b_{c_{d}}}}",
    r"\mathbf{\mathbf{\mathbf{x}}}", "no latex {x} ’ &=", "\\", "$",
    "\\mathbf{" * 4 + "x" + "}" * 4,
    "\\frac{1}{" * 9 + "x" + "}" * 9, "\\frac{1}{" * 12 + "x" + "}" * 12,
    "\\frac{1}{" * 13 + "x" + "}" * 13,
)  # fmt: skip


def of_name(found: Name | None) -> str:
    if found is None:
        return "none"
    told = [found.kind, repr(found.written)]
    told += [f"{key}={value}" for key in ("digits", "layer", "index", "node")
             if (value := getattr(found, key)) not in ("", None, ())]  # fmt: skip
    told += [key for key in ("new", "turned", "small") if getattr(found, key)]
    return " ".join(told) + (f" of ({of_name(found.param)})" if found.param else "")


def of_literal(found: Literal | None) -> str:
    if found is None:
        return "none"
    rows = "; ".join(" ".join(f"{n.value:g}±{n.half:g}" for n in row) for row in found.rows)
    return f"{'scalar ' * found.scalar}{'flat ' * found.flat}{rows}"


def of_statement(found: Statement) -> str:
    names = " | ".join(map(of_name, found.names)) or f"key {found.key!r}"
    if found.names and found.key:
        names += f" key {found.key!r}"
    literals = " | ".join(map(of_literal, found.literals)) or "nothing"
    return f"line {found.line}, t {found.iteration}, {found.workings} workings: {names}: {literals}"


def test_a_name_is_read_so(snapshot):
    told = (f"{each}: {of_name(name(ready(each)))}" for each in (*NAMES.split(), *SAID))
    assert "\n".join(told) == snapshot


def test_a_number_is_read_so(snapshot):
    lines = []
    for each in NUMBERS.split():
        for comma in (False, True):
            found = numeral(plain_signs(each), comma)
            told = found and (found.value, found.half, found.whole, found.decimals)
            lines.append(f"{each} {'comma' if comma else 'point'}: {told}")
    assert "\n".join(lines) == snapshot


def test_a_literal_is_read_so(snapshot):
    assert "\n".join(f"{each!r}: {of_literal(literal(each))}" for each in LITERALS) == snapshot


def said(*texts: str) -> str:
    lines = []
    for text in texts:
        lines += [f"> {text[:60]!r}", *map(of_statement, statements(text))]
    return "\n".join(lines)


def test_lines_say_this(snapshot):
    assert said(*LINES) == snapshot


@pytest.mark.parametrize("sheet", ["ben", "mazur", *STYLES])
def test_a_sheet_says_this(sheet, snapshot):
    assert said(({"ben": BEN, "mazur": MAZUR} | STYLES)[sheet]) == snapshot


def test_latex_is_this_as_plain_text(snapshot):
    texts = [*(each for each in LINES if "\\" in each or "$" in each), *STYLES.values(), BEN]
    assert "\n---\n".join(map(plain, texts)) == snapshot


def test_a_line_of_latex_is_this(snapshot):
    assert "\n".join(f"{each!r}\n  {plain(each)!r}" for each in LATEX) == snapshot


@pytest.mark.parametrize(
    ("text", "comma"),
    [
        ("1,5", True), ("1,5 2,5", True), ("1.5", False), ("1,5 and 2.5", False), ("1, 5", False),
        ("1,2,3", False), ("1,500.25", False), ("1,5; 2,5", True), ("", False),
    ],
)  # fmt: skip
def test_a_comma_is_the_decimal_sign(text, comma):
    assert uses_comma(text) is comma


def test_limits_of_literals():
    assert literal("[" * (DEEPEST + 1) + "1" + "]" * (DEEPEST + 1)) is not None
    assert literal("[" * (DEEPEST + 2) + "1" + "]" * (DEEPEST + 2)) is None
    assert literal("1 " * (MOST + 1)) is not None
    assert literal("1 " * (MOST + 2)) is None


def test_an_open_bracket_is_joined_over_so_many_lines():
    for feeds, whole in ((MOST_JOINED, True), (MOST_JOINED + 1, False)):
        found = list(statements("z1 = [1" + "\n" * feeds + "2]"))
        assert [each.literals[0].size for each in found if each.literals] == [2] * whole
