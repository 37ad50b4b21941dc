"""The ways in which people write a symbol: its key, its form on screen, and the plain form of that.

For dW2: dW2, dW[2], ∂L/∂W[2], ∂L/∂W2, dL/dW[2] and dL/dW2.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping

from engine.catalog.optimizers import FORMS
from engine.formula.expr import Index
from engine.formula.layout import Shape

_LAYERED = re.compile(r"(delta|dW|db|da|fprime|jac|[Wbza])([0-9]+)")
_FORMS = {
    "delta": ("δ", "delta"),
    "dW": ("∂L/∂W", "dL/dW", "dW"),
    "db": ("∂L/∂b", "dL/db", "db"),
    "da": ("∂L/∂a", "dL/da", "da"),
    "fprime": ("f′", "f'", "fprime"),
    "jac": ("J", "jac"),
}
_PLAIN = {
    "yhat": ("ŷ", "y\u0302"),
    "loss": ("L",),
    "lossn": ("Lₙ", "L_n"),
    "dyhat": ("∂L/∂ŷ", "∂L/∂y\u0302", "dL/dyhat"),
    "gnorm": ("‖∂L/∂θ‖", "||dL/dtheta||"),
    "grad": ("∂L/∂θ", "dL/dtheta"),
    "theta": ("θ",),
}


def forms(symbol: str) -> Iterator[str]:
    """All forms of a symbol, its key first."""
    yield symbol
    yield from _PLAIN.get(symbol, ())
    if match := _LAYERED.fullmatch(symbol):
        for base in _FORMS.get(match[1], (match[1],)):
            yield f"{base}[{match[2]}]"
            yield f"{base}{match[2]}"
    prefix, dot, rest = symbol.partition(".")
    if dot:
        written = FORMS.get(prefix, prefix)
        for before in dict.fromkeys((prefix, written, written.replace("ˆ", "\u0302"))):
            for inner in forms(rest):
                yield f"{before}({inner})"
                yield f"{before}.{inner}"


class Names:
    """Finds symbols in text. `shapes` are the symbols' arrays, as the run has them."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.shapes = shapes
        self._symbols = {form: symbol for symbol in shapes for form in forms(symbol)}
        self._symbols |= {symbol: symbol for symbol in shapes}
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


def drops_sample(symbol: str, shape: Shape) -> bool:
    """Whether an element's index may leave out the sample: where there is only one, and the
    array's first axis is that of the samples.
    """
    name = symbol.rpartition(".")[2]
    return len(shape) > 1 and shape[0] == 1 and not re.fullmatch(r"d?[Wb][0-9]+", name)


def subscript(digits: str, symbol: str, shape: Shape) -> tuple[int, ...]:
    """The numbers of an index written as a subscript, 12 for ₁₂: commas part them, else each is
    one digit, unless there is only one.
    """
    if "," in digits:
        return tuple(map(int, digits.split(",")))
    if len(shape) - drops_sample(symbol, shape) == 1:
        return (int(digits),)
    return tuple(map(int, digits))


def index_of(numbers: Iterable[int], symbol: str, shape: Shape) -> Index:
    """The index, counted from 0, of numbers counted from 1. Raises ValueError with a sentence
    where the array has no such element.
    """
    given = tuple(numbers)
    full = (1, *given) if len(given) == len(shape) - 1 and drops_sample(symbol, shape) else given
    if len(full) == len(shape) and all(1 <= i <= n for i, n in zip(full, shape, strict=True)):
        return tuple(i - 1 for i in full)
    if not shape:
        raise ValueError(f"{symbol} is a single number and has no elements.")
    written = ",".join(str(i) if i < 10**9 else "…" for i in given)
    last = ",".join(map(str, shape))
    raise ValueError(
        f"{symbol}[{written}]: {symbol} has the elements {symbol}[{','.join('1' * len(shape))}]"
        + (f" to {symbol}[{last}]." if math.prod(shape) > 1 else ".")
    )
