"""The network pane: nodes and their values, edges and their weights, what the step touches."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.catalog.symbols import Symbol
from tui.draw.parts import title
from tui.frame.frame import Entry, Frame
from tui.text.diagram import Column, Diagram, Gap, Mark, Node, diagram
from tui.text.format import Text
from tui.text.raster import Line


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """The pane."""
    return [
        title(frame, "network", width),
        *diagram(_diagram(frame, height), width, height - 1, frame.text.ascii),
    ]


def _diagram(frame: Frame, height: int) -> Diagram:
    depth = len(frame.sizes) - 1
    shown = [_shown(frame, number, height) for number in range(depth + 1)]
    columns = tuple(_column(frame, number, shown[number]) for number in range(depth + 1))
    gaps = tuple(
        _gap(frame, number, shown[number - 1], shown[number]) for number in range(1, depth + 1)
    )
    return Diagram(columns, gaps, frame.text.width - 1)


def _output(frame: Frame, number: int) -> str:
    """The symbol that layer `number` puts out."""
    depth = len(frame.sizes) - 1
    return "x" if number == 0 else "yhat" if number == depth else f"a{number}"


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


def _shown(frame: Frame, number: int, height: int) -> list[int]:
    """The units that can be drawn: the first ones, or those around the selected one."""
    total, room = frame.sizes[number], max(1, height)
    if total <= room:
        return list(range(total))
    unit = _unit(frame, number) or 0
    start = min(max(0, unit - room // 2), total - room)
    return list(range(start, start + room))


def _column(frame: Frame, number: int, shown: list[int]) -> Column:
    """A layer: what it puts out, else its sums where these are all that is known."""
    symbol = _output(frame, number)
    if symbol not in frame.entries and number and f"z{number}" in frame.entries:
        symbol = f"z{number}"
    nodes = tuple(_node(frame, number, unit, frame.entries.get(symbol)) for unit in shown)
    label = frame.text.name(symbol)
    if number:
        label += f" {frame.activations[number - 1]}"
    return Column(label, nodes, frame.sizes[number])


def _node(frame: Frame, number: int, unit: int, source: Entry | None) -> Node:
    """A unit with its value in `source`, None where none is known, its error and its target."""
    text, sample = frame.text, frame.sample
    value = text.cell(float(source.array[sample, unit])) if source else text.plain("·")
    mark: Mark = source.mark if source else ""  # type: ignore[assignment]
    note, tail = "", ""
    note_mark: Mark = ""
    if number and (delta := frame.entries.get(f"delta{number}")):
        # In ASCII, where δ is "delta", a letter is all there is room for.
        error = text.short(float(delta.array[sample, unit]), text.width - 1)
        note, note_mark = ("d" if text.ascii else "δ") + error, delta.mark  # type: ignore[assignment]
    if number == len(frame.sizes) - 1:
        tail = f"y {text.number(float(frame.entries['y'].array[sample][unit]))}"
    return Node(value, note, mark, unit == _unit(frame, number), note_mark=note_mark, tail=tail)


def _gap(frame: Frame, number: int, sources: list[int], targets: list[int]) -> Gap:
    text = frame.text
    symbol = Symbol(f"W{number}")
    entry = frame.entries[symbol]
    array = entry.array
    if array.shape != (len(targets), len(sources)):
        array = array[np.ix_(targets, sources)]
    weights = tuple(map(tuple, array.tolist()))
    small = len(sources) * len(targets) <= 16
    labels = _weights(frame.text, weights) if small else ()
    marks: set[str] = {entry.mark}
    step = frame.step
    if step and step.param == symbol:  # a slot is written over what it was
        marks.add("write" if step.symbol in step.reads else "read")
    for other in (symbol.gradient, f"db{number}", f"b{number}"):
        if other in frame.entries:
            marks.add(frame.entries[other].mark)
    mark: Mark = "write" if "write" in marks else "read" if "read" in marks else ""
    name = text.name(symbol)
    selected = None
    if frame.symbol.parameter == symbol:
        out, source = frame.index
        if out in targets and source in sources:
            selected = (targets.index(out), sources.index(source))
    return Gap(name, mark, weights, labels, selected)


@lru_cache(maxsize=64)
def _weights(text: Text, weights: tuple[tuple[float, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_weight(text, weight) for weight in row) for row in weights)


def _weight(text: Text, weight: float) -> str:
    """A weight in five characters: +0.10."""
    if 0.005 <= abs(weight) < 9.995:
        return f"{weight:+.2f}".replace("-", text.plain("−"))
    return text.short(weight, 5)
