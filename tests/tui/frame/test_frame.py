"""Frames: which element is selected."""

from __future__ import annotations

from math import prod
from types import SimpleNamespace
from typing import Any

import pytest

from engine.runfile.read import load
from engine.session.session import Session
from engine.session.standing import Selection
from tests.engine.lived import TEXT
from tui.frame.frame import build
from tui.frame.losses import reaches, wait_beside


@pytest.mark.parametrize("run", ["worked-example", "xor"])
def test_an_element_is_selected_in_each_symbol_wherever_one_was_in_the_last(run):
    session = Session(load(run))
    session.go(session.target("1.17"))
    entries = build(session, TEXT).entries
    for entry in entries.values():
        symbol = entry.symbol
        shape = entry.array.shape
        batch, *own = shape if symbol.batchwise else (1, *shape)
        for sample, element in [(0, 0), (0, 1), (1, 1), (3, 7), (batch, prod(own))]:
            session.selection = Selection(symbol, element, sample)
            frame = build(session, TEXT)
            assert frame.symbol == symbol
            index = frame.index if symbol.batchwise else (0, *frame.index)
            assert index[0] == sample % batch
            place = sum(i * prod(own[k + 1 :]) for k, i in enumerate(index[1:]))
            assert place == element % prod(own)


@pytest.mark.parametrize(
    ("frontier", "recalled", "seconds", "waits"),
    [
        (0, True, 0.01, 50), (30, True, 0.01, 20), (30, False, 0.01, 70), (60, True, 0.01, 0),
        (60, False, 0.01, 50), (0, False, 0.0101, 0),
    ],
)  # fmt: skip
def test_so_many_iterations_are_waited_for_beside(frontier, recalled, seconds, waits):
    other: Any = SimpleNamespace(frontier=frontier, seconds=seconds, recalled=lambda _: recalled)
    assert wait_beside(other, 50) == waits
    assert reaches(other, 50) == (seconds <= 0.01)
