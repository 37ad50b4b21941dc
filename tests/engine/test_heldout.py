"""Samples that are held out: which, what they score beside PyTorch, that nothing learns them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.conditions import TESTED
from engine.analysis.conditiontext import parse
from engine.analysis.conditiontokens import ConditionError
from engine.analysis.recorder import condition_shapes
from engine.analysis.search import search_backward, search_forward
from engine.analysis.tested import Scores
from engine.history.branching import branched, history_of
from engine.history.curve import BUCKETS
from engine.program.exam import Classing, Exam, classing
from engine.runfile.read import from_table
from engine.runfile.write import run_text
from engine.saving.read import restored
from engine.saving.write import written
from engine.session.session import Session
from engine.spec.data import Batches, standardize
from engine.spec.run import RunSpec, SpecError
from tests.engine.heldout import recorded, run_of, table_of
from tests.engine.helpers import FIRST, LAST
from tests.fixtures.record_heldout import CASES, PASSES


def off(got: object, want: object) -> float:
    """By how much numbers are off, relative above 1."""
    a, b = np.asarray(got), np.asarray(want)
    assert a.shape == b.shape
    return float(np.max(np.abs(a - b) / np.maximum(1, np.abs(b))))


@pytest.mark.parametrize("name", ["adam", "nadam", "radam", "asgd"])
@pytest.mark.parametrize("accumulate", [1, 2])
def test_an_optimizer_that_takes_over_is_tested_with(name: str, accumulate: int) -> None:
    twice = [[0.5, -1.0], [-0.25, 0.75]] * 2  # what is held out is what is trained on
    layer = {"units": 1, "activation": "tanh", "W": [[0.4, -0.3]], "b": [0.1]}
    data = {"x": twice, "y": [[0.5], [-0.5]] * 2, "test": [2, 3], "accumulate": accumulate}
    optimizer = {"name": "sgd", "lr": 0.1}
    table = {"data": data, "layers": [layer], "loss": {"name": "mse"}, "optimizer": optimizer}
    history = history_of(from_table(table | {"switch": [{"at": 5, "name": name, "lr": 0.1}]}))
    history.extend(9)
    assert off(history.tests(8)[1][0], history.losses(9)[1][1:]) <= FIRST


# -- against PyTorch -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_what_is_held_out_scores_what_pytorch_says(case: str) -> None:
    spec, want = run_of(case), recorded(case)
    history = history_of(spec)
    last = 4 * PASSES
    history.extend(last)
    ends, (loss, accuracy) = history.tests(last)
    assert np.flatnonzero(~np.isnan(loss)).tolist() == list(range(3, last, 4))
    assert ends[3] == 4
    assert off(loss[3], want["test"][0]) <= FIRST
    assert off(loss[3::4], want["test"]) <= LAST
    assert off(history.losses(last)[1], want["losses"]) <= LAST
    if case == "regression":
        assert np.isnan(accuracy).all()
        assert classing(spec) is None
    else:
        assert accuracy[3::4].tolist() == (want["right"] / len(want["held"])).tolist()
    exam, state = Exam(spec), history.replayed(last)
    marked = exam.marked(state)
    assert off(marked.yhat, _outputs(case, want["outputs"])) <= LAST
    each = want["each"]
    assert off(marked.losses / (2 if case == "regression" else 1), each) <= LAST


def _outputs(case: str, outputs: np.ndarray) -> np.ndarray:
    """PyTorch's outputs as the run has them: its cross-entropy takes what is before softmax."""
    if case != "classes":
        return outputs
    powers: np.ndarray = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def test_a_sum_is_a_sum_of_what_is_held_out() -> None:
    mean = run_of("classes")
    total = replace(mean, loss=replace(mean.loss, reduction="sum"))
    state = history_of(mean).replayed(0)
    assert Exam(total).score(state).loss == pytest.approx(7 * Exam(mean).score(state).loss, 1e-14)
    one = Exam(mean, [5]).score(state).loss
    assert one == pytest.approx(Exam(mean, range(5, 6)).marked(state).losses[0], 1e-15)


def test_losses_are_weighted_as_the_runs_own() -> None:
    weights = [0.5 + n for n in range(23)]
    plain, weighted = run_of("classes"), run_of("classes", weights=weights)
    state = history_of(plain).replayed(0)
    each = Exam(plain).marked(state).losses * np.array(weights)[list(plain.data.held)]
    assert Exam(weighted).score(state).loss == pytest.approx(each.mean(), 1e-14)


