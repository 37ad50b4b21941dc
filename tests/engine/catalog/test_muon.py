"""Muon: against NumPy alone, what it refuses, and what is said and drawn of whole matrices."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from engine.catalog.optimizers import OPTIMIZERS, by_element
from engine.catalog.symbols import Symbol
from engine.formula import bfloat, expr
from engine.formula.calls import Array
from engine.program.trainer import Trainer
from engine.runfile.read import from_table
from engine.session.causes import Cause, EditError, successor
from engine.session.rivals import with_named_optimizer
from engine.session.session import Session
from engine.session.standing import Selection
from engine.spec.run import OptimizerSpec, SpecError
from tests.closing import exact as independent
from tests.tui.keyboard import Keyboard
from tui.command.blocks import block
from tui.text.format import Text

RUN = """
[data]
x = [[1.0, 2.0], [0.5, -1.0], [0.25, 0.75]]
y = [[1, 0], [0, 1], [1, 0]]
[[layers]]
units = 3
activation = "tanh"
W = [[0.1, 0.2], [0.3, 0.4], [0.5, -0.1]]
bias = false
[[layers]]
units = 2
activation = "softmax"
W = [[0.5, 0.6, 0.1], [0.7, 0.8, 0.2]]
bias = false
[loss]
name = "cross_entropy"
"""
BIASED = RUN.replace("bias = false", "b = 0")


def run(text: str = RUN, **optimizer: Any) -> Any:
    return from_table(tomllib.loads(text) | {"optimizer": {"name": "muon", "lr": 0.1} | optimizer})


def by_hand(
    W: Array, buf: Array, g: Array, lr: float, matched: bool, steps: int
) -> tuple[Array, Array]:
    """An update in float64, as Muon's authors write it: the new parameter and the new mean."""
    buf = 0.95 * buf + 0.05 * g
    x = 0.05 * g + 0.95 * buf
    turn = len(x) > x.shape[1]
    x = x.T if turn else x
    x = x / np.linalg.norm(x)
    for _ in range(steps):
        a = x @ x.T
        x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
    x = x.T if turn else x
    rows, columns = W.shape
    scale = 0.2 * np.sqrt(max(rows, columns)) if matched else np.sqrt(max(1, rows / columns))
    return W * (1 - lr * 0.1) - lr * scale * x, buf


@pytest.mark.parametrize("matched", [False, True])
@pytest.mark.parametrize("steps", [0, 1, 5])
def test_in_floats_it_is_the_method_as_it_is_written_down(matched, steps):
    way = "match_rms_adamw" if matched else "original"
    spec = run(newton_schulz="float", adjust_lr_fn=way, ns_steps=steps)
    trainer = Trainer(spec)
    kept: dict[str, Array] = {name: np.zeros(trainer.layout.shape(name)) for name in ("W1", "W2")}
    for t in range(1, 21):
        trace = trainer.trace(t, trainer.state.copy())
        for name in kept:
            old, g = trace.known(name, 0), trace.known(f"d{name}", 99)
            new, kept[name] = by_hand(old, kept[name], g, 0.1, matched, steps)
            np.testing.assert_allclose(trace.known(name, 999), new, rtol=1e-12, atol=1e-14)


def test_bfloat16_rounds_to_eight_binary_digits_of_two_as_near_to_the_even():
    found = bfloat.rounded(np.array([1.0, 1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-8 + 2**-20, -0.1]))
    assert found.tolist() == [1.0, 1.0, 1 + 2**-6, 1 + 2**-7, -0.10009765625]
    ends = [np.inf, -np.inf, 3.4e38, 1e39, 0.0, -0.0, 1e-46, 1e-40]
    with np.errstate(over="ignore"):
        kept = bfloat.rounded(np.array(ends)).tolist()
    assert kept[:6] == [np.inf, -np.inf, np.inf, np.inf, 0.0, 0.0]
    assert kept == [bfloat.nearest(x) for x in ends]
    assert np.isnan(bfloat.rounded(np.array([np.nan, 1.0]))).tolist() == [True, False]
    assert np.isnan(expr.apply("bf16", [np.nan]))


