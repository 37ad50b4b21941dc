"""Runs without a network: a function of θ, or gradients that are given."""

import json
import math
import tomllib
from typing import Any

import numpy as np
import pytest

from engine.analysis.derivation import Derivation, Number
from engine.analysis.feeds import readers
from engine.analysis.gradcheck import GradientCheck
from engine.history.branching import history_of
from engine.history.position import Position
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.runfile.document import spec_document, spec_from
from engine.runfile.read import from_table
from engine.runfile.write import run_text
from engine.saving.read import restored
from engine.saving.write import written
from engine.session.causes import EditError
from engine.session.session import Session
from engine.spec.problem import Problem
from engine.spec.run import SpecError


def trace(table: dict[str, Any], t: int) -> Trace:
    return history_of(from_table(table)).trace(t)


QUADRATIC: dict[str, Any] = {
    "function": {"f": "0.1*x1^2 + 2*x2^2", "start": {"x1": -5, "x2": -2}},
    "optimizer": {"name": "sgd", "lr": 0.4},
}


def test_a_function_has_its_terms_its_value_and_its_gradient() -> None:
    first = trace(QUADRATIC, 1)
    assert [step.symbol for step in first.steps] == ["terms", "loss", "dtheta", "theta"]
    assert first.known("terms", 1).tolist() == pytest.approx([2.5, 8])
    assert first.known("loss", 2) == pytest.approx(10.5)
    assert first.known("dtheta", 3).tolist() == pytest.approx([-1, -8])
    assert first.known("theta", 4).tolist() == pytest.approx([-4.6, 1.2])
    assert first.steps[2].formula == "{dtheta} = (0.2·x₁, 4·x₂)"


def test_given_gradients_go_as_far_as_their_list() -> None:
    table: dict[str, Any] = {
        "gradients": {"start": 1.0, "g": [4, 2]},
        "optimizer": {"name": "adam", "lr": 0.1},
    }
    second = trace(table, 2)
    assert second.known("dtheta", 1).tolist() == [2]
    assert second.known("m.theta", 6).tolist() == pytest.approx([0.56])
    assert second.known("theta", 6).tolist() == pytest.approx([0.9 - 0.1 * 0.932183], abs=1e-6)
    with pytest.raises(Problem, match="gradients for 2 iterations"):
        trace(table, 3)
    table["gradients"]["repeat"] = True
    assert trace(table, 3).known("dtheta", 1).tolist() == [4]
    assert np.isfinite(trace(table, 3).loss)


# -- what homework and courses ask for, by run files as one writes them ----------------------------


def thetas(text: str, last: int) -> list[list[float]]:
    """θ before the first iteration and after each."""
    trainer = Trainer(from_table(tomllib.loads(text)))
    place = trainer.layout.place("theta")[0]
    states = np.zeros((last, len(trainer.state)))
    first = trainer.state[place].tolist()
    trainer.run(1, last, np.zeros(last), states)
    return [first, *states[:, place].tolist()]


def test_rmsprop_with_epsilon_inside_the_root_goes_the_way_of_its_course() -> None:
    found = thetas(
        """
        iterations = 20

        [function]
        f = "0.1*x1^2 + 2*x2^2"
        start = [-5, -2]

        [optimizer]
        name = "rmsprop"
        lr = 0.4
        alpha = 0.9
        eps = 1e-6
        eps_inside = true
        """,
        20,
    )
    x1, x2, s1, s2 = -5.0, -2.0, 0.0, 0.0
    for theta in found[1:]:  # the course's own lines
        g1, g2, eps = 0.2 * x1, 4 * x2, 1e-6
        s1 = 0.9 * s1 + (1 - 0.9) * g1**2
        s2 = 0.9 * s2 + (1 - 0.9) * g2**2
        x1 -= 0.4 / math.sqrt(s1 + eps) * g1
        x2 -= 0.4 / math.sqrt(s2 + eps) * g2
        assert theta == pytest.approx([x1, x2], rel=1e-12, abs=1e-13)
    assert found[20] == pytest.approx([-0.010599, 0.0], abs=1e-6)