def test_penalties_on_parameters_are_no_part_of_it() -> None:
    table = table_of("classes")
    plain, more = run_of("classes"), from_table(table | {"penalty": {"l2": 0.5, "l1": 0.1}})
    state = history_of(plain).replayed(0)
    assert Exam(more).score(state) == Exam(plain).score(state)
    assert history_of(more).trace(1).known("loss", 99) > history_of(plain).trace(1).known(
        "loss", 99
    )


def test_it_is_of_the_same_parameters_where_gradients_are_added_up() -> None:
    plain, more = run_of("classes"), run_of("classes", accumulate=2)
    history = history_of(more)
    history.extend(8)
    state = history.replayed(8)
    parameters = slice(0, history_of(plain).replayed(0).size // 2)
    assert Exam(more).score(state).loss == history.tests(8)[1][0, 7]
    same = history_of(plain).replayed(0).copy()
    same[parameters] = state[parameters]
    assert Exam(plain).score(same) == Exam(more).score(state)


# -- which samples ---------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.integers(2, 60), st.floats(0.01, 0.9), st.integers(0, 50))
def test_a_share_is_drawn_by_the_seed_alone(samples: int, share: float, seed: int) -> None:
    table = table_of("regression")
    data = {"x": [[1.0, 2.0, float(n)] for n in range(samples)], "y": [[0.0, 1.0]] * samples}

    def held(**more: object) -> tuple[int, ...]:
        return from_table(table | {"seed": seed, "data": data | {"test": share} | more}).data.held

    count = sum(share > n / samples for n in range(samples))  # the least that is no smaller
    if count == samples:
        return
    found = held()
    assert len(found) == count
    assert list(found) == sorted(set(found))
    assert held(shuffle=True, batch_size=2) == found


def test_another_seed_draws_others() -> None:
    found = {
        from_table(table_of("classes") | {"seed": seed, "data": _data(test=0.3)}).data.held
        for seed in range(6)
    }
    assert len(found) == 6


def _data(**keys: object) -> dict[str, object]:
    return {k: v for k, v in table_of("classes")["data"].items() if k != "test"} | keys


@pytest.mark.parametrize("shuffle", [False, True])
def test_what_is_held_out_is_in_no_mini_batch(shuffle: bool) -> None:
    spec = run_of("classes", shuffle=shuffle)
    batches = Batches(spec.data, 7)
    assert batches.per_pass == 4
    for first in (1, 5):
        rows = np.concatenate([batches.rows(t) for t in range(first, first + 4)])
        assert sorted(rows.tolist()) == [n for n in range(23) if n not in spec.data.held]
    trace = history_of(spec).trace(2)
    rows = history_of(spec).own.rows(2)
    assert np.array_equal(trace.known("x", 0), spec.data.x[rows])


def test_nothing_of_a_run_depends_on_what_is_held_out() -> None:
    spec = run_of("classes", batch_size=16)
    x = spec.data.x.copy()
    x[list(spec.data.held)] = 1e9
    other = replace(spec, data=replace(spec.data, x=x))
    one, two = history_of(spec), history_of(other)
    assert np.array_equal(one.replayed(9 * one.extend(9)), two.replayed(9 * two.extend(9)))


def test_it_is_standardized_by_what_is_trained_on() -> None:
    plain, spec = run_of("classes"), run_of("classes", standardize=True)
    own = [n for n in range(23) if n not in spec.data.held]
    x = plain.data.x
    want = (x - x[own].mean(axis=0)) / x[own].std(axis=0)
    assert off(spec.data.x, want) <= FIRST
    constant = np.array([[2.0], [2.0], [5.0]])
    standardize(constant, (2,))
    assert constant.tolist() == [[0.0], [0.0], [3.0]]


# -- how it is given -------------------------------------------------------------------------------


def test_a_file_is_held_out_with_its_classes_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("w,kind,h\n1,cat,2\n3,ant,4\n5,dog,6\n")
    (tmp_path / "b.csv").write_text("kind,h,w\ndog,8,7\ncat,1,9\n")
    spec = _of_csv(tmp_path, "b.csv")
    assert spec.data.held == (3, 4)
    assert spec.data.x.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8], [9, 1]]
    assert spec.data.y.argmax(axis=1).tolist() == [1, 0, 2, 2, 1]
    (tmp_path / "c.csv").write_text("kind,h,w\nbee,8,7\n")
    with pytest.raises(SpecError, match='has the class "bee", of which there is no sample'):
        _of_csv(tmp_path, "c.csv")


