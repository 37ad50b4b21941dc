"""What a function's formula is as a tree, and how trees are put together as one writes by hand.

`total`, `product`, `quotient` and `power` leave out what goes without saying: terms and factors
with a number for all are one, 0 and 1 are gone, x·x is x². A formula that somebody wrote is kept as
it was written; only what is derived from it is made by these.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Context, Decimal

_FINE = Context(40, traps=[])


class Node:
    """A part of a formula: `op` is "num", "var", "add", "mul", "div", "neg", "pow" or the name of
    a function. A number has its `value` and, where it is a constant, its `name`; a variable its
    name and its place in θ, counted from 0, as `index`. `size` counts the parts, and `depth` how
    many stand within each other.
    """

    __slots__ = ("_hash", "args", "depth", "index", "name", "op", "size", "value")

    size: int
    depth: int

    def __init__(
        self,
        op: str,
        args: tuple[Node, ...] = (),
        value: float = 0.0,
        name: str = "",
        index: int = -1,
    ) -> None:
        self.op, self.args, self.value, self.name, self.index = op, args, value, name, index
        self.size = 1 + sum(each.size for each in args)
        self.depth = 1 + max((each.depth for each in args), default=0)
        self._hash = hash((op, args, value, name, index))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Node)
            and self._hash == other._hash
            and (self.op, self.value, self.name, self.index, self.args)
            == (other.op, other.value, other.name, other.index, other.args)
        )

    def __repr__(self) -> str:
        return f"Node({self.op} {self.name or self.value} {self.args})"

    @property
    def plain(self) -> bool:
        """Whether it is a number without a name."""
        return self.op == "num" and not self.name

    @property
    def varies(self) -> bool:
        """Whether a variable occurs in it."""
        return self.op == "var" or any(each.varies for each in self.args)

    @property
    def ops(self) -> set[str]:
        """All that is done in it."""
        return {self.op}.union(*(each.ops for each in self.args))

    def has(self, index: int) -> bool:
        """Whether the variable at that place occurs in it."""
        return self.index == index or any(each.has(index) for each in self.args)


def num(value: float, name: str = "") -> Node:
    """A number."""
    return Node("num", value=float(value), name=name)


ZERO, ONE, TWO = num(0), num(1), num(2)


def signed(e: Node) -> tuple[bool, Node]:
    """Whether a minus sign stands before it, and what stands behind that."""
    if e.op == "neg":
        return True, e.args[0]
    if e.plain and (e.value < 0 or (e.value == 0 and math.copysign(1, e.value) < 0)):
        return True, num(-e.value)
    if e.op in ("mul", "div"):
        minus, first = signed(e.args[0])
        if minus and first == ONE and e.op == "mul":
            return True, _joined("mul", e.args[1:])
        if minus and e.args[0].op != "neg":
            return True, Node(e.op, (first, *e.args[1:]))
    return False, e


def _joined(op: str, parts: Iterable[Node]) -> Node:
    found = tuple(parts)
    return found[0] if len(found) == 1 else Node(op, found)


# -- numbers as one counts with them by hand -------------------------------------------------------


def _times(a: float, b: float) -> float:
    """The product of the numbers as they are written: 3 times 0.1 is 0.3."""
    return float(_FINE.multiply(Decimal(repr(a)), Decimal(repr(b))))


def _plus(a: float, b: float) -> float:
    return float(_FINE.add(Decimal(repr(a)), Decimal(repr(b))))


def _over(a: float, b: float) -> float | None:
    """The quotient, where it has few digits; else None."""
    found = float(_FINE.divide(Decimal(repr(a)), Decimal(repr(b)))) if b else math.nan
    short = len(repr(abs(found)).replace(".", "")) <= 6
    return found if short and _times(found, b) == a else None


# -- sums and products -----------------------------------------------------------------------------


def negative(e: Node) -> Node:
    """−e"""
    return product(num(-1), e)


def total(*terms: Node) -> Node:
    """The sum, like terms as one; one with a plus sign first."""
    found: dict[Node, float] = {}
    for term in _terms(terms):
        factor, rest = _parted(term)
        found[rest] = _plus(found[rest], factor) if rest in found else factor
    made = [_scaled(factor, rest) for rest, factor in found.items() if factor]
    if not all(math.isfinite(factor) for factor in found.values()):
        return _joined("add", terms)
    first = next((i for i, term in enumerate(made) if not signed(term)[0]), 0)
    made.insert(0, made.pop(first)) if made else None
    return _joined("add", made) if made else ZERO


def _terms(terms: Iterable[Node]) -> Iterable[Node]:
    for term in terms:
        if term.op == "add":
            yield from _terms(term.args)
        elif term.op == "neg" and term.args[0].op == "add":
            yield from map(negative, _terms(term.args[0].args))
        else:
            yield term


def _parted(e: Node) -> tuple[float, Node]:
    """A term as a number times the rest, which is 1 for a number."""
    if e.op == "neg":
        factor, rest = _parted(e.args[0])
        return -factor, rest
    if e.plain:
        return e.value, ONE
    if e.op == "mul" and e.args[0].plain:
        return e.args[0].value, _joined("mul", e.args[1:])
    return 1.0, e


def _scaled(factor: float, rest: Node) -> Node:
    if rest == ONE:
        return num(factor)
    if factor == 1:
        return rest
    if factor == -1:
        return Node("neg", (rest,))
    return Node("mul", (num(factor), *(rest.args if rest.op == "mul" else (rest,))))


def product(*factors: Node) -> Node:
    """The product: its number first, then constants, variables, and all else as it comes; over
    what its factors are divided by.
    """
    above, below = _Factors(), _Factors()
    for factor in factors:
        _collect(factor, above, below)
    if not (math.isfinite(above.number) and math.isfinite(below.number) and below.number):
        return _joined("mul", factors)
    if above.number == 0:
        return ZERO
    number, under = above.number, below.number
    if (whole := _over(number, under)) is not None:
        number, under = whole, 1.0
    bottom = below.made(under)
    if bottom == ONE:
        return above.made(number)
    minus = number < 0
    made = Node("div", (above.made(abs(number)), bottom))
    return Node("neg", (made,)) if minus else made


def quotient(a: Node, b: Node) -> Node:
    """The quotient a / b."""
    return product(a, Node("div", (ONE, b)))


def power(base: Node, exponent: Node) -> Node:
    """The power, of a whole power as one."""
    if exponent == ZERO:
        return ONE
    if exponent == ONE:
        return base
    both = base.args if base.op == "pow" else ()
    if both and _whole(both[1]) and _whole(exponent):
        return power(both[0], num(both[1].value * exponent.value))
    return Node("pow", (base, exponent))


def lowered(u: Node, v: Node) -> Node:
    """v·u^(v − 1), the derivative of a power by its base."""
    return product(v, power(u, total(v, num(-1))))


def _whole(e: Node) -> bool:
    return e.plain and e.value.is_integer() and 0 < e.value <= 1000


class _Factors:
    """The factors above or below a line: a number, and powers by their base."""

    def __init__(self) -> None:
        self.number = 1.0
        self.powers: dict[Node, float] = {}
        self.others: list[Node] = []

    def add(self, factor: Node) -> None:
        """Count a factor in."""
        base, exponent = factor, 1.0
        if factor.op == "pow" and _whole(factor.args[1]):
            base, exponent = factor.args[0], factor.args[1].value
        self.powers[base] = self.powers.get(base, 0.0) + exponent

    def made(self, number: float) -> Node:
        """Their product with that number in front."""
        made = [power(base, num(exponent)) for base, exponent in self.powers.items()]
        made.sort(key=_order)
        if not made:
            return num(number)
        product = _joined("mul", made)
        return _scaled(number, product)


def _order(e: Node) -> int:
    if e.op == "num":
        return 0
    base = e.args[0] if e.op == "pow" else e
    return 1 if base.op == "var" else 2


def _collect(e: Node, above: _Factors, below: _Factors) -> None:
    match e.op:
        case "mul":
            for each in e.args:
                _collect(each, above, below)
        case "neg":
            above.number = -above.number
            _collect(e.args[0], above, below)
        case "div":
            _collect(e.args[0], above, below)
            _collect(e.args[1], below, above)
        case "num" if not e.name:
            above.number = _times(above.number, e.value)
        case _:
            above.add(e)
