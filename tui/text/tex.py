"""Symbols and formulas in LaTeX."""

from __future__ import annotations

import re

from engine.catalog.symbols import Symbol

_LETTERS = {
    "·": r"\cdot ", "⊙": r"\odot ", "−": "-", "←": r"\leftarrow ", "ᵀ": r"^{\top}", "√": r"\sqrt ",
    "η": r"\eta ", "β₁": r"\beta_1", "β₂": r"\beta_2", "β": r"\beta ", "ε": r"\varepsilon ",
    "μ": r"\mu ", "σ": r"\sigma ", "α": r"\alpha ", "λ": r"\lambda ", "θ": r"\theta ",
    "δ": r"\delta ", "ψ": r"\psi ", "Π": r"\prod ", "ₜ₋₁": "_{t-1}", "ₜ": "_t",
    "Σₙ": r"\sum_n ", "Σⱼ": r"\sum_j ", "Σ": r"\sum ", "∂": r"\partial ", "ŷ": r"\hat{y}",
    "′": "'", "²": "^2", "³": "^3", "‖": r"\|", "≥": r"\ge ", "≤": r"\le ", "∞": r"\infty ",
    "ᵗ": "^t", "½": r"\tfrac12 ", "ₙ": "_n", "ⱼ": "_j", "ᵢ": "_i", "×": r"\times ", "|": r"\mid ",
    " with ": r"\text{ with }",
    "…": r"\ldots ", "Φ": r"\Phi ", "φ": r"\varphi ", "₁": "_1", "₂": "_2", "π": r"\pi ",
    "ˆ": r"\hat{}",
}  # fmt: skip
_WORDS = re.compile(
    r"\b(softmax|tanh|log1p|expm1|log|exp|max|min|abs|sign|step|relu|gelu|silu|elu)\b"
)
_SPECIAL = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", **{c: f"\\{c}" for c in "$&#%_"}}
_KINDS = {
    "alpha": r"\alpha", "delta": r"\delta", "yhat": r"\hat{y}", "loss": "L", "lossn": "L_n",
    "fprime": "f'", "dyhat": r"\frac{\partial L}{\partial \hat{y}}", "ridge": r"\lambda_2",
    "lasso": r"\lambda_1",
}  # fmt: skip
_PREFIXES = {
    "mhat": r"\hat{m}", "vhat": r"\hat{v}", "nhat": r"\hat{n}", "m": "m", "v": "v", "u": "u",
    "buf": "b",
}  # fmt: skip


def symbol(key: str) -> str:
    r"""A symbol: W^{[1]}, \delta^{[2]}, \frac{\partial L}{\partial W^{[2]}}."""
    known = Symbol(key)
    if known.prefix:
        inner = symbol(key.partition(".")[2])
        written = _PREFIXES.get(known.prefix) or rf"\mathrm{{{known.prefix}}}"
        return f"{written}({inner})"
    kind = known.kind.key
    layer = f"^{{[{known.layer}]}}" if known.layer is not None else ""
    if known.is_gradient or kind == "da":
        of = kind.removeprefix("d")
        return rf"\frac{{\partial L}}{{\partial {_KINDS.get(of, of)}{layer}}}"
    if kind in _KINDS:
        return f"{_KINDS[kind]}{layer}"
    if known.layer is None:
        return formula(known.written)
    return f"{kind}{layer}"


def formula(template: str) -> str:
    """A formula template, its symbols named."""
    parts = re.split(r"\{([^{}]+)\}", template)
    written = []
    for i, part in enumerate(parts):
        raised = i + 1 < len(parts) and parts[i + 1][:1] in tuple("ᵀ²^")
        raised = raised or (i > 0 and parts[i - 1][-1:] == "√")
        named = symbol(part) if i % 2 else _plain(part)
        written.append(f"{{{named}}}" if i % 2 and raised else named)
    return "".join(written)


def _plain(text: str) -> str:
    """What stands between the symbols of a formula."""
    text = re.sub(r"√\(([^()]*)\)", r"√{\1}", text)
    text = _WORDS.sub(lambda match: rf"\operatorname{{{match[1]}}} ", text)
    for letter, written in _LETTERS.items():
        text = text.replace(letter, written)
    return text.encode("ascii", "ignore").decode()


def words(text: str) -> str:
    """Text outside formulas, with what LaTeX would obey made harmless."""
    text = "".join(_SPECIAL.get(character, character) for character in text)
    text = text.replace("−", "--").replace("·", r"\(\cdot\)")
    return text.encode("ascii", "ignore").decode()


def element(key: str, index: tuple[int, ...], alone: bool) -> str:
    """An element, counted from 1: W^{[1]}_{12}."""
    places = [str(i + 1) for i in (index[1:] if alone else index)]
    joined = ("" if all(len(each) == 1 for each in places) else ",").join(places)
    written = symbol(key).removesuffix("_n")
    return f"{written}_{{{joined}}}" if joined else written