def _of_csv(folder: Path, test: str) -> RunSpec:
    data = {"csv": "a.csv", "target": "kind", "features": ["w", "h"], "test": test}
    layers = [{"units": 3, "activation": "softmax", "init": "torch_linear"}]
    loss, optimizer = {"name": "cross_entropy"}, {"name": "sgd", "lr": 0.1}
    table = {"data": data, "layers": layers, "loss": loss, "optimizer": optimizer}
    return from_table(table, folder=folder)


def test_arrays_are_held_out(tmp_path: Path) -> None:
    found, plain = recorded("classes"), run_of("classes")
    own = np.delete(np.arange(23), found["held"])
    arrays = {"x_train": found["x"][own], "y_train": found["y"][own]}
    tests = {"x_test": found["x"][found["held"]], "y_test": found["y"][found["held"]]}
    np.savez(tmp_path / "d.npz", **arrays, **tests)
    np.savez(tmp_path / "t.npz", **tests)
    named = {"file": "d.npz", "x": "x_train", "labels": "y_train", "batch_size": 4}
    inline = {"x": arrays["x_train"].tolist(), "labels": arrays["y_train"].tolist()}
    ways: list[dict[str, object]] = [
        named | {"test_x": "x_test", "test_labels": "y_test"},
        named | {"test": "t.npz"},
        inline
        | {"test_x": tests["x_test"].tolist(), "test_labels": tests["y_test"].tolist()}
        | {"batch_size": 4},
    ]
    for data in ways:
        spec = from_table(table_of("classes") | {"data": data}, folder=tmp_path)
        assert spec.data.held == tuple(range(16, 23))
        history = history_of(spec)
        history.extend(4)
        assert off(history.tests(4)[1][0, 3], recorded("classes")["test"][0]) <= FIRST
    assert plain.data.samples == spec.data.samples


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"test": 1.5}, "data.test is 1.5, and must be a share of the samples such as 0.2"),
        ({"test": []}, "data.test is an empty list, and must be a share"),
        ({"test": [3, 23]}, r"data.test\[1\] is 23, and must be a sample, counted from 0 to 22"),
        ({"test": [2, 3, 5, 3]}, r"data.test\[3\] is 3, and so is test\[1\]; one of them must go"),
        ({"test": 0.99}, "data.test holds out all of 23 samples, and must leave some"),
        ({"test": "t.csv"}, "data.test is .t.csv., which beside csv is a CSV file too"),
        ({"test": "gone.npz"}, "gone.npz"),
        ({"test_every": "pass"}, "data has test_every, but no test"),
        ({"test": [1], "test_every": "epoch"}, "data.test_every is .epoch., and must be one of"),
        ({"test": [1], "test_x": [[1.0, 2.0, 3.0]]}, "has test and test_x; one of the two must go"),
        ({"test_x": [[1.0, 2.0, 3.0]]}, "has test_x, and must have test_x and one of test_y"),
        ({"test_x": [[1.0, 2.0]], "test_labels": [0]}, "data.test_x has 2 columns of x, and must"),
        ({"test_x": [[1.0, 2, 3]], "test_labels": [3]}, r"data.test_labels\[0\] is 3, and must"),
        ({"test_x": [[1.0, 2, 3]], "test_labels": [1, 2]}, "test_labels has 2 samples, and must"),
        (
            {"test_x": [[1.0, 2, 3]], "test_labels": [0], "weights": [1.0] * 22},
            "data.weights has 22 numbers, and must have 23, one a sample",
        ),
        ({"test_x": [[1.0, 2, 3]], "test_y": [[1, 0, 0]]}, "data.test_y has numbers as targets"),
    ],
)
def test_what_is_wrong_is_said(keys: dict[str, object], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        from_table(table_of("classes") | {"data": _data(**keys)})


def test_mini_batches_that_are_given_may_not_have_it() -> None:
    data = {k: v for k, v in _data(test=[3, 5]).items() if k != "batch_size"}
    with pytest.raises(SpecError, match=r"data\.batches has sample 3, which test holds out"):
        from_table(table_of("classes") | {"data": data | {"batches": [[3, 1], [5]]}})
    spec = from_table(table_of("classes") | {"data": data | {"batches": [[0, 1], [2]]}})
    history = history_of(spec)
    history.extend(4)
    assert np.isnan(history.tests(4)[1][0]).tolist() == [True, False, True, False]


# -- what the history keeps ------------------------------------------------------------------------


def test_it_is_of_the_parameters_after_each_iteration() -> None:
    spec = run_of("sides", test_every="iteration")
    history, exam = history_of(spec), Exam(run_of("sides"))
    history.trace(1)
    history.extend(9)
    history.trace(10)
    want = [exam.score(history.replayed(t)) for t in range(1, 11)]
    _, scores = history.tests(10)
    assert [tuple(row) for row in scores.T.tolist()] == [tuple(score) for score in want]


def test_a_branch_has_its_own_and_shares_what_was_before() -> None:
    history = history_of(run_of("classes"))
    history.extend(12)
    other = branched(history, 6, history.own.spec, {("W1", (0, 0)): 3.0})
    other.extend(12)
    _, own = history.tests(12)
    _, found = other.tests(12)
    assert found[0, 3] == own[0, 3]
    assert found[0, 7] != own[0, 7]
    scores = Scores()
    for known in (3, 4, 7, 8, 11, 12):
        last = scores.last(other, known)
        at = known // 4 * 4
        assert (last and (last.at, last.score.loss)) == ((at, found[0, at - 1]) if at else None)


def test_a_saved_session_has_it() -> None:
    session = Session(run_of("classes"))
    session.branch.history.extend(21)
    document, arrays = written(session)
    again = restored(document, arrays).session
    assert again.spec.data.held == session.spec.data.held
    want, found = (s.branch.history.tests(20)[1] for s in (session, again))
    assert np.array_equal(want, found, equal_nan=True)
    again.branch.history.extend(24)
    session.branch.history.extend(24)
    want, found = (s.branch.history.tests(24)[1] for s in (session, again))
    assert np.array_equal(want, found, equal_nan=True)


def test_it_is_recalled_where_only_coarser_ones_are_kept() -> None:
    spec = run_of("sides", batch_size=16, test_every="iteration")
    history = history_of(spec)
    history.extend(BUCKETS + 10)
    kept = history.own.saved(1 << 30)
    assert kept is not None
    fresh = history_of(spec)
    fresh.own.adopt(replace(kept, finer=kept.finer[:0]))
    assert fresh.own.to_recall(300) == 300
    want, found = history.tests(300)[1], fresh.tests(300)[1]
    assert np.array_equal(want, found)
    assert history.tests(BUCKETS + 10)[1].shape == (2, BUCKETS // 2 + 5)


def test_what_is_kept_as_it_was_is_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = run_of("sides", batch_size=16, test_every="iteration")
    history = history_of(spec)
    history.extend(BUCKETS)
    exam = Exam(spec)
    want = {t: exam.score(history.replayed(t)) for t in (1, 700, BUCKETS, BUCKETS + 1)}
    with monkeypatch.context() as kept:
        kept.setattr(Exam, "score", None)
        found = {t: Scores().last(history, t) for t in (1, 700, BUCKETS)}
    history.extend(BUCKETS + 1)
    found |= {t: Scores().last(history, t) for t in (700, BUCKETS, BUCKETS + 1)}
    assert {t: known and known.score for t, known in found.items()} == want


def test_a_run_file_that_is_written_holds_the_same_out() -> None:
    spec = run_of("classes", test_every="iteration")
    text = run_text(spec)
    assert 'test_every = "iteration"' in text
    assert f"test = {list(spec.data.held)}" in text


# -- conditions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["test_loss < 1.1", "test_loss rises", "test_accuracy >= 0.5 and test_loss falls"]
)
@pytest.mark.parametrize("every", ["pass", "iteration"])
def test_conditions_know_it(text: str, every: str) -> None:
    table = table_of("classes")
    data, optimizer = table["data"] | {"test_every": every}, {"name": "sgd", "lr": 1.0}
    spec = from_table(table | {"data": data, "optimizer": optimizer})
    history = history_of(spec)
    condition = parse(text, condition_shapes(spec, history.own.steps))
    history.extend(60)
    _, scores = history.tests(60)
    seen, want = [math.nan] * 2, []
    for t in range(1, 61):
        before, seen = seen, [*(scores[:, t - 1] if not np.isnan(scores[0, t - 1]) else seen)]
        if {
            "test_loss < 1.1": seen[0] < 1.1,
            "test_loss rises": seen[0] > before[0],
        }.get(text, seen[1] >= 0.5 and seen[0] < before[0]):
            want.append(t)
    assert 1 < len(want) < 60
    found, t = [], 0
    fresh = history_of(spec)
    while (hit := search_forward(fresh, condition, t, limit=60)) is not None:
        found.append(t := hit)
    assert found == want
    back, t = [], 61
    while (hit := search_backward(history, condition, t)) is not None:
        back.append(t := hit)
    assert back == want[::-1]


def test_a_run_that_holds_nothing_out_has_no_such_names() -> None:
    spec = run_of("classes")
    steps = history_of(spec).own.steps
    plain = replace(spec, data=replace(spec.data, held=()))
    assert set(TESTED) <= condition_shapes(spec, steps).keys()
    assert not set(TESTED) & condition_shapes(plain, steps).keys()
    with pytest.raises(ConditionError, match="test_loss: this run holds nothing out"):
        parse("loss < 1 and test_loss rises", condition_shapes(plain, steps))


# -- classes ---------------------------------------------------------------------------------------


def test_of_equal_outputs_the_first_counts_and_what_is_no_number_is_wrong() -> None:
    yhat = np.array([[0.4, 0.4, 0.2], [0.0, 0.0, 0.0], [math.nan, 1, 0], [0.1, 0.2, 0.7]])
    rule = Classing(3, math.nan)
    assert rule.said(yhat).tolist() == [0, 0, -1, 2]
    y = np.array([[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0.0]])
    assert rule.true(y).tolist() == [0, 0, 0, -1]
    assert rule.share(yhat, y) == 2 / 3
    assert math.isnan(rule.share(yhat[3:], y[3:]))
    side = Classing(1, 0.0)
    assert side.said(np.array([[0.0], [-1e-9], [math.nan]])).tolist() == [1, 0, -1]


@pytest.mark.parametrize(
    ("y", "loss", "last", "units"),
    [
        ([[1, 0], [1, 1]], "binary_cross_entropy", "sigmoid", None),
        ([[1, 0], [0, 0]], "binary_cross_entropy", "sigmoid", None),
        ([[1, 0], [0, 1]], "binary_cross_entropy", "sigmoid", 2),
        ([[1, -1], [-1, 1]], "hinge", "identity", 2),
        ([[1, 1], [-1, 1]], "hinge", "identity", None),
        ([[0.25, 0.75], [0, 1]], "cross_entropy", "softmax", 2),
        ([[0.25, 0.75], [0, 1]], "mse", "softmax", None),
        ([[0], [1]], "mse", "sigmoid", 1),
        ([[0], [1]], "mse", "identity", None),
        ([[-1], [1]], "mse", "tanh", 1),
        ([[-1], [1]], "mse", "sigmoid", None),
        ([[0.5], [1]], "mse", "sigmoid", None),
        ([[1], [1]], "cross_entropy", "softmax", None),
    ],
)
def test_which_targets_name_classes(
    y: list[list[float]], loss: str, last: str, units: int | None
) -> None:
    data = {"x": [[1.0], [2.0]], "y": y}
    layers = [{"units": len(y[0]), "activation": last, "init": "torch_linear"}]
    table = {"data": data, "layers": layers, "loss": {"name": loss}}
    rule = classing(from_table(table | {"optimizer": {"name": "sgd", "lr": 0.1}}))
    assert (rule and rule.units) == units


def test_what_is_ignored_is_asked_of_nobody() -> None:
    table = table_of("classes")
    labels = [*table["data"]["labels"]]
    labels[table["data"]["test"][0]] = 9
    data = table["data"] | {"labels": labels}
    ignoring = table | {"data": data, "loss": {"name": "cross_entropy", "ignore_index": 9}}
    spec, plain = from_table(ignoring), run_of("classes")
    state = history_of(spec).replayed(0)
    yhat = Exam(plain).marked(state)
    rule = classing(spec)
    assert rule is not None
    right = rule.said(yhat.yhat[1:]) == rule.true(Exam(plain).y[1:])
    found = Exam(spec).score(state)
    assert found.accuracy == right.sum() / 6
    assert found.loss == pytest.approx(yhat.losses[1:].mean(), 1e-14)
