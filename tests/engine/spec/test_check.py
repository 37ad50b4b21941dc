"""Tables whose mistakes are collected."""

from __future__ import annotations

import math

import pytest

from engine.spec import check
from engine.spec.check import FLAG, POSITIVE, Check, Problems, Table


@pytest.mark.parametrize(
    ("of", "accepted", "refused"),
    [
        (check.whole(2, 5), [2, 5], [1, 6, 2.0, True, "2", None]),
        (check.text(3), ["a", "abc", " a "], ["", " ", "abcd", "a   ", 1, None, ["a"]]),
        (check.choice(["a", "b"]), ["a", "b"], ["c", "", None, 1]),
        (POSITIVE, [1e-300, 1, 1e300], [0, -1, math.inf, math.nan, 10**400, True, "1", None]),
        (check.number("any"), [-1e308, 0.0], [-math.inf, math.nan, False, [1]]),
        (FLAG, [True, False], [0, 1, "true", None]),
    ],
    ids=["whole", "text", "choice", "positive", "number", "flag"],
)
def test_a_check_takes_what_is_valid_and_nothing_beside_it(
    of: Check, accepted: list[object], refused: list[object]
) -> None:
    for value in accepted:
        assert of.accept(value) == value
    for value in refused:
        assert of.accept(value) is None


@pytest.mark.parametrize(
    ("given", "taken", "said"),
    [
        ("colors", ("color", "colour"), "the nearest is colour, and valid are color, colour"),
        ("colour", ("color", "size"), "the nearest is color, and valid are color, size"),
        ("weight", ("color", "size"), "weight is not a key here; valid are color, size"),
    ],
)
def test_the_nearest_key_is_one_that_is_not_there_yet_if_one_is_near(given, taken, said):
    problems = Problems("mine.toml")
    table = Table({"color": True, given: True}, "", problems)
    for key in taken:
        table.take(key, FLAG, False)
    table.close()
    (sentence,) = problems.found
    assert said in sentence


def test_many_unknown_keys_are_counted():
    problems = Problems("mine.toml")
    Table({f"k{i}": 1 for i in range(30)}, "", problems).close()
    assert problems.found[-1] == f"mine.toml: and {30 - len(problems.found) + 1} more unknown keys."
