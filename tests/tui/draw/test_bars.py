"""The title and the bar of phases: fields of one width, and a cell for each step."""

from __future__ import annotations

import pytest

from engine.runfile.read import load
from engine.session.session import Session
from tui.draw.bars import header, timeline_bar
from tui.frame.frame import Frame, build
from tui.text.format import Text


def frame(run: str, place: str, other: bool = False) -> Frame:
    session = Session(load(run))
    if other:
        session.toggle()
    session.go(session.target(place))
    return build(session, Text())


def line(drawn: list[tuple[tuple[str, str], ...]]) -> str:
    return "".join(text for text, _ in drawn[0]).rstrip()


@pytest.mark.parametrize(
    ("run", "place", "other", "width", "expected"),
    [
        ("worked-example", "1.7", False, 60,
         " worked example · SGD η 0.1      iteration   1 · step  7/17"),
        ("worked-example", "1.7", False, 80,
         " gradstep · worked example · SGD η 0.1    iteration   1 · step  7/17 · BACKWARD"),
        ("worked-example", "2.18", True, 80,
         " gradstep · worked example · Adam η 0.1   iteration   2 · step 18/33 · UPDATE"),
        ("worked-example", "1.14", False, 120,
         " gradstep · worked example 2-2-2 · SGD η 0.1" + " " * 38
         + "iteration   1 · step 14/17 · UPDATE"),
        ("ten-layers", "1.60", False, 120,
         " gradstep · ten layers of sigmoid · SGD η 0.1" + " " * 37
         + "iteration   1 · step 60/89 · BACKWARD"),
        ("worked-example", "1.7", False, 40, " SGD η 0.1              1.7/17 BACKWARD"),
        ("ten-layers", "1.60", False, 80,
         " ten layers of sigmoid · SGD η 0.1        iteration   1 · step 60/89 · BACKWARD"),
    ],
)  # fmt: skip
def test_the_title(run, place, other, width, expected):
    assert line(header(frame(run, place, other), width, 1)) == expected


@pytest.mark.parametrize(
    ("run", "place", "other", "width", "expected"),
    [
        ("worked-example", "1.7", False, 60,
         " forward ━━━━ loss ━ backward ━◆────── update ────  0.8274 ▄"),
        ("worked-example", "1.3", False, 80,
         " forward ━━◆─ loss ─ backward ──────── update ────  loss  ·"),
        ("worked-example", "2.18", True, 80,
         " forward ━━━━ loss ━ backward ━━━━━━━━ update ━━━━◆───────────────  loss 0.5981"),
        ("ten-layers", "1.60", False, 80,
         " forward 20/20  loss 1/1  backward 39/48  update  0/20  loss 0.4103 ▄"),
    ],
)  # fmt: skip
def test_the_bar_of_phases(run, place, other, width, expected):
    assert line(timeline_bar(frame(run, place, other), width, 1)) == expected
