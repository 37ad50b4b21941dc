"""Gradient accumulation: which iterations update, by what, and how one goes through them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.analysis.conditiontext import parse
from engine.analysis.recorder import symbol_shapes
from engine.analysis.search import search_forward
from engine.history.branching import history_of, switched
from engine.history.history import History
from engine.history.position import Position
from engine.program.trainer import Trainer
from engine.runfile.read import from_table
from engine.session import moves
from engine.session.session import Session
from engine.sheets.figures import Verdict
from engine.sheets.grade import grade
from engine.sheets.scheme import Scheme
from engine.spec.data import Kind
from engine.spec.run import OptimizerSpec, RunSpec, SpecError
from tests.fixtures.settings import plain
from tests.tui.keyboard import Keyboard
from tui.actions.actions import Actions
from tui.actions.desk import Desk
from tui.draw import blocks
from tui.keys import Keymap


def run(k: int, size: int, mean: bool = True, **changes: Any) -> RunSpec:
    table = plain((3, 2, 3), **changes)
    table["data"] |= {"batch_size": size, "accumulate": k, "accumulate_mean": mean}
    return from_table(table)


def theta(spec: RunSpec, iterations: int) -> dict[str, list[float]]:
    trainer = Trainer(spec)
    trainer.run(1, iterations, np.zeros(iterations))
    names = ("W1", "b1", "W2", "b2")
    return {n: trainer.layout.view(trainer.state, n).ravel().tolist() for n in names}


@pytest.mark.parametrize("optimizer", [{"name": "sgd", "lr": 0.3}, {"name": "adam", "lr": 0.01}])
def test_the_mean_of_a_passes_mini_batches_is_the_gradient_of_all_the_data(optimizer):
    small, whole = (
        theta(run(3, 2, optimizer=optimizer), 9),
        theta(run(1, 6, optimizer=optimizer), 3),
    )
    for name, numbers in small.items():
        assert numbers == pytest.approx(whole[name], abs=1e-14), name
    by_sum = run(3, 2, mean=False, loss={"name": "mse", "reduction": "sum"}, optimizer=optimizer)
    of_all = run(1, 6, loss={"name": "mse", "reduction": "sum"}, optimizer=optimizer)
    assert theta(by_sum, 6)["W1"] == pytest.approx(theta(of_all, 2)["W1"], abs=1e-13)


def test_only_every_kth_iteration_updates_and_k_counts_on_over_passes():
    history = history_of(run(2, 2))  # of three mini-batches a pass
    kinds = [history.batches(t).kind(t) for t in range(1, 7)]
    assert kinds == [Kind.FIRST, Kind.LAST] * 3
    for t in range(1, 7):
        trace = history.trace(t)
        moved = not np.array_equal(trace.known("W1", 0), trace.known("W1", len(trace.steps)))
        assert (moved, trace.updates, trace.update_in) == (t % 2 == 0, t % 2 == 0, t + t % 2)
    first, last = history.trace(3), history.trace(4)
    kept, g = first.known("gsum.W2", len(first.steps)), last.known("dW2", len(last.steps))
    assert np.array_equal(kept, first.known("dW2", len(first.steps)) / 2)
    assert np.array_equal(last.known("gsum.W2", len(last.steps)), kept + g / 2)


def test_what_counts_updates_counts_updates():
    schedule = {"name": "step", "step_size": 2, "gamma": 0.5}
    history = history_of(run(3, 2, optimizer={"name": "adam", "lr": 0.2}, schedule=schedule))
    counts = [(history.trace(t).scalars["t"], history.trace(t).scalars["lr"]) for t in range(1, 11)]
    assert counts == [(1, 0.2)] * 3 + [(2, 0.2)] * 3 + [(3, 0.1)] * 3 + [(4, 0.1)]


def test_an_optimizer_that_takes_over_between_two_updates_goes_on_with_what_was_added_up():
    history = history_of(run(4, 2))
    sgd = OptimizerSpec("sgd", {**history.own.spec.optimizer.options, "lr": 0.05})
    other = switched(history, 2, sgd, fresh=True)
    before, after = history.trace(2), other.trace(3)
    assert np.array_equal(after.known("gsum.W1", 0), before.known("gsum.W1", len(before.steps)))
    update = other.trace(4)
    step = 0.05 * update.known("gsum.W1", len(update.steps))
    moved = update.known("W1", 0) - update.known("W1", len(update.steps))
    assert moved == pytest.approx(step, abs=1e-16)


@pytest.mark.parametrize("origin", [0, 1, 2, 3, 5])
def test_steps_are_counted_where_iterations_have_more_or_fewer(origin):
    history: History = history_of(run(3, 2, clip={"norm": 0.05}))
    if origin:
        history = switched(history, origin, history.own.spec.optimizer, fresh=True)
    places = [Position()] + [
        Position(t, step) for t in range(1, 11) for step in range(1, len(history.steps_of(t)) + 1)
    ]
    for number, place in enumerate(places):
        assert moves.number(history, place) == number
        assert moves.after_steps(history, number) == place
    starts = [Position()] + [
        Position(t, step.number)
        for t in range(1, 11)
        for before, step in zip([None, *history.steps_of(t)], history.steps_of(t), strict=False)
        if before is None or before.phase != step.phase
    ]
    for i, place in enumerate(starts):
        assert moves.by_phases(history, place, -1) == starts[max(0, i - 1)]
        assert moves.by_phases(history, Position(), i) == place
    assert moves.by_phases(history, Position(3, 5), -1) == Position(3, 1)


def test_conditions_have_what_only_updates_have():
    spec = run(3, 2, optimizer={"name": "adam", "lr": 0.01})
    history = history_of(spec)
    condition = parse("m.W1[1,1] changes", symbol_shapes(spec, history.owner(1).steps))
    assert [search_forward(history, condition, t) for t in (0, 3, 6)] == [3, 6, 9]


def test_a_schedule_by_every_iterations_loss_is_refused():
    plateau = {"name": "plateau", "patience": 2}
    with pytest.raises(SpecError, match='say by = "pass"'):
        run(2, 2, schedule=plateau)
    assert run(2, 2, schedule={**plateau, "by": "pass"}).data.accumulate == 2
    assert run(1, 2, schedule=plateau).schedule is not None


@pytest.mark.parametrize("name", ["rprop", "asgd"])
def test_a_first_rate_that_losses_before_it_decide_is_refused(name):
    optimizer, plateau = {"name": name}, {"name": "plateau", "by": "pass"}
    with pytest.raises(SpecError, match=f"passes end before the first update of {name}: have"):
        run(2, 100, optimizer=optimizer, schedule=plateau)
    assert run(2, 1, optimizer=optimizer, schedule=plateau).schedule is not None


def keyboard(spec: RunSpec) -> Keyboard:
    keys = Keyboard()
    keys.actions = Actions(Desk(Session(spec)), Keymap())
    return keys


def test_both_kinds_of_iterations_are_shown_for_what_they_are():
    keys = keyboard(replace(run(3, 2, clip={"norm": 0.05}), name="sums", title="sums"))
    keys.session.go(Position(2, len(keys.session.branch.history.steps_of(2))))
    shown = keys.screen(80, 24)
    assert "Σg(b[1]) ← Σg(b[1]) + ∂L/∂b[1]/3" in shown
    assert "update in it. 3" in shown
    assert "Iteration 2 updates nothing" in keys.press("w").screen(80, 24)
    keys.press("q right")
    assert "it. 3" not in keys.screen(80, 24)
    keys.session.go(moves.named(keys.session.branch.history, Position(3, 1), Position(3, 1), "W1"))
    said = "\n".join(blocks.block(keys.actions.frame()))
    assert "W[1] ← W[1] − η·clip(W[1])" in said
    assert "All gradients are there before the first update" in said


def test_a_sheet_has_sums_and_no_update_where_there_is_none():
    spec = run(3, 2, optimizer={"name": "adam", "lr": 0.01})
    history = history_of(spec)
    sums = history.trace(1).known("gsum.W1", len(history.steps_of(1)))
    sheet = f"Iteration 1\nΣg(W[1])_11 = {sums[0, 0]:.6f}\nΣg(W[1])_12 = 7.5\nm(W[1])_11 = 0.5\n"
    found = grade(history, sheet, Scheme())
    assert [each.verdict for each in found.sheet.judged] == [Verdict.RIGHT, Verdict.SLIP]
    assert [each.reason for each in found.unplaced] == ["iteration 1 updates nothing"]
