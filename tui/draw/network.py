"""The network pane: units and their values, edges and their weights, what the step touches.

A net of few units is drawn with its edges; one with more layers than there is room for as counts,
one with more units than that as lists of the largest. None is wider than a column of panes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from tui.draw import cell, ledger
from tui.draw.parts import MARKS, title
from tui.frame.frame import Entry, Frame
from tui.text.diagram import Column, Diagram, Gap, Mark, Node, diagram
from tui.text.format import Text
from tui.text.netcounts import Count, counts
from tui.text.netlists import List, Unit, lists
from tui.text.raster import Line

WIDEST = 41
MOST_DRAWN, MOST_LISTED = 4, 5
"""A net whose layers have at most so many units is drawn; of larger ones so many are listed."""
DEEPEST = 4
"""The columns that are drawn or listed beside each other."""


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane."""
    if frame.spec.instead:
        from tui.draw import landscape  # most runs have a network

        return landscape.draw(frame, width, height)
    inner, room = min(width, WIDEST), height - 1
    ascii, name = frame.text.ascii, "network"
    if frame.batch > 1:
        name += f" · sample {frame.sample + 1} of {frame.batch}"
    head = title(frame, "network", width, name)
    if len(frame.sizes) <= DEEPEST and max(frame.sizes) < max(room, 3):
        return [head, *_drawn(_diagram(frame), inner, room, ascii)]
    if len(frame.sizes) <= DEEPEST:
        listed = lists(_lists(frame, room - 2), inner, room, ascii)
        if listed is not None:
            return [head, *listed]
    link = ledger.link_of(ledger.net_of(frame), frame.symbol)
    return [head, *counts(_counts(frame), link, inner, room, ascii)]


def wanted(frame: Frame) -> int:
    """How many lines the pane needs for all that it can show."""
    if frame.spec.instead:
        from tui.draw import landscape  # most runs have a network

        return landscape.wanted(frame)
    most = max(frame.sizes)
    if len(frame.sizes) > DEEPEST:
        return 4
    return 3 + 2 * most if most <= MOST_DRAWN else 3 + MOST_LISTED


def _output(frame: Frame, number: int) -> str:
    """The symbol that layer `number` puts out."""
    depth = len(frame.sizes) - 1
    return "x" if number == 0 else "yhat" if number == depth else f"a{number}"


def _reversed(frame: Frame, symbol: str, index: Index) -> bool:
    """Whether a number is the selected element or one of its operands."""
    if symbol == frame.symbol and index == frame.index:
        return True
    return index in frame.operands.get(symbol, ())


# -- drawn -----------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _drawn(net: Diagram, width: int, height: int, ascii: bool) -> tuple[Line, ...]:
    """The diagram; many steps change nothing that it shows."""
    return tuple(diagram(net, width, height, ascii))


def _diagram(frame: Frame) -> Diagram:
    depth = len(frame.sizes) - 1
    columns = tuple(_column(frame, number) for number in range(depth + 1))
    gaps = tuple(_gap(frame, number) for number in range(1, depth + 1))
    return Diagram(columns, gaps, frame.text.width - 1)


def _column(frame: Frame, number: int) -> Column:
    """A layer: what it puts out, else its sums where these are all that is known."""
    symbol = _output(frame, number)
    if symbol not in frame.entries and number and f"z{number}" in frame.entries:
        symbol = f"z{number}"
    text, delta = frame.text, f"delta{number}"
    values, errors = _of_units(frame, symbol), _of_units(frame, delta)
    targets = _of_units(frame, "y") if number == len(frame.sizes) - 1 else None
    mark, note_mark = (_mark(frame.entries.get(each)) for each in (symbol, delta))
    nodes = [
        Node(
            text.cell(values[unit]) if values else _unknown(text),
            # In ASCII, where δ is "delta", a letter is all there is room for.
            f"{'d' if text.ascii else 'δ'}{text.cell(errors[unit]).rjust(text.width)}"
            if errors
            else "",
            mark,
            values is not None and _reversed(frame, symbol, (frame.sample, unit)),
            note_mark=note_mark,
            note_selected=errors is not None and _reversed(frame, delta, (frame.sample, unit)),
            tail=f"y {text.number(targets[unit])}" if targets else "",
        )
        for unit in range(frame.sizes[number])
    ]
    return Column(_label(frame, number, symbol), tuple(nodes))


def _of_units(frame: Frame, symbol: str) -> list[float] | None:
    """The numbers of the sample's units; None where they are not known."""
    entry = frame.entries.get(symbol)
    return entry and entry.array[frame.sample].tolist()


def _label(frame: Frame, number: int, symbol: str) -> str:
    """The name of what a layer puts out, and its activation, with a mark before it where the step
    reads or writes the slope of that; in ASCII ŷ is as short as may be.
    """
    name = _differing(frame, symbol) + frame.text.name(symbol).replace("yhat", "y^")
    if not number:
        return name
    slope = _mark(frame.entries.get(f"alpha{number}"))
    sign = frame.text.plain(MARKS[slope]) if slope else " "
    return f"{name}{sign}{frame.activations[number - 1]}"


