"""Passes over the data: their losses summed as a training loop does, and the table of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.analysis import passes
from engine.analysis.conditiontext import parse
from engine.analysis.passes import losses_between, pass_losses, pass_means
from engine.analysis.passtable import parts
from engine.analysis.recorder import symbol_shapes
from engine.analysis.search import search_backward, search_forward
from engine.catalog.optimizers import OPTIMIZERS
from engine.history.branching import history_of
from engine.history.history import History
from engine.history.position import Position
from engine.runfile.read import load
from engine.session import moves
from engine.session.moves import MoveError
from engine.spec.run import DataSpec, LayerSpec, LossSpec, OptimizerSpec, RunSpec
from tui.draw.passtable import Table
from tui.text.format import Text

SAMPLES = [((0.0, 0.0), 0.0), ((0.0, 1.0), 0.0), ((1.0, 0.0), 0.0), ((1.0, 1.0), 1.0)]
"""The logical and, which the delta rule learns one sample at a time."""


def online() -> RunSpec:
    layer = LayerSpec(1, "identity", np.array([[0.3, -0.1]]), np.array([0.2]))
    x, y = np.array([x for x, _ in SAMPLES]), np.array([[y] for _, y in SAMPLES])
    sgd = OptimizerSpec("sgd", OPTIMIZERS["sgd"].complete({"lr": 0.1}))
    loss = LossSpec("half_squared_error", "sum")
    return RunSpec("and", "and", DataSpec(x, y, 1), (layer,), loss, sgd)


def given_passes() -> RunSpec:
    data = replace(online().data, batch_size=2, batches=(((0, 1), (2,)), ((3, 2), (1,), (0,))))
    return replace(online(), data=data)


def by_hand(count: int) -> list[tuple[float, float, list[float]]]:
    """Output, half squared error and new parameters (w₁, w₂, b), sample after sample."""
    w, b, found = [0.3, -0.1], 0.2, []
    for t in range(count):
        x, target = SAMPLES[t % 4]
        out = w[0] * x[0] + w[1] * x[1] + b
        error = target - out
        w = [w[i] + 0.1 * error * x[i] for i in range(2)]
        b += 0.1 * error
        found.append((out, error * error / 2, [*w, b]))
    return found


def test_an_online_table_over_two_passes_is_that_of_a_hand_calculation():
    found = [*parts(history_of(online()), Position(8, 10), 100)]
    wanted = by_hand(8)
    assert [part.of.number for part in found] == [1, 2]
    rows = [row for part in found for row in part.rows]
    assert [(row.t, row.samples) for row in rows] == [(t + 1, (t % 4,)) for t in range(8)]
    for row, (out, loss, new) in zip(rows, wanted, strict=True):
        assert row.yhat is not None
        assert row.loss == pytest.approx(loss, abs=1e-15)
        assert row.yhat[0, 0] == pytest.approx(out, abs=1e-15)
        after = [*row.after["W1"].ravel(), *row.after["b1"]]  # type: ignore[index, union-attr, misc]
        assert after == pytest.approx(new, abs=1e-15)
    for part, first in zip(found, (0, 4), strict=True):
        total = sum(loss for _, loss, _ in wanted[first : first + 4])
        assert part.of.total == pytest.approx(total, abs=1e-15)
        assert part.of.mean == pytest.approx(total / 4, abs=1e-15)


def test_the_table_is_drawn_in_one_line_a_row_or_in_several():
    history = history_of(online())
    wide = drawn(history, Position(6, 3), 120)
    assert wide[1].split()[:6] == ["t", "sample", "x₁", "x₂", "y", "ŷ"]
    assert wide[3].split() == [
        *("2", "2", "0", "1", "0", "0.0800", "−0.0800", "0.0032"),
        *("0.0000", "−0.0080", "−0.0080", "0.3000", "−0.1080", "0.1720"),
    ]
    assert wide[6] == "Σ L = 0.0200 + 0.0032 + 0.1114 + 0.2667 = 0.4013"
    assert wide[7] == "mean = 0.4013/4 = 0.1003"
    assert wide[9] == "pass 2"
    assert wide[12].split()[7:] == ["0.0102", *"······"]
    assert wide[13].startswith("so far, 2 of 4: Σ L = 0.0196 + 0.0102 = 0.0298")
    narrow = drawn(history, Position(6, 3), 58)
    assert max(map(len, narrow)) <= 58
    assert [line.split()[0] for line in narrow[1:7]] == [
        "t",
        "ΔW[1]₁₁",
        "W[1]₁₁",
        "1",
        "0.0000",
        "0.3000",
    ]


def drawn(history: History, at: Position, width: int) -> list[str]:
    table = Table(Text(), [*parts(history, at, 100)], several=True)
    return ["".join(words for words, _ in line) for line in table.lines(width)]


def test_only_the_last_rows_are_shown_and_the_pass_is_summed_whole():
    (part,) = parts(history_of(online()), Position(7, 10), 2)
    assert [row.t for row in part.rows] == [6, 7]
    assert part.of.total == pytest.approx(sum(loss for _, loss, _ in by_hand(7)[4:]), abs=1e-15)
    assert drawn(history_of(online()), Position(7, 10), 120)


@pytest.mark.parametrize(
    "spec", [online(), given_passes(), load("mini-batch")], ids=lambda s: s.name
)
def test_losses_that_were_not_kept_one_by_one_are_computed_again(spec, monkeypatch):
    history = history_of(spec)
    history.extend(40)
    exact, means = losses_between(history, 1, 40), pass_means(history, 40)
    wanted = [pass_losses(history, t, t) for t in range(1, 41)]
    assert exact is not None
    monkeypatch.setattr(passes, "BUCKETS", 3)
    again = history_of(spec)
    again.extend(40)
    assert np.array_equal(np.asarray(losses_between(again, 5, 40)), exact[4:])
    for t, one in enumerate(wanted, 1):
        assert pass_losses(again, t, t).losses.tolist() == one.losses.tolist()
    assert pass_losses(again, 9, 9).losses.tolist() == wanted[8].losses.tolist()
    assert pass_means(again, 20).tolist() == means[: len(pass_means(history, 20))].tolist()
    assert pass_means(again, 40).tolist() == means.tolist()
    ended = [one for one in wanted if one.ended]
    assert means == pytest.approx([one.mean for one in ended], abs=1e-15)
    monkeypatch.setattr(passes, "MOST_SECONDS", 0.0)
    assert not pass_losses(history_of(spec), 40, 40).known


@pytest.mark.parametrize(
    ("text", "hits"),
    [("pass = 2", {5, 6, 7, 8}), ("pass ends", {4, 8, 12}), ("pass ends and pass > 2", {12}),
     ("not pass ends and pass = 1", {1, 2, 3}), ("pass rises", {5, 9})],
)  # fmt: skip
def test_conditions_know_passes(text, hits):
    history = history_of(online())
    condition = parse(text, symbol_shapes(online(), history.steps_of(1)))
    assert str(condition) == text
    found = {t for t in range(1, 13) if search_forward(history, condition, t - 1, limit=t) == t}
    assert found == hits
    assert search_backward(history, condition, 13) == max(hits)


def test_going_by_passes():
    history = history_of(given_passes())  # of 2, 3, 2, 3 … mini-batches
    here = Position(4, 3)

    def by(count: int, at: Position = here) -> int:
        return moves.by_passes(history, at, count).iteration

    assert [by(1), by(2), by(-1), by(-2), by(-9)] == [6, 8, 3, 1, 1]
    assert [by(1, Position(3, 1)), by(-1, Position(3, 1))] == [6, 1]
    assert moves.by_passes(history, here, 1).step == 3
    for number, first in enumerate((1, 3, 6, 8, 11), 1):
        assert moves.named(history, here, here, f"pass {number}") == Position(first, 1)
    with pytest.raises(MoveError, match="passes count from 1"):
        moves.named(history, here, here, "pass 0")
