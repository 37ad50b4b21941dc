"""What is said at the steps of the optimizers beyond Adam: each sentence where it holds."""

from __future__ import annotations

import pytest

from engine.spec.run import RunSpec
from tests.tui.text.test_sentences import said, under


@pytest.mark.parametrize(
    ("spec", "symbol", "t", "there", "not_there"),
    [
        (under("adamax"), "u.W1", 1, "Here |g| + ε is the larger.", "steeper"),
        (
            under("adamax"),
            "u.W2",
            2,
            "β₂·u(W[2]) is the larger: the gradient was steeper",
            "Here |",
        ),
        (under("adamax", weight_decay=0.5), "u.W1", 1, "the larger, g being gwd(W[1]).", "steeper"),
        (under("adamax"), "W1", 1, "u = |g| + ε, so the step is η·sign g.", "times η"),
        (under("adamax"), "W1", 2, "Here the step is", "t = 1"),
        (under("adamax", eps=0.5), "W1", 1, "times η long", "t = 1"),
    ],
)
def test_a_sentence_is_there_where_it_holds_and_only_there(
    spec: RunSpec, symbol: str, t: int, there: str, not_there: str
) -> None:
    text = said(spec, symbol, t=t)
    assert there in text
    assert not_there not in text
