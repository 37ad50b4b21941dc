"""Tests of the symbols: what each names."""

from __future__ import annotations

import pytest

from engine.catalog.symbols import OF_LAYERS, PARAMETERS, Learned, Symbol, indexed


@pytest.mark.parametrize(
    ("key", "layer", "prefix", "parameter", "batchwise"),
    [
        ("z12", 12, "", None, True),
        ("W2", 2, "", "W2", False),
        ("dW2", 2, "", "W2", False),
        ("db1", 1, "", "b1", False),
        ("da1", 1, "", None, True),
        ("delta2", 2, "", None, True),
        ("jac2", 2, "", None, True),
        ("mhat.W1", 1, "mhat", "W1", False),
        ("clip.b3", 3, "clip", "b3", False),
        ("x", None, "", None, True),
        ("yhat", None, "", None, True),
        ("dyhat", None, "", None, True),
        ("lossn", None, "", None, True),
        ("loss", None, "", None, False),
        ("gnorm", None, "", None, False),
        ("max_norm", None, "", None, False),
    ],
)
def test_a_symbol_knows_what_it_names(key, layer, prefix, parameter, batchwise):
    symbol = Symbol(key)
    assert symbol == key
    assert (symbol.layer, symbol.prefix, symbol.parameter) == (layer, prefix, parameter)
    assert symbol.batchwise == batchwise
    assert symbol.is_parameter == (key == parameter)
    assert symbol.is_gradient == (parameter is not None and key == f"d{parameter}")


@pytest.mark.parametrize(
    ("key", "family"),
    [("dW12", "dW"), ("mhat.W1", "mhat"), ("clip.b3", "clip"), ("lr#2", "lr"), ("yhat", "yhat")],
)
def test_a_symbol_knows_what_it_is_one_of(key, family):
    assert Symbol(key).family == family


def test_a_parameter_names_its_gradient_and_its_vectors():
    assert Symbol("W2").gradient == "dW2"
    assert Symbol("W2").gradient.parameter == "W2"
    assert Symbol("b10").under("vhat") == "vhat.b10"
    assert Symbol("b10").under("vhat").written == "vˆ(b[10])"


def test_the_name_of_an_element_in_files():
    assert indexed("W1", (0, 11)) == "W1[1,12]"
    assert indexed("loss", ()) == "loss"


def test_a_kind_of_parameters_brings_its_gradients_kind() -> None:
    made = Learned("theta", ("θ",), layered=False).kinds()
    assert made["theta"].of == made["dtheta"].of == "theta"
    assert made["dtheta"].forms == ("∂L/∂θ", "dL/dtheta", "dtheta")
    assert PARAMETERS[:2] == ("W", "b")
    for kind in OF_LAYERS:
        own, gradient = Symbol(f"{kind}2"), Symbol(f"d{kind}2")
        assert own.is_parameter
        assert not own.is_gradient
        assert gradient.is_gradient
        assert not gradient.is_parameter
        assert own.gradient == gradient
        assert own.parameter == gradient.parameter == Symbol(f"m.{kind}2").parameter == own
        assert not Symbol(f"m.{kind}2").is_parameter
    for other in ("z1", "delta1", "db", "x", "loss", "", "lr#1"):
        symbol = Symbol(other)
        assert (symbol.is_parameter, symbol.is_gradient, symbol.parameter) == (False, False, None)
