"""Arithmetic as text, with the parentheses it needs, and what it gives on the numbers it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.formula.expr import Expr, apply

TERMS = 6
"""Sums of more terms are abridged, with the sum of what is left out."""
_KEPT = 2

SUM, PRODUCT, SIGNED, POWER, ATOM = 1, 2, 3, 4, 5
"""How tightly a text binds."""


@dataclass(frozen=True)
class Writer:
    """Writes trees: operands by `leaf`, and the sum of terms that are left out by `number`."""

    leaf: Callable[[Expr], str]
    number: Callable[[float], str]

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
                return f"{self._part(e.args[0], SUM)} − {self._part(e.args[1], PRODUCT)}", SUM
            case "neg":
                return f"−{self._part(e.args[0], PRODUCT)}", PRODUCT
            case "mul":
                first, *rest = e.args
                factors = [self._part(first, PRODUCT), *(self._part(a, POWER) for a in rest)]
                return "·".join(factors), PRODUCT
            case "div":
                return f"{self._part(e.args[0], PRODUCT)}/{self._part(e.args[1], POWER)}", PRODUCT
            case "pow":
                exponent = self.leaf(e.args[1])
                raised = "²" if exponent == "2" else f"^{exponent}"
                return self._part(e.args[0], ATOM) + raised, POWER
            case _:
                return self._function(e)

    def _part(self, e: Expr, level: int) -> str:
        """A node as part of another: in parentheses unless it binds as tightly as `level`."""
        written, own = self._bound(e)
        return written if own >= level else f"({written})"

    def _operand(self, e: Expr) -> tuple[str, int]:
        written = self.leaf(e)
        if written[0] in "-−" or " " in written:
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
        if len(terms) <= TERMS:
            return self._joined(terms)
        head, rest, tail = _abridged(terms)
        left_out = f"[{len(terms) - 2 * _KEPT} terms: {self.number(rest)}]"
        return f"{self._joined(head)} + {left_out} + {self._joined(tail)}"

    def _joined(self, terms: Iterable[Expr]) -> str:
        written = ""
        for term in terms:
            piece = self._part(term, PRODUCT)
            if not written:
                written = piece
            elif piece[0] == "−":
                written += f" − {piece[1:]}"
            else:
                written += f" + {piece}"
        return written


def value_as_shown(e: Expr, shown: Callable[[float], float]) -> float:
    """What the arithmetic of a tree gives on the numbers that stand in its text: those of which
    `shown` is what a number looks like.
    """
    if e.op == "num":
        return shown(e.value)
    if e.op == "add" and len(e.args) > TERMS:
        head, rest, tail = _abridged(e.args)
        parts = (value_as_shown(a, shown) for a in (*head, *tail))
        return apply("add", [*parts, shown(rest)])
    return apply(e.op, [value_as_shown(a, shown) for a in e.args])


def _abridged(terms: tuple[Expr, ...]) -> tuple[tuple[Expr, ...], float, tuple[Expr, ...]]:
    """The first and last terms of a long sum, and the sum of those between."""
    head, middle, tail = terms[:_KEPT], terms[_KEPT:-_KEPT], terms[-_KEPT:]
    return head, apply("add", [t.value for t in middle]), tail