def _differing(frame: Frame, symbol: str) -> str:
    """The sign that a record has numbers of a symbol otherwise; "" where it has none such."""
    found = frame.record.deviation(symbol) if frame.record else None
    return cell.differing(frame.text) if found is not None and found.differs.any() else ""


def _unknown(text: Text) -> str:
    """A dot under the point."""
    return f" {'.' if text.ascii else '·'}{' ' * text.digits}"


def _mark(entry: Entry | None) -> Mark:
    return entry.mark if entry else ""  # type: ignore[return-value]


def _gap(frame: Frame, number: int) -> Gap:
    text, (entry, turned) = frame.text, frame.weights(number)
    symbol, array = entry.symbol, entry.array.T if turned else entry.array
    weights = tuple(map(tuple, array.tolist()))
    selected = set(frame.operands.get(symbol, ()))
    if frame.symbol == symbol:
        selected.add(frame.index)
    to = 1 if turned else 0
    chosen = frozenset((index[to], index[1 - to]) for index in selected)
    name = _differing(frame, symbol) + text.name(symbol) + text.plain("ᵀ") * turned
    return Gap(name, _mark(entry), weights, _weights(text, weights), chosen)


@lru_cache(maxsize=64)
def _weights(text: Text, weights: tuple[tuple[float, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_weight(text, weight) for weight in row) for row in weights)


def _weight(text: Text, weight: float) -> str:
    """A weight in five characters: +0.10."""
    if 0.005 <= abs(weight) < 9.995:
        return f"{weight:+.2f}".replace("-", text.plain("−"))
    return text.short(weight, 5)


# -- listed ----------------------------------------------------------------------------------------


def _lists(frame: Frame, room: int) -> list[List]:
    """Each layer as a list of its largest units, or of all where there is room for these."""
    return [_list(frame, number, max(1, room)) for number in range(len(frame.sizes))]


def _list(frame: Frame, number: int, room: int) -> List:
    text, size, symbol = frame.text, frame.sizes[number], Symbol(_output(frame, number))
    entry, whole = frame.entries.get(symbol), size <= room
    units: Sequence[int] = range(min(size, room))
    foot, values = "", None
    if entry:
        values = entry.array[frame.sample].tolist()
        on = [unit for unit, value in enumerate(values) if value]
        if len(on) < size:
            foot = f"{len(on)} of {size} on"
        if not whole:
            units = _largest(values, on, room, _unit(frame, number))
    if not whole and not foot:
        foot = f"{':' if text.ascii else '⋮'} {size - room} more"
    found = []
    for unit in units:
        value = text.cell(values[unit]) if values else _unknown(text)
        reverse = values is not None and _reversed(frame, symbol, (frame.sample, unit))
        found.append(Unit(0 if whole else unit + 1, value, _mark(entry), reverse))
    return List(
        _label(frame, number, symbol), tuple(found), len(str(size)), foot, _touched(frame, number)
    )


def _largest(values: list[float], on: list[int], room: int, unit: int | None) -> list[int]:
    """The units with the largest values other than 0; the one that is pointed at among them."""
    found = sorted(on, key=lambda each: -abs(values[each]))[:room]
    if unit is not None and unit not in found:
        found = [*found[: room - 1], unit]
    return found


def _unit(frame: Frame, number: int) -> int | None:
    """The unit of layer `number` that the selected element belongs to."""
    symbol, index = frame.symbol, frame.index
    own = symbol.layer == number or symbol == _output(frame, number)
    if symbol.batchwise:
        return index[1] if own and len(index) > 1 else None
    if own and index:
        return index[0]
    if symbol.layer == number + 1 and len(index) == 2:
        return index[1]
    return None


def _touched(frame: Frame, number: int) -> tuple[tuple[str, str], ...]:
    """The weights and the error of a layer, where the step touches them, with their marks."""
    found = []
    for kind, form in (("W", "W"), ("delta", "d" if frame.text.ascii else "δ")):
        entry = frame.entries.get(f"{kind}{number}")
        if number and entry and entry.mark:
            found.append((f"{frame.text.plain(MARKS[entry.mark])}{form}", entry.mark))
    return tuple(found)


# -- counted ---------------------------------------------------------------------------------------


def _counts(frame: Frame) -> list[Count]:
    """How many units each layer has, and whether the step writes or reads something of it."""
    net, depth = ledger.net_of(frame), len(frame.sizes) - 1
    marks = dict.fromkeys(range(depth + 1), "")
    step = frame.step
    if step:
        for symbol, mark in (*((each, "read") for each in step.reads), (step.symbol, "write")):
            if symbol in net.shapes:
                marks[0 if symbol == "x" else ledger.layer_of(net, symbol)] = mark
    names = ["x", *map(str, range(1, depth)), "y^" if frame.text.ascii else "ŷ"]
    return [
        Count(name, size, frame.text.plain(MARKS[marks[i]]), marks[i])
        for i, (name, size) in enumerate(zip(names, frame.sizes, strict=True))
    ]
