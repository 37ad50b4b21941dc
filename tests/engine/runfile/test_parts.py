"""Two of anything side by side: runs that differ in a part, from the start or from later on."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from engine.formula.calls import Array
from engine.history.position import Position
from engine.program.state import state_layout
from engine.program.trainer import Trainer
from engine.runfile.document import spec_document, spec_from
from engine.runfile.parts import GOING, PARTS, merged
from engine.runfile.read import from_table
from engine.saving.read import restored
from engine.saving.write import written
from engine.session.causes import EditError
from engine.session.session import Session
from engine.spec.run import RunSpec, SpecError
from tests.tui.keyboard import Keyboard
from tui.frame import labels

LAYERS = [
    {"units": 2, "activation": "tanh", "W": [[0.1, 0.2], [0.3, 0.4]], "b": [0.0, 0.0]},
    {"units": 2, "activation": "softmax", "W": [[0.5, 0.6], [0.7, 0.8]], "b": [0.0, 0.0]},
]
RUN: dict[str, Any] = {
    "data": {"x": [[1.0, 2.0], [0.5, -1.0], [0.0, 1.0]], "labels": [0, 1, 0]},
    "layers": LAYERS,
    "loss": {"name": "cross_entropy"},
    "optimizer": {"name": "sgd", "lr": 0.1},
    "clip": {"norm": 0.5},
}
ADAM = {"name": "adam", "lr": 0.05}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str]]] = {
    "loss": ({"loss": "mse"}, {"loss": {"name": "mse"}}, ("cross-entropy", "mse")),
    "reduction": (
        {"reduction": "sum"},
        {"loss": {"name": "cross_entropy", "reduction": "sum"}},
        ("mean", "sum"),
    ),
    "activation": (
        {"activation": "relu"},
        {"layers": [{**LAYERS[0], "activation": "relu"}, LAYERS[1]]},
        ("tanh, softmax", "relu, softmax"),
    ),
    "batch_size": (
        {"batch_size": 2},
        {"data": {**RUN["data"], "batch_size": 2}},
        ("batch 3", "batch 2"),
    ),
    "shuffle": (
        {"shuffle": True},
        {"data": {**RUN["data"], "shuffle": True}},
        ("batch 3", "batch 3 shuffled"),
    ),
    "batches": (
        {"batches": [[0], [2, 1]]},
        {"data": {**RUN["data"], "batches": [[0], [2, 1]]}},
        ("batch 3", "given batches"),
    ),
    "schedule": (
        {"schedule": {"name": "exponential", "gamma": 0.5}},
        {"schedule": {"name": "exponential", "gamma": 0.5}},
        ("no schedule", "exponential"),
    ),
    "clip": (
        {"clip": {"value": 0.01}},
        {"clip": {"value": 0.01}},
        ("clip norm 0.5", "clip value 0.01"),
    ),
    "groups": (
        {"groups": [{"params": "b*", "lr": 0.5}]},
        {"groups": [{"params": "b*", "lr": 0.5}]},
        ("no groups", "groups"),
    ),
    "penalty": (
        {"penalty": 0.25},
        {"penalty": {"l2": 0.25}},
        ("no penalty", "λ₂ 0.25"),
    ),
    "init": (
        {"init": "zeros"},
        {"layers": [{"units": 2, "activation": a, "init": "zeros"} for a in ("tanh", "softmax")]},
        ("W[1] 0.1 …", "W[1] 0 …"),
    ),
    "seed": ({"seed": 3}, {"seed": 3}, ("seed 0", "seed 3")),
    "generator": (
        {"generator": "torch", "shuffle": True, "init": "torch_linear"},
        {
            "generator": "torch",
            "data": {**RUN["data"], "shuffle": True},
            "layers": [{"units": 2, "activation": a} for a in ("tanh", "softmax")],
        },
        ("batch 3 · generator numpy", "batch 3 shuffled · generator torch"),
    ),
    "dtype": ({"dtype": "float32"}, {"dtype": "float32"}, ("float64", "float32")),
    "an optimizer too": (
        {"loss": "mse", **ADAM},
        {"loss": {"name": "mse"}, "optimizer": ADAM},
        ("SGD · cross-entropy", "Adam · mse"),
    ),
    "an option too": (
        {"loss": "mse", "lr": 0.5},
        {"loss": {"name": "mse"}, "optimizer": {"name": "sgd", "lr": 0.5}},
        ("η 0.1 · cross-entropy", "η 0.5 · mse"),
    ),
}


def losses(spec: RunSpec) -> Array:
    found = np.zeros(6)
    Trainer(spec).run(1, 6, found)
    return found


def test_every_part_is_tried() -> None:
    assert set(PARTS) <= set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_the_run_beside_is_the_one_that_its_own_file_would_make(case: str) -> None:
    compare, alone, names = CASES[case]
    spec = from_table({**RUN, "compare": compare})
    session = Session(spec)
    beside = session.branches[1].spec
    assert losses(beside).tobytes() == losses(from_table({**RUN, **alone})).tobytes()
    assert losses(spec).tobytes() == losses(from_table(RUN)).tobytes()
    assert labels.runs(session) == names
    session.go(Position(2, 3))
    session.toggle()
    assert (session.current, session.position.iteration) == (1, 2)
    assert labels.runs(session) == names[::-1]


@pytest.mark.parametrize("case", CASES)
def test_a_session_file_has_both(case: str) -> None:
    spec = from_table({**RUN, "compare": CASES[case][0]})
    document, arrays = spec_document(spec)
    again = spec_from(json.loads(json.dumps(document)), arrays)
    assert spec_document(again)[0] == document
    assert spec.beside
    assert again.beside
    assert losses(again.beside).tobytes() == losses(spec.beside).tobytes()


@pytest.mark.parametrize(
    ("compare", "said"),
    [
        ({"loss": "mes"}, 'compare: loss.name is "mes", and must be one of'),
        ({"loss": "mse", "momentum": -1}, "compare: optimizer.momentum is -1, and must be"),
        ({"activation": ["relu"]}, "compare: activation is a list of 1, and must be one for all"),
        ({"batch_size": 0}, "compare: data.batch_size is 0, and must be a whole number"),
        ({"init": 3}, "compare: init is 3, and must be a name, or a table with one"),
        ({"clip": {"norm": 0}}, "compare: clip.norm is 0, and must be a number above 0"),
    ],
)
def test_what_cannot_be_beside_is_refused(compare: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError) as caught:
        from_table({**RUN, "compare": compare}, "mine.toml")
    assert all(each.startswith("mine.toml: compare: ") for each in caught.value.problems)
    assert any(said in each for each in caught.value.problems), caught.value.problems


@pytest.mark.parametrize("case", GOING)
def test_a_branch_goes_on_with_another_part(case: str) -> None:
    """From the same parameters, as a run that starts with them would."""
    compare, alone, names = CASES[case]
    session = Session(from_table(RUN))
    session.go(Position(3, 2))
    value = compare[case]
    branch = session.set_option(case, float(value) if type(value) is int else value)
    session.go(Position(3, 1), branch.number)
    wanted = Trainer(from_table({**RUN, **alone}))
    before = session.branches[0].history.trace(3).before
    layout = state_layout(session.spec)
    for name in ("W1", "b1", "W2", "b2"):
        wanted.layout.view(wanted.state, name)[...] = layout.view(before, name)
    trace, again = session.trace, wanted.trace(3, wanted.state.copy())
    for name in ("W1", "b1", "W2", "b2"):
        assert trace.known(name, 99).tobytes() == again.known(name, 99).tobytes()
    assert labels.runs(session) == names[::-1]


def test_edits_of_parts_are_saved_and_refused() -> None:
    session = Session(from_table(RUN))
    branch = session.set_option("loss", "mse")
    assert branch.words == "loss = mse at 1.0"
    session.go(Position(2, 4), branch.number)
    opened = restored(*written(session)).session
    assert opened.trace.after.tobytes() == session.trace.after.tobytes()
    with pytest.raises(EditError, match=r"loss.name is .mes., and must be one of"):
        session.set_option("loss", "mes")
    with pytest.raises(EditError, match=r"batch_size is 2.5"):
        session.set_option("batch_size", 2.5)
    with pytest.raises(EditError, match="seed: SGD has no such option"):
        session.set_option("seed", 3.0)


def test_one_key_shows_the_other_loss() -> None:
    keys = Keyboard().press("right right e")
    keys.type("loss = mse").press("enter")
    assert "cross-entropy⇄mse" in keys.press("o").screen() or "mse⇄cross-entropy" in keys.screen()
    assert "mse" in keys.press("x").screen(120, 40)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"schedule": False}, {"clip": {"norm": 1}, "seed": 3}),
        ({"clip": False}, {"schedule": {"name": "cosine"}, "seed": 3}),
        ({"seed": False}, {"schedule": {"name": "cosine"}, "clip": {"norm": 1}, "seed": False}),
        ({"schedule": "step"}, {"schedule": {"name": "step"}, "clip": {"norm": 1}, "seed": 3}),
        ({"groups": False}, {"schedule": {"name": "cosine"}, "clip": {"norm": 1}, "seed": 3}),
    ],
)
def test_false_takes_a_table_away_and_is_a_value_elsewhere(changes, found):
    before = {"schedule": {"name": "cosine"}, "clip": {"norm": 1}, "seed": 3}
    assert merged(before, changes) == found
    assert len(before) == 3
