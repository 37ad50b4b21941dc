"""Which elements of a run the names and numbers of a sheet stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.formula.layout import Shape
from engine.program.step import Phase
from engine.program.trace import Trace
from engine.sheets.figures import Figure, Unplaced
from engine.sheets.literals import Literal
from engine.sheets.meaning import GIVEN, Meanings, MisplacedError
from engine.sheets.names import Name, name, ready
from engine.sheets.numerals import Numeral
from engine.sheets.statement import Statement
from engine.sheets.variables import meant, said
from engine.spec.run import RunSpec

_OWN = re.compile(r"(?P<of>.+?)(?:_(?P<inner>\d+)\)|(?:_\(?(?P<place>\d+(?:,\d+)*)\)?)?)")
"""A name with the place of an element behind it, or behind what stands in its parentheses."""
MOST_ITERATIONS = 1000
"""A sheet goes so far at the most."""


class Placer:
    """Places the statements of a sheet in the iterations of a run, in the order of its lines.

    `trace` is the first iteration of the run `spec` that updates: which symbols there are, and of
    which shapes;
    `usual` gives names their usual forms;
    `transposed` says that weights are written as (inputs, units).
    """

    def __init__(
        self,
        trace: Trace,
        spec: RunSpec,
        transposed: bool = False,
        usual: Callable[[str], str] = str,
    ) -> None:
        self.transposed, self._usual, self._alone = transposed, usual, bool(spec.instead)
        self._accumulate = spec.data.accumulate
        self.number = {step.symbol: step.number for step in trace.steps}
        self.phase = {step.symbol: step.phase for step in trace.steps}
        self.shapes: dict[str, Shape] = {step.symbol: step.shape for step in trace.steps}
        for symbol in (*trace.parameters, *trace.data):
            self.shapes[symbol] = trace.known(symbol, 0).shape
        self.shapes["lr"] = ()
        named = {said(symbol): shape for symbol, shape in self.shapes.items()}
        shapes = named if spec.instead else self.shapes
        self._meanings = Meanings(shapes, len(spec.layers))
        self._own = {
            ready(usual(Symbol(each).written) if spec.instead else Symbol(each).written): each
            for each, phase in self.phase.items()
            if phase in (Phase.CLIP, Phase.UPDATE) and not each.is_parameter
        }
        self._slopes_are_given = not spec.has_loss
        self.figures: list[Figure] = []
        self.unplaced: list[Unplaced] = []
        self._iteration = 1
        self._seen: dict[tuple[int, bool, str, Index], Figure] = {}
        self._reached = 0
        self._computed = False

    def place(self, statements: Iterable[Statement]) -> None:
        """Place them; those that cannot be are listed with the reason."""
        for statement in statements:
            try:
                self._place(statement)
            except MisplacedError as reason:
                self.unplaced.append(Unplaced(statement.line, statement.text, str(reason)))

    # -- one statement ---------------------------------------------------------------------------

    def _place(self, statement: Statement) -> None:
        if not statement.literals:
            raise MisplacedError("no number stands alone at its end")
        why = ""
        if self._is_own(statement):
            return
        for each in self._names(statement):
            for literal in reversed(statement.literals):
                try:
                    symbol, elements = self._elements(each, literal)
                except MisplacedError as reason:
                    why = why or str(reason)
                    continue
                self._take(statement, each, symbol, elements)
                return
        raise MisplacedError(why or "this name is not known")

    def _is_own(self, statement: Statement) -> bool:
        """Place a statement that has the run's own name for what its optimizer computes, which is
        how its worksheets have it.
        """
        keys = [each.written for each in statement.names] + [statement.key]
        for key in keys:
            key = ready(self._usual(key)).strip()
            found = _OWN.fullmatch(key) if key not in self._own else None
            stem = found["of"] + (")" if found["inner"] else "") if found else key
            if (symbol := self._own.get(stem)) is None:
                continue
            literal, shape = statement.literals[-1], self.shapes[symbol]
            named = Name(kind="", written=key)
            if written := found and (found["inner"] or found["place"]):
                place = map(int, written.split(",") if "," in written else _digits(written, shape))
                index = self._index(symbol, tuple(place), shape)
                elements = [(index, self._one(literal))]
            else:
                elements = list(self._filled(named, symbol, shape, literal))
            self._take(statement, named, symbol, elements)
            return True
        return False

    def _names(self, statement: Statement) -> Iterator[Name]:
        yield from statement.names
        if statement.key and (found := name(ready(self._usual(statement.key)))):
            yield found

    def _elements(self, named: Name, literal: Literal) -> tuple[str, list[tuple[Index, Numeral]]]:
        """The symbol, and the numbers of its elements."""
        symbol, index = self._meanings.symbol(named, literal)
        symbol = meant(symbol, self.shapes) if self._alone else symbol
        if symbol not in self.shapes:
            raise MisplacedError(f"the run has no {Symbol(symbol).written}")
        shape = self.shapes[symbol]
        if index:
            return symbol, [(self._index(symbol, index, shape), self._one(literal))]
        return symbol, list(self._filled(named, symbol, shape, literal))

    def _one(self, literal: Literal) -> Numeral:
        if literal.size != 1:
            raise MisplacedError(f"{literal.size} numbers for one element")
        return literal.numerals[0]

    def _index(self, symbol: str, index: tuple[int, ...], shape: Shape) -> Index:
        if Symbol(symbol).batchwise and len(index) == len(shape) - 1 and shape[0] == 1:
            index = (1, *index)
        if len(shape) == 1 < len(index) and max(index) < 10:
            index = (int("".join(map(str, index))),)
        within = len(index) == len(shape) and all(map(_within, index, shape))
        if not within:
            written = ",".join(map(str, index))
            raise MisplacedError(f"{Symbol(symbol).written} has no element {written}")
        return tuple(i - 1 for i in index)

    def _filled(
        self, named: Name, symbol: str, shape: Shape, literal: Literal
    ) -> Iterator[tuple[Index, Numeral]]:
        size = int(np.prod(shape, dtype=int))
        if literal.size == 1 and size > 1 and Symbol(symbol).kind.key == "b":
            for index in np.ndindex(shape):
                yield index, literal.numerals[0]
            return
        if literal.size != size:
            numbers = "number" if literal.size == 1 else "numbers"
            has = f"{Symbol(symbol).written} has {size}"
            raise MisplacedError(f"{literal.size} {numbers} where {has}")
        weights = Symbol(symbol).kind.key in ("W", "dW")
        turned = named.turned != (self.transposed and weights)
        rows = literal.rows if literal.flat else _rows(literal, shape, turned)
        numerals = [each for row in rows for each in row]
        yield from zip(np.ndindex(shape), numerals, strict=True)

    # -- time ------------------------------------------------------------------------------------

    def _take(
        self,
        statement: Statement,
        named: Name,
        symbol: str,
        elements: list[tuple[Index, Numeral]],
    ) -> None:
        self._begin_where_due(statement, named, symbol, elements)
        told = self._told(symbol, named, elements)
        updating = not told and self.phase.get(Symbol(symbol)) in (Phase.CLIP, Phase.UPDATE)
        if updating and self._iteration % self._accumulate:
            raise MisplacedError(f"iteration {self._iteration} updates nothing")
        for index, number in elements:
            if self._is_new(symbol, index, number, told):
                figure = Figure(
                    self._iteration, Symbol(symbol), index, number, statement.line, told
                )
                self._seen[self._iteration, told, symbol, index] = figure
                self.figures.append(figure)
        if not told:
            self._computed |= not (self._slopes_are_given and symbol == "dtheta")
            self._reached = max(self._reached, self.number.get(Symbol(symbol), 0))

    def _begin_where_due(
        self,
        statement: Statement,
        named: Name,
        symbol: str,
        elements: list[tuple[Index, Numeral]],
    ) -> None:
        """Go on to the iteration that the sheet names, or to the next where it has another figure
        for what this one has, and is past it.
        """
        if statement.iteration and statement.iteration > self._iteration:
            if statement.iteration > MOST_ITERATIONS:
                raise MisplacedError(f"only {MOST_ITERATIONS} iterations are graded")
            self._begin(statement.iteration)
        if statement.iteration is not None or named.new:
            return
        told = self._told(symbol, named, elements)
        known = [(self._seen.get((self._iteration, told, symbol, i)), n) for i, n in elements]
        again = any(figure and not _same(figure.number, number) for figure, number in known)
        forward = self.phase.get(Symbol(symbol)) is Phase.FORWARD
        if again and (self._is_past(Phase.UPDATE) or (forward and self._is_past(Phase.BACKWARD))):
            self._begin(self._iteration + 1)

    def _is_new(self, symbol: str, index: Index, number: Numeral, told: bool) -> bool:
        """Whether a number is no repetition. Raises MisplacedError where it contradicts one."""
        known = self._seen.get((self._iteration, told, symbol, index))
        if known is None and told:
            known = self._seen.get((self._iteration - 1, False, symbol, index))
        if known is None:
            return True
        if _same(known.number, number):
            return False
        if not told or known.iteration == self._iteration:
            raise MisplacedError(f"a second figure; line {known.line} says {known.number.text}")
        return True

    def _told(self, symbol: str, named: Name, elements: Sequence[tuple[Index, Numeral]]) -> bool:
        """Whether it is what the sheet was given, and not what was worked out."""
        if symbol in GIVEN:
            return True
        if not Symbol(symbol).is_parameter or named.new or self._computed:
            return False
        if not self._slopes_are_given:
            return True
        return any(self._is_told_first(symbol, index, number) for index, number in elements)

    def _is_told_first(self, symbol: str, index: Index, number: Numeral) -> bool:
        """Whether a parameter was not known before, or is said again to be what it was."""
        before = self._seen.get((self._iteration, True, symbol, index))
        before = before or self._seen.get((self._iteration - 1, False, symbol, index))
        return before is None or before.number.value == number.value

    def _begin(self, iteration: int) -> None:
        self._iteration, self._reached, self._computed = iteration, 0, False

    def _is_past(self, phase: Phase) -> bool:
        """Whether a figure of that phase, or of a later one, has been read in this iteration."""
        numbers = [self.number[s] for s, each in self.phase.items() if each is phase]
        return self._reached >= min(numbers, default=0)


def _rows(literal: Literal, shape: Shape, turned: bool) -> tuple[tuple[Numeral, ...], ...]:
    """The rows of a matrix as the run has them: turned over where that is said, or where only so
    it fits.
    """
    rows = literal.rows
    across = (len(rows), len(rows[0]))
    if len(shape) != 2:
        return rows
    if any(len(row) != across[1] for row in rows):
        raise MisplacedError("its rows are not of one length")
    if turned or (across != shape and across == shape[::-1]):
        return tuple(zip(*rows, strict=True))
    if across != shape:
        raise MisplacedError(f"{across[0]}×{across[1]} where it is {shape[0]}×{shape[1]}")
    return rows


def _digits(written: str, shape: Shape) -> list[str]:
    """Places that stand side by side; of a vector it is one, of however many digits."""
    return [written] if len(shape) == 1 else list(written)


def _within(place: int, size: int) -> bool:
    return 1 <= place <= size


def _same(one: Numeral, other: Numeral) -> bool:
    """Whether two writings may be of one number."""
    return abs(one.value - other.value) <= max(one.half, other.half) * (1 + 1e-9) + 1e-300
