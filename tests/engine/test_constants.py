"""The limits, tolerances and other numbers that stand at the top of the engine's modules:
`pytest tests/engine/test_constants.py --snapshot-update` writes them down anew. Other tests hold
what comes of a limit by its name, and so at any value that it has.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.spec.run import MOST_ITERATIONS

ENGINE = Path(__file__).parents[2] / "engine"
ELSEWHERE = (
    "engine/exchange/torchside",  # needs PyTorch
    *(f"engine/catalog/{rows}/" for rows in ("activations", "losses", "optimizers", "schedules")),
)
"""Where no number is asked for: a row is one file, with its own."""


def named(tree: ast.Module) -> Iterator[str]:
    """What a module sets at its top, in capitals."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        for target in targets:
            for each in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(each, ast.Name) and each.id.isupper():
                    yield each.id


def is_number(value: Any) -> bool:
    """Whether it is a number, or several."""
    if isinstance(value, tuple | list):
        return bool(value) and all(map(is_number, value))
    if isinstance(value, dict):
        return bool(value) and all(map(is_number, value.values()))
    return isinstance(value, int | float)


def test_each_number_is_this(snapshot):
    lines = []
    for path in sorted(ENGINE.rglob("*.py")):
        name = path.relative_to(ENGINE.parent).with_suffix("").as_posix()
        if name.startswith(ELSEWHERE):
            continue
        tree = ast.parse(path.read_bytes())
        module = importlib.import_module(name.replace("/", ".").removesuffix(".__init__"))
        for constant in named(tree):
            value = getattr(module, constant)
            if is_number(value):
                lines.append(f"{name} {constant} = {value!r}")
    assert f"engine/spec/run MOST_ITERATIONS = {MOST_ITERATIONS!r}" in lines
    assert "\n".join(lines) == snapshot
