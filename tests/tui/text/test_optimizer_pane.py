"""The optimizer pane: its rule is the run's, and its rows say what the step reads and writes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.history.position import Position
from engine.runfile.read import load
from engine.session.session import Session
from engine.spec.run import ClipSpec, OptimizerSpec, RunSpec
from tui.draw.optimizer import draw
from tui.frame.frame import Frame, build
from tui.text.format import Text

NARROW = (37, 11)


def optimizer(name: str, **options: object) -> OptimizerSpec:
    return OptimizerSpec(name, {"lr": 0.1, **options})


def frame(spec: RunSpec, symbol: str, text: Text | None = None) -> Frame:
    """The first iteration, where this is just computed."""
    session = Session(spec)
    session.go(Position(1, session.trace.number(symbol)))
    return build(session, text or Text())


def pane(spec: RunSpec, symbol: str, size: tuple[int, int] = NARROW) -> list[str]:
    lines = draw(frame(spec, symbol), *size)
    assert len(lines) <= size[1]
    written = ["".join(text for text, _ in line) for line in lines]
    assert max(map(len, written)) <= size[0]
    return written


def clipped() -> RunSpec:
    return replace(load("worked-example"), clip=ClipSpec("norm", 0.5))


def test_clipping_is_in_the_rule_and_its_result_a_row():
    lines = pane(clipped(), "W2")
    assert lines[1].startswith("θ ← θ − η·clip ")
    shown = {line[:6].strip(): line.split()[1] for line in lines[3:7]}
    gradient, after, change = (shown[label] for label in ("g", "•clip", "▸ΔSGD"))
    assert abs(float(after.replace("−", "-"))) < abs(float(gradient.replace("−", "-")))
    assert float(change) == pytest.approx(-0.1 * float(after.replace("−", "-")), abs=6e-5)


def test_the_step_that_clips_is_marked():
    lines = pane(clipped(), "clip.W2")
    assert [line[:5] for line in lines if line[:1] in "▸•"] == ["•g   ", "▸clip"]


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({}, "θ ← θ − η·g   η 0.1"),
        ({"weight_decay": 0.5}, "θ ← θ − η·(g + λ·θ)   η 0.1  λ 0.5"),
        ({"maximize": True}, "θ ← θ − η·(−g)   η 0.1"),
        ({"momentum": 0.9}, "θ ← θ − η·buf   η 0.1"),
    ],
)
def test_the_rule_is_that_of_the_options(options, rule):
    spec = replace(load("worked-example"), optimizer=optimizer("sgd", **options))
    assert pane(spec, "W2")[1] == rule


def test_the_chain_of_rules_is_shown_where_there_is_room():
    spec = replace(load("worked-example"), optimizer=optimizer("sgd", momentum=0.9))
    assert pane(spec, "W2", (37, 17))[1:3] == ["buf ← μ·buf + g", "θ ← θ − η·buf   η 0.1  μ 0.9"]


@pytest.mark.parametrize(
    ("own", "other", "labels"),
    [("adamw", "adam", ["▸ΔAdamW", " ΔAdam "]), ("sgd", "rmsprop", ["▸ΔSGD    ", " ΔRMSprop"])],
)
def test_labels_are_whole(own, other, labels):
    spec = replace(load("worked-example"), optimizer=optimizer(own), compare=optimizer(other))
    rows = [line for line in pane(spec, "W2") if "Δ" in line]
    assert [row[: len(label)] for row, label in zip(rows[:2], labels, strict=True)] == labels
    assert rows[0].index(".") == rows[1].index(".")


def test_rows_that_are_cut_say_how_many_more_there_are():
    lines = pane(load("spirals"), "W2")
    assert lines[3].split() == ["W[2]", "₁₁", "₁₂", "₁₃", "…253"]
    plain = replace(load("digits"), compare=None)
    lines = pane(plain, "W2", (37, 7))
    assert [line.split()[-1] for line in lines if line[1:3] in ("W[", "b[")] == [
        "…8189",
        "…637",
        "…7",
    ]


def test_where_rows_do_not_fit_those_that_the_step_touches_stay():
    own = optimizer("adamw", maximize=True, weight_decay=0.1)
    lines = pane(replace(load("worked-example"), optimizer=own), "W2")
    assert [line[:1] for line in lines].count("•") == 3  # what decay left, mˆ, vˆ
    assert any(line.startswith("▸ΔAdamW") for line in lines)
    assert any(line.startswith(" ΔAdam ") for line in lines)
