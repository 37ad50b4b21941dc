"""How many digits a number has in arithmetic, by where it comes from."""

from __future__ import annotations

from dataclasses import replace

from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import GIVEN
from engine.program.parameters import is_rate
from engine.program.trace import Trace
from engine.spec.run import RunSpec
from tui.text.characters import SUBSCRIPTS
from tui.text.closing import ALL, Whole, most_figures
from tui.text.format import Text


def spelled(text: Text, spec: RunSpec) -> Text:
    """How a run is written: with the names of its variables, where there is no network."""
    if spec.instead is None:
        return text
    found = spec.instead.names or [f"θ{i + 1}" for i in range(len(spec.instead.start))]
    return replace(text, variables=tuple(map(subscripted, found)))


def subscripted(name: str) -> str:
    """A name with its number below: x₁ for x1."""
    stem = name.rstrip("0123456789")
    return stem + name[len(stem) :].translate(SUBSCRIPTS)


def whole(trace: Trace, spec: RunSpec, digits: int) -> Whole:
    """Says how many digits a number of a symbol may have to be shown with all of them, where
    numbers have `digits` after the point: constants and options any, though not an η that a
    schedule gives; data, what the run starts from and what follows from t a few; what is computed
    none.
    """
    row = OPTIMIZERS[spec.optimizer.name]
    follow = row.scalars(1, row.complete(spec.optimizer.options)).keys() - {"t"}

    def most(symbol: str) -> int:
        follows = symbol.partition("#")[0] in follow
        if follows or (symbol in trace.scalars and trace.writer(symbol) is not None):
            return most_figures(digits)
        if not symbol or (symbol in trace.scalars and not (is_rate(symbol) and spec.schedule)):
            return ALL
        if symbol in GIVEN:
            return most_figures(digits)
        given = trace.t == 1 and trace.value(symbol, 0) is not None
        return most_figures(digits) if given else 0

    return most
