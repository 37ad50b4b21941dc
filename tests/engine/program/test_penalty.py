"""Penalties in the loss: a published course's numbers, NumPy's alone, what stands beside."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np
import pytest

from engine.analysis.gradcheck import GradientCheck
from engine.analysis.ways import ways
from engine.catalog.sentences import Sight
from engine.history.branching import history_of
from engine.program.parameters import parameters, trained
from engine.program.trainer import Trainer
from engine.runfile.parts import merged
from engine.runfile.read import from_table
from engine.runfile.write import run_text
from engine.spec.run import PenaltySpec, RunSpec, SpecError
from tests.engine.networks import check_expansions, known, trace_of
from tests.fixtures.settings import SETTINGS, Table, plain

Parameters = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


# -- the two-layer net of the course cs231n, from its own seeds ------------------------------------


def toy() -> tuple[np.ndarray, np.ndarray, Parameters]:
    """Its data x and y, and the parameters W1, b1, W2, b2, of which rows are inputs."""
    made = np.random.RandomState(1)
    x, y = 10 * made.randn(5, 4), np.array([0, 1, 2, 2, 1])
    made = np.random.RandomState(0)
    return x, y, (0.1 * made.randn(4, 10), np.zeros(10), 0.1 * made.randn(10, 3), np.zeros(3))


def by_hand(
    x: np.ndarray, y: np.ndarray, of: Parameters, l2: float
) -> tuple[float, float, Parameters]:
    """The loss of the data, l2·Σ w², and the gradients of both together."""
    W1, b1, W2, b2 = of
    n, hidden = len(x), np.maximum(0, x @ W1 + b1)
    scores = hidden @ W2 + b2
    p = np.exp(scores - scores.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    loss = float(-np.log(p[np.arange(n), y]).mean())
    p[np.arange(n), y] -= 1
    p /= n
    back = (p @ W2.T) * (hidden > 0)
    gradients = (x.T @ back + 2 * l2 * W1, back.sum(0), hidden.T @ p + 2 * l2 * W2, p.sum(0))
    return loss, l2 * float((W1**2).sum() + (W2**2).sum()), gradients


def run(text: str) -> RunSpec:
    """The run that the text of a run file says."""
    return from_table(tomllib.loads(text))


def course(l2: float, more: str = "", data: str = "") -> RunSpec:
    """The run file of it."""
    x, y, (W1, b1, W2, b2) = toy()
    return run(
        f"""
        name = "two-layer net"
        [data]
        x = {x.tolist()}
        labels = {y.tolist()}
        {data}
        [[layers]]
        units = 10
        activation = "relu"
        W_T = {W1.tolist()}
        b = {b1.tolist()}
        [[layers]]
        units = 3
        activation = "softmax"
        W_T = {W2.tolist()}
        b = {b2.tolist()}
        [loss]
        name = "cross_entropy"
        [penalty]
        l2 = {l2}
        half = false
        [optimizer]
        name = "sgd"
        lr = 0.1
        {more}
        """
    )


def test_a_two_layer_net_has_the_loss_that_its_course_prints():
    trace = trace_of(course(0.05))
    assert f"{float(known(trace, 'loss')):.11f}" == "1.30378789133"
    x, y, start = toy()
    data, penalty, gradients = by_hand(x, y, start, 0.05)
    assert float(known(trace, "dataloss")) == pytest.approx(data, rel=1e-13)
    assert float(known(trace, "penalty")) == pytest.approx(penalty, rel=1e-13)
    for name, wanted in zip(("dW1", "db1", "dW2", "db2"), gradients, strict=True):
        np.testing.assert_allclose(known(trace, name), wanted.T, 1e-13, 1e-15)


def test_a_two_layer_net_ends_where_its_course_does():
    """100 mini-batches of 200 of the five samples, as the course draws them, η·0.95 after each."""
    drawn = np.random.RandomState(0)
    drawn.randn(4 * 10 + 10 * 3)  # the weights
    batches = [drawn.choice(5, 200).tolist() for _ in range(100)]
    schedule = '[schedule]\nname = "exponential"\ngamma = 0.95'
    trainer = Trainer(course(5e-6, schedule, f"batches = {batches}"))
    losses = np.zeros(100)
    trainer.run(1, 100, losses)
    assert f"{losses[-1]:.13f}" == "0.0171496079387"


# -- what is said and shown ------------------------------------------------------------------------


def told(table: Table, symbol: str) -> tuple[str, str]:
    """The formula and the reason of a step."""
    step = next(each for each in trace_of(from_table(table)).steps if each.symbol == symbol)
    return step.formula, step.why


def test_the_formula_has_the_penalty_as_its_options_make_it():
    def of(penalty: Any, symbol: str) -> str:
        return told(plain(penalty=penalty), symbol)[0].partition(" = ")[2]

    squares, sizes = "(Σ {W1}² + Σ {W2}²)", "(Σ |{W1}| + Σ |{W2}|)"
    assert of({"l2": 1}, "penalty") == f"{{ridge}}/2 · {squares}"
    assert of({"l2": 1, "half": False}, "penalty") == f"{{ridge}} · {squares}"
    assert of({"l2": 1, "per_sample": True}, "penalty") == f"{{ridge}}/(2·6) · {squares}"
    assert of({"l1": 1, "per_sample": True}, "penalty") == f"{{lasso}}/6 · {sizes}"
    both = of({"l2": 1, "l1": 1}, "penalty")
    assert both == f"{{ridge}}/2 · {squares} + {{lasso}} · {sizes}"
    data = "{delta1}ᵀ·{x}"
    assert of({"l2": 1}, "dW1") == f"{data} + {{ridge}}·{{W1}}"
    assert of({"l2": 1, "half": False}, "dW1") == f"{data} + 2·{{ridge}}·{{W1}}"
    assert of({"l1": 1, "per_sample": True}, "dW1") == f"{data} + {{lasso}}/6·sign({{W1}})"
    assert of({"l2": 1}, "db1") == "Σₙ {delta1}"
    assert of({"l2": 1, "biases": True}, "db1") == "Σₙ {delta1} + {ridge}·{b1}"


def test_the_formula_says_by_what_each_penalty_is_divided():
    def of(samples: int, **penalty: Any) -> str:
        table = plain(penalty={"l2": 1, "l1": 1, "per_sample": True, **penalty})
        table["data"]["batches"] = [[*range(samples)]]
        return told(table, "penalty")[0].partition(" = ")[2]

    squares, sizes = "(Σ {W1}² + Σ {W2}²)", "(Σ |{W1}| + Σ |{W2}|)"
    assert of(2) == f"{{ridge}}/(2·2) · {squares} + {{lasso}}/2 · {sizes}"
    assert of(2, half=False) == f"{{ridge}}/2 · {squares} + {{lasso}}/2 · {sizes}"
    assert of(1) == f"{{ridge}}/2 · {squares} + {{lasso}} · {sizes}"
    assert of(1, half=False) == f"{{ridge}} · {squares} + {{lasso}} · {sizes}"
    every = of(2, biases=True)
    few = "Σ {W1}² + … + Σ {b2}²", "Σ |{W1}| + … + Σ |{b2}|"
    assert every == f"{{ridge}}/(2·2) · ({few[0]}) + {{lasso}}/2 · ({few[1]})"


def test_one_layer_with_one_of_its_own_gives_all_a_number():
    table = plain(penalty={"l2": 1, "l1": 0.5})
    table["layers"][1]["l1"] = 0.25
    assert told(table, "penalty")[0].partition(" = ")[2] == (
        "{ridge1}/2 · Σ {W1}² + … + {lasso2} · Σ |{W2}|"
    )


def test_what_a_penalty_is_is_said_by_its_options():
    def why(samples: int = 6, **penalty: Any) -> str:
        table = plain(penalty=penalty)
        table["data"]["batches"] = [[*range(samples)]]
        return told(table, "penalty")[1].removeprefix("{penalty} adds up ")

    end = ", each sum times its λ. Weights alone count."
    assert why(l2=1) == f"the squares of parameters{end}"
    assert why(l1=1) == f"the sizes of parameters{end}"
    assert why(l1=1, l2=1) == f"the squares of parameters and their sizes{end}"
    assert why(l2=1, biases=True).endswith("Biases count, too.")
    assert why(2, l2=1, per_sample=True).endswith(" It is divided by the 2 samples.")
    assert "divided" not in why(1, l2=1, per_sample=True)
    assert "divided" not in why(2, l2=1)


def said(table: Table, symbol: str, index: tuple[int, ...] = ()) -> str:
    """What is said of the numbers of a step."""
    trace = trace_of(from_table(table))
    step = trace.steps[trace.number(symbol) - 1]

    def read(name: str) -> Any:
        return trace.known(name, step.number - 1)

    sight = Sight(index, known(trace, symbol), read, lambda name, _: name, "{:.4f}".format)
    return " ".join(filter(None, (say(sight) for say in step.says)))


def test_what_is_said_of_its_numbers():
    def weighed(one: float, two: float, **more: Any) -> Table:
        table = plain((1, 1, 1), penalty={"l2": 2, **more})
        for layer, w in zip(table["layers"], (one, two), strict=True):
            layer["W"] = [[w]]
        return table

    assert said(weighed(1, 3), "penalty") == "The largest part is that of {W2}, 9.0000."
    assert said(weighed(3, 1), "penalty") == "The largest part is that of {W1}, 9.0000."
    assert said(weighed(2, 2), "penalty") == ""
    assert said(weighed(0, 1e200), "penalty") == ""
    alone = weighed(1, 3)
    alone["layers"][0]["l2"] = 0
    assert said(alone, "penalty") == ""
    loss = float(known(trace_of(from_table(weighed(1, 3))), "loss"))
    assert said(weighed(1, 3), "loss") == f"{{penalty}} is {1000 / loss:.4f}% of it."
    assert said(weighed(0, 0), "loss") == ""
    assert said(weighed(0, 1e200), "loss") == ""
    pull = "{} of it is the penalty's, which pulls {} towards 0."
    assert said(weighed(1, -3), "dW2", (0, 0)) == pull.format("-6.0000", "W2")
    assert said(weighed(1, 0), "dW2", (0, 0)) == ""
    assert said(weighed(1, 1e200, half=False), "dW1", (0, 0)) == pull.format("4.0000", "W1")


def test_layers_have_their_own_symbols_and_what_is_0_no_term():
    table = SETTINGS["settings/penalties"]["by layer"]
    assert told(table, "penalty")[0] == ("{penalty} = {ridge1}/2 · Σ {W1}² + {lasso2} · Σ |{W2}|")
    scalars = trace_of(from_table(table)).scalars
    assert {k: v for k, v in scalars.items() if "rid" in k or "las" in k} == {
        "ridge1": 0.05,
        "lasso2": 0.01,
    }
    assert told(table, "dW1")[0].endswith("{delta1}ᵀ·{x} + {ridge1}·{W1}")


def test_a_penalty_of_0_is_none():
    without, none = from_table(plain()), from_table(plain(penalty={"l2": 0, "l1": 0}))
    assert none.penalty is None
    first, second = (trace_of(spec).steps for spec in (without, none))
    assert [step.formula for step in first] == [step.formula for step in second]


def test_what_is_frozen_counts_and_has_no_gradient():
    spec = from_table(SETTINGS["settings/penalties"]["of what is frozen"])
    trace = trace_of(spec)
    every = np.concatenate([a.ravel() for a in parameters(spec).values()])
    held = float(0.025 * (every**2).sum() + 0.01 * abs(every).sum())
    assert float(known(trace, "penalty")) == pytest.approx(held, rel=1e-13)
    assert trained(spec) == ["b1", "W2"]
    assert trace.writer("dW1") is None


# -- what else must know of it ---------------------------------------------------------------------


@pytest.mark.parametrize("key", SETTINGS["settings/penalties"])
def test_gradients_are_those_of_the_whole_loss(key):
    history = history_of(from_table(SETTINGS["settings/penalties"][key]))
    check = GradientCheck(history, 2)
    for each in check.all_of(check.parameters):
        assert each.agrees, each


@pytest.mark.parametrize("key", ["by layer", "both, of all", "of what two layers have, transposed"])
def test_the_ways_to_the_loss_go_through_the_penalty_too(key):
    spec = from_table(SETTINGS["settings/penalties"][key])
    trace = trace_of(spec)
    for name in trained(spec):
        for index in np.ndindex(trace.known(name, 0).shape):
            found = ways(trace, spec, name, index, 1000)
            gradient = float(known(trace, name.gradient)[index])
            assert found.total == pytest.approx(gradient, rel=1e-12)
            shown = sum(way.product for way in found.strongest)
            assert shown == pytest.approx(gradient, rel=1e-12)
            assert len(found.strongest) == found.count
            through = any(way.sample is None for way in found.strongest)
            assert through == (name.kind.key == "W" or key == "both, of all")


@pytest.mark.parametrize("alpha", [0.5, [0.5, -0.25, 0.125]])
def test_a_slope_counts_as_biases_do(alpha):
    table = plain((2, 3, 2), penalty={"l2": 0.5, "l1": 0.125, "biases": True})
    table["layers"][0] |= {"activation": "prelu", "alpha": alpha}
    spec = from_table(table)
    check = GradientCheck(history_of(spec), 1)
    assert all(each.agrees for each in check.all_of(["alpha1"]))
    own = np.asarray(alpha)
    every = [x for layer in spec.layers for x in (layer.W, layer.b)] + [own]
    wanted = sum(0.25 * (x**2).sum() + 0.125 * abs(x).sum() for x in every if x is not None)
    trace = trace_of(spec)
    assert float(known(trace, "penalty")) == pytest.approx(float(wanted), rel=1e-13)
    assert "{alpha1}" in told(table, "dalpha1")[0]
    assert told(table, "penalty")[1].endswith("Biases and slopes count, too.")
    table["penalty"] = {"l2": 0.5}
    assert "{ridge}" not in told(table, "dalpha1")[0]


def test_at_the_kink_of_a_size_the_check_says_so():
    history = history_of(from_table(SETTINGS["settings/penalties"]["l1, from a weight that is 0"]))
    check = GradientCheck(history, 1)
    at = check.check("W1", (0, 0))
    assert [(kink.symbol, kink.index, kink.at) for kink in at.kinks] == [("W1", (0, 0), 0.0)]
    assert check.check("W1", (0, 1)).kinks == ()


@pytest.mark.parametrize("key", SETTINGS["settings/penalties"])
def test_a_run_file_is_written_with_all_of_it(key):
    spec = from_table(SETTINGS["settings/penalties"][key])
    again = run(run_text(spec))
    assert again.penalty == spec.penalty
    assert [(x.l2, x.l1) for x in again.layers] == [(x.l2, x.l1) for x in spec.layers]


def test_a_run_can_stand_beside_one_without_its_penalty():
    table = SETTINGS["settings/penalties"]["by layer"]
    spec = from_table({**table, "compare": {"penalty": False}})
    assert spec.penalty
    assert spec.beside is not None
    assert spec.beside.penalty is None
    again = run(run_text(spec)).beside
    assert again is not None
    assert again.penalty is None
    other = merged(plain(), {"penalty": {"l1": 0.5, "biases": True}})
    assert from_table(other).penalty == PenaltySpec(l1=0.5, biases=True)


def test_very_many_parameters_are_worked_out_by_array():
    spec = from_table(plain((40, 30, 2), penalty={"l2": 0.25, "l1": 0.5}))
    trace = trace_of(spec)
    check_expansions(trace)
    step = trace.steps[trace.number("penalty") - 1]
    read = {part.symbol for part in leaves(trace.expand(step, ()))}
    assert {"squares.W1", "sizes.W1", "W2", "ridge", "lasso"} <= read


def leaves(e: Any) -> list[Any]:
    return [e] if not e.args else [leaf for part in e.args for leaf in leaves(part)]


@pytest.mark.parametrize(
    ("changes", "layer", "said"),
    [
        ({"penalty": {"l2": -1}}, {}, "penalty.l2 is -1, and must be a number from 0 on"),
        ({"penalty": {"biases": True}}, {}, "penalty has neither l2 nor l1, and no layer has"),
        ({"penalty": {"l3": 1}}, {}, "penalty.l3 is not a key here; the nearest is l2"),
        ({"penalty": {"l2": 1, "half": 2}}, {}, "penalty.half is 2, and must be true or false"),
        ({}, {"l1": "0.1"}, 'layers[1].l1 is "0.1", and must be a number from 0 on'),
        (
            {"penalty": {"l2": 1, "biases": True}},
            {"tie": ["W1", "b1"], "l1": 1},
            "layers[1].l1 is of a layer with no weights of its own; give it in that layer",
        ),
        ({}, {"tie": "W1", "l1": 1}, "layers[1].l1 is of a layer with no weights of its own; give"
         " it in that layer"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_penalty_is_said(changes, layer, said):
    table = plain((2, 2, 2), **changes)
    if "tie" in layer:
        del table["layers"][1]["W"]
        if "b1" in layer["tie"]:
            del table["layers"][1]["b"]
    table["layers"][1] |= layer
    with pytest.raises(SpecError) as error:
        from_table(table)
    assert said in "\n".join(error.value.problems)
