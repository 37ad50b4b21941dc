"""Numbers, symbols, formulas and arithmetic as text. Shown arithmetic closes, or says ≈."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Expr, Index, apply
from tui.text.cells import MARK, printed

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

ASCII = str.maketrans(
    {
        "−": "-", "·": "*", "⊙": "(*)", "ᵀ": "'", "Σ": "sum", "√": "sqrt ", "²": "^2", "≈": "~",
        "←": "<-", "→": "->", "▸": ">", "◂": "<", "•": "*", "…": "...", "⇄": "<->", "∂": "d",
        "δ": "delta", "ŷ": "yhat", "η": "eta", "β": "beta", "ε": "eps", "ᵗ": "^t", "ₙ": "_n",
        "ˆ": "hat", "′": "'", "θ": "theta", "μ": "mu", "Δ": "d", "₁": "_1", "₂": "_2", "∞": "inf",
        "≤": "<=", "≥": ">=", "×": "x", "─": "-", "━": "=", "│": "|", "┆": "|", "½": "1/2",
        "‖": "||", "α": "alpha", "ρ": "rho", "γ": "gamma", "λ": "lambda", "–": "-", "’": "'",
        "▲": "^", "▼": "v", "≠": "!=", "■": "#", "ₜ": "_t", "↑": "up", "↓": "down", "ō": "o",
        "Φ": "Phi", "φ": "phi", "σ": "sigma", "⁺": "+", "₋": "-", "ⱼ": "_j", "ᵢ": "_i", "ₖ": "_k",
        "⊘": "(/)", "└": "+", "█": "_",
    }
)  # fmt: skip

FULL = 16
"""Arrays of more numbers than this are shown in formulas by their shape."""


@dataclass(frozen=True)
class Text:
    """How things are written: `digits` after the point, and whether in ASCII only."""

    digits: int = 4
    ascii: bool = False

    # -- words ---------------------------------------------------------------------------------

    def plain(self, text: str) -> str:
        """`text` as it can be shown: with ASCII forms where that is asked for."""
        if not self.ascii or text.isascii():
            return text
        return printed(text).translate(ASCII).encode("ascii", "replace").decode()

    def name(self, symbol: str) -> str:
        """The mathematical form of a symbol or scalar: δ[2] for delta2, mˆ(W[1]) for mhat.W1."""
        return self.plain(Symbol(symbol).written)

    def element(self, symbol: str, index: Index, shape: tuple[int, ...]) -> str:
        """The name of an element, counted from 1: W[1]₁₂. A single sample's row is a vector."""
        return self.name(symbol) + self.subscript(index, shape, symbol)

    def subscript(self, index: Index, shape: tuple[int, ...], symbol: str) -> str:
        """The index of an element as a subscript, counted from 1."""
        if len(index) > 1 and shape[0] == 1 and Symbol(symbol).batchwise:
            index = index[1:]
        numbers = [str(i + 1) for i in index]
        if not numbers:
            return ""
        joined = ("" if all(len(n) == 1 for n in numbers) else ",").join(numbers)
        return f"_{joined}" if self.ascii else joined.translate(SUBSCRIPTS)

    # -- numbers -------------------------------------------------------------------------------

    def number(self, x: float) -> str:
        """A number as it stands in a formula: 0.5, 0.4621, −1, 1.2e−7, 1.2346e+6."""
        return self._signs(self._number(float(x)))

    def _number(self, x: float) -> str:
        return _short_number(x, self.digits)

    def cell(self, x: float, signed: bool = False) -> str:
        """A number for a column: `digits` after the point, at most `width` characters."""
        return self._signs(_cell(float(x), self.digits, self.width, signed))

    def short(self, x: float, width: int) -> str:
        """A signed number in at most `width` characters, 5 or more: +.0885, −12.35, +3e−9."""
        x = float(x)
        if not math.isfinite(x):
            return self._signs(f"{x:+}")
        sign, size = "-" if x < 0 else "+", abs(x)
        for decimals in range(width - 2, -1, -1):
            written = f"{size:.{decimals}f}"
            if size < 1 and decimals:
                written = written.removeprefix("0")
            if len(written) < width and (not size or size >= 10 ** (1 - decimals)):
                return self._signs(sign + written)
        return self._signs(sign + _fitting_exponent(size, width - 1))

    @cached_property
    def width(self) -> int:
        """The width of a column of numbers: sign, one digit, the point and the decimals."""
        return max(7, self.digits + 3)

    def _signs(self, text: str) -> str:
        return text if self.ascii else text.replace("-", "−")

    def shape(self, shape: tuple[int, ...]) -> str:
        """A shape: 8×3."""
        return ("x" if self.ascii else "×").join(map(str, shape)) or "1"

    def array(self, array: np.ndarray[Any, Any], sample: bool = False) -> str:
        """An array in a formula: (0.5, 1.1), (0.1 0.2; 0.3 0.4), or its shape where it is large.
        With `sample`, a batch of one is written as a vector.
        """
        if array.ndim == 0:
            return self.number(float(array))
        if sample and array.ndim > 1 and array.shape[0] == 1:
            array = array[0]
        if array.size > FULL or array.ndim > 2:
            return f"({self.shape(array.shape)})"
        if array.ndim == 1:
            inner = ", ".join(map(self.number, array.tolist()))
            return f"({inner})"
        return f"({'; '.join(' '.join(map(self.number, row)) for row in array.tolist())})"

    # -- formulas ------------------------------------------------------------------------------

    def formula(self, template: str, put: Callable[[str], str] | None = None) -> str:
        """A formula template with its symbols named, or put in by `put`."""
        put = put or (lambda name: Symbol(name).written)

        def filled(match: re.Match[str]) -> str:
            inner = put(match[1] or match[2])
            return inner if match[2] or inner[0] == "(" else f"({inner})"

        written = re.sub(r"\(\{([^{}]+)\}\)|\{([^{}]+)\}", filled, template)
        return self.plain(written.replace("^t", "ᵗ"))

    def in_names(self, e: Expr, shapes: Mapping[str, tuple[int, ...]]) -> str:
        """Arithmetic with the names of its operands: W[1]₁₁·x₁ + W[1]₁₂·x₂."""

        def leaf(node: Expr) -> str:
            if not node.symbol:
                return self.number(node.value)
            return self.element(node.symbol, node.index, shapes.get(node.symbol, ()))

        return self.plain(_write(e, leaf, self)[0].replace("^t", "ᵗ"))

    def in_numbers(self, e: Expr) -> str:
        """Arithmetic with its numbers: 0.1·1 + 0.2·2."""
        return self.plain(_write(e, lambda node: self.number(node.value), self)[0])

    def relation(self, e: Expr, result: float) -> str:
        """= where the arithmetic as shown gives the result as shown, else ≈."""
        shown = self._shown(e)
        same = self._number(shown) == self._number(float(result))
        if not same and math.isfinite(shown) and math.isfinite(result):
            text = self._number(float(result))
            decimals = len(text.partition("e")[0].partition(".")[2])
            if "e" in text:
                same = _exponent(shown, decimals) == _exponent(float(text), decimals)
            else:
                same = round(shown, decimals) == round(float(text), decimals)
        return "=" if same else self.plain("≈")

    def _shown(self, e: Expr) -> float:
        """The value of the arithmetic on the numbers as shown."""
        if e.op == "num":
            return float(self._number(e.value))
        if e.op == "add" and len(e.args) > TERMS:
            head, rest, tail = _abridged(e.args)
            parts = [*map(self._shown, head), float(self._number(rest)), *map(self._shown, tail)]
            return apply("add", parts)
        return apply(e.op, [self._shown(a) for a in e.args])


