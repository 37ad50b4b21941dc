"""What two optimizers that stand side by side are called: each by its own name, on its own side."""

from __future__ import annotations

import pytest

from engine.history.position import Position
from engine.runfile.read import load
from engine.session.session import Session
from engine.spec.run import OptimizerSpec
from tests.engine.lived import follow, run
from tui.frame import labels

SGD, ADAM = OptimizerSpec("sgd", {"lr": 0.1}), OptimizerSpec("adam", {"lr": 0.1})


@pytest.mark.parametrize(
    ("own", "other", "differ", "changes"),
    [
        (SGD, ADAM, None, ("ΔSGD", "ΔAdam")),
        (ADAM, SGD, None, ("ΔAdam", "ΔSGD")),
        (SGD, SGD, None, ("ΔSGD", "ΔSGD")),
        (SGD, OptimizerSpec("sgd", {"lr": 0.25}), ("η 0.1", "η 0.25"), ("Δ.1", "Δ.25")),
        (OptimizerSpec("sgd", {"lr": 0.25}), SGD, ("η 0.25", "η 0.1"), ("Δ.25", "Δ.1")),
        (
            OptimizerSpec("sgd", {"lr": 0.1, "nesterov": True, "momentum": 0.5}),
            OptimizerSpec("sgd", {"lr": 0.1, "momentum": 0.0}),
            ("μ 0.5", "μ 0"),
            ("Δ.5", "Δ0"),
        ),
    ],
)
def test_each_side_has_its_own_name(own, other, differ, changes):
    if own.name == other.name:
        assert labels.differing(own, other) == differ
    assert labels.changes(own, other) == changes


def test_runs_are_named_by_their_optimizers_with_the_readers_first():
    session = Session(load("worked-example"))
    assert labels.runs(session) == ("SGD", "Adam")
    session.toggle()
    assert labels.runs(session) == ("Adam", "SGD")


def test_runs_of_one_optimizer_are_named_by_what_they_differ_in_with_the_readers_first():
    session = Session(run("twins"))
    assert labels.runs(session) == ("μ 0.9", "μ 0.5")
    session.toggle()
    assert labels.runs(session) == ("μ 0.5", "μ 0.9")


def test_runs_of_the_same_optimizer_are_named_by_their_branches():
    session = Session(load("worked-example"))
    session.go(Position(2, 1))
    follow(session, session.edit("W1", (0, 0), 0.5, "W1[1,1]"))
    assert labels.runs(session) == ("sgd-2", "sgd")
    session.toggle()
    assert labels.runs(session) == ("sgd", "sgd-2")
