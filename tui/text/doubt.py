"""Why a line says ≈: a sentence about its own numbers."""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable, Iterator
from decimal import Decimal

from engine.formula.expr import Expr
from tui.text import exact
from tui.text.arithmetic import abridged, operands, worked_out
from tui.text.closing import Spelling, signed
from tui.text.exact import Exact

NEAR = Decimal("0.05")
"""So near to the middle between two numbers, as a share of their distance, is worth a word."""
CANCELLED = Decimal(20)
"""Terms cancel where their sum is so many times smaller."""
_SHORT = decimal.Context(8, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX, traps=[])


def doubt(e: Expr, result: float, spelling: Spelling, dtype: str) -> str:
    """Why the line of a tree and its result, computed in `dtype`, says ≈."""
    e = abridged(e)
    right = spelling.result(result)
    most = spelling.most([right])
    full = worked_out(e, _exactly)
    if full.is_finite() and not math.isfinite(result):
        return f"≈: {_short(full)} is more than {dtype} can hold."
    if not full.is_finite():
        return f"≈: exact arithmetic gives {signed(str(full).lower())}."
    if full and not result:
        return f"≈: {_short(full)} is so near to 0 that {dtype} makes it 0."
    off = exact.off_middle(full, spelling.digits)
    middle = f"≈: {_short(full)} lies in the middle between two numbers with the digits shown"
    if off <= exact.IN_THE_MIDDLE:
        return f"{middle}."
    if not exact.prints_as(full, right, spelling.digits):
        return f"≈: {dtype} rounds. Exact arithmetic on its numbers gives {_short(full)}."
    if off < NEAR:
        return f"{middle}, nearly: more than {most} digits of the operands decide."

    def rounded(node: Expr) -> bool:
        text = spelling.operand(node.value, spelling.whole(node.symbol), most)
        return exact.read(text) != _exactly(node)

    if cancelled := _cancelled(e, rounded):
        largest, left = cancelled
        return (
            f"≈: terms cancel. Of {_short(largest)} only {_short(left)} is left, of which {most}"
            " digits of the operands say too little."
        )
    return f"≈: {most} digits of the operands are too few; with all of them the line closes."


def _short(x: Exact) -> str:
    """A number in a sentence, to eight digits."""
    rounded = _SHORT.plus(x)
    form = "f" if -5 < rounded.adjusted() < 8 else "e"
    return signed(f"{rounded.normalize(_SHORT):{form}}")


def _cancelled(e: Expr, rounded: Callable[[Expr], bool]) -> tuple[Exact, Exact] | None:
    """The largest term and the sum where rounded terms cancel most, if they do."""
    most, found = CANCELLED, None
    for largest, total in _sums(e, rounded):
        if exact.greater(times := exact.div(largest, total), most):
            most, found = times, (largest, total)
    return found


def _sums(e: Expr, rounded: Callable[[Expr], bool]) -> Iterator[tuple[Exact, Exact]]:
    """The size of the largest term, and that of the sum, wherever rounded numbers are added up."""
    if e.op in ("add", "sub") and any(map(rounded, operands(e))):
        total = exact.apply("abs", [worked_out(e, _exactly)])
        if total:
            sizes = [exact.apply("abs", [worked_out(term, _exactly)]) for term in e.args]
            yield exact.apply("max", sizes), total
    for part in e.args:
        yield from _sums(part, rounded)


def _exactly(node: Expr) -> Exact:
    return exact.read(repr(node.value))
