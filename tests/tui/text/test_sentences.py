"""What a step is said to mean is true of the numbers beside it."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.clipping import CLIPS
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.schedules import SCHEDULES, Watching
from engine.catalog.schedules import said as said_of_rate
from engine.catalog.symbols import Symbol
from engine.formula.expr import Index
from engine.history.position import Position
from engine.runfile.read import load
from engine.session.session import Session
from engine.spec.run import (
    ClipSpec,
    DataSpec,
    GroupSpec,
    LayerSpec,
    LossSpec,
    OptimizerSpec,
    PenaltySpec,
    RunSpec,
    ScheduleSpec,
)
from tests.engine.helpers import fitting
from tui.draw import origins
from tui.draw.step import draw
from tui.frame import reasons
from tui.frame.frame import build
from tui.text.format import Text

WORKED = load("worked-example")


def said(spec: RunSpec, symbol: str, index: Index = (0, 0), t: int = 1) -> str:
    """What is said at the step that writes a symbol, of one element."""
    session = Session(spec)
    step = next(s for s in session.branch.history.steps_of(t) if s.symbol == symbol)
    session.go(Position(t, step.number))
    return " ".join(reasons.why(build(session, Text()), step, index))


def under(name: str, clip: ClipSpec | None = None, **options: Any) -> RunSpec:
    """The worked example by another optimizer."""
    return replace(WORKED, optimizer=OptimizerSpec(name, {"lr": 0.1, **options}), clip=clip)


def unit(activation: str, z: float, loss: str = "mse", y: float = 1.0, **options: Any) -> RunSpec:
    """One unit whose sum is z."""
    layer = LayerSpec(1, activation, np.eye(1), np.zeros(1), activation_options=options)
    if activation == "prelu":
        layer = replace(layer, alpha=np.array(0.25))
    data = DataSpec(np.array([[z]]), np.array([[y]]), 1)
    return replace(WORKED, data=data, layers=(layer,), loss=LossSpec(loss))


def classes(
    y: list[float], activation: str = "softmax", loss: str = "cross_entropy", **o: Any
) -> RunSpec:
    """One layer that hands its inputs on to a loss of three outputs."""
    layer = LayerSpec(3, activation, np.eye(3), np.zeros(3))
    data = DataSpec(np.array([[0.5, 1.0, -0.5]]), np.array([y], float), 1)
    return replace(WORKED, data=data, layers=(layer,), loss=LossSpec(loss, options=o))


# -- slopes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activation", "z", "wanted"),
    [
        ("relu", -0.5, "z[1]₁ = −0.5: slope 0, so δ[1]₁ is 0 for this sample."),
        ("relu", 0.5, "z[1]₁ = 0.5: slope 1: the error passes whole."),
        ("tanh", 0.5, "z[1]₁ = 0.5: slope 0.7864, the share of the error that passes."),
        ("tanh", 4.0, "z[1]₁ = 4: slope 0.0013: little of the error passes."),
        ("sigmoid", -9.0, "slope 1.2338e−4: little of the error passes."),
        ("gelu", 1.0, "slope 1.0833: the error grows as it passes."),
        ("gelu", -1.0, "the error passes with its sign turned"),
        ("silu", -3.0, "the error passes with its sign turned"),
        ("prelu", -3.0, "slope 0.25, the share of the error that passes."),
    ],
)
def test_a_slope_says_what_it_does_to_this_unit(activation, z, wanted):
    assert wanted in said(unit(activation, z), "fprime1")


def test_a_slope_that_no_sum_has_met_says_so():
    above = "No sum of this layer is below 0 here: nothing comes to the slope from it."
    assert above in said(unit("prelu", 0.5), "dalpha1")
    assert above not in said(unit("prelu", -0.5), "dalpha1")
    assert above not in said(unit("prelu", 0.0), "dalpha1")
    assert "each counts, times its ∂L/∂ŷ." in said(unit("prelu", -0.5), "dalpha1")


def test_where_the_error_passes_it_is_not_said_to_be_lost():
    for name, row in ACTIVATIONS.items():
        if row.elementwise:
            text = said(unit(name, 0.5), "fprime1")
            assert "little of" not in text, name
            assert ("grows" in text) is (name == "selu"), name


def test_a_slope_of_0_says_nothing_of_an_error_that_is_not_finite():
    spec = unit("relu", -0.5, y=-math.inf)
    assert "is 0 for this sample" not in said(spec, "fprime1")


def test_a_unit_of_relu_can_come_back():
    text = said(unit("relu", -0.5), "fprime1")
    assert "until something moves its z: earlier layers, momentum, decay or a tie." in text
    assert "no longer learns" not in text
    assert "where z > 0" in load("ten-layers-relu").teaches


def test_a_leaky_relu_without_a_leak_is_not_said_to_live():
    text = said(unit("leaky_relu", -0.5, negative_slope=0.0), "fprime1")
    assert "Does not die" not in text
    assert "slope 0, so δ[1]₁ is 0" in text
    assert "slope 0.5, the share" in said(unit("leaky_relu", -1, negative_slope=0.5), "fprime1")


def test_softplus_falls_as_sharply_as_its_beta_says():
    assert "falls as e^(3·z) does" in said(unit("softplus", -1.0, beta=3.0), "fprime1")


@pytest.mark.parametrize(
    ("name", "zero", "far"),
    [
        ("gelu", -0.75, -4),
        ("gelu_tanh", -0.75, -4),
        ("silu", -1.28, -8),
        ("mish", -1.19, -7),
    ],
)
def test_where_a_slope_is_negative_and_where_it_is_tiny(name, zero, far):
    def slope(z: float) -> float:
        session = Session(unit(name, z))
        return float(session.branch.history.trace(1).known("fprime1", 99)[0, 0])

    text = said(unit(name, -2.0), "fprime1")
    said_of = text.replace("about", "z ≈")
    assert f"Negative below z ≈ {zero}, and tiny beyond z ≈ {far}.".replace("-", "−") in said_of
    assert slope(zero + 0.01) > 0 > slope(zero - 0.01)
    assert all(-0.01 < slope(z) < 0 for z in np.linspace(far, far - 6, 20))


# -- losses --------------------------------------------------------------------------------------


def test_cross_entropy_is_0_only_where_a_class_can_be_given_1():
    text = said(classes([0, 1, 0]), "loss", ())
    assert "It would be 0 if the true class were given 1; it is given 0.5465." in text
    soft = said(classes([0.5, 0.5, 0]), "loss", ())
    assert "It is least where ŷ is the targets: 0.6931, their entropy." in soft
    smoothed = said(classes([0, 1, 0], label_smoothing=0.3), "loss", ())
    assert "It is least where ŷ is the smoothed targets: 0.6390, their entropy." in smoothed
    for each in (soft, smoothed):
        assert "be 0" not in each
    weighted = said(classes([0.5, 0.5, 0], weight=(1, 2, 3)), "loss", ())
    assert "least" not in weighted
    gradient = said(classes([0, 1, 0], weight=(1, 2, 3)), "delta1")
    assert "Σ is over the classes of each sample" in gradient


def test_binary_cross_entropy_of_shares_is_not_said_to_reach_0():
    sure, soft = (
        said(unit("sigmoid", 0.5, "binary_cross_entropy", y), "loss", ()) for y in (1.0, 0.5)
    )
    assert "It would be 0 if each ŷ were its y." in sure
    assert "It is least where ŷ is the targets: 0.6931, their entropy." in soft


def test_shares_that_are_shares_already():
    """A softmax of three of them gives none more than e/(e + 2)."""
    text = said(classes([0, 1, 0], "sigmoid"), "loss", ())
    assert "no p can be above e/(e + 2) = 0.5761, and no surprise −log p below 0.5514" in text
    assert -math.log(math.e / (math.e + 2)) == pytest.approx(0.5514, abs=5e-5)
    assert "weak" not in text
    assert "above" not in said(unit("sigmoid", 0.5, "cross_entropy"), "loss", ())
    assert "above" not in said(classes([0, 1, 0], "tanh"), "loss", ())


def test_nearly_one_class_is_not_said_to_reach_0():
    assert "would be 0" not in said(classes([5e-7, 1, 0]), "loss", ())


@pytest.mark.parametrize("count", [0.0, 3.0])
@pytest.mark.parametrize("rate", [0.0, 0.5, 2.0, 3.0, 8.0])
def test_the_slope_of_a_rate_is_where_it_is_said_to_be(count, rate):
    row = replace(LossSpec("poisson_nll"), options={"log_input": False, "eps": 0.25})
    spec = replace(unit("relu", rate, y=count), loss=row)
    text = said(spec, "dyhat")
    assert "Below 0 where ŷ + eps is less than the count, the more the smaller; else 0 to 1" in text
    slope = float(Session(spec).branch.history.trace(1).known("dyhat", 99)[0, 0])
    assert slope < 0 if rate + 0.25 < count else 0 <= slope <= 1


@pytest.mark.parametrize("margin", [-1.0, 0.1, 1.0])
def test_a_class_that_is_led_by_the_margin_has_no_slope(margin):
    spec = classes([0, 1, 0], "identity", "multi_margin", margin=margin, p=2)
    assert "slope by another class, 0 where it trails by the margin." in said(spec, "dyhat")
    assert "What the true class lacks, squared, to lead" in said(spec, "loss", ())
    slopes = Session(spec).branch.history.trace(1).known("dyhat", 99)[0]
    leads = 1.0 - np.array([0.5, -0.5]) >= margin
    assert [slope == 0 for slope in slopes[[0, 2]]] == leads.tolist()
    assert slopes[1] == pytest.approx(-slopes[[0, 2]].sum())


def test_softplus_can_be_negative_with_a_threshold_below_0():
    spec = unit("softplus", -1.0, threshold=-3.0)
    assert "z where beta·z is above threshold" in said(spec, "yhat")
    assert "negative" not in said(spec, "yhat")
    assert float(Session(spec).branch.history.trace(1).known("yhat", 99)[0, 0]) == -1


def test_nll_says_what_it_takes():
    text = said(classes([0, 1, 0], loss="nll"), "loss", ())
    assert "takes probabilities, where PyTorch's takes their logarithms" in text


def test_the_slope_of_a_square_is_named():
    assert "slope of (ŷ − y)² is 2·(ŷ − y)" in said(unit("identity", 0.5), "dyhat")
    assert "slope of ½·(ŷ − y)² is ŷ − y" in said(
        unit("identity", 0.5, "half_squared_error"), "dyhat"
    )


def test_the_jacobians_way_ends_at_the_plain_difference():
    assert "Here it equals ŷ − y." in said(classes([0, 1, 0], loss="nll"), "delta1")
    assert "equals" not in said(classes([0, 1, 0], loss="mse"), "delta1")


# -- the backward pass ---------------------------------------------------------------------------


def test_what_the_errors_are_of():
    assert "δ[2] = ∂L/∂z[2], softmax and loss as one" in said(WORKED, "delta2")
    assert "δ[1] = ∂L/∂z[1]: the" in said(classes([0, 1, 0], weight=(1, 2, 3)), "delta1")
    assert "δ[1] = ∂L/∂z[1], sigmoid and" in said(
        unit("sigmoid", 1, "binary_cross_entropy"), "delta1"
    )
    assert "δ[1] = ∂L/∂z[1]:" in said(WORKED, "delta1")
    back = said(WORKED, "da1")
    assert "collects δ of all that it feeds, times the weight" in back
    assert "W[2] before its update" in back


def test_a_gradient_of_several_samples_is_a_sum():
    assert "summed over the samples" in said(load("xor"), "dW1")
    assert "summed" not in said(WORKED, "dW1")


def test_softmax_says_why_the_maximum_goes():
    assert "Less the maximum, e^s cannot overflow, and no share changes." in said(WORKED, "yhat")


# -- updates -------------------------------------------------------------------------------------


def test_the_order_of_updates_is_free():
    for name in ("sgd", "adam"):
        assert "one forward pass, so the order is free" in said(under(name), "W2")
    assert "the order" not in said(under("adam"), "m.W2")


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_adams_step_is_eta_at_first_and_what_it_is_later(name):
    spec = under(name, weight_decay=0.0)
    first = "t = 1: mˆ = g and √vˆ = |g|, so the step is η·sign g."
    assert first in said(spec, "W1")
    session = Session(spec)
    later = session.branch.history.trace(100)
    text = said(spec, "W1", t=100)
    length = abs(float(later.change("W1")[0, 0])) / 0.1
    assert f"Here the step is {Text().number(length)} times η long." in text
    assert "t = 1" not in text
    assert "by about η" not in text


@pytest.mark.parametrize("name", ["adam", "rmsprop"])
@pytest.mark.parametrize(
    ("options", "what"),
    [({"maximize": True}, "gneg.W1"), ({"weight_decay": 0.1}, "gwd.W1"), ({}, "clip.W1")],
)
def test_g_is_named_where_it_is_not_the_gradient(name, options, what):
    clip = None if options else ClipSpec("value", 0.01)
    assert f", g being {Text().name(what)}." in said(under(name, clip, **options), "W1")


def test_the_first_step_of_rmsprop_is_longer_than_eta():
    spec = under("rmsprop")
    text = said(spec, "W1")
    assert "the step is about η/√(1 − α), 10 times η" in text
    assert "by about η." not in text
    assert "η/√(1 − α)" not in said(spec, "W1", t=5)
    assert abs(Session(spec).branch.history.trace(1).change("W1")[0, 0]) == pytest.approx(1, 1e-5)


def test_a_centered_rmsprop_has_no_variance_of_one_gradient():
    spec = under("rmsprop", centered=True)
    assert "Of the first gradient alone it is α·(1 − α)·g²" in said(spec, "var.W1")
    assert "Of the first" not in said(spec, "var.W1", t=3)


def test_amsgrads_v_is_the_greatest():
    text = said(under("adam", amsgrad=True), "vhat.W1")
    assert "The greatest v so far" in text
    assert "true mean" not in text
    assert "true mean" in said(under("adam"), "vhat.W1")


def test_adagrads_root_is_of_squares():
    assert "root of the sum of their squares" in said(under("adagrad"), "W1")


@pytest.mark.parametrize(
    ("spec", "against"),
    [
        (under("sgd"), "∂L/∂W[1]"),
        (under("sgd", maximize=True), "gneg.W1"),
        (under("sgd", weight_decay=0.1), "gwd.W1"),
        (under("sgd", momentum=0.9), "buf.W1"),
        (under("sgd", momentum=0.9, nesterov=True), "nes.W1"),
        (under("sgd", clip=ClipSpec("norm", 0.1)), "clip.W1"),
        (under("rmsprop", momentum=0.9), "buf.W1"),
    ],
)
def test_an_update_is_against_what_it_subtracts(spec, against):
    name = Text().name(against) if "." in against else against
    text = said(spec, "W1")
    assert f"A step against {name}," in text
    assert "along" not in text


@pytest.mark.parametrize("name", ["adam", "adagrad", "rmsprop"])
def test_decay_that_a_root_divides_is_not_said_to_be_a_plain_pull(name):
    assert "divided by the root as well" in said(under(name, weight_decay=0.1), "gwd.W1")
    assert "root" not in said(under("sgd", weight_decay=0.1), "gwd.W1")
    assert "no root divides it" in said(under("adamw", weight_decay=0.1), "decay.W1")


@pytest.mark.parametrize(
    ("decay", "wanted"),
    [
        (0.0, "A decay of the parameter itself"),
        (1.0, "Here η·λ = 0.1 of it goes. A"),
        (15.0, "Here η·λ = 1.5 times it goes: beyond 0. A"),
        (30.0, "Here η·λ = 3 times it goes: beyond 0, and farther from it than before. A"),
    ],
)
def test_a_decay_says_how_much_goes(decay, wanted):
    spec = under("adamw", weight_decay=decay)
    assert (wanted in said(spec, "decay.W1")) if decay else "from decay" not in said(spec, "W1")
    if decay:
        assert "so the step from decay(W[1]) is η·sign g" in said(spec, "W1")
        assert "Here the step from decay(W[1]) is" in said(spec, "W1", t=2)
        assert "goes" not in said(spec, "decay.b1", (0,))


def test_a_step_of_a_group_is_measured_by_its_own_rate():
    own = (GroupSpec(("W1",), {"lr": 0.5}),)
    for name, t, wanted in [
        ("sgd", 1, "against ∂L/∂W[1], η#1 times as long"),
        ("adam", 1, "so the step is η#1·sign g"),
        ("adam", 2, "times η#1 long"),
        ("rmsprop", 1, "about η#1/√(1 − α), 10 times η#1"),
    ]:
        spec = replace(under(name), groups=own)
        assert wanted in said(spec, "W1", t=t)
        assert "#" not in said(spec, "W2", t=t)
    assert "Group #1 has its own lr = 0.5." in said(spec, "W1")


def test_what_a_buffer_of_rmsprop_divides_by():
    assert "recent size." in said(under("rmsprop", momentum=0.9), "buf.W1")
    centered = said(under("rmsprop", momentum=0.9, centered=True), "buf.W1")
    assert "recent spread." in centered
    assert "size" not in centered


def test_schedules_can_rise_and_fall():
    for row in SCHEDULES.values():
        for word in ("drops", "shrinks", "warms", "falls", "rises"):
            assert word not in row.why


@pytest.mark.parametrize(
    ("name", "options", "t", "factor", "next_one"),
    [
        ("step", {"step_size": 2, "gamma": 0.5}, 1, "the optimizer's own", "the same"),
        ("step", {"step_size": 2, "gamma": 0.5}, 2, "the optimizer's own", "smaller"),
        ("step", {"step_size": 2, "gamma": 0.5}, 3, "0.5 times the optimizer's", "the same"),
        ("exponential", {"gamma": 1.25}, 2, "1.25 times the optimizer's", "greater"),
        ("exponential", {"gamma": 0.0}, 2, "0: a step of no length", "the same"),
        ("cosine", {"T_max": 4}, 4, "0.1464 times the optimizer's", "smaller"),
        ("cosine", {"T_max": 4}, 5, "0: a step of no length", "greater"),
        ("cosine", {"T_max": 4}, 9, "the optimizer's own", "smaller"),
        ("linear", {"start_factor": 0.5}, 5, "0.9 times the optimizer's", "greater"),
        ("linear", {"start_factor": 0.5}, 6, "the optimizer's own", "the same"),
    ],
)
def test_a_scheduled_rate_says_where_it_stands(name, options, t, factor, next_one):
    spec = ScheduleSpec(name, {**SCHEDULES[name].defaults, **options})
    wanted = f"Here η is {factor}. The next update's is {next_one}."
    assert said_of_rate(spec, 0.1, t, Text().number) == wanted


def rate_said(spec: RunSpec, t: int, symbol: str = "lr") -> str:
    """What the page of an element says of a scheduled rate."""
    session = Session(spec)
    session.go(Position(t, 1))
    lines = origins.scalar(build(session, Text()), symbol, 900)
    return " ".join("".join(part for part, _ in line).strip() for line in lines)


@pytest.mark.parametrize("name", [n for n in SCHEDULES if n not in ("plateau", "sequential")])
def test_a_schedule_by_passes_speaks_of_passes(name):
    needed: dict[str, dict[str, Any]] = {
        "step": {"step_size": 1},
        "multi_step": {"milestones": (1,)},
        "exponential": {"gamma": 0.5},
        "cosine": {"T_max": 3},
        "cosine_warm_restarts": {"T_0": 3},
        "one_cycle": {"max_lr": 0.5, "total_steps": 5, "cycle_momentum": False},
        "list": {"rates": (0.5, 0.1)},
        "factors": {"factors": (0.5, 0.1)},
    }
    by_pass = ScheduleSpec(name, needed.get(name, {}), "pass")
    assert "iteration" not in rate_said(replace(WORKED, schedule=by_pass), 2)
    said_by_iteration = rate_said(replace(WORKED, schedule=replace(by_pass, by="iteration")), 2)
    assert ("iteration" in said_by_iteration) == ("iteration" in SCHEDULES[name].why)


def test_a_rate_of_a_group_is_a_share_of_its_own():
    spec = replace(
        WORKED,
        groups=(GroupSpec(("W1",), {"lr": 0.5}),),
        schedule=ScheduleSpec("exponential", {"gamma": 0.5}),
    )
    assert "Here η is 0.5 times group #1's." in rate_said(spec, 2, "lr#1")
    assert "Here η is group #1's own." in rate_said(spec, 1, "lr#1")
    assert "Here η is 0.5 times the optimizer's." in rate_said(spec, 2)


@pytest.mark.parametrize(
    ("kept", "wanted"),
    [
        ((0, math.inf, 0, 0), "Nothing has been compared yet."),
        ((0, math.inf, 2, 0), ""),
        (
            (0, 0.5, 2, 0),
            "The best so far is 0.5. 2 that were not better count; when they are more",
        ),
        ((1, 0.5, 0, 3), "The best so far is 0.5. Of the cooldown 3 are left: these do not count."),
    ],
)
def test_a_plateau_says_what_counts(kept, wanted):
    """After a cooldown the count begins anew, whatever was not better before."""
    array = np.array(kept)
    array[1] = min(array[1], np.finfo(array.dtype).max)
    row = SCHEDULES["plateau"]
    assert isinstance(row, Watching)
    found = row.says(array, row.defaults, Text().number)
    assert found.startswith(wanted)
    assert bool(found) == bool(wanted)


def test_a_power_of_0_does_not_end_at_0():
    spec = ScheduleSpec("polynomial", {**SCHEDULES["polynomial"].defaults, "power": 0.0})
    assert "optimizer's own" in said_of_rate(spec, 0.1, 9, Text().number)
    assert "0" not in SCHEDULES["polynomial"].why


def test_a_rate_of_0_or_without_end_is_not_compared():
    grows = ScheduleSpec("exponential", {"gamma": 1e200})
    assert said_of_rate(grows, 0.1, 4, Text().number) == ""
    rises = ScheduleSpec("cosine", {"T_max": 4, "eta_min": 0.5})
    assert said_of_rate(rises, 0.0, 3, Text().number).startswith("The next update's is greater")


# -- clipping ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "wanted"),
    [
        (10.0, "‖∂L/∂θ‖ is within max_norm, so no gradient is clipped."),
        (0.5, "‖∂L/∂θ‖ is above max_norm, so every gradient is multiplied by {}."),
    ],
)
def test_the_norm_clips_where_it_is_above_its_limit(limit, wanted):
    spec = under("sgd", ClipSpec("norm", limit))
    norm = float(Session(spec).branch.history.trace(1).known("gnorm", 99))
    wanted = wanted.format(Text().number(limit / (norm + 1e-6)))
    for symbol in ("gnorm", "clip.W1"):
        assert wanted in said(spec, symbol, () if symbol == "gnorm" else (0, 0))
    at_the_limit = said(under("sgd", ClipSpec("norm", norm)), "gnorm", ())
    assert "‖∂L/∂θ‖ + 1e−6 is above max_norm" in at_the_limit


@pytest.mark.parametrize(
    ("limit", "index", "wanted"),
    [
        (0.5, (1, 1), "0.4505 is within ±clip_value, so it stays."),
        (0.01, (1, 1), "0.4505 is above clip_value, so clip_value takes its place."),
        (0.01, (0, 1), "−0.4505 is below −clip_value, so −clip_value takes its place."),
    ],
)
def test_a_number_is_clipped_where_it_is_beyond_its_limit(limit, index, wanted):
    assert wanted in said(under("sgd", ClipSpec("value", limit)), "clip.W2", index)


@pytest.mark.parametrize(
    ("limit", "wanted"),
    [(0.1, "so each of its gradients is"), (9.0, "so none of its gradients is")],
)
def test_a_norm_of_some_gradients_speaks_of_these(limit, wanted):
    spec = under("sgd", ClipSpec("norm", limit, params=("W1",)))
    norm, clipped = said(spec, "gnorm", ()), said(spec, "clip.W1")
    assert wanted in norm
    assert wanted in clipped
    assert "It is that of the gradients of W[1]." in norm
    assert "its gradients shrink alike; their direction stays." in clipped
    assert not re.search("all gradients|every gradient|no gradient", norm + clipped)


@pytest.mark.parametrize("size", [1e-300, 1e170, 1e300])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_sentences_of_huge_and_tiny_numbers(name, size):
    options = {"lr": size, **({"centered": True} if name == "rmsprop" else {})}
    spec = fitting(replace(unit("identity", size), optimizer=OptimizerSpec(name, options)))
    session = Session(spec)
    with np.errstate(all="ignore"):
        for t in (1, 2, 3):
            for step in session.branch.history.steps_of(t):
                session.go(Position(t, step.number))
                frame = build(session, Text())
                assert all(reasons.why(frame, step, reasons.first(frame, step)))


# -- with conditions and without ----------------------------------------------------------------

XOR, SUM, WEIGHTS = load("xor"), LossSpec("cross_entropy", "sum"), {"weight": (1.0, 2.0)}
BIAS, ERRORS = "its gradient is the error itself", "its gradient is the errors' sum"
LABELS, ROWS = "A weighted mean, as of labels", "The weights are not in N"
DEAR, SPREAD = "how much a miss of each class counts", "spread over all classes"


def lossy(spec: RunSpec, loss: LossSpec, labels: bool | None = None) -> RunSpec:
    """The run with another loss, and targets that are labels or not."""
    data = replace(spec.data, labels=labels)
    return replace(spec, loss=loss, data=data)


def outputs(y: list[float], **options: Any) -> RunSpec:
    """Sigmoids of three outputs."""
    return classes(y, "sigmoid", "binary_cross_entropy", **options)


@pytest.mark.parametrize(
    ("spec", "symbol", "there", "not_there"),
    [
        (WORKED, "db2", BIAS, ERRORS),
        (XOR, "db2", ERRORS, BIAS),
        (replace(XOR, penalty=PenaltySpec(l2=0.1)), "db2", ERRORS, "but for the penalty"),
        (
            replace(XOR, penalty=PenaltySpec(l2=0.1, biases=True)),
            "db2",
            f"so, but for the penalty, {ERRORS}",
            BIAS,
        ),
        (WORKED, "z1", "and adds its bias", "inputs and adds them up."),
        (
            replace(WORKED, layers=tuple(replace(x, b=None) for x in WORKED.layers)),
            "z1",
            "inputs and adds them up.",
            "bias",
        ),
        (XOR, "loss", "The mean over the samples of the mini-batch: N = 4.", "outputs"),
        (lossy(XOR, SUM), "loss", "The sum of the samples' losses", "mean"),
        (lossy(XOR, LossSpec("mse")), "loss", "over all outputs: N = 4 × 2.", "over the samples"),
        (lossy(WORKED, SUM), "loss", "The surprise at the targets", "The sum"),
        (lossy(XOR, LossSpec("cross_entropy", options=WEIGHTS), labels=True), "loss", LABELS, ROWS),
        (
            lossy(XOR, LossSpec("cross_entropy", options=WEIGHTS), labels=False),
            "loss",
            ROWS,
            LABELS,
        ),
        (
            lossy(XOR, LossSpec("cross_entropy", options={"label_smoothing": 0.1})),
            "loss",
            "N = 4",
            ROWS,
        ),
        (classes([0, 1, 0], weight=(1, 2, 3)), "loss", DEAR, SPREAD),
        (classes([0, 1, 0], label_smoothing=0.1), "loss", SPREAD, DEAR),
        (classes([0, 1, 0], label_smoothing=0.1), "delta1", "those that were wanted.", "Σ"),
        (outputs([0, 1, 0.5]), "loss", "their entropy", "would be 0"),
        (outputs([0, 1, 1], pos_weight=0.5), "loss", "a miss of a 1 counts", "would be 0"),
        (under("rmsprop"), "W1", "recent size", "spread"),
        (under("rmsprop", centered=True), "W1", "recent spread", "size"),
        (under("rmsprop", eps=0.5), "W1", "times η long", "√(1 − α)"),
        (under("adam", eps=0.5), "W1", "times η long", "t = 1"),
        (under("adagrad"), "W1", "Here the step is 1.0000 times η long.", "as well"),
        (under("sgd", momentum=0.9), "buf.W1", "where gradients agree, it gains", "dampening"),
        (under("sgd", momentum=0.9, dampening=0.5), "buf.W1", "dampening holds", "gains"),
    ],
)
def test_a_sentence_is_there_where_it_holds_and_only_there(spec, symbol, there, not_there):
    text = said(spec, symbol, () if symbol == "loss" else (0,) if symbol[:2] == "db" else (0, 0))
    assert there in text
    assert not_there not in text


def test_a_step_of_η_is_said_of_the_first_update_only():
    """Also where all gradients are the same, so that each step is as long."""
    layer = LayerSpec(1, "identity", np.zeros((1, 1)), None)
    data = DataSpec(np.array([[1.0]]), np.array([[1e6]]), 1)
    spec = replace(WORKED, data=data, layers=(layer,), loss=LossSpec("l1"), compare=None)
    spec = replace(spec, optimizer=OptimizerSpec("adam", {"lr": 0.1}))
    assert "t = 1" in said(spec, "W1")
    assert "Here the step is 1.0000 times η long." in said(spec, "W1", t=2)


def test_the_first_step_is_not_said_to_be_η_where_squares_lose_their_digits():
    spec = unit("identity", 1e-160)
    spec = replace(spec, optimizer=OptimizerSpec("adam", {"lr": 0.1, "eps": 0.0}))
    text = said(spec, "W1")
    assert "t = 1" not in text
    assert "Here the step is 1.0060 times η long." in text


def test_a_step_that_nothing_measures_has_no_length():
    spec = unit("identity", 1.0, y=-math.inf)
    with np.errstate(all="ignore"):
        for name in ("adam", "adagrad", "rmsprop", "adamax", "nadam", "radam", "adadelta"):
            run = replace(spec, optimizer=OptimizerSpec(name, {"lr": 0.1}), clip=None)
            text = said(run, "W1")
            assert "times η" not in text
            assert "nan" not in text
        clipped = said(replace(spec, clip=ClipSpec("norm", 0.5)), "clip.W1")
        assert "multiplied" not in clipped
    assert CLIPS["value"].said(math.nan, 0.5, 0.0, Text().number) == ""


def test_what_the_jacobian_comes_to_is_divided_as_the_loss_is():
    spec = load("softmax-jacobian")
    two = replace(spec.data, x=np.repeat(spec.data.x, 2, 0), y=np.repeat(spec.data.y, 2, 0))
    several = replace(spec, data=replace(two, batch_size=2))
    assert "Here it equals 1/N · (ŷ − y)." in said(several, "delta1")
    summed = replace(several, loss=LossSpec("nll", "sum"))
    assert "Here it equals ŷ − y." in said(summed, "delta1")


def test_a_mean_is_of_weights_or_of_samples():
    loss = LossSpec("cross_entropy", options=WEIGHTS)
    assert "The mean over" not in said(lossy(XOR, loss, labels=True), "loss", ())
    assert "The mean over" in said(lossy(XOR, loss, labels=False), "loss", ())


def test_each_sample_has_its_own_sentence():
    first, second = (said(XOR, "lossn", (n,)) for n in (0, 1))
    assert "it is given" in first
    assert first != second


def test_the_selected_sample_is_spoken_of():
    session = Session(XOR)
    step = session.trace.steps[session.trace.number("lossn") - 1]
    session.selection = replace(session.selection, symbol=Symbol("x"), sample=2)
    session.go(Position(1, step.number))
    assert reasons.first(build(session, Text()), step) == (2,)


# -- where they are drawn ------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(37, 10), (60, 17)])
@pytest.mark.parametrize("branch", [0, 1])
def test_something_is_said_of_every_step_of_the_worked_example(width, height, branch):
    session = Session(WORKED)
    for step in session.branches[branch].history.steps_of(1):
        session.go(Position(1, step.number), branch)
        frame = build(session, Text())
        dim = [line[0][0].strip() for line in draw(frame, width, height)[1:] if line[:1]]
        why = reasons.why(frame, step, reasons.first(frame, step))
        assert why[0] in " ".join(dim)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("rmsprop", {}),
        ("rmsprop", {"centered": True, "eps": 0.01}),
        ("adam", {}),
        ("adamw", {"weight_decay": 0}),
        ("adamax", {}),
        ("nadam", {"momentum_decay": 0.5}),
        ("adadelta", {"eps": 0.01}),
        ("adam", {"eps_inside": True, "eps": 0.01}),
        ("adam", {"bias_correction": False}),
        ("rmsprop", {"eps_inside": True, "eps": 0.01}),
    ],
)
@pytest.mark.parametrize("t", [2, 3, 6])
def test_how_long_a_step_is_said_to_be_is_how_far_it_goes(name, options, t):
    spec = under(name, **options)
    before, after = (Session(spec).branch.history.trace(i).value("W1", 0) for i in (t, t + 1))
    text = said(spec, "W1", t=t)
    long = re.search(r"Here the step is ([0-9.e−]+) times η long", text)
    assert long, text
    assert before is not None
    assert after is not None
    went = abs(after - before)[0, 0] / 0.1
    assert float(long[1].replace("−", "-")) == pytest.approx(went, rel=0.01, abs=6e-5)
