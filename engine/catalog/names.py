"""Symbols and their elements as people name them in text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.formula.layout import Shape


class Names:
    """Finds symbols in text. `shapes` are the symbols' arrays, as the run has them."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.shapes = shapes
        self._symbols = {form: key for key in shapes for form in Symbol(key).forms()}
        self._symbols |= {key: key for key in shapes}
        self._starts: dict[str, list[str]] = {}
        for form in sorted(self._symbols, key=len, reverse=True):
            self._starts.setdefault(form[:1], []).append(form)

    def at(self, text: str, position: int) -> tuple[str, int] | None:
        """The symbol that the text names at a position, in its longest form, and where that ends;
        None where it names none.
        """
        for form in self._starts.get(text[position : position + 1], ()):
            end = position + len(form)
            if text.startswith(form, position) and (not form[-1].isalnum() or _ends(text, end)):
                return self._symbols[form], end
        return None


def _ends(text: str, end: int) -> bool:
    """Whether a name can end there: before anything but a letter, digit, point or prime, though
    before a subscript, which is an index.
    """
    following = text[end : end + 1]
    if following == "_":
        return text[end + 1 : end + 2] in tuple("0123456789")
    if following in tuple("₀₁₂₃₄₅₆₇₈₉"):
        return True
    return not (following.isalnum() or following in (".", "'", "′", "\u0302"))


def drops_sample(key: str, shape: Shape) -> bool:
    """Whether an element's index may leave out the sample: where there is only one, and the
    array's first axis is that of the samples.
    """
    return len(shape) > 1 and shape[0] == 1 and Symbol(key).batchwise


def subscript(digits: str, key: str, shape: Shape) -> tuple[int, ...]:
    """The numbers of an index written as a subscript, 12 for ₁₂: commas part them, else each is
    one digit, unless there is only one.
    """
    if "," in digits:
        return tuple(map(int, digits.split(",")))
    if len(shape) - drops_sample(key, shape) == 1:
        return (int(digits),)
    return tuple(map(int, digits))


def index_of(numbers: Iterable[int], key: str, shape: Shape) -> Index:
    """The index, counted from 0, of numbers counted from 1. Raises ValueError with a sentence
    where the array has no such element.
    """
    given = tuple(numbers)
    full = (1, *given) if len(given) == len(shape) - 1 and drops_sample(key, shape) else given
    if len(full) == len(shape) and all(1 <= i <= n for i, n in zip(full, shape, strict=True)):
        return tuple(i - 1 for i in full)
    if not shape:
        raise ValueError(f"{key} is a single number and has no elements.")
    written = ",".join(str(i) if i < 10**9 else "…" for i in given)
    last = ",".join(map(str, shape))
    raise ValueError(
        f"{key}[{written}]: {key} has the elements {key}[{','.join('1' * len(shape))}]"
        + (f" to {key}[{last}]." if math.prod(shape) > 1 else ".")
    )