def test_sums_of_products_add_the_second_of_each_pair_first():
    a = np.array([[2.0**24, 1.0, 1.0, -(2.0**24), 1.0]])
    ones = np.ones((5, 1))
    assert bfloat.product(a, ones).tolist() == [[2.0]]
    assert bfloat.product(a[:, ::-1], ones).tolist() == [[3.0]]


def test_a_number_as_large_as_bfloat16_has_is_that_of_the_independent_check():
    for x in (3.3895313892515355e38, 3.4e38, 1e-45, 1e-39, 1.00390625, 0.1):
        found = independent.FUNCTIONS["bf16"](Fraction(x))
        assert float(found) == bfloat.nearest(x)


@pytest.mark.parametrize("place", ["optimizer", "compare", "switch"])
def test_what_is_no_matrix_is_refused_with_what_helps(place):
    tables: dict[str, Any] = {"optimizer": {"name": "sgd", "lr": 0.1}}
    muon = {"name": "muon", "lr": 0.1}
    tables |= {place: [muon | {"at": 2}]} if place == "switch" else {place: muon}
    said = "muon updates matrices only, as PyTorch.s, and not b1, b2: set bias = false"
    with pytest.raises(SpecError, match=f"{place}.*: {said}"):
        from_table(tomllib.loads(BIASED) | tables)
    frozen = {"groups": [{"params": ["b*"], "frozen": True}]}
    assert from_table(tomllib.loads(BIASED) | tables | frozen).layers[0].frozen == {"b"}


def test_a_slope_that_learns_is_frozen_and_no_bias():
    text = RUN.replace('activation = "tanh"', 'activation = "prelu"')
    with pytest.raises(SpecError, match=r'and not alpha1: freeze .* params = \["alpha\*"\] and'):
        run(text)
    with pytest.raises(SpecError, match=r'not b1, .*: freeze .* params = \["b\*", "alpha\*"\] and'):
        run(text.replace("bias = false", "b = 0"))
    frozen = text + '[[groups]]\nparams = ["alpha*"]\nfrozen = true\n'
    assert run(frozen).layers[0].frozen == {"alpha"}


def test_so_it_is_where_it_takes_over_or_is_asked_for_by_name():
    spec = from_table(tomllib.loads(BIASED) | {"optimizer": {"name": "sgd", "lr": 0.1}})
    with pytest.raises(SpecError, match=r"^muon updates matrices only"):
        with_named_optimizer(spec, "muon")
    with pytest.raises(EditError, match=r"^Muon updates matrices only"):
        successor(spec, Cause(0, 1, "switch", "muon", value={}))
    alone = replace(spec, layers=tuple(replace(each, b=None) for each in spec.layers))
    assert with_named_optimizer(alone, "muon").optimizer.name == "muon"


def test_no_run_of_it_is_made_otherwise():
    spec = from_table(tomllib.loads(BIASED) | {"optimizer": {"name": "sgd", "lr": 0.1}})
    muon = OptimizerSpec("muon", OPTIMIZERS["muon"].complete({}))
    for made in (replace(spec, optimizer=muon), replace(spec, compare=muon)):
        with pytest.raises(SpecError, match=r"^muon updates matrices only"):
            Trainer(made)


def test_a_function_has_no_matrices():
    table = {"function": {"f": "2*x1^2", "start": [1.0]}, "optimizer": {"name": "muon", "lr": 0.1}}
    with pytest.raises(SpecError, match=r"updates matrices only.* here are single numbers"):
        from_table(table)


def test_what_is_not_of_each_element_is_known_by_its_prefix():
    row = OPTIMIZERS["muon"]
    rules = row.rules({"ns_steps": 99})
    apart = {rule.prefix for rule in rules if rule.apart}
    assert apart == row.apart
    assert [by_element(prefix) for prefix in ("", "buf", "ns3", "rate")] == [
        True,
        True,
        False,
        False,
    ]


