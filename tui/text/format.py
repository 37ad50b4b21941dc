"""Numbers, symbols, formulas and arithmetic as text. Shown arithmetic closes, or says ≈."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Expr, Index
from tui.text import characters, closing, numbers
from tui.text.arithmetic import REST, Writer, abridged
from tui.text.cells import printed
from tui.text.characters import SUBSCRIPTS
from tui.text.closing import Array, Line, Spelling, Whole, constants_only
from tui.text.doubt import doubt

FULL = 16
"""Arrays of more numbers than this are shown in formulas by their shape."""


@dataclass(frozen=True)
class Text:
    """How things are written: `digits` after the point, and whether in ASCII only. `variables` are
    what the elements of θ are called where there is no network.
    """

    digits: int = 4
    ascii: bool = False
    variables: tuple[str, ...] = ()

    # -- words ---------------------------------------------------------------------------------

    def plain(self, text: str) -> str:
        """`text` as it can be shown: with ASCII forms where that is asked for."""
        if not self.ascii or text.isascii():
            return text
        return characters.plain(printed(text))

    def name(self, symbol: str) -> str:
        """The mathematical form of a symbol or scalar: δ[2] for delta2, mˆ(W[1]) for mhat.W1."""
        return self.plain(Symbol(symbol).written)

    def element(self, symbol: str, index: Index, shape: tuple[int, ...]) -> str:
        """The name of an element, counted from 1: W[1]₁₂. A single sample's row is a vector."""
        if self.variables and (variable := self.variable(symbol, index)):
            return self.plain(Symbol(symbol).written.replace("θ", variable))
        return self.name(symbol) + self.subscript(index, shape, symbol)

    def variable(self, symbol: str, index: Index) -> str:
        """The variable that an element is of, x₁ for dtheta 1; "" for one of no variable."""
        if len(index) != 1 or Symbol(symbol).parameter != "theta":
            return ""
        return self.variables[index[0]] if index[0] < len(self.variables) else ""

    def place(self, index: Index, shape: tuple[int, ...], symbol: str) -> str:
        """What stands beside a row or above a column: the variable, or else the index."""
        variable = self.variable(symbol, index) if self.variables else ""
        return self.plain(variable) or self.subscript(index, shape, symbol)

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

    def exact(self, x: float) -> str:
        """A number with as many digits as it takes to read it back exactly."""
        return self._signs(repr(float(x)))

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

    def array(self, array: Array, sample: bool = False, signed: bool = False) -> str:
        """An array in a formula: (0.5, 1.1), (0.1 0.2; 0.3 0.4), or its shape where it is large.
        With `sample`, a batch of one is written as a vector; `signed`, a change has its sign.
        """
        if sample and array.ndim > 1 and array.shape[0] == 1:
            array = array[0]
        if array.ndim and (array.size > FULL or array.ndim > 2):
            return f"({self.shape(array.shape)})"
        flat = np.ravel(array).tolist()
        texts = ["+" * (signed and x > 0) + numbers.number(x, self.digits) for x in flat]
        return self.plain(closing.laid_out(texts, array.shape))

    # -- formulas ------------------------------------------------------------------------------

    def formula(self, template: str, put: Callable[[str], str] | None = None) -> str:
        """A formula template with its symbols named, or put in by `put`."""
        if put is None:
            return _named(self, template)

        def filled(match: re.Match[str]) -> str:
            inner = put(match[1] or match[2])
            return inner if match[2] or inner[0] == "(" else f"({inner})"

        written = re.sub(r"\(\{([^{}]+)\}\)|\{([^{}]+)\}", filled, template)
        written = re.sub(r"(?<=\de)-(?=\d)", "−", written)
        return self.plain(written.replace("^t", "ᵗ"))

    def in_names(self, e: Expr, shapes: Mapping[str, tuple[int, ...]]) -> str:
        """Arithmetic with the names of its operands: W[1]₁₁·x₁ + W[1]₁₂·x₂."""

        def leaf(node: Expr) -> str:
            if node.symbol in ("", REST):
                return self.operand(node.value, node.symbol)
            return self.element(node.symbol, node.index, shapes.get(node.symbol, ()))

        return self.plain(Writer(leaf).write(abridged(e)).replace("^t", "ᵗ"))

    def operand(self, x: float, symbol: str = "", whole: Whole = constants_only) -> str:
        """A number of a symbol, or a constant, as it stands in arithmetic: 0.5, 0.4621, 1e−8."""
        return self._signs(Spelling(self.digits).operand(x, whole(symbol)))

    def line(self, e: Expr, result: float, whole: Whole = constants_only) -> Line:
        """Arithmetic with its numbers, its result, and = or ≈ between them: 0.1·1 + 0.2·2 = 0.5.
        `whole` says of which symbols numbers are shown with all their digits.
        """
        return self._plain(closing.line(e, result, Spelling(self.digits, whole)))

    def doubt(self, e: Expr, result: float, dtype: str, whole: Whole = constants_only) -> str:
        """Why that line says ≈, as a sentence; `dtype` is what the result is kept in."""
        return self.plain(doubt(e, result, Spelling(self.digits, whole), dtype))

    def array_line(
        self, template: str, put: Mapping[str, Array], result: Array, whole: Whole = constants_only
    ) -> Line | None:
        """The same for a formula of whole arrays, with those `put` in for its symbols. None where
        it cannot be written out, or worked out from what it says.
        """
        if any(array.size > FULL or array.ndim > 2 for array in (*put.values(), result)):
            return None
        spelling = Spelling(self.digits, whole)
        found = closing.array_line(template, put, result, spelling, self.formula)
        return found and self._plain(found)

    def _plain(self, line: Line) -> Line:
        return Line(*map(self.plain, (line.left, line.sign, line.right)))


# The same formulas stand on the screen at every position of a run.
@lru_cache(maxsize=1024)
def _named(text: Text, template: str) -> str:
    return text.formula(template, lambda name: Symbol(name).written)
