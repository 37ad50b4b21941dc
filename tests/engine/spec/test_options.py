"""Options: what each kind takes, to its very ends."""

from __future__ import annotations

import math
from typing import Any

import pytest

from engine.spec import options
from engine.spec.options import Option
from engine.spec.run import MOST_ITERATIONS

BEFORE_1 = math.nextafter(1.0, 0.0)
LEAST = 5e-324
BAD: tuple[Any, ...] = (math.nan, math.inf, -math.inf, True, "1", None, [1.0], 10**400)
"""What no number is."""


@pytest.mark.parametrize(
    ("option", "taken", "refused"),
    [
        (options.any_number(0.0, ""), (-1e308, 0, 1e308), ()),
        (options.at_least_0(0.0, ""), (0, LEAST, 1e308), (-LEAST, -1)),
        (options.positive(1.0, ""), (LEAST, 1, 1e308), (0, 0.0, -LEAST)),
        (options.up_to_1(0.0, ""), (0, LEAST, 1), (-LEAST, math.nextafter(1.0, 2.0))),
        (options.share(1.0, ""), (LEAST, 0.5, 1), (0, 0.0, -LEAST, math.nextafter(1.0, 2.0))),
        (options.count(1, ""), (1, MOST_ITERATIONS), (0, MOST_ITERATIONS + 1, 1.0)),
    ],
    ids=["any number", "at least 0", "positive", "up to 1", "share", "count"],
)
def test_a_number_is_taken_up_to_the_ends_of_what_is_valid(option: Option, taken, refused):
    for value in taken:
        assert option.check.accept(value) == value
    for value in (*refused, *BAD):
        assert option.check.accept(value) is None, value
    assert option.check.valid


def test_a_pair_is_two_numbers_below_1():
    check = options.pair_below_1((0.9, 0.999), "").check
    for good in (0, 0.0, 0.5, BEFORE_1):
        assert check.accept([good, 0.5]) == (good, 0.5)
        assert check.accept((0.5, good)) == (0.5, good)
    for bad in (1, 1.0, -LEAST, *BAD):
        assert check.accept([bad, 0.5]) is None, bad
        assert check.accept((0.5, bad)) is None, bad
    for value in ([0.5], [0.5] * 3, 0.5, "ab", None):
        assert check.accept(value) is None


def test_a_flag_is_true_or_false():
    check = options.flag(False, "").check
    assert check.accept(True) is True
    assert check.accept(False) is False
    for value in (0, 1, "true", None):
        assert check.accept(value) is None


def test_defaults_are_of_options_that_have_one():
    rows = {"lr": options.positive(None, ""), "eps": options.at_least_0(0.0, "")}
    assert options.defaults(rows) == {"eps": 0.0}
