"""LaTeX as plain text: matrices in brackets, fractions with a slash, symbols as characters."""

from __future__ import annotations

import re

_SYMBOLS = {
    "delta": "δ", "Delta": "Δ", "partial": "∂", "eta": "η", "beta": "β", "epsilon": "ε",
    "varepsilon": "ε", "theta": "θ", "mu": "μ", "sigma": "σ", "ell": "l", "lambda": "λ",
    "approx": "≈", "simeq": "≈", "sim": "≈", "to": "→", "Rightarrow": "⇒", "rightarrow": "→",
    "leftarrow": "←", "gets": "←", "cdot": "·", "times": "×", "odot": "⊙", "circ": "⊙", "sum": "Σ",
    "prime": "′", "top": "T", "nabla": "∇", "log": "log ", "ln": "ln ", "exp": "exp",
    "tanh": "tanh", "softmax": "softmax", "in": "∈", "div": "/", "pm": "±",
    "ldots": "…", "dots": "…",
}  # fmt: skip
_DROPPED = re.compile(
    r"\\(?:left|right|bigl|bigr|Bigl|Bigr|big|Big|displaystyle|limits|nonumber|notag|,|;|!|:)(?![a-zA-Z])"
)
_WRAPPED = re.compile(
    r"\\(?:mathbf|mathrm|mathit|mathsf|boldsymbol|bm|vec|operatorname|textbf|underline|mathbb|"
    r"mathcal|vect|pmb|boxed|color)\s*\{([^{}]*)\}"
)
_HAT = re.compile(r"\\(?:hat|widehat)\s*(?:\{([^{}]*)\}|([a-zA-Z]))")
_FRAC = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_TEXT = re.compile(r"\\(?:text|mbox|tag|label)\s*\{([^{}]*)\}")
_ENVIRONMENT = re.compile(
    r"\\begin\{([bpBvV]?(?:small)?matrix|array)\*?\}(?:\{[^{}]*\})?(.*?)\\end\{\1\*?\}", re.DOTALL
)
_MOST_PASSES = 12


def plain(text: str) -> str:
    """LaTeX and Markdown as plain text, line for line. What has no LaTeX in it stays as it is."""
    if "\\" not in text and "$" not in text:
        return text
    text = re.sub(r"(?<!\\)\\[\[\]()]", " ;; ", text)
    text = re.sub(r"\\partial\s*", "∂", text)
    text = re.sub(r"\\(?:quad|qquad|hspace\{[^}]*\})", " ;; ", text)
    for _ in range(_MOST_PASSES):
        before = text
        text = _WRAPPED.sub(r"\1", text)
        text = _TEXT.sub(_said, text)
        text = _HAT.sub(lambda m: f"{m[1] or m[2]}hat", text)
        text = re.sub(r"\{\{([^{}]*)\}\}", r"{\1}", text)
        text = _ENVIRONMENT.sub(_matrix, text)
        text = _FRAC.sub(_fraction, text)
        text = re.sub(r"([_^])\s*\{([^{}]*)\}", _script, text)
        if text == before:  # what is left of braces belongs to no command
            text = re.sub(r"\{([a-zA-Z0-9\[\]^_. ]*)\}", r"\1", text)
        if text == before:
            break
    text = _DROPPED.sub("", text)
    text = re.sub(r"\\([a-zA-Z]+)", lambda m: _SYMBOLS.get(m[1], f" {m[1]} "), text)
    text = re.sub(r"\\\\", " ;; ", text)
    text = re.sub(r"^\s*\|.*$", lambda m: m[0].replace("$", " "), text, flags=re.MULTILINE)
    text = re.sub(r"\$\$?", " ;; ", text)
    return text.replace("\\", " ").replace("’", "′").replace("&=", "=").replace("& =", "=")


def _said(match: re.Match[str]) -> str:
    return " new " if "new" in match[1].lower() else f" {match[1]} "


def _script(match: re.Match[str]) -> str:
    """A subscript or superscript without its braces."""
    inner = match[2].strip()
    return (
        f"{match[1]}{inner}" if re.fullmatch(r"[\w+′*,\[\]()-]+", inner) else f"{match[1]}({inner})"
    )


def _fraction(match: re.Match[str]) -> str:
    above, below = match[1].strip(), match[2].strip()
    if above.startswith("∂") or below.startswith("∂"):
        return f" {above}/{below.replace(' ', '')} "
    return f" ({above})/({below}) "


def _matrix(match: re.Match[str]) -> str:
    """A matrix as rows of [ , ; ]: rows are parted by two backslashes, or by one that copying has
    left of them. Line feeds within it are kept at its end, so that lines still count.
    """
    inner = match[2]
    if "=" in inner:
        return re.sub(r"&|\\\\(?:\[[^\]]*\])?", " ;; ", inner)
    rows = re.split(r"\\\\|\\(?=[\s\d.+\-])", inner)
    cells = [[cell.strip().replace("\n", " ") for cell in row.split("&")] for row in rows]
    written = "; ".join(", ".join(row) for row in cells if any(row))
    return f" [{written}] " + "\n" * inner.count("\n")
