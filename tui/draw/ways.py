"""Ways to the loss as lines: the names of the factors, their numbers, the product."""

from __future__ import annotations

import math

from engine.analysis.ways import Factor, Way, Ways
from engine.formula import expr as ex
from engine.program.trace import Trace
from engine.spec.run import RunSpec
from tui.draw.parts import paragraph
from tui.frame.spelling import whole
from tui.text.cells import wrap
from tui.text.format import Text
from tui.text.raster import Line


def lines(
    text: Text, name: str, found: Ways, trace: Trace, spec: RunSpec, width: int, cursor: int = -1
) -> list[Line]:
    """The strongest ways from a number of that name, what the rest adds up to, and the sum; the one
    that is pointed at in brackets.
    """
    many = f"{found.count:,} way{'s' * (found.count != 1)}"
    count = f"{many} from {name} to the loss of iteration {trace.t}"
    shown = len(found.strongest)
    head = f"{count}, the strongest first" if found.count > 1 else count
    rows: list[Line] = paragraph(text.plain(head), width, "title")
    for i, way in enumerate(found.strongest):
        before, after = ("[", "]") if i == cursor else (" " * (cursor >= 0), "")
        written = wrap(text.plain(_written(text, way, trace, spec)) + after, width - 1, 4)
        role = "select" if i == cursor else ""
        rows += [((before * (n == 0) + line, role),) for n, line in enumerate(written)]
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
    shapes = {each.symbol: _shape(trace, each) for each in way.factors}
    digits = whole(trace, spec, text.digits)
    return f"{text.in_names(e, shapes)} = {text.line(e, way.product, digits)}"


def _shape(trace: Trace, factor: Factor) -> tuple[int, ...]:
    """The shape of a factor's array; of a slope that no step computes as far as names need it."""
    found = trace.value(factor.symbol, len(trace.steps))
    if found is not None:
        return found.shape
    return (len(trace.known("x", 0)), *(i + 1 for i in factor.index[1:]))
