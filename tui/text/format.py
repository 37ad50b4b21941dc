"""Numbers, symbols, formulas and arithmetic as text. Shown arithmetic closes, or says ≈."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Expr, Index
from tui.text import numbers
from tui.text.arithmetic import Writer, value_as_shown
from tui.text.cells import printed
from tui.text.characters import ASCII, SUBSCRIPTS

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
        counted = [str(i + 1) for i in index]
        if not counted:
            return ""
        joined = ("" if all(len(n) == 1 for n in counted) else ",").join(counted)
        return f"_{joined}" if self.ascii else joined.translate(SUBSCRIPTS)

    # -- numbers -------------------------------------------------------------------------------

    def number(self, x: float) -> str:
        """A number as it stands in a formula: 0.5, 0.4621, −1, 1.2e−7, 1.2346e+6."""
        return self._signs(numbers.number(float(x), self.digits))

    def cell(self, x: float, signed: bool = False) -> str:
        """A number for a column: `digits` after the point, at most `width` characters."""
        return self._signs(numbers.cell(float(x), self.digits, self.width, signed))

    def short(self, x: float, width: int) -> str:
        """A signed number in at most `width` characters, 5 or more: +.0885, −12.35, +3e−9."""
        return self._signs(numbers.short(float(x), width))

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

        return self.plain(Writer(leaf, self.number).write(e).replace("^t", "ᵗ"))

    def in_numbers(self, e: Expr) -> str:
        """Arithmetic with its numbers: 0.1·1 + 0.2·2."""
        return self.plain(Writer(lambda node: self.number(node.value), self.number).write(e))

    def relation(self, e: Expr, result: float) -> str:
        """= where the arithmetic as shown gives the result as shown, else ≈."""
        given = value_as_shown(e, lambda x: float(numbers.number(x, self.digits)))
        shown = numbers.number(float(result), self.digits)
        same = numbers.number(given, self.digits) == shown
        return "=" if same or numbers.same_as_shown(given, shown) else self.plain("≈")
