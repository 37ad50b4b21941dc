"""The article's printed figures against the true values: which of them slip.

`python -m tests.engine.errata` prints the table that stands in the README.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from engine.history.branching import history_of
from engine.runfile.read import load
from tui.text.format import Text

FIGURES = tomllib.loads((Path(__file__).parent / "article_figures.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Figure:
    """A printed figure, the element it stands for, and the element's true value."""

    iteration: int
    element: str
    printed: str
    true: float

    @property
    def decimals(self) -> int:
        """Digits after the point, as printed."""
        return max(0, -int(Decimal(self.printed).as_tuple().exponent))

    @property
    def slips(self) -> bool:
        """Whether the true value does not round to the printed figure."""
        half = Decimal(1).scaleb(-self.decimals) / 2
        return abs(Decimal(self.true) - Decimal(self.printed)) > half


def figures() -> Iterator[Figure]:
    """All figures of the two SGD iterations."""
    text = Text()
    history = history_of(load("worked-example"))
    for iteration in (1, 2):
        trace = history.trace(iteration)
        for symbol, printed in FIGURES[f"iteration-{iteration}"]["sgd"].items():
            array = trace.known(symbol, len(trace.steps))
            assert array.size == len(printed), symbol
            for place, figure in enumerate(printed):
                index = tuple(int(i) for i in np.unravel_index(place, array.shape))
                name = text.element(symbol, index, array.shape)
                yield Figure(iteration, name, figure, float(array[index]))


def table() -> list[str]:
    """The slips as rows of a Markdown table."""
    rows = ["| iteration | element | printed | true |", "|---|---|---|---|"]
    slips = (f for f in figures() if f.slips)
    return rows + [
        f"| {f.iteration} | {f.element} | {f.printed} | {f.true:.{f.decimals + 2}f} |"
        for f in slips
    ]


if __name__ == "__main__":
    print("\n".join(table()))