# A number is shown in several panes, and again at the next step.
@lru_cache(maxsize=8192)
def _short_number(x: float, digits: int) -> str:
    if not math.isfinite(x):
        return repr(x)
    if x == 0:
        return "0"
    size = abs(x)
    if size >= 10 ** (9 - min(digits, 6)) or size < 10 ** (1 - digits):
        if size >= 1 and x == int(x) and size < 1e7:
            return str(int(x))
        if round(x, digits + 4) == x and size < 1:
            short = f"{x:.{digits + 4}f}".rstrip("0")
            if len(short) <= digits + 3:
                return short
        return _exponent(x, digits)
    if round(x, digits) == x:
        return f"{x:.{digits}f}".rstrip("0").rstrip(".")
    return f"{x:.{digits}f}"


@lru_cache(maxsize=8192)
def _cell(x: float, digits: int, width: int, signed: bool) -> str:
    room = width - 1
    size = abs(x)
    if not math.isfinite(x):
        text = repr(size)
    else:
        text = f"{size:.{digits}f}"
        whole = len(text.partition(".")[0])
        if whole > room or (size and size < 10 ** (1 - digits)):
            text = _fitting_exponent(size, room)
        elif len(text) > room:
            text = f"{size:.{max(0, room - whole - 1)}f}"
    sign = "-" if math.copysign(1, x) < 0 and x else "+" if signed else ""
    return sign + text


