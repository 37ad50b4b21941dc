"""The operands of the selected element: what it was computed from, while it is still that."""

from __future__ import annotations

import pytest

from engine.history.position import Position
from engine.runfile.read import load
from engine.session.session import Session
from engine.session.standing import Selection
from tui.frame.frame import build
from tui.text.format import Text


def operands(writes: str, symbol: str = "", element: int = 0) -> dict[str, list[tuple[int, ...]]]:
    """Those of an element of the worked example, where a step has just written `writes`."""
    session = Session(load("worked-example"))
    session.go(Position(1, session.trace.number(writes)))
    session.selection = Selection(symbol, element)
    return {name: sorted(found) for name, found in build(session, Text()).operands.items()}


@pytest.mark.parametrize(
    ("writes", "symbol", "element", "found"),
    [
        ("z1", "", 1, {"W1": [(1, 0), (1, 1)], "x": [(0, 0), (0, 1)], "b1": [(1,)]}),
        ("dW2", "", 0, {"delta2": [(0, 0)], "a1": [(0, 0)]}),
        ("dW2", "", 3, {"delta2": [(0, 1)], "a1": [(0, 1)]}),
        ("dW2", "W2", 0, {}),
        ("da1", "", 0, {"W2": [(0, 0), (1, 0)], "delta2": [(0, 0), (0, 1)]}),
        ("W2", "", 2, {"dW2": [(1, 0)]}),
        ("b1", "da1", 1, {"delta2": [(0, 0), (0, 1)]}),  # W[2] has another value by then
        ("loss", "", 0, {"y": [(0, 0)], "yhat": [(0, 0)]}),
    ],
)
def test_the_elements_that_the_selected_one_was_computed_from(writes, symbol, element, found):
    assert operands(writes, symbol, element) == found
