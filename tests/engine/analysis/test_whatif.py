"""What one update would do in part or at another rate, and where branches part."""

from dataclasses import replace

import numpy as np
import pytest

from engine.analysis.compare import differences, first_parting, shared
from engine.analysis.whatif import WhatIf
from engine.history.branching import branched, history_of
from engine.history.position import Position
from engine.runfile.read import load
from engine.session.session import Session
from tests.engine.lived import follow


def test_the_articles_closing_argument():
    asked = WhatIf(history_of(load("worked-example")), 1)
    losses = {part.parameters: part.loss for part in asked.by_layer()}
    assert asked.before == pytest.approx(0.8273587072052307, abs=1e-15)
    assert losses["W2", "b2"] == pytest.approx(0.7153, abs=5e-5)
    assert losses["W1", "b1"] == pytest.approx(0.8216, abs=5e-5)
    assert losses["W1", "b1", "W2", "b2"] == pytest.approx(0.7116, abs=5e-5)
    alone = [losses[(name,)] for name in ("W1", "b1", "W2", "b2")]
    assert all(loss < asked.before for loss in alone)


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_all_of_the_update_gives_the_next_iterations_loss(name):
    session = Session(load("worked-example"))
    history = session.branches[0 if name == "sgd" else 1].history
    for t in (1, 2, 30):
        whole = WhatIf(history, t).by_layer()[-1]
        assert whole.loss == float(history.trace(t + 1).known("loss", 99))


def test_a_sweep_is_what_training_at_that_rate_gives():
    spec = load("worked-example")
    rates = [0.01, 0.1, 1.0, 9.5]
    sweep = WhatIf(history_of(spec), 1).sweep(rates)
    for rate, loss in zip(rates, sweep.losses, strict=True):
        optimizer = replace(spec.optimizer, options={**spec.optimizer.options, "lr": rate})
        other = history_of(spec.with_optimizer(optimizer))
        assert loss == float(other.trace(2).known("loss", 99))


def test_overshoot_begins_at_the_least_loss_of_the_sweep():
    sweep = WhatIf(history_of(load("worked-example")), 1).sweep()
    assert sweep.overshoot == pytest.approx(3.54, rel=0.03)
    assert sweep.worse == pytest.approx(8.55, rel=0.06)
    assert np.nanmin(sweep.losses) == sweep.losses[list(sweep.rates).index(sweep.overshoot)]


def test_a_least_loss_at_an_end_of_the_sweep_is_no_overshoot():
    asked = WhatIf(history_of(load("worked-example")), 1)
    inner = asked.sweep([0.5, 3.5, 9.5])
    assert (inner.overshoot, inner.worse) == (3.5, 9.5)
    assert asked.sweep([3.5, 9.0]).overshoot is None
    assert asked.sweep([0.1, 0.5, 3.5]).overshoot is None
    assert asked.sweep([0.1, 0.5]).worse is None


def test_worse_is_where_the_loss_is_higher_than_without_the_update():
    asked = WhatIf(history_of(load("worked-example")), 1)
    unmoved = asked.sweep([0.0, 1e-30, 0.5])
    assert unmoved.losses[:2].tolist() == [asked.before] * 2
    assert unmoved.worse is None
    assert asked.sweep([0.0, 9.0, 9.5]).worse == 9.0


def test_a_loss_that_is_no_number_is_worse_than_any():
    asked = WhatIf(history_of(load("diverging")), 1)
    with np.errstate(all="ignore"):
        sweep = asked.sweep([1e-3, 1e-2, 1e308])
    assert not np.isfinite(sweep.losses[2])
    assert sweep.worse == 1e308


def test_asking_changes_nothing():
    history = history_of(load("worked-example"))
    before = history.trace(2).after.tobytes()
    WhatIf(history, 1).sweep()
    assert history_of(load("worked-example")).trace(2).after.tobytes() == before
    assert history.trace(2).after.tobytes() == before


def test_where_branches_part():
    session = Session(load("worked-example"))
    own, other = session.branch.history, session.other.history
    assert first_parting(own, other, 5) == Position(1, 14)
    session.go(Position(3, 2))
    follow(session, session.switch(fresh=True))
    branch = session.branch.history
    assert shared(own, branch) == 2
    assert first_parting(branch, own, 5) == Position(3, 14)
    session.go(Position(3, 0), 0)
    follow(session, session.set_option("lr", 0.1))
    assert first_parting(session.branch.history, own, 20) is None


def test_differences_are_of_what_both_know():
    session = Session(load("worked-example"))
    found = {
        d.symbol: d for d in differences(session.branch.history, session.other.history, 2, 5, 5)
    }
    assert {"W1", "yhat", "loss"} <= found.keys()
    assert "dW2" not in found
    assert not np.array_equal(found["W1"].here, found["W1"].there)


def test_an_edited_branch_parts_where_it_is_edited_from_one_that_shares_nothing() -> None:
    spec = load("worked-example")
    one, other = history_of(spec), history_of(spec)
    edited = branched(one, 3, spec, {("W2", (0, 0)): -1.25})
    found = first_parting(edited, other, 9)
    assert found is not None
    assert (found.iteration, edited.own.steps[found.step - 1].symbol) == (4, "z2")
