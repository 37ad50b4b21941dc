"""Changes of a run that cannot be made, and the sentence that says so."""

import math
import re

import pytest

from engine.runfile.read import load
from engine.session.causes import Cause, EditError, changed_spec, successor, valid_value
from tests.engine.lived import run

SPEC = load("worked-example")


def cause(kind: str, symbol: str, value: object, index: tuple[int, ...] = ()) -> Cause:
    return Cause(0, 1, kind, symbol, index, value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (cause("option", "betas", 1), "betas: SGD has no such option; it has lr,"),
        (cause("option", "lr", -1.0), "lr is -1.0, and must be a number of at least 0."),
        (cause("option", "lr", math.inf), "lr"),
        (cause("option", "nesterov", True), "nesterov"),
        (cause("part", "colour", 1), "colour: no such part of a run; there are "),
        (cause("colour", "W1", 1), "colour: no such change."),
        (cause("parameter", "W3", 1.0, (0, 0)), "W3: there are W1, b1, W2, b2."),
        (cause("parameter", "W1", 1.0, (2, 0)), "W1 has no such element; its shape is (2, 2)."),
        (cause("parameter", "W1", 1.0, (-1, 0)), "W1 has no such element; its shape is (2, 2)."),
        (cause("parameter", "W1", 1.0, (0,)), "W1 has no such element; its shape is (2, 2)."),
        (cause("parameter", "b1", math.nan, (0,)), "b1 = nan: a finite number is needed."),
        (cause("data", "z", 1.0, (0, 0)), "z: there are x, y."),
        (cause("data", "x", (1.0, 2.0, 3.0), (0,)), "x: 3 numbers for a row of 2."),
        (cause("data", "x", (1.0, 2.0), (1,)), "x has no such element; its shape is (1, 2)."),
        (cause("data", "x", (1.0, 2.0), (0, 0)), "x has no such element; its shape is (1, 2)."),
    ],
)
def test_a_change_is_refused(change, sentence):
    with pytest.raises(EditError, match=re.escape(sentence)):
        changed_spec(SPEC, change)


def test_changes_that_are_made():
    assert changed_spec(SPEC, cause("option", "lr", 0.5)).optimizer.options["lr"] == 0.5
    assert changed_spec(SPEC, cause("parameter", "W1", 9.0, (1, 1))) is SPEC
    changed = changed_spec(SPEC, cause("data", "x", (3.0, 4.0), (0,)))
    assert changed.data.x.tolist() == [[3.0, 4.0]]
    assert SPEC.data.x.tolist() == [[1.0, 2.0]]
    assert not changed.data.x.flags.writeable
    part = changed_spec(SPEC, cause("part", "loss", "mse"))
    assert (part.loss.name, part.optimizer) == ("mse", SPEC.optimizer)


@pytest.mark.parametrize(
    ("shares", "labels"),
    [((0.0, 1.0), True), ((0.5, 0.5), False), ((1.0, 0.0), True)],
)
def test_targets_of_several_classes_are_no_class_numbers_any_more(shares, labels):
    spec = load("spirals")
    assert spec.data.labels
    assert changed_spec(spec, cause("data", "y", shares, (0,))).data.labels is labels


def test_the_optimizer_that_takes_over():
    with pytest.raises(EditError, match="sdg: no such optimizer; there are "):
        successor(SPEC, cause("switch", "sdg", {}))
    assert SPEC.compare
    fresh = successor(SPEC, Cause(0, 1, "switch", "rmsprop", value={"lr": 0.1}))
    assert (fresh.name, fresh.options["alpha"]) == ("rmsprop", 0.99)
    compared = Cause(0, 1, "switch", "adam", value=SPEC.compare.options, fresh=False)
    assert successor(SPEC, compared) is SPEC.compare
    other = Cause(0, 1, "switch", "adam", value={"lr": 0.7}, fresh=False)
    with pytest.raises(EditError, match="Adam with these options is not compared with, and has no"):
        successor(SPEC, other)
    alone = run("made")
    assert alone.compare is None
    assert successor(alone, other).options["lr"] == 0.7


@pytest.mark.parametrize(
    ("value", "dtype", "valid"),
    [
        (1e300, "float64", True), (1e300, "float32", False), (-3.4e38, "float32", True),
        (-3.5e38, "float32", False), (math.inf, "float64", False), (math.nan, "float32", False),
    ],
)  # fmt: skip
def test_values_that_an_element_can_be_given(value, dtype, valid):
    if valid:
        assert valid_value("x", value, dtype) == value
        return
    with pytest.raises(EditError) as refused:
        valid_value("x", value, dtype)
    assert ("that float32 holds is needed" in str(refused.value)) == (dtype == "float32")
