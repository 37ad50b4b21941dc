"""Characters: the plain form of each that is not ASCII, subscripts, superscripts."""

import re
from unicodedata import category

from tui.text.cells import is_wide

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

ASCII = str.maketrans(
    {
        "−": "-", "·": "*", "⊙": "(*)", "ᵀ": "'", "Σ": "sum", "√": "sqrt ", "²": "^2", "≈": "~",
        "←": "<-", "→": "->", "▸": ">", "◂": "<", "•": "*", "…": "...", "⇄": "<->", "∂": "d",
        "δ": "delta", "ŷ": "yhat", "η": "eta", "β": "beta", "ε": "eps", "ᵗ": "^t", "ₙ": "_n",
        "ˆ": "hat", "′": "'", "θ": "theta", "μ": "mu", "Δ": "d", "₁": "_1", "₂": "_2", "∞": "inf",
        "≤": "<=", "≥": ">=", "×": "x", "─": "-", "━": "=", "│": "|", "┆": "|", "½": "1/2",
        "⌊": "floor(", "⌋": ")", "π": "pi", "±": "+-",
        "‖": "||", "α": "alpha", "ρ": "rho", "γ": "gamma", "λ": "lambda", "–": "-", "’": "'",
        "▲": "^", "▼": "v", "╍": ".", "≠": "!=", "■": "#", "ₜ": "_t", "↑": "up", "↓": "down",
        "ō": "o",
        "Φ": "Phi", "φ": "phi", "σ": "sigma", "⁺": "+", "⁻": "-", "₋": "-", "ⱼ": "_j", "ᵢ": "_i",
        "ₖ": "_k", "ψ": "psi", "Π": "prod ",
        "“": "\"", "”": "\"", "⊘": "(/)", "⊞": "+", "⊟": "-", "└": "+", "█": "_",
    }
)  # fmt: skip
"""What stands for a character on terminals that have only ASCII."""


_BEFORE = re.compile("ₜ₋₁")
"""Below what is of the update before: without parentheses t-1 would read as a difference."""
_SUBSCRIPTS = re.compile("[₀-₉ₙₜⱼᵢₖ][₀-₉ₙₜⱼᵢₖ₋]*")
_LEVEL = str.maketrans("₀₁₂₃₄₅₆₇₈₉ₙₜⱼᵢₖ₋", "0123456789ntjik-")


def plain(text: str) -> str:
    """Text in ASCII; subscripts that stand together have one underscore: x_n1."""
    text = text.replace("‖·‖", "|.|")
    text = _BEFORE.sub("_(t-1)", text)
    text = _SUBSCRIPTS.sub(lambda found: "_" + found[0].translate(_LEVEL), text)
    return text.translate(ASCII).encode("ascii", "replace").decode()


def in_cells(text: str) -> str:
    """Text that others have laid out, in ASCII, with a character for each of its cells."""
    return text if text.isascii() else "".join(map(_in_cells, text))


def _in_cells(character: str) -> str:
    if character.isascii():
        return character
    if category(character)[0] == "M":
        return ""
    if is_wide(character):
        return "  "
    form = plain(character)[0]
    if form != "?":
        return form
    return "-" if character in "▔▁" else "+" if "─" <= character <= "╿" else " "
