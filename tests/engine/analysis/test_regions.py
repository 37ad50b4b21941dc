"""What a network predicts for points that it is not trained on."""

import numpy as np
import pytest

from engine.analysis.regions import Predictions, classes_of, rows_of
from engine.runfile.read import load
from engine.session.session import Session


@pytest.mark.parametrize("run", ["spirals", "xor", "iris", "diverging"])
def test_predictions_are_those_of_the_forward_pass(run):
    spec, history = load(run), Session(load(run)).branch.history
    predictions = Predictions(spec, spec.data.x)
    for t in (1, 7):
        trace, found = history.trace(t), predictions.of(history.trace(t))
        own = trace.known("yhat", len(trace.steps))
        np.testing.assert_allclose(found[rows_of(spec, t)], own, rtol=1e-12, atol=1e-15)


def test_classes_are_the_largest_output_or_the_side_of_a_single_one():
    for y, targets, classes in (
        ([[0.2, 0.8], [3.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], [1, 0]),
        ([[0.4], [0.6]], [[0.0], [1.0]], [0, 1]),
        ([[-0.1], [0.1]], [[-1.0], [1.0]], [0, 1]),
    ):
        found = classes_of(np.array(y), np.array(targets))
        assert found is not None
        assert found.tolist() == classes


@pytest.mark.parametrize("targets", [[[0.5, 0.5]], [[1.0], [1.0]], [[0.0], [0.5], [1.0]]])
def test_targets_that_name_no_class_have_none(targets):
    assert classes_of(np.array(targets), np.array(targets)) is None
