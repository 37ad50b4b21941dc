"""Ways to the loss as lines: the names of the factors, their numbers, the product."""

from __future__ import annotations

import math

from engine.analysis.ways import Way, Ways
from engine.formula import expr as ex
from engine.program.trace import Trace
from engine.spec.run import RunSpec
from tui.draw.parts import paragraph
from tui.frame.spelling import whole
from tui.text.format import Text
from tui.text.raster import Line


def lines(
    text: Text, name: str, found: Ways, trace: Trace, spec: RunSpec, width: int
) -> list[Line]:
    """The strongest ways from a number of that name, what the rest adds up to, and the sum."""
    many = f"{found.count:,} way{'s' * (found.count != 1)}"
    count = f"{many} from {name} to the loss of iteration {trace.t}"
    shown = len(found.strongest)
    head = f"{count}, the strongest first" if found.count > 1 else count
    rows: list[Line] = [((text.plain(head), "title"),)]
    for way in found.strongest:
        rows += paragraph(text.plain(_written(text, way, trace, spec)), width, "", 4)
    if found.count > shown:
        rest = f"{found.count - shown:,} more, together {text.number(found.rest)}"
        rows += paragraph(text.plain(rest), width, "dim")
    parts = [way.product for way in found.strongest]
    if found.count > shown:
        parts = [math.fsum(parts), found.rest]
    if len(parts) > 1:
        e = ex.add(*(ex.num(part, "product") for part in parts))
        rows += paragraph(text.plain(f"all of them = {text.line(e, found.total)}"), width, "", 4)
    return rows


def _written(text: Text, way: Way, trace: Trace, spec: RunSpec) -> str:
    e = ex.mul(*(ex.num(each.value, each.symbol, each.index) for each in way.factors))
    shapes = {each.symbol: _shape(trace, each.symbol) for each in way.factors}

    def digits(symbol: str) -> int:
        return whole(trace, bool(spec.schedule), text.digits, symbol)

    return f"{text.in_names(e, shapes)} = {text.line(e, way.product, digits)}"


def _shape(trace: Trace, symbol: str) -> tuple[int, ...]:
    found = trace.value(symbol, len(trace.steps))
    return () if found is None else found.shape