def test_the_singular_values_are_told():
    session = Session(run())
    step = session.trace.steps[session.trace.number("ortho.W1") - 1]
    values = np.linalg.svd(session.trace.known("ortho.W1", 99), compute_uv=False)
    assert values.min() > 0.3
    session.go(session.target("1.ortho.W1"))
    page = " ".join(str(block(session, session.position, Text())).split())
    assert step.formula == "{ortho.W1} ← {ns5.W1}ᵀ"
    assert f"Its singular values are {values[0]:.4f}, {values[1]:.4f}." in page


def test_a_singular_value_that_is_0_but_for_rounding_is_told_as_0():
    spec = run()
    alone = replace(spec.data, x=spec.data.x[:1], y=spec.data.y[:1], batch_size=1)
    session = Session(replace(spec, data=alone))
    session.go(session.target("1.ortho.W1"))
    page = " ".join(str(block(session, session.position, Text())).split())
    assert "Its singular values are 0.6771, 0." in page


def test_of_a_row_there_is_one_singular_value():
    spec = run()
    one = replace(spec.layers[0], units=1, W=spec.layers[0].W[:1])
    last = replace(spec.layers[1], W=spec.layers[1].W[:, :1])
    session = Session(replace(spec, layers=(one, last)))
    session.go(session.target("1.ortho.W1"))
    value = np.linalg.norm(session.trace.known("ortho.W1", 99))
    page = " ".join(str(block(session, session.position, Text())).split())
    assert f"Its one singular value is {value:.4f}." in page


FORMULAS = (
    "{low.W} ← bf16({nes.W})T",
    "{fro.W} ← max(bf16(√(Σ {low.W}²)), bf16({eps}))",
    "{ns0.W} ← bf16({low.W}/{fro.W})",
    "{gram1.W} ← bf16({ns0.W}·{ns0.W}ᵀ)",
    "{poly1.W} ← bf16({nsb}·{gram1.W} + {nsc}·({gram1.W}·{gram1.W}))",
    "{ns1.W} ← bf16({nsa}·{ns0.W} + {poly1.W}·{ns0.W})",
    "{ortho.W} ← {ns1.W}T",
)


@pytest.mark.parametrize("way", ["bfloat16", "float"])
def test_every_formula_says_whether_it_is_rounded_and_what_is_turned(way):
    program = Trainer(run(newton_schulz=way, ns_steps=1)).usual
    formulas = {step.symbol: step.formula for step in program.steps}
    brackets = str.maketrans("", "", "()")
    for template in FORMULAS:
        for name, turned in (("W1", "ᵀ"), ("W2", "")):
            wanted = template.replace(".W", f".{name}").replace("T", turned)
            if way == "float":
                wanted = wanted.replace("bf16", "")
            found = formulas[Symbol(wanted[1:].partition("}")[0])]
            assert found.translate(brackets) == wanted.translate(brackets)


@pytest.mark.parametrize("wrong", [3.0, [1.0, 2.0], [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, "c"], "abc"])
def test_coefficients_are_three_numbers(wrong):
    with pytest.raises(SpecError, match=r"ns_coefficients is .*, and must be three numbers"):
        run(ns_coefficients=wrong)
    assert run(ns_coefficients=[2, -1.5, 0.5]).optimizer.options["ns_coefficients"] == (
        2,
        -1.5,
        0.5,
    )


KEYS = "; = w y D e x Enter"


@pytest.mark.parametrize("symbol", ["low.W1", "fro.W1", "ns0.W1", "gram1.W1", "ns5.W1", "rate.W1"])
def test_every_page_opens_at_any_element_of_a_matrix_in_between(symbol):
    keys = Keyboard()
    keys.actions.context.desk.session = session = Session(
        replace(run(), compare=OptimizerSpec("sgd", {"lr": 0.1}))
    )
    session.go(session.target(f"2.{symbol}"))
    for unit, column in ((0, 0), (1, 1), (1, 2)):
        session.selection = Selection(symbol, unit, column)
        for size in ((60, 20), (80, 24), (120, 40), (200, 60)):
            keys.context.shown.forget()
            keys.screen(*size)
        for key in KEYS.split():
            keys.press(key).screen(80, 24)