def _exponent(x: float, digits: int, strip: bool = True) -> str:
    mantissa, _, exponent = f"{x:.{digits}e}".partition("e")
    if strip and "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent):+d}"


def _fitting_exponent(size: float, room: int) -> str:
    """As many digits of a positive number as fit, one at least: 7.0e−5."""
    for decimals in range(max(0, room - 5), 0, -1):
        text = _exponent(size, decimals, strip=False)
        if len(text) <= room:
            return text
    return _exponent(size, 0)


# -- writing arithmetic ----------------------------------------------------------------------------

TERMS = 6
"""Sums of more terms are abridged, with the sum of what is left out."""
_KEPT = 2


def _abridged(terms: tuple[Expr, ...]) -> tuple[Iterable[Expr], float, Iterable[Expr]]:
    """The first and last terms of a long sum, and the sum of those between."""
    head, middle, tail = terms[:_KEPT], terms[_KEPT:-_KEPT], terms[-_KEPT:]
    return head, apply("add", [t.value for t in middle]), tail


def _write(e: Expr, leaf: Callable[[Expr], str], text: Text) -> tuple[str, int]:
    """The text of a node and how tightly it binds: 1 sums, 2 products, 3 signs, 4 and 5 atoms."""
    if e.op == "num":
        written = leaf(e)
        if written[0] in "-−" or " " in written:
            return written, 3
        return written, 4 if "e" in written and written[0].isdigit() else 5

    def part(node: Expr, level: int) -> str:
        written, own = _write(node, leaf, text)
        return written if own >= level else f"({written})"

    match e.op:
        case "add":
            return _write_sum(e, part, text), 1
        case "sub":
            return f"{part(e.args[0], 1)} − {part(e.args[1], 2)}", 1
        case "neg":
            return f"−{part(e.args[0], 2)}", 2
        case "mul":
            first, *rest = e.args
            return "·".join([part(first, 2), *(part(a, 4) for a in rest)]), 2
        case "div":
            return f"{part(e.args[0], 2)}/{part(e.args[1], 4)}", 2
        case "pow":
            exponent = leaf(e.args[1])
            written = "²" if exponent == "2" else f"^{exponent}"
            return f"{part(e.args[0], 5)}{written}", 4
        case _:
            return _write_function(e, part)


def _write_function(e: Expr, part: Callable[[Expr, int], str]) -> tuple[str, int]:
    if e.op in ("exp", "log", "tanh", "sqrt"):
        inner = part(e.args[0], 5)
        space = " " if inner[0] != "(" else ""
        written = {"exp": "e^", "sqrt": "√"}.get(e.op, e.op + space)
        return written + inner, 5 if e.op == "sqrt" else 4
    return f"{e.op}({', '.join(part(a, 0) for a in e.args)})", 5


def _write_sum(e: Expr, part: Callable[[Expr, int], str], text: Text) -> str:
    def joined(terms: Iterable[Expr]) -> str:
        written = ""
        for term in terms:
            piece = part(term, 2)
            if not written:
                written = piece
            elif piece[0] == "−":
                written += f" − {piece[1:]}"
            else:
                written += f" + {piece}"
        return written

    if len(e.args) <= TERMS:
        return joined(e.args)
    head, rest, tail = _abridged(e.args)
    left_out = len(e.args) - 2 * _KEPT
    sum_of_rest = f"[{left_out} terms: {text.number(rest)}]"
    return f"{joined(head)} + {sum_of_rest} + {joined(tail)}"


def wrap(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines of at most `width` characters, broken at spaces where that can be; the second and
    later ones indented.
    """
    lines: list[str] = []
    current = ""
    indent = min(indent, width - 1)
    for word in text.split(" "):
        candidate = f"{current} {word}" if current.strip() else current + word
        if len(candidate) <= width:
            current = candidate
            continue
        if current.strip():
            lines.append(current)
            current = " " * indent
        while len(current) + len(word) > width > indent:
            room = width - len(current)
            room -= room > 1 and word[room : room + 1] == MARK
            lines.append(current + word[:room])
            word = word[room:]
            current = " " * indent
        current += word
    return [*lines, current]
