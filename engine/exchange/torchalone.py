"""The lines of a PyTorch script that are another's where a run has no network."""

from __future__ import annotations

from collections.abc import Iterator

from engine.exchange.torchcode import array, value
from engine.formula.expr import Expr
from engine.functions.compute import arithmetic
from engine.functions.read import read
from engine.functions.table import FUNCTIONS
from engine.functions.tree import Node
from engine.spec.run import FunctionSpec, RunSpec

_OPERATORS = {"add": " + ", "mul": " * ", "div": " / ", "pow": " ** "}


def objective(spec: RunSpec) -> Iterator[str]:
    """The function, or the gradients that are given."""
    yield ""
    if not isinstance(spec.instead, FunctionSpec):
        yield f"given = {array(spec.data.x.astype(spec.dtype))}"
        yield ""
        return
    function = spec.instead
    formula = read(function.f, function.constants, function.names)
    yield ""
    yield "def loss_of():"
    yield f"    # θ = ({', '.join(function.names)})"
    copied = ".clone()" * (formula.tree.op == "var")  # its place in θ has another number soon
    yield f"    return {_code(formula.tree)}{copied}"
    yield ""
    yield ""


def gradient(spec: RunSpec) -> Iterator[str]:
    """What an iteration does up to its gradient."""
    if isinstance(spec.instead, FunctionSpec):
        yield "    optimizer.zero_grad()"
        yield "    loss = loss_of()"
        yield "    loss.backward()"
    else:
        yield "    theta.grad = given[(t - 1) % len(given)].clone()"


def told(spec: RunSpec) -> str:
    """What an iteration prints: its loss, or θ where it has none."""
    return "loss.item()" if isinstance(spec.instead, FunctionSpec) else "*theta.tolist()"


def _code(e: Node) -> str:
    """The Python expression of a formula."""
    if not e.varies:
        return value(arithmetic(e, _nothing).value)
    match e.op:
        case "var":
            return f"theta[{e.index}]"
        case "neg":
            return f"-({_code(e.args[0])})"
        case "add" | "mul" | "div" | "pow":
            return _OPERATORS[e.op].join(_part(each) for each in e.args)
        case "min" | "max":
            both = ", ".join(
                _code(each) if each.varies else f"torch.tensor({_code(each)})" for each in e.args
            )
            return f"torch.{e.op}imum({both})"
        case _:
            return f"{FUNCTIONS[e.op].torch}({_code(e.args[0])})"


def _part(e: Node) -> str:
    """A part of another expression, in parentheses unless nothing can part it."""
    written = _code(e)
    alone = e.op in ("var", "min", "max") or e.op in FUNCTIONS
    return written if alone or (not e.varies and written[0].isdigit()) else f"({written})"


def _nothing(_index: int, name: str) -> Expr:
    raise AssertionError(name)
