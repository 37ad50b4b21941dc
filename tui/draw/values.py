"""The values pane: a ledger of kinds and layers, there from the start and filled by the steps."""

from __future__ import annotations

from engine.catalog.symbols import Symbol
from tui.draw import cell, ledger, margin
from tui.draw.ledger import COLUMN, Net, Plan
from tui.draw.ledgerlines import Lines, of_sample
from tui.frame.frame import Frame
from tui.text.raster import Line

ENDLESS = 1000
"""Room for all lines that there could be."""


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane. Where even its shortest form is too long, the selected row is among those shown."""
    if frame.spec.instead:
        from tui.draw import alone  # most runs have a network

        return alone.draw(frame, width, height)
    net, room = ledger.net_of(frame), height - 1
    plan = _plan(frame, net, width, room)
    if plan is None:
        from tui.draw import norms  # small networks have none

        return norms.draw(frame, net, width, height, of_sample(frame))
    page = Lines(frame, net, plan, width)
    lines = [line for row in plan.rows for line in page.lines(row)]
    start = min(max(0, page.focus - room // 2), max(0, len(lines) - room))
    lines = lines[start : start + max(0, room)]
    beside = max(COLUMN, page.end) + 2
    if width - beside >= margin.needed(frame.text):
        lines = margin.beside(frame, lines, beside, width - beside, room)
    return [page.head(), *lines]


def wanted(frame: Frame) -> int:
    """How many lines the pane needs for all that it can show in a column of a screen."""
    if frame.spec.instead:
        from tui.draw import alone  # most runs have a network

        return alone.wanted(frame)
    net = ledger.net_of(frame)
    plan = ledger.plan(net, COLUMN, ENDLESS, cell.width(frame.text), 1 if net.depth == 1 else 2)
    if plan:
        return 1 + sum(row.lines for row in plan.rows)
    from tui.draw import norms  # small networks have none

    return 1 + norms.wanted(net)


def stacked(frame: Frame, width: int) -> list[list[Symbol]]:
    """The known symbols of the pane as the keys walk through them: down by kinds, to the right by
    layers.
    """
    if frame.spec.instead:
        from tui.draw import alone  # most runs have a network

        return alone.stacked(frame)
    net = ledger.net_of(frame)
    plan = _plan(frame, net, width, ENDLESS)
    rows = ledger.stacked(net, bool(plan and plan.link))
    known = [[symbol for symbol in row if symbol in frame.entries] for row in rows]
    return [row for row in known if row]


def nearest(frame: Frame, symbol: Symbol, row: list[Symbol]) -> Symbol:
    """That symbol of a row which is in the column of another, or next to it."""
    if frame.spec.instead:
        return row[0]
    net = ledger.net_of(frame)
    at = ledger.layer_of(net, symbol)
    return min(row, key=lambda each: abs(ledger.layer_of(net, each) - at))


def _plan(frame: Frame, net: Net, width: int, room: int) -> Plan | None:
    layer = ledger.link_of(net, frame.symbol)
    return ledger.plan(net, width, room, cell.width(frame.text), layer)