def test_adams_first_two_steps_are_those_of_gradients_that_are_given() -> None:
    text = """
        [gradients]
        start = 1.0
        g = [4, 2]

        [optimizer]
        name = "adam"
        lr = 0.1
        """
    second = trace(tomllib.loads(text), 2)
    m, v = 0.1 * 2 + 0.9 * 0.4, 0.001 * 4 + 0.999 * 0.016
    hats = m / (1 - 0.9**2), v / (1 - 0.999**2)
    assert second.known("m.theta", 6).tolist() == pytest.approx([m])
    assert second.known("v.theta", 6).tolist() == pytest.approx([v])
    assert second.known("mhat.theta", 6).tolist() == pytest.approx([hats[0]])
    assert second.known("vhat.theta", 6).tolist() == pytest.approx([hats[1]])
    change = 0.1 * hats[0] / (math.sqrt(hats[1]) + 1e-8)
    assert thetas(text, 2)[1:] == [
        pytest.approx([0.9], abs=1e-9),
        pytest.approx([0.9 - change], abs=1e-9),
    ]


def test_momentum_as_a_moving_average_has_its_first_update() -> None:
    text = """
        [gradients]
        start = [1.0, 2.0]
        g = [[4, -1], [2, 3]]

        [optimizer]
        name = "sgd"
        lr = 0.1
        momentum = 0.9
        momentum_form = "mean"
        """
    first, second = trace(tomllib.loads(text), 1), trace(tomllib.loads(text), 2)
    last = len(first.steps)
    assert first.known("buf.theta", last).tolist() == pytest.approx([0.4, -0.1])
    assert second.known("buf.theta", last).tolist() == pytest.approx([0.56, 0.21])
    assert thetas(text, 2)[1:] == [pytest.approx([0.96, 2.01]), pytest.approx([0.904, 1.989])]


# -- what does not go together -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"layers": []},
            "function stands beside layers, which make a network; one of the two must go",
        ),
        (
            {"layers": [], "loss": {}, "data": {}},
            "function stands beside layers, data and loss, which make a network",
        ),
        ({"data": {}}, "data does not go with [function]"),
        ({"gradients": {}}, "gradients stands beside [function]; one of the two must go"),
        ({"function": {"f": "x + y", "start": [1]}}, "has 1 number, and f has the variables x, y"),
        ({"function": {"f": "x + y", "start": {"x": 1}}}, "start has no y, which f names"),
        (
            {"function": {"f": "x", "start": [1], "constants": {"b": 1}}},
            "constants names b, which is not in f",
        ),
        ({"function": {"f": "1 + sinx", "start": [1]}}, "column 5: sinx looks like sin(x)"),
        ({"function": {"f": "x", "start": {"x": 1, "y": 2}}}, "names y, which is not in f"),
        ({"function": {"f": "xy", "start": {"x": 1, "y": 2}}}, "a product is written x*y"),
        ({"function": {"f": "x + (", "start": [1]}}, "f has a mistake in column 6"),
        (
            {"function": {"f": "x", "start": ["a"]}},
            "and must be 1 to 100 finite numbers, such as [-5, -2] or {x1 = -5",
        ),
        ({"function": {"f": "x", "start": [1], "constants": {"e": 1}}}, "means something already"),
        ({"function": {"f": "2", "start": [1]}}, "names no variable"),
        ({"function": {"start": [1]}}, "function.f is missing"),
        ({"groups": [{"params": "theta", "frozen": True}]}, "nothing else that learns"),
        ({"groups": [{"params": "W1", "lr": 1.0}]}, 'names "W1", and there are theta'),
        ({"compare": {"loss": "mse"}}, "compare: loss is of a network, and this run has none"),
    ],
)
def test_what_does_not_go_together_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError) as raised:
        from_table({**QUADRATIC, **changes})
    assert said in str(raised.value)


