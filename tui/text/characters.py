"""Characters: the plain form of each that is not ASCII, subscripts, superscripts."""

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
        "Φ": "Phi", "φ": "phi", "σ": "sigma", "⁺": "+", "₋": "-", "ⱼ": "_j", "ᵢ": "_i", "ₖ": "_k",
        "⊘": "(/)", "▾": "v", "└": "+", "█": "_",
    }
)  # fmt: skip
"""What stands for a character on terminals that have only ASCII."""
