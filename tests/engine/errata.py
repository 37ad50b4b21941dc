"""The article's printed figures against the true values: which of them slip, which carry a slip on.

`python -m tests.engine.errata` prints the table of the slips that stands in the README.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.formula.expr import Expr, Index
from engine.history.branching import history_of
from engine.program.step import Step
from engine.program.trace import Trace
from engine.runfile.read import load
from tui.text.format import Text

Operand = tuple[str, Index]
FIGURES = tomllib.loads((Path(__file__).parent / "article_figures.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Figure:
    """A printed figure, the element it stands for, and the element's true value.

    `least` and `greatest` are what its formula gives for the article's own figures, each taken
    with half a digit either way.
    """

    iteration: int
    element: str
    printed: str
    true: float
    least: float
    greatest: float

    @property
    def decimals(self) -> int:
        """Digits after the point, as printed."""
        return max(0, -int(Decimal(self.printed).as_tuple().exponent))

    @property
    def wrong(self) -> bool:
        """Whether the true value does not round to the printed figure."""
        return abs(Decimal(self.true) - Decimal(self.printed)) > half(self.printed)

    @property
    def follows(self) -> bool:
        """Whether the article's own figures, to half a digit, give the printed one."""
        low, high = Decimal(self.least) - half(self.printed), Decimal(self.greatest)
        return low <= Decimal(self.printed) <= high + half(self.printed)

    @property
    def slips(self) -> bool:
        """Whether the error is its own."""
        return self.wrong and not self.follows

    @property
    def carried(self) -> bool:
        """Whether the error comes from figures before it."""
        return self.wrong and self.follows


def half(printed: str) -> Decimal:
    """Half a unit of the last digit."""
    return Decimal(1).scaleb(int(Decimal(printed).as_tuple().exponent)) / 2


def figures() -> Iterator[Figure]:
    """All figures of the two SGD iterations."""
    text = Text()
    history = history_of(load("worked-example"))
    for iteration in (1, 2):
        trace = history.trace(iteration)
        for symbol, printed in FIGURES[f"iteration-{iteration}"]["sgd"].items():
            array = trace.known(symbol, len(trace.steps))
            assert array.size == len(printed), symbol
            step = trace.steps[trace.number(symbol) - 1]
            for place, figure in enumerate(printed):
                index = tuple(int(i) for i in np.unravel_index(place, array.shape))
                name = text.element(symbol, index, array.shape)
                own = _own(trace, step, index)
                yield Figure(iteration, name, figure, float(array[index]), min(own), max(own))


def _own(trace: Trace, step: Step, index: Index) -> list[float]:
    """What the formula of an element gives with the article's figures at both ends of each."""

    def value(moved: Mapping[Operand, int]) -> Expr:
        return step.expand(lambda symbol: _read(trace, step, symbol, moved), index)

    operands = [at for at in _operands(value({})) if _printed(trace, at[0]) is not None]
    corners = product((-1, 1), repeat=len(operands))
    return [value(dict(zip(operands, signs, strict=True))).value for signs in corners]


def _read(trace: Trace, step: Step, symbol: str, moved: Mapping[Operand, int]) -> Array:
    """A symbol as a step finds it in the article's figures, some moved by so many half digits."""
    if symbol in trace.scalars:
        return np.array(trace.scalars[symbol])
    array = np.array(trace.known(symbol, step.number - 1))
    printed = _printed(trace, symbol)
    if printed is None:
        return array
    for place, figure in zip(np.ndindex(array.shape), printed, strict=True):
        array[place] = float(Decimal(figure) + moved.get((symbol, place), 0) * half(figure))
    return array


def _printed(trace: Trace, symbol: str) -> list[str] | None:
    """What the article prints for a symbol before the update; None where it is given exactly."""
    rounds = [FIGURES["iteration-1"]["sgd"], FIGURES["iteration-2"]["sgd"]]
    if not Symbol(symbol).is_parameter:
        found: list[str] | None = rounds[trace.t - 1].get(symbol)
        return found
    start: dict[str, list[str]] = rounds[0] | FIGURES["iteration-2"]["start"]
    return start[symbol] if trace.t == 2 else None


def _operands(e: Expr) -> set[Operand]:
    found = {(e.symbol, e.index)} if e.op == "num" and e.symbol else set()
    return found.union(*(_operands(part) for part in e.args))


def table() -> list[str]:
    """The slips as rows of a Markdown table."""
    rows = [
        "| iteration | element | printed | from its own figures | true |",
        "|---|---|---|---|---|",
    ]
    for f in figures():
        if f.slips:
            own = f"{(f.least + f.greatest) / 2:.{f.decimals + 1}f}"
            true = f"{f.true:.{f.decimals + 2}f}"
            cells = (str(f.iteration), f.element, f.printed, own, true)
            rows.append(f"| {' | '.join(cells)} |".replace("-", "−"))
    return rows


if __name__ == "__main__":
    print("\n".join(table()))
