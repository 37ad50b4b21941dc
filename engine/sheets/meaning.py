"""Which symbol of a run a name means, and which element of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.layout import Shape
from engine.sheets.literals import Literal
from engine.sheets.names import Name

_OF_PARAMETER = ("m", "v", "mhat", "vhat", "gsum")
SLOPES = ("α", "alpha")
GIVEN = ("x", "y", "lr")
"""What a sheet is told beside the starting parameters."""


class MisplacedError(Exception):
    """Why a statement cannot be placed."""


class Meanings:
    """The names of a run of `depth` layers whose symbols have these shapes."""

    def __init__(self, shapes: Mapping[str, Shape], depth: int) -> None:
        self.shapes, self.depth = shapes, depth

    def symbol(self, named: Name, literal: Literal) -> tuple[str, tuple[int, ...]]:
        """The symbol that a name means for such a literal, and the element where it names one."""
        kind, index = named.kind, named.index
        digits = tuple(map(int, named.digits))
        if kind == "lr" and named.written.lstrip().startswith(SLOPES) and self._sloped():
            return self._only("alpha"), index
        if kind in GIVEN or kind in ("yhat", "dyhat"):
            if named.node == "o" or not digits:
                return kind, index
            return kind, (*digits, *index) if len(digits) > 1 else (int(named.digits), *index)
        if kind in ("loss", "dataloss", "penalty"):
            return self._of_loss(named), ()
        if kind == "lossn":
            return kind, index or digits
        if kind in _OF_PARAMETER:
            if named.param is None:
                raise MisplacedError("it does not say of which parameter")
            inner, place = self.symbol(named.param, literal)
            return f"{kind}.{inner.removeprefix('d')}", place or index
        return self._of_layer(named, literal, digits)

    def _of_loss(self, named: Name) -> str:
        """The loss, or of one with a penalty what it adds up; E is then the loss of the data."""
        if named.node or named.index or named.digits:
            raise MisplacedError("the loss of one output is no step of this run")
        kind, written = named.kind, named.written
        penalized = "penalty" in self.shapes
        if kind == "penalty" and not penalized:
            raise MisplacedError("this run has no penalty in its loss")
        if kind == "penalty":
            return kind
        of_data = penalized and (kind == "dataloss" or written == "E")
        return "dataloss" if of_data else "loss"

    def _of_layer(
        self, named: Name, literal: Literal, digits: tuple[int, ...]
    ) -> tuple[str, tuple[int, ...]]:
        kind, index, layer = named.kind, named.index, named.layer
        if named.node:
            return self._of_node(named), index
        if layer is not None and digits:
            return self.at(kind, int(named.digits)), (layer, *index)
        if layer is None and digits and kind in ("W", "dW"):
            return self._weight(named, literal, digits)
        if layer is None and digits:
            layer, index = digits[0], (*digits[1:], *index)
        if layer is None:
            return self._only(kind), index
        return self.at(kind, layer), index

    def _of_node(self, named: Name) -> str:
        """The symbol of a node's name, such as net_h1, or of Wᵀ·δ on the way back."""
        if named.node == "back":
            return f"da{(named.layer or int(named.digits or 0)) - 1}"
        if named.node == "h" and self.depth != 2:
            raise MisplacedError("there is more than one hidden layer, or none")
        return self.at(named.kind, self.depth if named.node == "o" else 1)

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
            return self.at(kind, digits[0]), digits[1:]
        if len(digits) == 2:
            if self.depth > 1:
                raise MisplacedError("it does not say of which layer")
            return self.at(kind, 1), digits
        return self.at(kind, digits[0]), named.index

    def _sloped(self) -> bool:
        """Whether one slope is a parameter, which is then what α alone means."""
        return sum(Symbol(symbol).kind.key == "alpha" for symbol in self.shapes) == 1

    def at(self, kind: str, layer: int) -> str:
        """The symbol of a kind in a layer; what the last layer puts out is ŷ."""
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
