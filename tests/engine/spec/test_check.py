"""Tables whose mistakes are collected."""

from __future__ import annotations

import pytest

from engine.spec.check import FLAG, Problems, Table


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
