"""Which elements of a run the names and numbers of a sheet stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.formula.layout import Shape
from engine.program.step import Phase
from engine.program.trace import Trace
from engine.sheets.figures import Figure, Unplaced
from engine.sheets.literals import Literal
from engine.sheets.names import Name, name, ready
from engine.sheets.numerals import Numeral
from engine.sheets.statement import Statement

_OF_LAYER = ("z", "a", "W", "b", "delta", "dW", "db", "da", "fprime")
_OF_PARAMETER = ("m", "v", "mhat", "vhat")
_GIVEN = ("x", "y", "lr")
MOST_ITERATIONS = 1000
"""A sheet goes so far at the most."""


class MisplacedError(Exception):
    """Why a statement cannot be placed."""


class Placer:
    """Places the statements of a sheet in the iterations of a run, in the order of its lines.

    `trace` is the run's first iteration: which symbols there are, and of which shapes;
    `transposed` says that weights are written as (inputs, units).
    """

    def __init__(self, trace: Trace, depth: int, transposed: bool = False) -> None:
        self.depth = depth
        self.transposed = transposed
        self.number = {step.symbol: step.number for step in trace.steps}
        self.phase = {step.symbol: step.phase for step in trace.steps}
        self.shapes: dict[str, Shape] = {step.symbol: step.shape for step in trace.steps}
        for symbol in (*trace.parameters, "x", "y"):
            self.shapes[symbol] = trace.known(symbol, 0).shape
        self.shapes["lr"] = ()
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

    def _names(self, statement: Statement) -> Iterator[Name]:
        yield from statement.names
        if statement.key and (found := name(ready(statement.key))):
            yield found

    def _elements(self, named: Name, literal: Literal) -> tuple[str, list[tuple[Index, Numeral]]]:
        """The symbol, and the numbers of its elements."""
        symbol, index = self._symbol(named, literal)
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
        within = len(index) == len(shape) and all(map(_within, index, shape))
        if not within:
            written = ",".join(map(str, index))
            raise MisplacedError(f"{Symbol(symbol).written} has no element {written}")
        return tuple(i - 1 for i in index)

    def _filled(
        self, named: Name, symbol: str, shape: Shape, literal: Literal
    ) -> Iterator[tuple[Index, Numeral]]:
        rows, size = literal.rows, int(np.prod(shape, dtype=int))
        weights = Symbol(symbol).kind.key in ("W", "dW")
        turned = named.turned != (self.transposed and weights)
        if literal.size == 1 and size > 1 and Symbol(symbol).kind.key == "b":
            for index in np.ndindex(shape):
                yield index, literal.numerals[0]
            return
        if literal.size != size:
            numbers = "number" if literal.size == 1 else "numbers"
            raise MisplacedError(
                f"{literal.size} {numbers} where {Symbol(symbol).written} has {size}"
            )
        if len(shape) == 2 and not literal.flat:
            across = (len(rows), len(rows[0]))
            if any(len(row) != across[1] for row in rows):
                raise MisplacedError("its rows are not of one length")
            if turned or (across != shape and across == shape[::-1]):
                rows = tuple(zip(*rows, strict=True))
            elif across != shape:
                raise MisplacedError(f"{across[0]}×{across[1]} where it is {shape[0]}×{shape[1]}")
        numerals = [each for row in rows for each in row]
        yield from zip(np.ndindex(shape), numerals, strict=True)

    # -- names -----------------------------------------------------------------------------------

    def _symbol(self, named: Name, literal: Literal) -> tuple[str, tuple[int, ...]]:
        """The symbol that a name means for such a literal, and the element where it names one."""
        kind, index = named.kind, named.index
        digits = tuple(map(int, named.digits))
        if kind in _GIVEN or kind in ("yhat", "dyhat"):
            if named.node == "o" or not digits:
                return kind, index
            return kind, (*digits, *index) if len(digits) > 1 else (int(named.digits), *index)
        if kind == "loss":
            if named.node or index or digits:
                raise MisplacedError("the loss of one output is no step of this run")
            return kind, ()
        if kind == "lossn":
            return kind, index or digits
        if kind in _OF_PARAMETER:
            if named.param is None:
                raise MisplacedError("it does not say of which parameter")
            inner, place = self._symbol(named.param, literal)
            return f"{kind}.{inner.removeprefix('d')}", place or index
        return self._of_layer(named, literal, digits)

    def _of_layer(
        self, named: Name, literal: Literal, digits: tuple[int, ...]
    ) -> tuple[str, tuple[int, ...]]:
        kind, index, layer = named.kind, named.index, named.layer
        if named.node == "back":
            above = layer or int(named.digits or 0)
            return f"da{above - 1}", index
        if named.node in ("h", "o"):
            if named.node == "h" and self.depth != 2:
                raise MisplacedError("there is more than one hidden layer, or none")
            return self._at(kind, self.depth if named.node == "o" else 1), index
        if layer is not None and digits:
            return self._at(kind, int(named.digits)), (layer, *index)
        if layer is None and digits and kind in ("W", "dW"):
            return self._weight(named, literal, digits)
        if layer is None and digits:
            layer, index = digits[0], (*digits[1:], *index)
        if layer is None:
            return self._only(kind), index
        return self._at(kind, layer), index

    def _weight(
        self, named: Name, literal: Literal, digits: tuple[int, ...]
    ) -> tuple[str, tuple[int, ...]]:
        """W2, w5 and W211: the weights of a layer, a weight counted through all layers, or a
        layer's weight.
        """
        kind, one = named.kind, literal.size == 1 and not named.index
        if named.small and one and self._count() >= int(named.digits):
            return self._numbered(kind, int(named.digits))
        if len(digits) == 3:
            return self._at(kind, digits[0]), digits[1:]
        if len(digits) == 2:
            if self.depth > 1:
                raise MisplacedError("it does not say of which layer")
            return self._at(kind, 1), digits
        return self._at(kind, digits[0]), named.index

    def _at(self, kind: str, layer: int) -> str:
        if kind == "a" and layer == self.depth:
            return "yhat"
        if kind == "a" and layer == 0:
            return "x"
        return f"{kind}{layer}"

    def _only(self, kind: str) -> str:
        """The symbol of a kind of which there is one."""
        found = [symbol for symbol in self.shapes if Symbol(symbol).kind.key == kind]
        if len(found) != 1:
            raise MisplacedError("it does not say of which layer")
        return found[0]

    def _count(self) -> int:
        return sum(int(np.prod(self.shapes[f"W{n}"])) for n in range(1, self.depth + 1))

    def _numbered(self, kind: str, number: int) -> tuple[str, tuple[int, ...]]:
        """w5: the weights counted through all layers, unit by unit."""
        left = number - 1
        for layer in range(1, self.depth + 1):
            rows, columns = self.shapes[f"W{layer}"]
            if left < rows * columns:
                return f"{kind}{layer}", (left // columns + 1, left % columns + 1)
            left -= rows * columns
        raise MisplacedError(f"there are {self._count()} weights")

    # -- time ------------------------------------------------------------------------------------

    def _take(
        self,
        statement: Statement,
        named: Name,
        symbol: str,
        elements: list[tuple[Index, Numeral]],
    ) -> None:
        if statement.iteration and statement.iteration > self._iteration:
            if statement.iteration > MOST_ITERATIONS:
                raise MisplacedError(f"only {MOST_ITERATIONS} iterations are graded")
            self._begin(statement.iteration)
        again = any(
            (found := self._seen.get((self._iteration, self._told(symbol, named), symbol, index)))
            and not _same(found.number, number)
            for index, number in elements
        )
        late = self._reached >= self._update() or (
            self.phase.get(Symbol(symbol)) is Phase.FORWARD and self._backward()
        )
        if again and late and not named.new and statement.iteration is None:
            self._begin(self._iteration + 1)
        told = self._told(symbol, named)
        for index, number in elements:
            key = (self._iteration, told, symbol, index)
            known = self._seen.get(key) or (
                self._seen.get((self._iteration - 1, False, symbol, index)) if told else None
            )
            if known is not None:
                if _same(known.number, number):
                    continue
                if not told or known.iteration == self._iteration:
                    raise MisplacedError(
                        f"a second figure; line {known.line} says {known.number.text}"
                    )
            figure = Figure(self._iteration, Symbol(symbol), index, number, statement.line, told)
            self._seen[key] = figure
            self.figures.append(figure)
        if not told:
            self._computed = True
            self._reached = max(self._reached, self.number.get(Symbol(symbol), 0))

    def _told(self, symbol: str, named: Name) -> bool:
        if symbol in _GIVEN:
            return True
        return Symbol(symbol).is_parameter and not named.new and not self._computed

    def _begin(self, iteration: int) -> None:
        self._iteration, self._reached, self._computed = iteration, 0, False

    def _update(self) -> int:
        """The first step of the update."""
        numbers = [self.number[s] for s, phase in self.phase.items() if phase is Phase.UPDATE]
        return min(numbers, default=0)

    def _backward(self) -> bool:
        numbers = [self.number[s] for s, phase in self.phase.items() if phase is Phase.BACKWARD]
        return self._reached >= min(numbers, default=0)


def _within(place: int, size: int) -> bool:
    return 1 <= place <= size


def _same(one: Numeral, other: Numeral) -> bool:
    """Whether two writings may be of one number."""
    return abs(one.value - other.value) <= max(one.half, other.half) * (1 + 1e-9) + 1e-300
