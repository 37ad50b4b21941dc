"""A derivation as lines: each number with its arithmetic and its place, its operands below it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.analysis.derivation import Derivation, Number, Origin, by_size
from engine.analysis.unfolding import Fold, Row
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.history.position import Position
from engine.spec.data import Batches
from tui.draw.parts import length, pad
from tui.frame.spelling import whole
from tui.text import closing
from tui.text.arithmetic import REST, TERMS
from tui.text.cells import wrap
from tui.text.format import Text
from tui.text.raster import Line

KEPT = 4
"""So many terms of a long sum are written out, the largest."""
PLACE = 9
"""The cells of a number's place, at the right."""

COUNTED = ("t", "N")
"""The scalars that nobody chooses."""


class Told:
    """Says a derivation's numbers as `text` writes them. What is computed after `until` has its
    formula alone.
    """

    def __init__(self, derivation: Derivation, text: Text, until: Position | None = None) -> None:
        self.derivation = derivation
        self.text = text
        self._until = (until.iteration, until.step) if until else None
        self._written: dict[Number, str] = {}

    def name(self, number: Number) -> str:
        """What it is called: W[2]₁₁."""
        if not number.index:
            return self.text.name(number.symbol)
        return self.text.element(number.symbol, number.index, self.derivation.shape(number))

    def line(self, number: Number) -> closing.Line | None:
        """Its arithmetic with the numbers; None for what is given."""
        e = self.derivation.arithmetic(number)
        if e is None:
            return None
        t = max(1, number.t)
        spec = self.derivation.history.spec_of(t)
        digits = whole(self.derivation.trace(t), spec, self.text.digits)
        return self.text.line(largest_terms(e), self.derivation.value(number), digits)

    def written(self, number: Number) -> str:
        """The number with its arithmetic: δ[2]₁ = 0.4372 − 1 = −0.5628."""
        if number not in self._written:
            self._written[number] = self._worded(number)
        return self._written[number]

    def is_known(self, number: Number) -> bool:
        """Whether it is computed by then."""
        return self._until is None or self.derivation.when(number) <= self._until

    def _worded(self, number: Number) -> str:
        step = self.derivation.step(number)
        if step and not self.is_known(number):
            return f"{self.name(number)}: {self.text.formula(step.formula)}"
        line = self.line(number)
        if line is None:
            x = self.derivation.value(number)
            scalar = number.symbol in self.derivation.trace(max(1, number.t)).scalars
            shown = self.text.operand(x) if scalar else self.text.number(x)
            return f"{self.name(number)} = {shown}"
        return line.named(self.name(number))

    def place(self, number: Number) -> str:
        """Where it is computed, 5.14, or what gives it."""
        match self.derivation.origin(number):
            case Origin.STEP:
                step = self.derivation.step(number)
                return f"{number.t}.{step.number}" if step else f"{number.t}"
            case Origin.DATA:
                return self._sample(number)
            case Origin.CHANGED:
                return f"set at {number.t + 1}"
            case Origin.START:
                return "start"
            case _ if self.derivation.arithmetic(number):
                return "schedule"
            case _:
                return "counted" if number.symbol in COUNTED else "option"

    def _sample(self, number: Number) -> str:
        spec = self.derivation.history.spec_of(number.t)
        if len(spec.data.x) == 1:
            return "data"
        rows = Batches(spec.data, spec.seed).rows(number.t)
        return f"data {rows[number.index[0]] + 1}"


def largest_terms(e: Expr) -> Expr:
    """The tree with each long sum as its largest terms, and the sum of the others as one number."""
    parts = tuple(map(largest_terms, e.args))
    if e.op != "add" or len(parts) <= TERMS:
        return Expr(e.op, parts, e.value, e.symbol, e.index)
    ordered = by_size(parts)
    rest = [term.value for term in ordered[KEPT:]]
    others = ex.num(ex.apply("add", rest), REST, (len(rest),))
    return Expr("add", (*ordered[:KEPT], others), e.value)


def lines(told: Told, rows: Sequence[Row], width: int, cursor: int = -1) -> list[Line]:
    """The rows, each with its place at the right; long ones go on below."""
    found: list[Line] = []
    for i, row in enumerate(rows):
        found += _row(told, row, width, i == cursor)
    return found


def _row(told: Told, row: Row, width: int, pointed: bool) -> list[Line]:
    text = told.text
    margin = "  " * min(row.depth, width // 6)
    if row.fold is Fold.MORE:
        words = f"and {row.more} more operand{'s' * (row.more != 1)}, of smaller terms"
        words = words if row.more > 0 else "and more"
        words = f"[{words}]" if pointed else f" {words}"
        return [((f"{margin} ", ""), (words, "select" if pointed else "dim"))]
    if row.fold is Fold.ABOVE:
        x = told.derivation.value(row.number)
        value = f" = {text.number(x)}" if told.is_known(row.number) else ""
        what, place = f"{told.name(row.number)}{value}", "above"
    else:
        what, place = told.written(row.number), told.place(row.number)
    before, after = "[]" if pointed else (" ", "")
    mark = text.plain({Fold.OPEN: "⊟", Fold.CLOSED: "⊞"}.get(row.fold, " ")) + before
    room = max(8, width - PLACE - len(margin) - 3)
    first, *others = wrap(text.plain(what) + after, room, 4)
    role = "select" if pointed else "dim" if row.fold is Fold.ABOVE else ""
    head: Line = ((margin, ""), (mark, "accent" if row.fold is Fold.CLOSED else "dim"))
    start = length(head)
    body = pad((*head, (first, role)), width - PLACE)
    found: list[Line] = [(*body, (text.plain(place).rjust(PLACE), "dim"))]
    return [*found, *(((" " * start, ""), (other, role)) for other in others)]


def heading(told: Told, number: Number) -> str:
    """What the derivation is of, as a sentence."""
    x = told.text.exact(told.derivation.value(number))
    kind = Symbol(number.symbol)
    made = f"iteration {number.t}" if number.t else "the start"
    what = "the update of " if kind.is_parameter and number.t and not number.changed else ""
    return told.text.plain(f"{told.name(number)} of {what}{made}, exactly {x}")


def again(told: Told, number: Number) -> str:
    """What a derivation that is unfolded to the end comes to, worked out anew."""
    x = told.text.exact(told.derivation.recomputed(number))
    return told.text.plain(f"Worked out again from what is given, and nothing else: {x}")
