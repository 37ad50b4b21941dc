"""Where a reader goes: by steps, phases, iterations and names, at their edges."""

import re

import numpy as np
import pytest

from engine.history.branching import history_of
from engine.history.history import History
from engine.history.position import Position
from engine.program.trace import Trace
from engine.runfile.read import load
from engine.session import moves
from engine.session.moves import MoveError
from engine.spec.run import MOST_ITERATIONS

LAST = 17
"""Steps of an iteration of the worked example."""
FAR = f"iterations run from 1 to {MOST_ITERATIONS:,}"


@pytest.fixture(scope="module")
def history() -> History:
    return history_of(load("worked-example"))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1", (1, 1)), ("12", (12, 1)), ("1.0", (1, 0)), ("1.17", (1, LAST)), ("3.1", (3, 1)),
        (" 2.6 ", (2, 6)), ("0%", (1, 0)), ("50%", (2, 3)), ("100%", (3, 6)), ("2.5%", (1, 1)),
        ("+1", (2, 7)), ("-6", (1, LAST)), ("-7", (1, 16)), ("-99", (1, 0)), ("+12", (3, 1)),
        ("2.dW2", (2, 7)), ("4.∂L/∂W[2]", (4, 7)), ("dW2", (2, 7)), ("z1", (3, 1)),
        ("delta2", (3, 6)), ("W1", (2, 16)), ("b1", (2, LAST)), ("∂L/∂b[2]", (2, 8)),
    ],
)  # fmt: skip
def test_what_a_place_says(history, text, place):
    assert moves.named(history, Position(2, 6), Position(3, 6), text) == Position(*place)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0", FAR), (str(MOST_ITERATIONS + 1), FAR), ("0.dW2", FAR), ("0.0", FAR),
        ("2.0", "2.0: iteration 2 has steps 1 to 17 (2.1 … 2.17)."),
        ("1.18", "1.18: iteration 1 has steps 1 to 17 (1.1 … 1.17)."),
        ("100.1%", "100.1%: from 0% to 100% of what has been reached."),
        ("2.dW3", "2.dW3: iteration 2 has no such symbol; it has z1, a1, z2, …."),
        ("nan", "nan: every value up to iteration 3 is finite."),
        ("x", "x: not a place; valid are 12, 12.6 (iteration.step), 12.z1, 50%, -10, pass 3, min,"),
        ("", "nothing: not a place"), ("+", "+: not a place"), ("1.2.3", "iteration 1 has no such"),
    ],
)  # fmt: skip
def test_what_is_no_place_is_refused(text, sentence):
    history = history_of(load("worked-example"))
    with pytest.raises(MoveError, match=re.escape(sentence)):
        moves.named(history, Position(2, 6), Position(3, 6), text)


def test_the_last_iteration_there_is(history):
    end = MOST_ITERATIONS
    assert moves.by_iterations(history, Position(2, 6), -5) == Position(1, 6)
    assert moves.by_iterations(history, Position(2, 6), -1) == Position(1, 6)
    assert moves.by_iterations(history, Position(2, 6), 1) == Position(3, 6)
    assert moves.by_iterations(history, Position(1, 0), -1) == Position(1, 0)
    assert moves.by_iterations(history, Position(1, 0), 1) == Position(2, 1)
    assert moves.by_iterations(history, Position(end, 6), 1) == Position(end, 6)


@pytest.mark.parametrize(
    ("here", "count", "there"),
    [
        ((1, 0), 1, (1, 1)), ((1, 1), 1, (1, 5)), ((1, 5), 1, (1, 6)), ((1, 6), 1, (1, 14)),
        ((1, 14), 1, (2, 1)), ((1, 13), 1, (1, 14)), ((1, 1), 4, (2, 1)), ((2, 3), -1, (2, 1)),
        ((2, 1), -1, (1, 14)), ((1, LAST), -1, (1, 14)), ((1, 1), -1, (1, 0)), ((1, 0), -1, (1, 0)),
        ((2, 6), -3, (1, 14)),
    ],
)  # fmt: skip
def test_by_phases(history, here, count, there):
    assert moves.by_phases(history, Position(*here), count) == Position(*there)


def test_the_least_loss_is_at_its_loss(history):
    found = moves.named(history, Position(1, 1), Position(4, 1), "min")
    losses = [float(history.trace(t).known("loss", LAST)) for t in range(1, history.frontier + 1)]
    assert found == Position(losses.index(min(losses)) + 1, 5)


def test_where_no_loss_is_a_number():
    spec = load("diverging")
    options = {**spec.optimizer.options, "lr": 1e300}
    history = history_of(spec.with_optimizer(type(spec.optimizer)("sgd", options)))
    found = moves.named(history, Position(1, 1), Position(6, 1), "nan")
    trace = history.trace(found.iteration)
    assert not all_finite(trace, found.step)
    assert all(all_finite(history.trace(t), 99) for t in range(1, found.iteration))
    assert all(all_finite(trace, step) for step in range(1, found.step))


def all_finite(trace: Trace, step: int) -> bool:
    done = trace.steps[:step]
    return all(np.isfinite(trace.known(each.symbol, each.number)).all() for each in done)
