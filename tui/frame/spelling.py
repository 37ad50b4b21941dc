"""How many digits a number has in arithmetic, by where it comes from."""

from __future__ import annotations

from engine.catalog.symbols import GIVEN
from engine.program.parameters import is_rate
from engine.program.trace import Trace
from tui.text.closing import ALL, most_figures


def whole(trace: Trace, scheduled: bool, digits: int, symbol: str) -> int:
    """How many digits a number of a symbol may have to be shown with all of them, where numbers
    have `digits` after the point: constants and options any, though not an η that is `scheduled`;
    data and what the run starts from a few; what is computed none.
    """
    if not symbol or (symbol in trace.scalars and not (is_rate(symbol) and scheduled)):
        return ALL
    if symbol in GIVEN:
        return most_figures(digits)
    given = trace.t == 1 and trace.value(symbol, 0) is not None
    return most_figures(digits) if given else 0
