"""Lines of arithmetic, and what may stand between them and their result: = or ≈.

= is said of the characters shown: worked out exactly, the left side prints as the right one. The
operands have as many digits as that takes, up to a limit; where no number of digits does, they
are as short as elsewhere and the sign is ≈.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from engine.formula.expr import Expr
from tui.text import arrays, exact, formulas, numbers
from tui.text.arithmetic import Writer, abridged, operands, worked_out
from tui.text.exact import Exact

Array = npt.NDArray[Any]
Fill = Callable[[str, Callable[[str], str]], str]
Whole = Callable[[str], int]
"""How many digits a number of a symbol may have to be shown with all of them; constants of a
formula have the symbol "".
"""
ALL = 17
"""No number has more significant digits."""
MOST_FIGURES = 6


def most_figures(digits: int) -> int:
    """So many significant digits an operand may have where there are `digits` after the point."""
    return min(ALL, max(MOST_FIGURES, digits + 2))


def _figures(shown: str) -> int:
    """How many significant digits a number is shown with."""
    mantissa, _, _ = shown.partition("e")
    return len(mantissa.replace(".", "").lstrip("-0"))


def constants_only(symbol: str) -> int:
    """Of all numbers, only a formula's constants are shown with all digits."""
    return 0 if symbol else ALL


class Line(NamedTuple):
    """The arithmetic `left`, the sign "=" or "≈", and the result `right`."""

    left: str
    sign: str
    right: str

    @property
    def says_nothing(self) -> bool:
        """Whether both sides are the same characters."""
        return self.left == self.right

    def named(self, name: str) -> str:
        """The line with the name of what it gives before it: x = 1 + 2 = 3, or x ≈ 3."""
        return f"{name} {self.sign if self.says_nothing else '='} {self}"

    def __str__(self) -> str:
        return self.right if self.says_nothing else f"{self.left} {self.sign} {self.right}"


class Spelling(NamedTuple):
    """How numbers are written, with plain minus signs: with `digits` after the point; as operands
    with more where a line needs them, or with all that they have where `whole` says so.
    """

    digits: int
    whole: Whole = constants_only

    def most(self, right: Iterable[str]) -> int:
        """So many significant digits an operand may have in a line with these results: one more
        than any of them, where that is more than is usual.
        """
        return min(ALL, max([most_figures(self.digits), *(1 + _figures(each) for each in right)]))

    def figures(self, right: Iterable[str]) -> range:
        """The numbers of significant digits that operands may have at least."""
        return range(self.most(right) + 1)

    def operand(self, x: float, most: int, figures: int = 0) -> str:
        """A number within arithmetic; `most` is what `whole` says of its symbol."""
        found = numbers.whole(x, self.digits, most) if most else ""
        return found or numbers.operand(x, self.digits, figures)

    def result(self, x: float) -> str:
        """A number behind the sign."""
        return numbers.number(x, self.digits)

    def closes(self, found: Sequence[Exact], right: Sequence[str]) -> bool:
        """Whether numbers print as those that are shown; one may stand for all."""
        found = [*found] * len(right) if len(found) == 1 else found
        return len(found) == len(right) and all(
            exact.prints_as(x, shown, self.digits) for x, shown in zip(found, right, strict=True)
        )


def signed(text: str) -> str:
    """A number with a true minus sign."""
    return text.replace("-", "−")


def line(e: Expr, result: float, spelling: Spelling) -> Line:
    """The line of a tree and its result."""
    e = abridged(e)
    nodes = [(id(node), node.value, spelling.whole(node.symbol)) for node in operands(e)]
    right = [spelling.result(result)]

    def closes(texts: Mapping[int, str]) -> bool:
        found = worked_out(e, lambda node: exact.read(texts[id(node)]))
        return spelling.closes([found], right)

    spelled = (
        {key: spelling.operand(x, most, figures) for key, x, most in nodes}
        for figures in spelling.figures(right)
    )
    texts, sign = _first(spelled, closes)
    left = Writer(lambda node: signed(texts[id(node)])).write(e)
    return Line(left, sign, signed(right[0]))


def array_line(
    template: str, put: Mapping[str, Array], result: Array, spelling: Spelling, fill: Fill
) -> Line | None:
    """The line of a formula of whole arrays, with the arrays `put` in for its symbols by `fill`;
    None where it does not say all that it takes to work it out.
    """
    formula = formulas.read(template, not result.ndim)
    if formula is None:
        return None
    flat = [
        (symbol, np.ravel(array).tolist(), spelling.whole(symbol)) for symbol, array in put.items()
    ]
    right = [spelling.result(x) for x in np.ravel(result).tolist()]

    def closes(texts: Mapping[str, list[str]]) -> bool:
        values = {
            symbol: arrays.array([exact.read(text) for text in texts[symbol]]).reshape(array.shape)
            for symbol, array in put.items()
        }
        return spelling.closes(formulas.numbers(formula, values), right)

    spelled = (
        {symbol: [spelling.operand(x, most, figures) for x in xs] for symbol, xs, most in flat}
        for figures in spelling.figures(right)
    )
    texts, sign = _first(spelled, closes)
    left = fill(template, lambda symbol: _put_in(texts[symbol], put[symbol].shape))
    begins = _BEGINS.match(template)
    if begins and not put[begins[1]].shape:
        left = left.replace("(", "", 1).replace(")", "", 1) if left.startswith("(−") else left
    return Line(left, sign, laid_out(right, result.shape))


_BEGINS = re.compile(r"\{([^{}]+)\}(?: |$)")
"""A number that a formula begins with needs no parentheses, also where it is negative."""


def _put_in(texts: Sequence[str], shape: tuple[int, ...]) -> str:
    """Numbers as an operand: one that is negative is in parentheses."""
    written = laid_out(texts, shape)
    return written if shape or not written.startswith("−") else f"({written})"


T = TypeVar("T")


def _first(spelled: Iterable[T], closes: Callable[[T], bool]) -> tuple[T, str]:
    """The first spelling that closes and =, else the first of all and ≈."""
    first = before = None
    for texts in spelled:
        if texts != before and closes(texts):
            return texts, "="
        first, before = first or texts, texts
    assert first is not None
    return first, "≈"


def laid_out(texts: Sequence[str], shape: tuple[int, ...]) -> str:
    """Numbers as an array of at most two axes: 0.5, (0.5, 1.1), (0.1 0.2; 0.3 0.4)."""
    if not shape:
        return signed(texts[0])
    if len(shape) == 1:
        return signed(f"({', '.join(texts)})")
    wide = shape[1]
    rows = (texts[i : i + wide] for i in range(0, len(texts), wide))
    return signed(f"({'; '.join(map(' '.join, rows))})")
