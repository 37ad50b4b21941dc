"""Where numbers come from, to the end, and what they feed."""

from dataclasses import replace

import numpy as np
import pytest

from engine.analysis.derivation import Derivation, Number, Origin
from engine.analysis.feeds import _through_weights, readers
from engine.catalog.symbols import Symbol
from engine.history.branching import history_of
from engine.runfile.read import load
from engine.session.session import Session
from engine.spec.run import ClipSpec, LossSpec, RunSpec, ScheduleSpec
from tests.engine.lived import follow, lived, run
from tests.engine.networks import network

GIVEN = {Origin.DATA, Origin.START, Origin.CONSTANT}


def swapped(name: str) -> RunSpec:
    """A run under the optimizer that it is compared with."""
    spec = load(name)
    assert spec.compare
    return spec.with_optimizer(spec.compare, spec.optimizer)


def numbers_of(derivation: Derivation, t: int) -> list[Number]:
    """All that iteration t computes."""
    trace = derivation.trace(t)
    return [
        derivation.at(t, len(trace.steps), step.symbol, index)
        for step in trace.steps
        for index in np.ndindex(step.shape)
    ]


@pytest.mark.parametrize("spec", [load("worked-example"), swapped("worked-example")])
def test_any_number_of_iteration_20_is_recomputed_from_what_is_given_alone(spec):
    derivation = Derivation(history_of(spec))
    for number in numbers_of(derivation, 20):
        x = derivation.value(number)
        assert derivation.recomputed(number) == pytest.approx(x, rel=1e-12, abs=1e-14), number


def test_unfolded_to_the_end_there_is_only_what_is_given():
    derivation = Derivation(history_of(load("worked-example")))
    whole = derivation.needed(Number(20, "W2", (0, 0)))
    assert whole[-1] == Number(20, "W2", (0, 0))
    leaves = [each for each in whole if not derivation.operands(each)]
    assert {derivation.origin(leaf) for leaf in leaves} == GIVEN
    start = {leaf.symbol for leaf in leaves if derivation.origin(leaf) is Origin.START}
    assert start == {"W1", "b1", "W2", "b2"}
    assert len(set(whole)) == len(whole)


def test_a_changed_leaf_changes_what_is_recomputed():
    derivation = Derivation(history_of(load("worked-example")))
    leaf, number = Number(0, "W1", (0, 0)), Number(3, "loss")
    derivation._recomputed[leaf] = 0.2
    nudged = load("worked-example")
    first = replace(nudged.layers[0], W=np.array([[0.2, 0.2], [0.3, 0.4]]))
    other = history_of(replace(nudged, layers=(first, nudged.layers[1])))
    assert derivation.recomputed(number) == pytest.approx(
        float(other.trace(3).known("loss", 99)), rel=1e-13
    )


def test_an_operand_may_be_of_the_iteration_before():
    derivation = Derivation(history_of(load("worked-example")))
    new = Number(5, "W2", (0, 0))
    assert derivation.operands(new) == (
        Number(4, "W2", (0, 0)), Number(5, "lr"), Number(5, "dW2", (0, 0)),
    )  # fmt: skip
    assert derivation.at(6, 1, "W2", (0, 0)) == new
    assert derivation.operands(Number(1, "z1", (0, 0)))[:2] == (
        Number(0, "W1", (0, 1)), Number(1, "x", (0, 1)),
    )  # fmt: skip


def made() -> list[RunSpec]:
    """Runs whose arithmetic is of all kinds."""
    plain = network(
        (3, 4, 2, 2), ("tanh", "softmax", "identity"), LossSpec("mse"), 5, batch_size=2,
        frozen=(frozenset(), frozenset("W"), frozenset()),
    )  # fmt: skip
    soft = np.array([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]])
    smooth = network(
        (2, 3, 2), ("leaky_relu", "softmax"),
        LossSpec("cross_entropy", options={"label_smoothing": 0.1, "weight": (1.0, 2.0)}),
        3, y=soft, bias=(False, True),
    )  # fmt: skip
    return [
        plain,
        replace(smooth, clip=ClipSpec("norm", 0.1)),
        network((2, 3, 2), ("relu", "softmax"), LossSpec("nll"), 2),
        run("settings"),
        replace(
            swapped("worked-example"),
            clip=ClipSpec("value", 0.1),
            schedule=ScheduleSpec("cosine", {"T_max": 10}),
        ),
        replace(
            load("diverging"), schedule=ScheduleSpec("plateau", {"patience": 0, "factor": 0.5})
        ),
    ]


@pytest.mark.parametrize("spec", made())
def test_everything_closes_over_layers_batches_losses_and_schedules(spec):
    derivation = Derivation(history_of(spec))
    for number in numbers_of(derivation, 3):
        x = derivation.value(number)
        assert derivation.recomputed(number) == pytest.approx(x, rel=1e-9, abs=1e-12), number


@pytest.mark.parametrize("spec", made())
def test_what_a_number_feeds_is_all_that_reads_it(spec):
    derivation = Derivation(history_of(spec))
    first, second = numbers_of(derivation, 1), numbers_of(derivation, 2)
    read_by: dict[Number, list[Number]] = {}
    for number in first + second:
        for operand in derivation.operands(number):
            read_by.setdefault(operand, []).append(number)
    for number in first:
        assert list(readers(derivation, number)) == read_by.get(number, []), number
    for operand, found in read_by.items():
        if derivation.origin(operand) is Origin.DATA and operand.symbol != "N":
            assert list(readers(derivation, operand)) == found, operand


def test_numbers_put_in_later_are_known_as_such():
    session = Session(load("worked-example"))
    session.go(session.target("3.1"))
    follow(session, session.edit("W1", (0, 1), 0.9, "W1[1,2]"))
    derivation = Derivation(session.branch.history)
    t = session.position.iteration
    assert derivation.at(t, 0, "W1", (0, 1)) == Number(t - 1, "W1", (0, 1), changed=True)
    assert derivation.origin(derivation.at(t, 0, "W1", (0, 1))) is Origin.CHANGED
    assert derivation.value(derivation.at(t, 0, "W1", (0, 1))) == 0.9
    assert derivation.at(t, 0, "W1", (0, 0)) == Number(t - 1, "W1", (0, 0))


def test_every_number_of_a_session_lived_in_closes():
    session = lived("worked-example")
    for branch in session.branches.values():
        derivation = Derivation(branch.history)
        for number in numbers_of(derivation, 8):
            x = derivation.value(number)
            assert derivation.recomputed(number) == pytest.approx(x, rel=1e-10, abs=1e-12)


def test_the_largest_terms_of_a_sum_come_first():
    derivation = Derivation(history_of(load("digits")))
    number = Number(1, "z1", (0, 0))
    e = derivation.arithmetic(number)
    assert e is not None
    sizes = [abs(term.value) for term in e.args if term.op == "mul"]
    first = derivation.operands(number)[:2]
    product = np.prod([derivation.value(each) for each in first])
    assert abs(product) == max(sizes)


@pytest.mark.parametrize(
    ("result", "symbol", "among"),
    [
        ("z2", "W2", (None, 1)), ("z2", "b2", (None, 1)), ("z2", "a1", (1, None)),
        ("da1", "W2", (None, 2)), ("da1", "delta2", (1, None)), ("da2", "W2", (None, None)),
        ("z2", "W1", (None, None)),
    ],
)  # fmt: skip
def test_readers_are_looked_for_where_they_may_be_and_no_farther(result, symbol, among):
    assert _through_weights(Symbol(result), Symbol(symbol), (1, 2)) == among
