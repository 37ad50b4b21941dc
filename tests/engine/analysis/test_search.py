"""Searches forward and back against a plain look at every iteration, one trace at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.breakpoints import Breakpoint, added, counted, enabled, without
from engine.analysis.conditions import Compare, Condition, Finite, Joined, Move, Not, Quantity
from engine.analysis.conditiontext import condition_of, parse
from engine.analysis.conditiontokens import ConditionError
from engine.analysis.landmarks import known_at, last_change, least_loss, not_finite_step
from engine.analysis.recorder import accuracy, norm, symbol_shapes
from engine.analysis.search import _Forward, search_backward, search_forward
from engine.history.branching import branched, history_of, switched
from engine.history.budget import Budget
from engine.history.history import History
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.runfile.read import load
from engine.spec.run import DataSpec, LossSpec, OptimizerSpec, RunSpec
from tests.examples import examples

MOST = 40


def worked() -> RunSpec:
    return load("worked-example")


def batches() -> RunSpec:
    """Mini-batches of 3, 3 and 1 samples, shuffled, at a rate at which the loss rises and falls."""
    spec = worked()
    x = np.random.default_rng(5).normal(size=(7, 2))
    y = np.eye(2)[(x[:, 0] > 0).astype(int)]
    adam = OptimizerSpec("adam", {**(spec.compare or spec.optimizer).options, "lr": 0.5})
    return replace(spec, data=DataSpec(x, y, 3, shuffle=True), optimizer=adam, compare=None)


def of(spec: RunSpec, every: int) -> History:
    history = history_of(spec)
    history.own.every = every
    return history


def with_switch() -> History:
    history = switched(of(worked(), 8), 5, OptimizerSpec("adam", {"lr": 0.1}), fresh=True)
    history.own.every = 4
    edited = branched(history, 11, history.own.spec, {("W2", (0, 0)): -0.25})
    edited.own.every = 8
    return edited


def infinite() -> RunSpec:
    """A run whose parameters leave the range of numbers."""
    spec = worked()
    layers = (spec.layers[0], replace(spec.layers[1], activation="identity"))
    sgd = OptimizerSpec("sgd", {**spec.optimizer.options, "lr": 40.0})
    return replace(spec, layers=layers, loss=LossSpec("mse"), optimizer=sgd)


RUNS: dict[str, Callable[[], History]] = {
    "worked": lambda: of(worked(), 8),
    "batches": lambda: of(batches(), 4),
    "branches": with_switch,
    "diverging": lambda: of(infinite(), 16),
}


@cache
def traces(run: str) -> list[Trace]:
    history = RUNS[run]()
    return [history.trace(t) for t in range(1, MOST + 1)]


@cache
def symbols(run: str) -> dict[str, Any]:
    history = RUNS[run]()
    return symbol_shapes(history.own.spec, history.own.steps)


# -- the plain look --------------------------------------------------------------------------------


def array(trace: Trace, symbol: str) -> Any:
    if symbol == "grad":
        names = ("dW1", "db1", "dW2", "db2")
        return np.concatenate([trace.known(name, len(trace.steps)).ravel() for name in names])
    return trace.value(symbol, len(trace.steps))


def value(run: str, quantity: Quantity | float, t: int) -> Any:
    """A quantity in iteration t, nan where it has none; before iteration 1, of the parameters."""
    if isinstance(quantity, float):
        return quantity
    if t == 0:
        known = quantity.symbol not in ("x", "y")
        found = traces(run)[0].value(quantity.symbol, 0) if known else None
    elif quantity.symbol == "iteration":
        return float(t)
    else:
        trace = traces(run)[t - 1]
        if quantity.symbol == "accuracy":
            return accuracy(array(trace, "yhat"), array(trace, "y"), 0.5)
        if quantity.symbol == "finite":
            steps = trace.steps
            return float(all(np.isfinite(trace.known(s.symbol, s.number)).all() for s in steps))
        found = array(trace, quantity.symbol)
    if found is None:
        return math.nan
    if quantity.index is not None:
        inside = all(i < n for i, n in zip(quantity.index, found.shape, strict=True))
        one = float(found[quantity.index]) if inside else math.nan
        return abs(one) if quantity.size else one
    return math.sqrt(sum(float(v) ** 2 for v in found.ravel())) if quantity.size else found


def moved(verb: str, now: float, then: float, by: float) -> bool:
    if math.isnan(now) or math.isnan(then):
        return False
    if verb == "changes sign":
        return (now > 0, now < 0) != (then > 0, then < 0)
    difference = now - then
    return {"rises": difference, "falls": -difference, "changes": abs(difference)}[verb] > by


def holds(run: str, condition: Condition, t: int) -> bool:
    match condition:
        case Joined("and", parts):
            return all(holds(run, part, t) for part in parts)
        case Joined(_, parts):
            return any(holds(run, part, t) for part in parts)
        case Not(part):
            return not holds(run, part, t)
        case Finite():
            return bool(value(run, Quantity("finite"), t))
        case Move(quantity, verb, by):
            now, then = (np.atleast_1d(value(run, quantity, at)) for at in (t, t - 1))
            if now.ndim != then.ndim:
                return False
            if now.shape != then.shape:  # a smaller mini-batch: compare the samples that both have
                count = min(len(now), len(then))
                now, then = now[:count], then[:count]
            pairs = zip(now.ravel().tolist(), then.ravel().tolist(), strict=True)
            return any(moved(verb, a, b, by) for a, b in pairs)
        case Compare(left, relation, right):
            a, b = value(run, left, t), value(run, right, t)
            if math.isnan(a) or math.isnan(b):
                return False
            return bool(
                {
                    "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "=": a == b, "!=": a != b,
                }[relation]
            )  # fmt: skip
    raise AssertionError(condition)


SINGLE = [
    "loss < 0.5", "loss > 0.7", "loss rises", "loss falls by more than 0.01", "not finite",
    "finite", "accuracy >= 0.6", "accuracy = 1", "accuracy rises", "iteration = 12",
    "iteration > 30", "iteration = 1", "|dW1| > 0.02", "|grad| <= 0.3", "|W2[1,1]| < 0.4",
    "W2[1,1] < W2[2,2]", "W2[1,1] changes sign", "W1 changes sign", "b1 changes sign",
    "dW2 changes sign", "W1[2,1] falls", "delta2[1,1] > -0.1", "yhat[1,2] > yhat[1,1]",
    "W1 changes by more than 0.02", "W2[1,1] changes", "a1 changes by more than 0.1", "|a1| < 1",
    "loss != loss", "b2[1] changes by more than 0.05",
]  # fmt: skip
ONLY = {
    "batches": ["yhat[3,1] > 0.5", "a1[2,1] rises", "m.W1[1,1] < 0", "mhat.W1[1,1] changes sign"],
    "branches": ["m.W1[1,1] < 0", "mhat.W1[1,1] changes sign", "v.W1 changes", "m.W1 changes sign"],
}
EVERYWHERE = ["loss < -1", "iteration > 1000", "W2[1,1] changes sign and loss < -1"]


@st.composite
def searches(draw: st.DrawFn) -> tuple[str, Condition, int]:
    run = draw(st.sampled_from(sorted(RUNS)))
    single = st.sampled_from([*SINGLE, *ONLY.get(run, []), *EVERYWHERE])
    text = draw(single)
    for word in draw(st.lists(st.sampled_from(("and", "or", "and not", "or not")), max_size=2)):
        text = f"({text}) {word} {draw(single)}"
    return run, parse(text, symbols(run)), draw(st.integers(0, MOST))


@settings(max_examples=examples(300))
@given(searches(), st.integers(0, MOST))
def test_searches_find_what_a_plain_look_finds(
    search: tuple[str, Condition, int], frontier: int
) -> None:
    run, condition, t = search
    hits = [at for at in range(1, MOST + 1) if holds(run, condition, at)]
    history = RUNS[run]()
    history.extend(max(t, frontier))
    later = [at for at in hits if at > t]
    assert search_forward(history, condition, t, limit=MOST) == min(later, default=None)
    earlier = [at for at in hits if at < t]
    assert search_backward(history, condition, t) == max(earlier, default=None)


@pytest.mark.parametrize("run", sorted(RUNS))
@pytest.mark.parametrize("text", SINGLE)
def test_each_condition_alone(run: str, text: str) -> None:
    condition = parse(text, symbols(run))
    hits = [t for t in range(1, MOST + 1) if holds(run, condition, t)]
    history, found, at = RUNS[run](), [], 0
    while (hit := search_forward(history, condition, at, limit=MOST)) is not None:
        found.append(hit)
        at = hit
    assert found == hits
    history.extend(MOST)
    back: list[int] = []
    while (hit := search_backward(history, condition, back[-1] if back else MOST + 1)) is not None:
        back.append(hit)
    assert back[::-1] == hits


# -- what a search leaves --------------------------------------------------------------------------


def test_a_search_trains_the_history_as_stepping_does() -> None:
    history, plain = history_of(worked()), history_of(worked())
    condition = parse("|dW1| < 0.005", symbols("worked"))
    found = search_forward(history, condition, 0)
    assert found is not None
    assert history.frontier >= found
    plain.extend(history.frontier)
    assert history.state(history.frontier).tobytes() == plain.state(plain.frontier).tobytes()
    assert history.losses(found)[1].tobytes() == plain.losses(found)[1].tobytes()


def test_a_search_can_be_cancelled_and_tells_how_far_it_is() -> None:
    history, told = of(worked(), 8), list[int]()
    condition = parse("loss < -1", symbols("worked"))
    assert search_forward(history, condition, 0, lambda: len(told) >= 5, told.append) is None
    assert told == [8, 16, 24, 32, 40]
    assert history.frontier == 40
    told.clear()
    assert search_backward(history, condition, 41, lambda: len(told) >= 2, told.append) is None
    assert told == [33, 25]


@pytest.mark.parametrize("text", ["loss rises", "W2[1,1] changes sign", "iteration = 27"])
@pytest.mark.parametrize("run", sorted(RUNS))
def test_what_others_train_meanwhile_is_looked_at_too(run: str, text: str) -> None:
    condition, history = parse(text, symbols(run)), RUNS[run]()
    asked = 0

    def others() -> bool:
        nonlocal asked
        asked += 1
        if asked % 2:
            history.extend(min(MOST, history.frontier + 3))
        return False

    hits = [t for t in range(1, MOST + 1) if holds(run, condition, t)]
    assert search_forward(history, condition, 0, others, limit=MOST) == min(hits, default=None)


def test_nothing_is_found_where_nothing_is() -> None:
    history = of(worked(), 8)
    condition = parse("finite", symbols("worked"))
    assert search_backward(history, condition, 1) is None
    assert search_forward(history, condition, 7, limit=7) is None
    assert history.frontier == 0


def test_first_below_a_hundredth_in_the_worked_example() -> None:
    history = history_of(worked())
    condition = parse("loss < 0.01", symbols("worked"))
    found = search_forward(history, condition, 0)
    assert found is not None
    losses = [float(history.trace(t).known("loss", 5)) for t in (found - 1, found)]
    assert losses[0] >= 0.01 > losses[1]
    assert search_backward(history, condition, found) is None
    assert search_backward(history, condition, found + 1) == found


# -- what one looks for ----------------------------------------------------------------------------


@given(
    st.sampled_from(sorted(RUNS)),
    st.integers(0, MOST),
    st.sampled_from((0.0, 0.02, 0.1)),
    st.sampled_from([("W2", (0, 0)), ("b1", (1,)), ("b2", None), ("dW1", (0, 1))]),
)
def test_when_an_element_last_changed(
    run: str, t: int, threshold: float, element: tuple[str, Any]
) -> None:
    history = RUNS[run]()
    history.extend(MOST)
    quantity = Quantity(*element)
    moves = (Move(quantity, "changes", threshold), Move(quantity, "changes sign"))
    hits = [at for at in range(1, MOST + 1) if holds(run, Joined("or", moves), at)]
    before = last_change(history, *element, t, threshold)
    after = last_change(history, *element, t, threshold, direction=1, limit=MOST)
    assert before == max((at for at in hits if at < t), default=None)
    assert after == min((at for at in hits if at > t), default=None)


@pytest.mark.parametrize("run", sorted(RUNS))
def test_the_least_loss(run: str) -> None:
    history = RUNS[run]()
    assert least_loss(history) is None
    history.extend(MOST)
    losses = [float(trace.known("loss", len(trace.steps))) for trace in traces(run)]
    assert least_loss(history) == int(np.nanargmin(losses)) + 1


def test_the_least_loss_far_out_and_on_a_branch() -> None:
    parent = history_of(batches())
    parent.extend(20_000)
    for origin in (20_000, 9_001, 3):
        child = branched(parent, origin, parent.own.spec)
        child.extend(origin + 1)
        found = least_loss(child)
        assert found is not None
        losses = np.empty(origin + 1)
        child.own._reader.state[...] = parent.state(0)
        child.own._reader.run(1, origin + 1, losses)
        assert found == int(losses.argmin()) + 1


def test_the_step_that_is_not_finite() -> None:
    history = history_of(infinite())
    condition = parse("not finite", symbols("diverging"))
    found = search_forward(history, condition, 0, limit=10_000)
    assert found is not None
    assert not_finite_step(history.trace(found - 1)) is None
    step = not_finite_step(history.trace(found))
    assert step is not None
    trace = history.trace(found)
    assert not np.isfinite(trace.known(trace.steps[step - 1].symbol, step)).all()


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("loss < 1", "loss"),
        ("W2[1,1] rises", "W2"),
        ("loss < 1 and |dW1| > 1", "dW1"),
        ("accuracy = 1", "yhat"),
        ("iteration = 3", "z1"),
        ("x[1,1] > 0", "z1"),
        ("|grad| > 1", "db1"),
        ("|theta| > 1 or loss < 1", "b1"),
        ("finite", "b1"),
    ],
)
def test_where_in_an_iteration_it_is_known(text: str, symbol: str) -> None:
    steps = history_of(worked()).own.steps
    assert steps[known_at(parse(text, symbols("worked")), steps) - 1].symbol == symbol


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=5), st.integers(-300, 300))
def test_a_norm_neither_overflows_nor_vanishes(values: list[float], exponent: int) -> None:
    array = np.array(values) * 10.0**exponent
    assert norm(array) == pytest.approx(math.hypot(*array.tolist()), rel=1e-14)


def test_accuracy() -> None:
    y = np.array([[1.0, 0], [0, 1], [0, 1]])
    assert accuracy(np.array([[0.9, 0.1], [0.8, 0.2], [np.nan, 1]]), y, 0.5) == pytest.approx(1 / 3)
    one = np.array([[0.0], [1], [1], [0]])
    assert accuracy(np.array([[0.4], [0.5], [0.1], [np.nan]]), one, 0.5) == 0.5


def test_breakpoints() -> None:
    points = added(added(added((), "step", "dW2"), "change", "W[2]₁₁"), "condition", "loss < 1")
    assert [p.id for p in points] == [1, 2, 3]
    known = symbols("worked")
    assert condition_of(points[0], known) is None
    assert str(condition_of(points[1], known)) == "W2[1,1] changes"
    assert str(condition_of(points[2], known)) == "loss < 1"
    points = without(counted(enabled(points, 3, on=False), {2, 3}), 2)
    assert points == (
        Breakpoint(1, "step", "dW2"),
        Breakpoint(3, "condition", "loss < 1", enabled=False, hits=1),
    )
    with pytest.raises(ConditionError):
        condition_of(Breakpoint(4, "change", "W9"), known)


@pytest.mark.parametrize("t", [1, 2, 37, 300, 599])
def test_a_search_back_through_a_thinned_history_replays_exactly(t: int) -> None:
    whole = of(worked(), 4)
    thinned = history_of(worked(), Budget(6 * whole.replayed(0).nbytes))
    thinned.own.every = 4
    thinned.extend(600)
    assert max(np.diff(thinned.own._checkpoints.all()[0])) > 256
    trace = whole.trace(t)
    value = float(trace.known("dW2", len(trace.steps))[0, 0])
    condition = parse(f"dW2[1,1] = {value!r}", symbols("worked"))
    assert search_backward(thinned, condition, 601) == t


def test_a_search_that_has_found_looks_no_further() -> None:
    history = history_of(load("worked-example"))
    condition = parse("loss < 2", symbol_shapes(history.own.spec, history.own.steps))
    forward = _Forward(condition, 0, lambda t: None)
    trainer, losses = Trainer(history.spec_of(1)), np.empty(8)
    forward.train(trainer, 1, 2, losses[:2])
    assert (forward.found, forward.next, forward.missed) == (1, 3, False)
    forward.train(trainer, 3, 4, losses[2:4])
    assert (forward.found, forward.next, forward.missed) == (1, 3, False)
    forward.train(trainer, 5, 6, losses[4:6])
    assert (forward.found, forward.next, forward.missed) == (1, 3, True)
