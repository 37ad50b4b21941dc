"""The update as the optimizer pane writes it: what it gives, worked out from its text, is what the
run computes, under every option and with clipped gradients.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.program.parameters import trained
from engine.program.rule import chain
from engine.program.trace import Trace
from engine.spec.run import OptimizerSpec
from tests.engine.catalog.test_optimizers import CLIPS, ENDS, VARIANTS, optimizer_of, run, traces
from tests.engine.catalog.test_optimizers import specs as each

PYTHON = (("·", "*"), ("⊙", "*"), ("−", "-"), ("²", "**2"), ("^", "**"), ("ᵀ", ".T"))


class Matrix(np.ndarray):
    """An array whose product with another matrix is that of matrices, as Muon's formulas mean."""

    def __mul__(self, other: Any) -> Any:
        return self @ other if self.ndim == np.ndim(other) == 2 else super().__mul__(other)


def in_floats(formula: str) -> str:
    """A formula without its rounding to bfloat16."""
    while "bf16(" in formula:
        before, _, rest = formula.partition("bf16(")
        depth, end = 1, 0
        while depth:
            depth += {"(": 1, ")": -1}.get(rest[end], 0)
            end += 1
        formula = before + rest[: end - 1] + rest[end:]
    return formula


def clause(formula: str) -> str:
    """A where C, else B as NumPy has it."""
    first, where, rest = formula.partition(" where ")
    condition, _, other = rest.partition(", else ")
    return f"where({condition}, {first}, {clause(other)})" if where else formula


def worked_out(trace: Trace, formulas: tuple[str, ...], param: str) -> float:
    """How far what the formulas give is from what the run made of a parameter."""
    before = {"theta": param, "g": f"d{param}", "gnorm": "gnorm"}
    last = len(trace.steps)
    names = {name for formula in formulas for name in re.findall(r"\{(\w+)\}", formula)}
    values: dict[str, Any] = dict(trace.scalars)
    for name in names - {*values}:
        symbol = before.get(name, f"{name}.{param}")
        done = 0 if name == "theta" else last if name in ("g", "gnorm") else 0
        if (array := trace.value(symbol, done)) is not None:
            values[name] = array
    if "ortho" in names:
        values = {name: np.asarray(each).view(Matrix) for name, each in values.items()}
    rows, columns = np.atleast_2d(trace.known(param, 0)).shape
    known = {
        "rows": rows,
        "columns": columns,
        "sum": np.sum,
        "sqrt": np.sqrt,
        "where": np.where,
        "sign": np.sign,
        "abs": np.abs,
        "min": np.minimum,
        "max": np.maximum,
    }
    for formula in formulas:
        left, _, right = formula.partition(" ← ")
        right = re.sub(r"√(\{\w+\})", r"sqrt(\1)", right)
        right = re.sub(r"√\(", "sqrt(", right)
        right = re.sub(r"Σ (\{\w+\}²)", r"sum(\1)", right)
        right = clause(right)
        right = re.sub(r"\|([^|]+)\|", r"abs(\1)", right)
        for sign, plain in PYTHON:
            right = right.replace(sign, plain)
        right = re.sub(r"\{(\w+)\}", r"v['\1']", right)
        name = left.strip("{}")
        values[name] = eval(right, {"v": values, **known})
        if "ortho" in names and name != "theta":
            assert values[name].shape == trace.known(f"{name}.{param}", last).shape
    return float(np.abs(values["theta"] - trace.known(param, last)).max())


def check(optimizer: OptimizerSpec, **changes: Any) -> None:
    """See that the formulas give what is computed; those in bfloat16 are those in floats, but for
    the rounding.
    """
    spec = run(optimizer, **changes)
    if optimizer.options.get("newton_schulz") == "bfloat16":
        options = {**optimizer.options, "newton_schulz": "float"}
        plain = run(replace(optimizer, options=options), **changes)
        for param in trained(spec):
            assert tuple(map(in_floats, chain(spec, param))) == chain(plain, param)
        return
    for trace in traces(spec, 1, 3):
        for param in trained(spec):
            assert worked_out(trace, chain(spec, param), param) < 1e-12


@each(VARIANTS)
def test_the_chain_gives_what_the_run_computes(optimizer):
    check(optimizer)


@pytest.mark.parametrize("clip", [clip for clip in CLIPS.values() if clip], ids=lambda c: c.kind)
@each(ENDS)
def test_it_goes_by_the_clipped_gradient(optimizer, clip):
    check(optimizer, clip=clip)


@pytest.mark.parametrize(
    ("name", "options", "formulas"),
    [
        ("sgd", {}, ["{theta} − {lr}·{g}"]),
        ("sgd", {"weight_decay": 0.1}, ["{theta} − {lr}·({g} + {weight_decay}·{theta})"]),
        ("sgd", {"maximize": True}, ["{theta} − {lr}·(−{g})"]),
        (
            "sgd",
            {"momentum": 0.9, "weight_decay": 0.1},
            ["{momentum}·{buf} + {g} + {weight_decay}·{theta}", "{theta} − {lr}·{buf}"],
        ),
        (
            "adagrad",
            {"maximize": True},
            ["{sum} + (−{g})²", "{theta} − {lr}·(−{g})/(√{sum} + {eps})"],
        ),
    ],
)
def test_what_follows_from_the_gradient_alone_is_put_in(name, options, formulas):
    assert [f.partition(" ← ")[2] for f in chain(run(optimizer_of(name, **options)))] == formulas
