"""A penalty on the screen: its parts as a table, its term in a gradient, E + R above the losses."""

from __future__ import annotations

from typing import Any

import pytest

from engine.runfile.read import from_table
from engine.session.session import Session
from tests.fixtures.settings import plain
from tui.draw import DRAWINGS
from tui.draw.columns.explain import draw as explained
from tui.draw.wants import placed
from tui.frame.frame import Frame, build
from tui.text.format import Text
from tui.text.raster import Line

BOTH = {"l2": 0.5, "l1": 0.125, "biases": True}


def frame(place: str, penalty: Any, units: tuple[int, ...] = (2, 2, 2), x: Any = None) -> Frame:
    table = plain(units, penalty=penalty)
    if x is not None:
        table["data"] = {"x": x, "y": [[0.5, 0.25]] * len(x)}
    session = Session(from_table(table))
    session.go(session.target(place))
    return build(session, Text())


def text(lines: list[Line]) -> list[str]:
    return ["".join(part for part, _ in line).rstrip() for line in lines]


def pane(found: Frame, name: str, size: tuple[int, int]) -> list[str]:
    _, _, width, height = placed(found, *size)[name]
    return text(DRAWINGS[name](found, width, height))


ONE = [[1.0, 2.0]]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
def test_the_parts_of_a_penalty_are_a_table(size):
    found = frame("1.penalty", {"l2": 0.5}, x=ONE)
    W = [layer.W for layer in found.spec.layers]
    said = "\n".join(pane(found, "step", size))
    for n, each in enumerate(W, 1):
        squares = float((each**2).sum())
        assert f"•W[{n}]  {squares:.4f}  {squares / 4:.4f}" in said
    assert "R = λ₂/2 · (Σ W[1]² + Σ W[2]²)" in said
    total = sum(float((each**2).sum()) for each in W) / 4
    assert f"= {total:.4f}" in said


def test_both_kinds_have_a_column_where_there_is_room():
    wide = "\n".join(pane(frame("1.penalty", BOTH), "step", (200, 50)))
    assert "Σ w²   Σ |w|    part" in wide
    assert "R = λ₂/2 · (Σ W[1]² + … + Σ b[2]²) +" in wide
    parted = "\n".join(pane(frame("1.penalty", {"l1": 0.5}), "step", (200, 50)))
    assert "Σ |w|    part" in parted
    assert "Σ w²" not in parted


def test_a_gradient_has_the_penalty_beside_its_samples():
    found = frame("1.dW2", {"l2": 0.5, "l1": 0.125})
    w = float(found.spec.layers[1].W[0, 0])
    own = 0.5 * w + (0.125 if w > 0 else -0.125)
    lines = pane(found, "step", (200, 50))
    (row,) = (line for line in lines if line.startswith("penalty"))
    assert float(row.split()[1].replace("−", "-")) == pytest.approx(own, abs=5e-5)
    assert "Σₙ δ[2]ₙ₁·a[1]ₙ₁ +" in "\n".join(lines)
    assert "of it is the penalty's, which" in "\n".join(lines)


def test_a_single_sample_s_gradient_is_a_table_of_factors_still():
    lines = pane(frame("1.dW2", {"l2": 0.5}, x=ONE), "step", (80, 24))
    assert "∂L/∂W[2] = δ[2]·a[1]ᵀ + λ₂·W[2]" in lines[1]
    assert any(line.lstrip().startswith("a[1]") for line in lines)


def test_the_losses_are_told_apart_above_their_curve():
    found = frame("2.loss", {"l2": 0.5})
    e, r, whole = (float(found.entries[s].array) for s in ("dataloss", "penalty", "loss"))
    head = pane(found, "loss", (200, 50))[0]
    assert f"loss · E {e:.4f} + R {r:.4f} = L {whole:.4f}" in head
    assert f"{whole:.4f}" in "\n".join(pane(found, "loss", (200, 50))[1:])
    assert " E " not in pane(frame("2.penalty", {"l2": 0.5}), "loss", (200, 50))[0]


def test_a_part_of_many_factors_is_named_by_its_array():
    lines = text(explained(frame("1.penalty", {"l2": 0.5}, (3, 4, 2)), 40, 12))
    assert sum("that of W[" in line for line in lines) == 2
