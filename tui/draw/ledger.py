"""What the ledger's rows are: which kinds of symbols, in which columns, in how many lines.

All of it follows from the run and the room alone, so that nothing moves between steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from engine.catalog.symbols import GRADIENTS, Symbol
from engine.formula.layout import Shape
from engine.program.parameters import shape, weights
from engine.spec.run import RunSpec
from tui.frame.frame import Frame
from tui.frame.kept import Steps, kept_of_steps

LABEL = 8
"""The columns of a label, and of the mark of what stands first in the row."""
NARROW_LABEL = 7
LINK_LABEL = 9
COLUMN, WIDE = 41, 80
"""The width of the first column of panes, and that from which a pane takes all it is given."""
KINDS = ("W", "b", "alpha", "z", "a", "da", "fprime", "jac", "delta", "dalpha", "dW", "db")
LABELS = {
    "W": "W", "b": "b", "alpha": "α", "z": "z", "a": "a", "da": "∂L/∂a", "fprime": "f′", "jac": "J",
    "delta": "δ", "dalpha": "∂L/∂α", "dW": "∂L/∂W", "db": "∂L/∂b",
}  # fmt: skip
"""The kinds of a layer's symbols in the ledger's order, and what a row of one is called."""
BACKWARD = ("da", "delta", *GRADIENTS, "dyhat")
LINK_KINDS = (
    "z", "a", "fprime", "jac", "W", "b", "alpha", "da", "delta", "dalpha", "dW", "db",
)  # fmt: skip
"""The same in the order of a ledger of one layer."""
SHARED = ("z", "da", "fprime", "jac")
"""Where the room is short, these kinds share the row of the first."""
LEAST_LINES = 2
"""A matrix gives way down to so many lines before a row does."""


@dataclass(frozen=True, eq=False)
class Net:
    """What a run has: its layers' units, and the shapes of all its symbols, of one sample."""

    sizes: tuple[int, ...]
    shapes: dict[str, tuple[int, ...]]

    @property
    def depth(self) -> int:
        """How many layers have weights."""
        return len(self.sizes) - 1

    def symbol(self, kind: str, layer: int) -> Symbol | None:
        """The symbol of a kind in a layer; None where the run has none. The last layer puts out ŷ,
        the one before the first x.
        """
        name = f"{kind}{layer}"
        if kind in ("a", "da") and layer == self.depth:
            name = "yhat" if kind == "a" else "dyhat"
        if kind == "a" and layer == 0:
            name = "x"
        return Symbol(name) if name in self.shapes else None

    def rows(self, symbol: Symbol) -> int:
        """How many rows of numbers a symbol has, of one sample."""
        shape = self.shapes[symbol]
        return shape[0] if len(shape) > 1 else 1

    def cells(self, layer: int) -> int:
        """The numbers beside each other in the column of a layer."""
        return max(self.sizes[layer - 1 : layer + 1])


class Row(NamedTuple):
    """A row: its name, the symbols in it, of which each has a column, and how many lines it has,
    more than one for a matrix. None stands for a column that has nothing in this row. Of rows that
    share one, it `shares`, it shows that which the step reads or writes.
    """

    name: str
    symbols: tuple[Symbol | None, ...]
    lines: int = 1
    kind: str = ""
    shares: tuple[Row, ...] = ()


class Plan(NamedTuple):
    """The rows of a ledger and the columns at which their cells begin; `label` are the columns
    before them. `link` is the layer that is shown with the one before, 0 where all are.
    """

    label: int
    columns: tuple[int, ...]
    rows: tuple[Row, ...]
    link: int = 0


def net_of(frame: Frame) -> Net:
    """What the frame's run has."""
    return _net(frame.steps, frame.spec)


@kept_of_steps
def _net(steps: Steps, spec: RunSpec) -> Net:
    sizes = spec.sizes
    shapes: dict[str, Shape] = {"x": sizes[:1], "y": sizes[-1:]}
    shapes |= {name: shape(spec, name) for name in weights(spec)}
    for step in steps:
        if "." not in step.symbol:
            shapes.setdefault(step.symbol, step.shape[step.symbol.batchwise :])
    return Net(sizes, {name: shape or (1,) for name, shape in shapes.items()})


def layer_of(net: Net, symbol: Symbol) -> int:
    """The layer in whose column a symbol stands."""
    if symbol.layer is None:
        return 1 if symbol == "x" else net.depth
    return symbol.layer


def link_of(net: Net, symbol: Symbol) -> int:
    """The layer whose weights a symbol is beside: a gradient of what a layer puts out is made from
    the weights of the next.
    """
    return min(net.depth, layer_of(net, symbol) + (symbol.kind.key == "da"))


# -- rows ------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def plan(net: Net, width: int, room: int, cell: int, layer: int) -> Plan | None:
    """The rows in so many columns and lines, in cells of so many columns: of all layers, else of
    one; None where neither fits. Where a terminal is narrow, only as wide as a column of panes.
    """
    for most in (COLUMN, width) if width < WIDE else (width,):
        most = min(most, width)
        if found := _whole(net, most, room, cell) or _link(net, most, room, cell, layer):
            return found
    return None


