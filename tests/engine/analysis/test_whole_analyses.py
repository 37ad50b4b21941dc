"""What is found out about iterations of some runs, all of it: `pytest tests/engine/analysis
--snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from engine.analysis.compare import differences, first_parting, scanned, shared
from engine.analysis.conditiontext import parse, parse_element
from engine.analysis.conditiontokens import ConditionError
from engine.analysis.derivation import Derivation, Number
from engine.analysis.descent import descent
from engine.analysis.gradcheck import GradientCheck
from engine.analysis.nudge import nudged
from engine.analysis.recorder import accuracy, all_finite, norm, symbol_shapes
from engine.analysis.regions import Predictions, classes_of, rows_of, seconds
from engine.analysis.unfolding import Row, fed, to_depth
from engine.analysis.ways import Way, ways
from engine.analysis.whatif import WhatIf
from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.history.branching import Edits, branched, history_of, switched
from engine.history.history import History
from engine.program.trace import Trace
from engine.runfile.read import load
from engine.spec.problem import Problem
from tests.engine.lived import run

RUNS = ("worked-example", "momentum", "xor", "settings", "softmax", "entered")


def number(x: float | None) -> str:
    return "none" if x is None else f"{round(float(x), 11) + 0.0:.6g}"


def place(symbol: str, index: Index) -> str:
    return f"{symbol}[{','.join(map(str, index))}]" if index else symbol


def of_number(each: Number) -> str:
    return f"{each.t}.{place(each.symbol, each.index)}{' changed' * each.changed}"


def of_row(derivation: Derivation, row: Row) -> str:
    more = f" and {row.more} more" if row.more else ""
    told = f"{of_number(row.number)} {row.fold.name.lower()}{more}{' up' * row.up}"
    value = number(derivation.value(row.number))
    return f"{'  ' * row.depth}{told} = {value}, {derivation.origin(row.number)}"


def lasts(trace: Trace) -> Iterator[tuple[Symbol, Index]]:
    """The last element of each step."""
    for step in trace.steps:
        yield step.symbol, tuple(n - 1 for n in step.shape)


@pytest.mark.parametrize("name", RUNS)
def test_what_numbers_are_made_of_and_feed(name, snapshot):
    history = history_of(run(name))
    derivation, lines = Derivation(history), []
    trace = history.trace(2)
    for symbol, index in lasts(trace):
        root = Number(2, symbol, index)
        lines += [f"= {of_number(root)} shape {derivation.shape(root)}"]
        lines += [of_row(derivation, row) for row in to_depth(derivation, root, 1)]
        lines += [of_row(derivation, row) for row in fed(derivation, root, lambda _n, at: at < 1)]
        if symbol.kind.key in ("z", "b"):
            lines.append(f"recomputed {number(derivation.recomputed(root))}")
            lines.append(f"needs {len(derivation.needed(root))}")
    assert "\n".join(lines) == snapshot


def of_way(way: Way) -> str:
    factors = "·".join(f"{place(f.symbol, f.index)} {number(f.value)}" for f in way.factors)
    return f"  sample {way.sample}: {factors} = {number(way.product)}"


@pytest.mark.parametrize("name", RUNS)
def test_the_ways_of_numbers_to_the_loss(name, snapshot):
    history = history_of(run(name))
    trace, lines = history.trace(1), []
    named = [(name, tuple(n - 1 for n in trace.known(name, 0).shape)) for name in trace.parameters]
    for symbol, index in [*named, *lasts(trace), (Symbol("x"), (0, 0))]:
        try:
            found = ways(trace, history.spec_of(1), symbol, index, 3)
        except Problem as problem:
            lines.append(f"{place(symbol, index)}: {problem}")
            continue
        total, rest = number(found.total), number(found.rest)
        lines.append(f"{place(symbol, index)}: {found.count} ways, {total}, rest {rest}")
        lines += map(of_way, found.strongest)
    assert "\n".join(lines) == snapshot


@pytest.mark.parametrize("name", RUNS)
def test_what_an_update_does_and_would_do(name, snapshot):
    history = history_of(run(name))
    lines = []
    for t in (1, 2):
        trace, spec = history.trace(t), history.spec_of(t)
        along = descent(trace, spec)
        told = map(number, (along.slope, round(along.bend, 6), along.before, along.after))
        lines.append(f"iteration {t}: {' '.join(told)}, lowest {along.lowest is not None}")
        asked = WhatIf(history, t)
        lines += [f"  {' '.join(each.parameters)} {number(each.loss)}" for each in asked.by_layer()]
        sweep = asked.sweep([0.001, 0.1, 1.0, 4.0, 10.0])
        losses = " ".join(number(float(x)) for x in sweep.losses)
        lines.append(f"  {losses}: {number(sweep.overshoot)}, {number(sweep.worse)}")
        check = GradientCheck(history, t)
        for parameter in check.parameters:
            index = next(iter(check.indices(parameter)))
            one, moved = check.check(parameter, index), nudged(history, t, parameter, index, 0.25)
            said = f"  {place(parameter, index)}: {number(one.backprop)} {round(one.numeric, 5)}"
            said += f" kinks {len(one.kinks)} lost {one.lost} agrees {one.agrees}"
            said += f", nudged {number(moved.after)} of {number(moved.predicted)}: "
            lines.append(said + " ".join(name for name, *_ in moved.after_it()))
    assert "\n".join(lines) == snapshot


def branches() -> Iterator[tuple[str, History, History]]:
    """Two branches each."""
    first = history_of(load("worked-example"))
    first.trace(12)
    optimizer = load("worked-example").compare
    assert optimizer is not None
    yield "the same", first, first
    yield "another optimizer", first, switched(first, 3, optimizer, fresh=True)
    yield "another run", first, history_of(load("momentum"))
    yield "other steps", first, history_of(load("xor"))


def test_where_branches_part(snapshot):
    lines = []
    for name, one, other in branches():
        parting = first_parting(one, other, 9)
        lines.append(f"{name}: shared {shared(one, other)}, {scanned(one, other, 9)}, {parting}")
        for step in (0, 3, 99):
            found = differences(one, other, 4, step, 99)
            apart = (
                f"{each.symbol} {number(np.abs(each.here - each.there).sum())}" for each in found
            )
            lines.append(f"  {step}: {' '.join(apart)}")
    assert "\n".join(lines) == snapshot


def test_what_a_run_predicts_elsewhere(snapshot):
    lines = []
    for name in RUNS:
        spec = run(name)
        points = np.linspace(-1, 2, 3 * spec.sizes[0]).reshape(3, -1)
        found = Predictions(spec, points).of(history_of(spec).trace(2))
        said = " ".join(number(float(x)) for x in found.ravel())
        lines.append(f"{name}: {said}; {seconds(spec, 10**6):.6g} s, samples {rows_of(spec, 2)}")
    assert "\n".join(lines) == snapshot


@pytest.mark.parametrize(
    ("targets", "y", "classes"),
    [
        ([[0, 1], [1, 0]], [[0.4, 0.6], [0.7, 0.3]], [1, 0]),
        ([[0.5, 0.5], [1, 0]], [[0.4, 0.6], [0.7, 0.3]], None),
        ([[0, 1, 0]], [[0.5, 0.5, 0]], [0]),
        ([[0], [1]], [[0.5], [0.51]], [0, 1]),
        ([[-1], [1]], [[0.0], [0.01]], [0, 1]),
        ([[2], [4]], [[3.0], [3.01]], [0, 1]),
        ([[1], [1]], [[0.0], [1.0]], None),
        ([[0], [1], [2]], [[0.0], [1.0], [2.0]], None),
    ],
)
def test_the_classes_that_outputs_name(targets, y, classes):
    found = classes_of(np.array(y, float), np.array(targets, float))
    assert (None if found is None else found.tolist()) == classes


@pytest.mark.parametrize(
    ("yhat", "y", "middle", "share"),
    [
        ([[0.5], [0.49]], [[1], [0]], 0.5, 1.0),
        ([[0.5], [0.5]], [[1], [0]], 0.5, 0.5),
        ([[0.0], [-0.1]], [[0], [-1]], 0.0, 1.0),
        ([[0.6], [0.6]], [[0.5], [0.49]], 0.5, 0.5),
        ([[np.nan], [0.0]], [[0], [0]], 0.5, 0.5),
        ([[0.4, 0.6], [0.7, 0.3]], [[0, 1], [0, 1]], 0.5, 0.5),
        ([[0.4, 0.6], [0.7, 0.3]], [[0, 1], [0, 0]], 0.5, 1.0),
        ([[0.4, np.nan], [0.3, 0.7]], [[0, 1], [0, 1]], 0.5, 0.5),
        ([[0.4, 0.6]], [[0, 0]], 0.5, np.nan),
    ],
)
def test_the_share_of_right_predictions(yhat, y, middle, share):
    assert np.array_equal(accuracy(np.array(yhat), np.array(y, float), middle), share, True)


@pytest.mark.parametrize("size", [0.0, 1.0, 1e-13, 3e-13, 1e12, 4e12, 1e200, 1e-200, np.inf])
def test_a_norm_is_right_at_any_size(size):
    flat = np.array([3.0, -4.0]) * size
    assert norm(flat) == pytest.approx(5 * size, rel=1e-12, abs=0)
    with np.errstate(all="ignore"):
        assert all_finite(flat) == (size < np.inf)
        assert all_finite(np.array([1e308, 1e308])) is True


CONDITIONS = """
loss < 0.5; loss <= 1e-3; W1[1,2] > -0.5; |dW1| > 1; |W2[1,1]| = 0.3; accuracy = 1; iteration >= 10
W2 changes; W2[1,1] changes by more than 0.1; W2[1,1] changes by 0.1; W2[1,1] changes sign
loss rises; loss falls by more than 1e-2
not (loss < 1)
loss < 1 and loss > 0 or W1₁₂ < 0; a1[2] = 0; a1₂ >= 0.5; yhat is nan; all finite; theta changes
loss; loss <; loss < x; W1 < 1; W1[3,1] < 1; W1[1 < 1; W1[1,] < 1; W1[0,1] < 1; |W1 < 1; |2| < 1
los < 1; W3[1,1] > 0; accuraci = 1; loss < 1e999; loss < -; loss < 1 and; (loss < 1; loss < 1) ; not
loss < 1 loss; W1[1,1,1] > 0; ŷ₁ > 0.5; ∂L/∂W[1]₁₁ > 0; delta2[1] > -0.1; x[1] = 1; 1 < loss; 1 < 2
loss < 1 and loss < 2 or not loss < 3; changes; iteration changes; |theta| > 1; |grad| < 1e-6; $; [
""".replace("\n", ";")


def test_what_conditions_say(snapshot):
    known = symbol_shapes(load("worked-example"), history_of(load("worked-example")).own.steps)
    lines = []
    for text in filter(None, map(str.strip, CONDITIONS.split(";"))):
        for read in (parse, parse_element):
            try:
                found = str(read(text, known))
            except ConditionError as error:
                found = f"{error.position}: {error}"
            lines.append(f"{text} → {found}")
    assert "\n".join(lines) == snapshot


def test_a_number_put_in_by_hand_is_told_from_one_that_was_made():
    for value, changed in ((0.5, True), (None, False)):
        history = history_of(load("worked-example"))
        history.trace(4)
        was = float(history.trace(4).known("W1", 0)[0, 1])
        edits: Edits = {("W1", (0, 1)): was if value is None else value}
        other = branched(history, 3, history.own.spec, edits)
        found = Derivation(other).at(4, 0, "W1", (0, 1))
        assert (found.t, found.changed) == (3, changed)
