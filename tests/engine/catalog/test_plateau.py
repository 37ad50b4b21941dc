"""A learning rate that goes by the losses: by hand, in any order, on branches, in what is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.catalog.schedules import SCHEDULES, Watching
from engine.history.branching import branched, history_of, switched
from engine.history.position import Position
from engine.program.trainer import Trainer
from engine.runfile.read import load
from engine.session.session import Session
from engine.spec.run import OptimizerSpec, RunSpec, ScheduleSpec
from tests.engine.networks import known
from tui.draw.explain import explanation
from tui.frame.frame import build
from tui.text.format import Text

ROW = SCHEDULES["plateau"]


def kept_of(losses: list[float], dtype: str = "float64", **options: Any) -> list[float]:
    """What is kept after these losses: cuts, best, bad, cooldown."""
    assert isinstance(ROW, Watching)
    o, kept = ROW.complete(options), np.zeros(4, dtype)
    ROW.start(o, kept)
    for loss in losses:
        ROW.watch(o, kept, loss)
    return [float(x) for x in kept]


def rate_of(cuts: int, base: float = 0.1, **options: Any) -> float:
    assert isinstance(ROW, Watching)
    o = ROW.complete(options)
    kept = np.array([cuts, 1.0, 0, 0])
    rate = ROW.lr(base, kept, o)
    assert ROW.value(base, kept, o).value == pytest.approx(rate, rel=1e-14)
    return rate


@pytest.mark.parametrize(
    ("losses", "options", "kept"),
    [
        ([3, 2], {}, [0, 2, 0, 0]),
        ([3, 2, 2, 2.5], {}, [0, 2, 2, 0]),
        ([3, 3, 3], {"patience": 1}, [1, 3, 0, 0]),
        ([3, 3, 3, 3, 3], {"patience": 1}, [2, 3, 0, 0]),
        ([3, 2.9], {"threshold": 0.1}, [0, 3, 1, 0]),
        ([3, 2.9], {"threshold": 0.05, "threshold_mode": "abs"}, [0, 2.9, 0, 0]),
        ([3, 4, 2], {"mode": "max"}, [0, 4, 1, 0]),
        ([3, 3, 3], {"patience": 0, "cooldown": 2}, [1, 3, 0, 1]),
        ([3, 3, 3, 3, 3], {"patience": 0, "cooldown": 2}, [2, 3, 0, 2]),
        ([float("nan"), 1], {"patience": 0}, [1, 1, 0, 0]),
    ],
)
def test_by_hand(losses, options, kept):
    assert kept_of(losses, **options) == kept


def test_a_rate_is_cut_as_far_as_its_limits_let_it():
    assert rate_of(0) == 0.1
    assert rate_of(2) == pytest.approx(0.001, rel=1e-14)
    assert rate_of(2, min_lr=0.005) == 0.005
    assert rate_of(9, min_lr=0.005) == 0.005
    assert rate_of(3, min_lr=0.5) == 0.1
    assert rate_of(3, eps=0.05, factor=0.5) == 0.1
    assert rate_of(9, eps=0.02, factor=0.5) == pytest.approx(0.025, rel=1e-14)
    assert rate_of(10**7) == pytest.approx(1e-8, rel=1e-8)
    assert rate_of(1, factor=0.0) == 0


def run(patience: int = 1, by: str = "iteration", batch: int = 4, **changes: Any) -> RunSpec:
    """Training with so large a rate that the loss goes up and down."""
    spec, options = load("xor"), {"patience": patience, "factor": 0.5}
    schedule = ScheduleSpec("plateau", ROW.complete(options), by)
    row = OptimizerSpec("sgd", {"lr": 30.0})
    data = replace(spec.data, batch_size=batch)
    return replace(spec, data=data, optimizer=row, schedule=schedule, **changes)


def rates(spec: RunSpec, last: int) -> list[float]:
    trainer, found = Trainer(spec), []
    for t in range(1, last + 1):
        found.append(trainer.scalars(t)["lr"])
        trainer.run(t, t, np.zeros(1))
    return found


def test_any_iteration_has_the_rate_that_the_losses_before_it_made():
    spec = run()
    found = rates(spec, 60)
    assert found[0] == 30 > found[-1]
    history = history_of(spec)
    for t in (60, 1, 37, 12, 59, 60):
        trace = history.trace(t)
        assert trace.scalars["lr"] == found[t - 1]
        assert history.replayed(t).tobytes() == trace.after.tobytes()


def test_by_passes_the_mean_of_a_pass_is_compared_when_it_is_over():
    spec = run(patience=0, by="pass", batch=1)
    found = rates(spec, 40)
    for first in range(0, 40, 4):
        assert len(set(found[first : first + 4])) == 1
    assert len(set(found)) > 1
    trainer, losses = Trainer(spec), np.zeros(4)
    trainer.run(1, 4, losses)
    kept = trainer.layout.view(trainer.state, "plateau")
    assert kept[1] == pytest.approx(losses.mean(), rel=1e-15)
    assert trainer.layout.view(trainer.state, "plateau.pass").tolist() == [0, 0]


@pytest.mark.parametrize("second", [(0, 1, 2, 3), (3, 2, 1, 0)])
def test_a_pass_may_take_all_samples_more_than_once(second):
    spec = run(patience=0, by="pass")
    spec = replace(spec, data=replace(spec.data, batches=(((0, 1, 2, 3), second),)))
    found = rates(spec, 20)
    assert found[::2] == found[1::2]
    assert len(set(found)) > 1


def test_a_branch_goes_on_with_what_was_seen_and_a_fresh_optimizer_begins_anew():
    history = history_of(run())
    cut = history.trace(40).scalars["lr"]
    assert cut < 30
    edited = branched(history, 39, history.own.spec, {("b1", (0,)): 0.5})
    assert edited.trace(40).scalars["lr"] == cut
    fresh = switched(history, 39, history.own.spec.optimizer, fresh=True)
    assert fresh.trace(40).scalars["lr"] == 30
    assert not known(fresh.trace(40), "plateau.cuts")


def test_both_optimizers_are_cut_together():
    options = ROW.complete({"patience": 0, "threshold": 1.0})
    spec = replace(run(), schedule=ScheduleSpec("plateau", options))
    own, other = (OptimizerSpec("sgd", {"lr": lr}) for lr in (1.0, 0.1))
    spec = replace(spec, optimizer=own, compare=other)
    trace = history_of(spec).trace(2)
    assert trace.scalars["lr"] == pytest.approx(0.1, rel=1e-14)
    change = trace.compared("theta", "W1")
    assert change is not None
    assert np.abs(change).max() > 1e-6
    np.testing.assert_allclose(change, trace.change("W1") / 10, 1e-9, 1e-12)


def test_it_is_shown_how_the_rate_was_made():
    session = Session(run())
    at = next(t for t, rate in enumerate(rates(run(), 60), 1) if rate == 15)
    session.go(Position(at, session.branch.history.trace(at).number("W2")))
    frame = build(session, Text())
    text = " ".join("".join(part for part, _ in line) for line in explanation(frame, 90))
    assert "η = 30·0.5^1 = 15  the schedule ReduceLROnPlateau" in text
    assert "η = max(base·factor^k, min_lr) after k drops" in text
    best = float(known(session.branch.history.trace(at - 1), "plateau.best"))
    said = f"The best so far is {Text().number(best)}. 0 that were not better count; when they"
    assert f"{said} are more than 1, there is a drop" in " ".join(text.split())
    assert not frame.trouble