def _whole(net: Net, width: int, room: int, cell: int) -> Plan | None:
    """All layers beside each other, in cells of so many columns; None where they do not fit."""
    counts = [net.cells(layer) for layer in range(1, net.depth + 1)]
    taken = cell * sum(counts) + net.depth - 1
    label = next((label for label in (LABEL, NARROW_LABEL) if label + taken <= width), 0)
    if not label:
        return None
    columns = tuple(label + cell * sum(counts[:i]) + i for i in range(net.depth))
    return Plan(label, columns, fitted(_all_rows(net), room))


def _all_rows(net: Net) -> list[Row]:
    layers = range(1, net.depth + 1)
    between = (None,) * (net.depth - 2)
    rows = [Row("x, y", (Symbol("x"), *between, Symbol("y")), kind="data")]
    if net.depth == 1:
        rows = [Row(name, (Symbol(name),), kind="data") for name in ("x", "y")]
    for kind in KINDS:
        symbols = tuple(net.symbol(kind, layer) for layer in layers)
        if any(symbols):
            rows.append(Row(_name(kind, net), symbols, _lines(net, symbols), kind))
    return rows


def _name(kind: str, net: Net) -> str:
    if kind == "a":
        return "a, ŷ" if net.depth > 1 else "ŷ"
    return "∂L/∂ŷ" if kind == "da" and net.depth == 1 else LABELS[kind]


def _lines(net: Net, symbols: tuple[Symbol | None, ...]) -> int:
    """As many lines as the largest matrix has rows."""
    return max(net.rows(symbol) for symbol in symbols if symbol)


def _link(net: Net, width: int, room: int, cell: int, layer: int) -> Plan | None:
    """A layer and what the one before puts out; None where one of the run's layers would not fit,
    so that the form is the same for all.
    """
    most = max(net.sizes)
    if LINK_LABEL + cell * most > width:
        return None
    rows = [_single(net, net.symbol("a", layer - 1), "before")]
    for kind in LINK_KINDS:
        if kind == "da":
            target = Symbol("y") if layer == net.depth else None
            rows += [_single(net, target, "data"), Row("", (), kind="units")]
        rows.append(_single(net, net.symbol(kind, layer), kind))
    rows.append(_single(net, net.symbol("da", layer - 1) if layer > 1 else None, "before"))
    rows = [row for row in rows if row.lines]
    return Plan(LINK_LABEL, (LINK_LABEL,), fitted(rows, room), layer)


def _single(net: Net, symbol: Symbol | None, kind: str) -> Row:
    """The row of one symbol; without a line where the run has none such."""
    if symbol is None:
        return Row("", (), 0)
    name = LABELS[kind] if symbol.is_gradient else symbol.written
    if len(name) > LINK_LABEL - 1:
        name = name.replace("[", "").replace("]", "")
    return Row(name, (symbol,), _lines(net, (symbol,)), kind)


# -- room ------------------------------------------------------------------------------------------


def fitted(rows: list[Row], room: int) -> tuple[Row, ...]:
    """The rows as they give way: matrices show fewer of their lines, the data go, kinds share a
    row, and so on until all fit in `room` lines.
    """
    for give_way in (_fewer_lines, _without_units, _without_data, _shared, _one_line):
        if sum(row.lines for row in rows) <= room:
            break
        rows = give_way(rows, room)
    return tuple(rows)


def _without_data(rows: list[Row], _room: int) -> list[Row]:
    return [row for row in rows if row.kind != "data"]


def _without_units(rows: list[Row], _room: int) -> list[Row]:
    return [row for row in rows if row.kind != "units"]


def _fewer_lines(rows: list[Row], room: int) -> list[Row]:
    return _cut(rows, room, LEAST_LINES)


def _one_line(rows: list[Row], room: int) -> list[Row]:
    return _cut(rows, room, 1)


def _cut(rows: list[Row], room: int, least: int) -> list[Row]:
    """Matrices with as many lines as there is room for, `least` or more: the same for all, and one
    more for the first ones.
    """
    cut = [row._replace(lines=min(row.lines, least)) for row in rows]
    free = room - sum(row.lines for row in cut)
    for most in range(least + 1, max(row.lines for row in rows) + 1):
        for i, row in enumerate(rows):
            if free > 0 and row.lines >= most:
                cut[i], free = row._replace(lines=most), free - 1
    return cut


def _shared(rows: list[Row], _room: int) -> list[Row]:
    """Some kinds in one row, that of the sums."""
    shares = tuple(row for row in rows if row.kind in SHARED)
    kept = [row for row in rows if row.kind not in SHARED[1:]]
    return [row._replace(shares=shares, lines=1) if row.kind == SHARED[0] else row for row in kept]


# -- order -----------------------------------------------------------------------------------------


def stacked(net: Net, linked: bool) -> list[list[Symbol]]:
    """The symbols as the keys walk through them: down by kinds, to the right by layers."""
    layers = range(1, net.depth + 1)
    kinds = LINK_KINDS if linked else KINDS
    rows = [[net.symbol(kind, layer) for layer in layers] for kind in kinds]
    found = [[symbol for symbol in row if symbol] for row in rows]
    return [[Symbol("x"), Symbol("y")], *(row for row in found if row)]
