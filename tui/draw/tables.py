"""The table of a step: what it reads at the edges, what it writes inside or at the right.

Which table a step has follows from its formula: the product of a matrix and a vector, the product
of two vectors, a softmax, a sum over units, numbers side by side. Of a batch it is that of the
selected sample.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from tui.draw import filled, grid, products, sums
from tui.draw.filled import Part
from tui.draw.grid import Table
from tui.frame.frame import Frame
from tui.text import exact
from tui.text.raster import Line

_NAMES = re.compile(r"\{([^{}]+)\}")
_PRODUCT = re.compile(r"\{([\w.]+)\}(ᵀ?)·\{([\w.]+)\}(ᵀ?)(?: \+ \{([\w.]+)\})?")
_SLOPE = re.compile(r"(?: \+ (?:2·)?\{(?:ridge|lasso)\d*\}[/\d]*·(?:sign\()?\{\w+\}\)?)+$")
"""What a penalty adds to a gradient, which stands in the line of its element."""
_SOFTMAX = re.compile(r"e\^s / Σ e\^s with s = \{(\w+)\} − max\(\{\w+\}\)")
_SUM = re.compile(
    r"(?:1/\{N\} · )?\(?([½−]?·?)Σ ((?:[^()]|\((?:[^()]|\([^()]*\))*\))+?)\)?( with .*)?"
)

Make = Callable[[Frame, int], Table | None]
"""Draws a table of so many columns; None where it has no room."""


def table(frame: Frame, width: int) -> Table | None:
    """The table of the current step in so many columns; None where it has none."""
    step = filled.current(frame)
    return _form(step.formula, step.symbol, step.param == step.symbol, len(step.shape))(
        frame, width
    )


@lru_cache(maxsize=1024)
def _form(formula: str, symbol: Symbol, updates: bool, axes: int) -> Make:
    """How the table of a step is made that writes a symbol of so many axes, perhaps a parameter."""
    right = formula.partition(" ")[2][2:]
    if symbol == "penalty":
        return _penalty
    if "←" not in formula and (match := _PRODUCT.fullmatch(_SLOPE.sub("", right))):
        return _product(*match.groups(""))
    if match := _SOFTMAX.fullmatch(right):
        return partial(sums.softmax, match[1])
    if symbol in ("loss", "dataloss", "lossn") and (match := _SUM.fullmatch(right)):
        return partial(sums.summed, match[2], match[3] or "")
    if not axes and right.startswith("√(Σ"):
        return sums.norms
    names = tuple(dict.fromkeys(_NAMES.findall(right)))
    if updates:
        return partial(_update, right, names)
    if symbol.batchwise and axes > 2:
        return products.inside
    return partial(_columns, names)


def _penalty(frame: Frame, width: int) -> Table | None:
    """What the penalty of a run is made of."""
    from tui.draw.penalty import parts  # few runs have one

    return parts(frame, width)


def _product(first: str, turned: str, second: str, turned_too: str, bias: str) -> Make:
    """Of two arrays one of which is of the batch, or both are."""
    a, b = Symbol(first), Symbol(second)
    if a.batchwise and b.batchwise and a.kind.key != "jac":
        return products.inside if turned else partial(products.outer, first, second)
    if b.batchwise:
        return partial(products.product, first, bool(turned), second, bias)
    return partial(products.product, second, not turned_too, first, bias)


# -- numbers side by side --------------------------------------------------------------------------


def _columns(names: tuple[str, ...], frame: Frame, width: int) -> Table | None:
    """What is computed number by number: a column for each array that is read, the result last."""
    step = filled.current(frame)
    result = filled.scaled(frame, filled.result(frame))
    room = grid.count(frame, width) - 1
    if not result.array.ndim or room < 1:
        return None
    found = (filled.operand(frame, symbol) for symbol in names)
    reads = [filled.scaled(frame, part) for part in found if part.array.shape == result.array.shape]
    reads = reads[:room]
    head = [_head(frame, part) for part in reads]
    after = grid.brief(step.symbol) if step.param else ""
    head.append(grid.heading(frame, step.symbol, after, result.scale))

    def cells(index: Index) -> list[Line]:
        numbers = [part.cell(frame, index, _before(frame, part, index)) for part in reads]
        return [*numbers, result.cell(frame, index)]

    return filled.listed(frame, head, result, cells, width)


def _head(frame: Frame, part: Part) -> Line:
    """The head of what is read: "before" above what the step writes anew."""
    step = filled.current(frame)
    if part.symbol == step.symbol:
        return grid.before(frame.text, part.symbol, part.scale)
    said = grid.brief(part.symbol, of=True) if step.param else ""
    return grid.heading(frame, part.symbol, said, part.scale)


def _before(frame: Frame, part: Part, index: Index) -> str:
    """The role of what the step writes anew, as it was; "" for all else."""
    if part.symbol != frame.writes:
        return ""
    return "operand" if _is_selected(frame, index) else "read"


def _is_selected(frame: Frame, index: Index) -> bool:
    """Whether the selected element is this one of what the step writes."""
    return frame.symbol == frame.writes and frame.index == index


def _way(frame: Frame, symbol: str) -> str:
    """The head of a change that is −η times this; Δ where it has no room."""
    said = f"−η·{grid.brief(symbol, of=True)}"
    return said if len(frame.text.plain(said)) <= frame.text.width else "Δ"


def _update(right: str, names: tuple[str, ...], frame: Frame, width: int) -> Table | None:
    """A parameter before, what its update goes by, the change, and after; where there is no room
    what the update goes by is left to the optimizer's pane.
    """
    after = filled.result(frame)
    room = grid.count(frame, width) - 3
    if room < 0:
        return None
    param = after.symbol
    before = filled.operand(frame, param)
    others = (name for name in names if name != param and name not in frame.trace.scalars)
    found = (filled.operand(frame, symbol) for symbol in others)
    reads = [part for part in found if part.array.shape == after.array.shape]
    reads = reads if len(reads) <= room else []
    rate = frame.scalar("lr")
    plain = len(reads) == 1 and right == f"{{{param}}} − {{{rate}}}·{{{reads[0].symbol}}}"
    change = frame.trace.change(param)
    head = [
        grid.before(frame.text, param),
        *(grid.heading(frame, p.symbol, grid.brief(p.symbol, of=True)) for p in reads),
        grid.heading(frame, "", _way(frame, reads[0].symbol) if plain else "Δ"),
        grid.heading(frame, param, "after"),
    ]

    def cells(index: Index) -> list[Line]:
        old, new = (
            before.cell(frame, index, _before(frame, before, index)),
            after.cell(frame, index),
        )
        moved = grid.number(frame, float(change[index]), "", signed=True)
        read = (part.cell(frame, index) for part in reads)
        return [old, *read, _doubted(frame, old, moved, new), new]

    return filled.listed(frame, head, after, cells, width)


def _doubted(frame: Frame, before: Line, moved: Line, after: Line) -> Line:
    """A change that, as it is shown, does not lead to the number after it says ≈."""
    old, by, new = (grid.shown_value(spans) for spans in (before, moved, after))
    if grid.rounds_to(exact.add(exact.read(old), exact.read(by)), new):
        return moved
    return ((frame.text.plain("≈"), "dim"), *moved[1:])