def test_of_a_misspelt_function_no_network_is_said_to_be_missing() -> None:
    with pytest.raises(SpecError) as raised:
        from_table({"functions": QUADRATIC["function"], "optimizer": QUADRATIC["optimizer"]})
    assert str(raised.value).count("\n") == 0
    assert "functions is not a key here; the nearest is function" in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"iterations": 3}, "there are gradients for 2; with gradients.repeat = true"),
        ({"schedule": {"name": "plateau"}}, "schedule goes by the losses"),
        ({"gradients": {"start": 1.0, "g": []}}, "must be a list of gradients"),
        ({"gradients": {"start": 1.0, "g": [[1, 2], [3]]}}, "g[1] has 1 number, and g[0] has 2"),
        ({"gradients": {"start": [1, 2], "g": [1, 2]}}, "1 number for each iteration, and start"),
        ({"gradients": {"start": 1.0, "g": ["a"]}}, 'has "a", which must be a finite number'),
    ],
)
def test_given_gradients_are_checked(changes: dict[str, Any], said: str) -> None:
    plain = {"name": "sgd", "lr": 0.1}
    table: dict[str, Any] = {"gradients": {"start": 1.0, "g": [4, 2]}, "optimizer": plain}
    with pytest.raises(SpecError) as raised:
        from_table({**table, **changes})
    assert said in str(raised.value)


# -- written down and read again ---------------------------------------------------------------

RUNS: dict[str, dict[str, Any]] = {
    "function": {
        "function": {
            "f": "(a - θ1)^2 + θ2²",
            "start": {"theta1": 0.1, "θ2": 3},
            "constants": {"a": 1},
        },
        "optimizer": {"name": "adam", "lr": 0.1},
        "compare": {"name": "sgd", "lr": 0.2},
        "dtype": "float32",
    },
    "gradients": {
        "gradients": {"start": {"u": 1, "w": 2}, "g": [[4, 0.5], [2, -1], [0, 3]], "repeat": True},
        "optimizer": {"name": "nadam", "lr": 0.1},
        "compare": {"lr": 0.2, "seed": 3},
        "clip": {"norm": 1.0},
    },
}


@pytest.mark.parametrize("name", RUNS)
def test_a_run_is_the_same_where_its_file_or_its_document_is_read(name: str) -> None:
    spec = from_table(RUNS[name])
    for again in (from_table(tomllib.loads(run_text(spec))), spec_from(*spec_document(spec))):
        assert repr(spec_document(again)) == repr(spec_document(spec))
        first, second = Trainer(spec), Trainer(again)
        for trainer in (first, second):
            trainer.run(1, 4, np.zeros(4))
        assert first.state.tolist() == second.state.tolist()


@pytest.mark.parametrize("name", RUNS)
def test_a_session_is_the_same_where_it_is_resumed(name: str) -> None:
    session = Session(from_table(RUNS[name]))
    session.go(Position(3, 2))
    session.edit("theta", (1,), 0.25, "θ₂")
    session.set_option("lr", 0.05)
    session.switch(fresh=True)
    session.go(Position(5, 1))
    with pytest.raises(EditError, match="loss is of a network, and this run has none"):
        session.set_option("loss", "mse")
    document, arrays = written(session)
    again = restored(json.loads(json.dumps(document)), arrays).session
    assert again.place == session.place
    assert len(again.branches) == len(session.branches) == 5
    for number, branch in session.branches.items():
        first, second = branch.history.trace(5), again.branches[number].history.trace(5)
        assert first.after.tolist() == second.after.tolist()


# -- what is asked of them ---------------------------------------------------------------------


def test_gradients_are_checked_and_kinks_are_said() -> None:
    table = {"f": "abs(x) + (y - 1)^2*x", "start": [0.0, 3.0]}
    spec = from_table({"function": table, "optimizer": {"name": "sgd", "lr": 0.1}})
    check = GradientCheck(history_of(spec), 1)
    first, second = check.check("theta", (0,)), check.check("theta", (1,))
    assert [kink.symbol for kink in first.kinks] == ["loss"]
    assert first.backprop == pytest.approx(4.0)
    assert not second.kinks
    assert second.agrees
    with pytest.raises(Problem, match="given"):
        GradientCheck(history_of(from_table(RUNS["gradients"])), 1).check("theta", (0,))


def test_numbers_go_back_to_what_they_are_made_of() -> None:
    history = history_of(from_table(QUADRATIC))
    derivation = Derivation(history)
    number = derivation.at(3, 4, "theta", (1,))
    assert derivation.recomputed(number) == pytest.approx(derivation.value(number), rel=1e-15)
    read = {each.symbol for each in readers(derivation, Number(0, "theta", (0,)))}
    assert read == {"terms", "dtheta", "theta"}
