"""A run spec as a document, and which documents are none."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from engine.runfile import document
from engine.runfile.data import MOST_NAME
from engine.runfile.document import spec_document, spec_from
from engine.runfile.read import load
from engine.spec.run import SpecError

IRIS, ARRAYS = spec_document(load("iris"))
NUMBERS = ARRAYS["x"].size + ARRAYS["y"].size


def changed(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(IRIS)), **changes}


def test_it_says_everything():
    again = spec_document(spec_from(changed(), ARRAYS))
    assert json.dumps(again[0]) == json.dumps(IRIS)
    assert {k: v.tobytes() for k, v in again[1].items()} == {
        k: v.tobytes() for k, v in ARRAYS.items()
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"labels": 2}, "whether its targets are labels"),
        ({"data": []}, "has no data or no layers"),
        ({"layers": {}}, "has no data or no layers"),
        ({"layers": [1]}, "layer 1 is no table"),
        ({"layers": IRIS["layers"] * 2}, "the array W3 is missing"),
        ({"classes": "abc"}, "lists of short texts"),
        ({"classes": ["a", "b", "c" * (MOST_NAME + 1)]}, "lists of short texts"),
        ({"classes": ["a", "b", "\x1b"]}, "lists of short texts"),
        ({"classes": ["a", "b"]}, "there are 2 names for 3 outputs"),
        ({"features": ["a"]}, "there are 1 names for 4 inputs"),
        ({"features": [1, 2, 3, 4]}, "lists of short texts"),
    ],
)
def test_what_is_no_run_is_refused(changes, said):
    with pytest.raises(SpecError, match=said):
        spec_from(changed(**changes), ARRAYS)


def test_names_may_be_left_out_and_may_be_long():
    assert spec_from(changed(classes=[], features=[]), ARRAYS).data.classes == ()
    long = ["a", "b", "c" * MOST_NAME]
    assert spec_from(changed(classes=long), ARRAYS).data.classes == tuple(long)


def test_it_has_at_most_so_many_numbers_of_data(monkeypatch):
    monkeypatch.setattr(document, "MOST_NUMBERS", NUMBERS)
    assert spec_from(changed(), ARRAYS).data.x.size + ARRAYS["y"].size == NUMBERS
    monkeypatch.setattr(document, "MOST_NUMBERS", NUMBERS - 1)
    with pytest.raises(SpecError, match=f"has more than {NUMBERS - 1:,} numbers of data"):
        spec_from(changed(), ARRAYS)


def test_arrays_that_are_none_are_refused():
    with pytest.raises(SpecError, match="the array x is missing"):
        spec_from(changed(), {**ARRAYS, "x": np.float64(1.0)})  # type: ignore[dict-item]
    without = {name: array for name, array in ARRAYS.items() if name != "b1"}
    with pytest.raises(SpecError, match="the array b1 is missing"):
        spec_from(changed(), without)
    layers = [{**layer, "bias": False} for layer in IRIS["layers"]]
    assert spec_from(changed(layers=layers), without).layers[0].b is None


def test_numbers_are_of_the_runs_own_type():
    with pytest.raises(SpecError, match=r"W is an array .* and must have 2 axes, of float32"):
        spec_from(changed(dtype="float32"), ARRAYS)
    single = {name: array.astype(np.float32) for name, array in ARRAYS.items()}
    spec = spec_from(changed(dtype="float32"), single)
    assert {array.dtype for array in spec_document(spec)[1].values()} == {np.dtype("float32")}
