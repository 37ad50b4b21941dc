"""The functions that a formula may have, a row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from engine.formula.calls import Array
from engine.functions.tree import ONE, TWO, Node, num, power, product, quotient, total

Slope = Callable[[Node, Node], Node]
"""Of a function's value and its argument, its derivative."""


class Function(NamedTuple):
    """A function of one argument: how it is computed, its derivative as PyTorch has it at kinks
    and outside the domain, and the Python expression that computes it with PyTorch. `arithmetic`
    is its name in the arithmetic of an element.
    """

    compute: Callable[..., Any]
    slope: Slope
    torch: str
    arithmetic: str = ""


def _sigmoid(x: Array, out: Array) -> None:
    np.negative(x, out)
    np.exp(out, out)
    np.add(out, 1, out)
    np.divide(1, out, out)


def _step(x: Array, out: Array) -> None:
    np.heaviside(x, 0.0, out)


def _half(x: Array, out: Array) -> None:
    np.heaviside(x, 0.5, out)


def _relu(x: Array, out: Array) -> None:
    np.maximum(x, 0, out=out)


def _fn(name: str, *args: Node) -> Node:
    return Node(name, args)


FUNCTIONS: dict[str, Function] = {
    "exp": Function(np.exp, lambda f, _: f, "torch.exp"),
    "log": Function(np.log, lambda _, u: quotient(ONE, u), "torch.log"),
    "sin": Function(np.sin, lambda _, u: _fn("cos", u), "torch.sin"),
    "cos": Function(np.cos, lambda _, u: product(num(-1), _fn("sin", u)), "torch.cos"),
    "tan": Function(np.tan, lambda f, _: total(ONE, power(f, TWO)), "torch.tan"),
    "tanh": Function(
        np.tanh, lambda f, _: total(ONE, product(num(-1), power(f, TWO))), "torch.tanh"
    ),
    "sqrt": Function(np.sqrt, lambda f, _: quotient(ONE, product(TWO, f)), "torch.sqrt"),
    "abs": Function(np.abs, lambda _, u: _fn("sign", u), "torch.abs"),
    "sigmoid": Function(
        _sigmoid,
        lambda f, _: product(f, total(ONE, product(num(-1), f))),
        "torch.sigmoid",
        "σ",
    ),
    "relu": Function(_relu, lambda _, u: _fn("step", u), "torch.relu", "max"),
    "sign": Function(np.sign, lambda _f, _u: num(0), "torch.sign"),
    "step": Function(_step, lambda _f, _u: num(0), ""),
    "half": Function(_half, lambda _f, _u: num(0), ""),
}
"""Those of one argument. step is 1 above 0, else 0; half the same, and ½ at 0."""

READ = ("exp", "log", "sin", "cos", "tan", "tanh", "sqrt", "abs", "sigmoid", "relu")
"""Those that a formula may have, in the order in which sentences name them."""
OTHER_NAMES = {"ln": "log", "σ": "sigmoid"}
OF_TWO = ("min", "max")
CONSTANTS = {"π": float(np.pi), "e": float(np.e)}
