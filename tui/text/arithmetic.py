"""Arithmetic as text, with the parentheses it needs, and what it gives on the numbers it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from engine.formula.expr import Expr, apply, num
from tui.text import exact
from tui.text.exact import Exact

TERMS = 6
"""Sums of more terms are abridged, with the sum of what is left out."""
_KEPT = 2
REST = "rest"
"""Stands for a symbol where a number is the sum of terms that are left out; as its index stands
how many these are."""

SUM, PRODUCT, SIGNED, POWER, ATOM = 1, 2, 3, 4, 5
"""How tightly a text binds."""


@dataclass(frozen=True)
class Writer:
    """Writes trees, their numbers by `leaf`."""

    leaf: Callable[[Expr], str]

    def write(self, e: Expr) -> str:
        """The arithmetic of a tree: 0.1·1 + 0.2·2."""
        return self._bound(e)[0]

    def _bound(self, e: Expr) -> tuple[str, int]:
        """The text of a node and how tightly it binds."""
        match e.op:
            case "num":
                return self._operand(e)
            case "add":
                return self._sum(e.args), SUM
            case "sub":
                return f"{self._part(e.args[0], SUM)} − {self._unsigned(e.args[1])}", SUM
            case "neg":
                return f"−{self._unsigned(e.args[0])}", PRODUCT
            case "mul":
                first, *rest = e.args
                factors = [self._part(first, PRODUCT), *(self._part(a, POWER) for a in rest)]
                return "·".join(factors), PRODUCT
            case "div":
                return f"{self._part(e.args[0], PRODUCT)}/{self._part(e.args[1], POWER)}", PRODUCT
            case "pow":
                by = e.args[1]
                exponent = self.leaf(by) if by.op == "num" else f"({self.write(by)})"
                raised = "²" if exponent == "2" else f"^{exponent}"
                return self._part(e.args[0], ATOM) + raised, POWER
            case _:
                return self._function(e)

    def _part(self, e: Expr, level: int) -> str:
        """A node as part of another: in parentheses unless it binds as tightly as `level`."""
        written, own = self._bound(e)
        return written if own >= level else f"({written})"

    def _unsigned(self, e: Expr) -> str:
        """A product behind a minus sign: in parentheses where it has one of its own."""
        written = self._part(e, PRODUCT)
        return f"({written})" if written[0] == "−" else written

    def _operand(self, e: Expr) -> tuple[str, int]:
        written = self.leaf(e)
        if e.symbol == REST:
            return f"[{e.index[0]} terms: {written}]", ATOM
        if written[0] == "−" or " " in written:
            return written, SIGNED
        return written, POWER if "e" in written and written[0].isdigit() else ATOM

    def _function(self, e: Expr) -> tuple[str, int]:
        if e.op in ("exp", "log", "tanh", "sqrt"):
            inner = self._part(e.args[0], ATOM)
            space = " " if inner[0] != "(" else ""
            written = {"exp": "e^", "sqrt": "√"}.get(e.op, e.op + space)
            return written + inner, ATOM if e.op == "sqrt" else POWER
        return f"{e.op}({', '.join(map(self.write, e.args))})", ATOM

    def _sum(self, terms: tuple[Expr, ...]) -> str:
        written, *pieces = (self._part(term, PRODUCT) for term in terms)
        for piece in pieces:
            written += f" − {piece[1:]}" if piece[0] == "−" else f" + {piece}"
        return written


def abridged(e: Expr) -> Expr:
    """The tree with each long sum's terms but the first and last as one number, their sum."""
    parts = tuple(map(abridged, e.args))
    if e.op != "add" or len(parts) <= TERMS:
        return replace(e, args=parts) if parts != e.args else e
    middle = e.args[_KEPT:-_KEPT]
    rest = num(apply("add", [term.value for term in middle]), REST, (len(middle),))
    return replace(e, args=(*parts[:_KEPT], rest, *parts[-_KEPT:]))


def operands(e: Expr) -> Iterator[Expr]:
    """The numbers that stand in a tree."""
    if e.op == "num":
        yield e
    for part in e.args:
        yield from operands(part)


def worked_out(e: Expr, shown: Callable[[Expr], Exact]) -> Exact:
    """What a tree gives on numbers as they are `shown`."""
    if e.op == "num":
        return shown(e)
    return exact.apply(e.op, [worked_out(part, shown) for part in e.args])
