"""Where the numbers come from that no step computes, as the page of an element says it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.catalog.optimizers import OPTIMIZERS
from engine.history.position import Position
from engine.runfile.read import load
from engine.session.session import Session
from engine.spec.run import ClipSpec, OptimizerSpec, RunSpec, ScheduleSpec
from tui.command.blocks import block
from tui.draw.explain import explanation
from tui.draw.optimizer import draw
from tui.frame.frame import Frame, build
from tui.text.format import Text

STEP = ScheduleSpec("step", {"step_size": 2, "gamma": 0.5})


def frame(spec: RunSpec, iteration: int, symbol: str) -> Frame:
    session = Session(spec)
    session.go(Position(iteration, session.trace.number(symbol)))
    return build(session, Text())


def operands(spec: RunSpec, iteration: int, symbol: str = "W2") -> list[str]:
    lines = [
        "".join(text for text, _ in line)
        for line in explanation(frame(spec, iteration, symbol), 90)
    ]
    return lines[lines.index("Its constants") :]


def test_a_scheduled_rate_has_its_formula_its_numbers_and_its_sentence():
    spec = replace(load("worked-example"), schedule=STEP)
    lines = operands(spec, 3)
    at = lines.index("η = 0.1·0.5^1 = 0.05  the schedule StepLR")
    assert lines[at + 1] == "    η = base·gamma^⌊(t − 1)/step_size⌋"
    assert lines[at + 2] == "    base 0.1, t 3, gamma 0.5, step_size 2"
    said = " ".join("".join(lines[at + 3 : at + 5]).split())
    assert said.startswith("Here η is 0.5 times the optimizer's. The next update's is the same.")
    assert " The learning rate is multiplied by gamma" in said
    assert "η = 0.1·0.5^0 = 0.1  the schedule StepLR" in operands(spec, 1)


def test_a_switched_optimizer_counts_its_own_updates():
    late = replace(load("worked-example").optimizer, since=2)
    spec = replace(load("worked-example"), optimizer=late, schedule=STEP)
    assert "    base 0.1, t 1, gamma 0.5, step_size 2" in operands(spec, 3)


def test_the_pane_shows_the_arithmetic_of_a_scheduled_rate():
    spec = replace(load("worked-example"), schedule=STEP)
    lines = ["".join(text for text, _ in line) for line in draw(frame(spec, 3, "W2"), 37, 20)]
    assert lines[:2] == ["─ optimizer · θ ← θ − η·g · η 0.05 ──", "η = 0.1·0.5^1 = 0.05"]


@pytest.mark.parametrize(
    ("name", "options", "symbol", "said"),
    [
        ("sgd", {}, "W2", "η = 0.1  the learning rate of SGD; no schedule changes it"),
        ("adam", {}, "mhat.W2", "t = 1  counts the updates by Adam, this one with them"),
        ("adam", {}, "m.W2", "β₁ = 0.9  a constant of Adam"),
        (
            "sgd",
            {"momentum": 0.9, "dampening": 0.5},
            "buf.W2",
            "dampening = 0  of this update; it follows from t and the options of SGD",
        ),
        ("sgd", {}, "clip.W2", "max_norm = 0.5  the limit of the clipping"),
    ],
)
def test_other_numbers_say_what_they_are(name, options, symbol, said):
    spec = load("worked-example")
    spec = replace(spec, optimizer=OptimizerSpec(name, {"lr": 0.1, **options}), compare=None)
    if symbol.startswith("clip"):
        spec = replace(spec, clip=ClipSpec("norm", 0.5))
    assert said in operands(spec, 1, symbol)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_plain_output_says_once_an_iteration_what_the_schedule_makes_of_the_rate(optimizer):
    row = OptimizerSpec(optimizer, OPTIMIZERS[optimizer].complete({"lr": 0.1}))
    session = Session(replace(load("worked-example"), optimizer=row, schedule=STEP))
    for t, line in ((1, "\n  ▸ η = 0.1·0.5^0 = 0.1"), (3, "\n  ▸ η = 0.1·0.5^1 = 0.05")):
        steps = session.branch.history.steps_of(t)
        said = [block(session, Position(t, step.number), Text()) for step in steps]
        assert sum(line in each for each in said) == 1
    assert " − η·" in next(each for each in said if line in each)
