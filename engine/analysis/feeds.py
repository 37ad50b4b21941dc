"""What a number feeds: the elements that read it, on the way to the loss and across the update."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from engine.analysis.derivation import Derivation, Number
from engine.catalog.symbols import GIVEN, Symbol
from engine.formula.expr import Index
from engine.program.base import through
from engine.program.step import Step

Among = tuple["int | None", ...]
"""Indices that agree with the numbers given; None stands for all of an axis."""


def readers(derivation: Derivation, number: Number, t: int | None = None) -> Iterator[Number]:
    """The numbers whose arithmetic reads this one, in the order in which they are computed.

    They are of the iteration that made it, after its step; of a parameter, and all else that an
    iteration hands to the next, of that one too, up to its own next value. What stays the same for
    many iterations, a frozen parameter, is looked for in iteration `t`, by default the first.
    """
    handed = number.t == 0 or number.changed or _is_handed_on(derivation, number)
    if number.t and not number.changed:
        yield from _within(derivation, number, number.t, derivation.when(number)[1])
    if handed and (t or number.t + 1) <= derivation.history.spec_of(number.t + 1).furthest:
        yield from _within(derivation, number, t or number.t + 1, 0)


def first_readers(
    derivation: Derivation, number: Number, most: int
) -> tuple[tuple[Number, ...], bool]:
    """At most so many of them, and whether there are more."""
    found = tuple(islice(readers(derivation, number), most + 1))
    return found[:most], len(found) > most


def _within(derivation: Derivation, number: Number, t: int, done: float) -> Iterator[Number]:
    """Those of iteration t after so many steps, as long as the number is not replaced."""
    symbol = Symbol(number.symbol)
    for step in derivation.trace(t).steps:
        if step.number > done and _reads(step, symbol):
            for index in _candidates(step, symbol, number.index):
                result = Number(t, step.symbol, index)
                if number in derivation.operands(result):
                    yield result
        if step.number > done and step.symbol == symbol:
            return


def _is_handed_on(derivation: Derivation, number: Number) -> bool:
    """Whether the next iteration begins with it."""
    return derivation.trace(number.t).value(number.symbol, 0) is not None and (
        number.symbol not in GIVEN
    )


def _reads(step: Step, symbol: Symbol) -> bool:
    """Whether a step's arithmetic may read a symbol; that of a loss may read z beside ŷ."""
    if symbol in step.reads:
        return True
    return symbol.kind.key == "z" and step.symbol.kind.key in ("loss", "lossn")


def _candidates(step: Step, symbol: Symbol, index: Index) -> list[Index]:
    """The elements of a step's result among which those are that read this element."""
    found: set[Index] = set()
    for among in _among(step, symbol, index):
        axes = zip(among, step.shape, strict=True)
        found.update(product(*(range(size) if i is None else (i,) for i, size in axes)))
    return sorted(found)


def _among(step: Step, symbol: Symbol, index: Index) -> list[Among]:
    """Where in a step's result an element can be read, by what the two arrays are."""
    kind = step.symbol.kind.key
    if through(symbol):
        return [index]
    if through(step.symbol):
        return [(None,) * len(step.shape)]
    if step.param or step.symbol.prefix:
        alike = len(index) == len(step.shape)
        return [index if alike else (None,) * len(step.shape)]
    if step.symbol.is_gradient:
        return [_in_gradient(step, symbol, index)]
    match kind:
        case "z" | "da":
            return [_through_weights(step.symbol, symbol, index)]
        case "jac":
            return [(index[0], index[1], None), (index[0], None, index[1])]
        case "lossn":
            return [(index[0],)]
        case "a" | "yhat" | "fprime" | "delta" | "dyhat" if len(index) > 1:
            return [(index[0], None)]
        case _:
            return [(None,) * len(step.shape)]


def _in_gradient(step: Step, symbol: Symbol, index: Index) -> Among:
    """The same in the gradient of a parameter, which a penalty has read the parameter itself."""
    if symbol.is_parameter:
        return index
    match step.symbol.kind.key:
        case "dW":
            return (index[1], None) if symbol.kind.key == "delta" else (None, index[1])
        case "db":
            return (index[1],) if step.shape else ()
        case _:
            return (None,) * len(step.shape)


def _through_weights(result: Symbol, symbol: Symbol, index: Index) -> Among:
    """The same in a weighted sum, forward (z) or back (da); anywhere for what is another layer's,
    perhaps transposed.
    """
    forward, own = result.kind.key == "z", symbol.kind.key
    if own not in ("W", "b"):
        return (index[0], None)
    if not index or symbol.layer != result.in_layer + (not forward):
        return (None, None)
    return (None, index[0] if own == "b" or forward else index[1])
