"""PyTorch's expressions of rows, and values, as Python code."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.catalog.row import Row
from engine.catalog.schedules import SCHEDULES
from engine.spec.run import Array

MOST_PLAIN = 2_000
"""Arrays of more numbers than this are written as bytes."""
WIDTH = 92


def given(row: Row, options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a row's options that are not its defaults, which are PyTorch's."""
    return {name: v for name, v in options.items() if v != row.options[name].default}


def code_of(row: Row, options: Mapping[str, Any], tensors: bool = False) -> str:
    """The row's expression with these options in it; with `tensors`, its lists as tensors."""
    values = {name: value(each, tensors) for name, each in given(row, options).items()}
    keywords = "".join(f", {name}={each}" for name, each in values.items())
    code = row.torch.replace(", **options", keywords)
    if "options" not in code:
        return code
    table = ", ".join(f"{name!r}: {each}" for name, each in values.items())
    return f"(lambda options: {code})({{{table}}})"


def schedule_code(name: str, options: Mapping[str, Any]) -> str:
    """The scheduler of `optimizer`, made of others where it is."""
    parts = [dict(each) for each in options.get("schedulers", ())]
    made = ", ".join(schedule_code(part.pop("name"), part) for part in parts)
    own = {key: each for key, each in options.items() if key != "schedulers"}
    return code_of(SCHEDULES[name], own).replace("schedulers", f"[{made}]", 1 if parts else 0)


def value(given: Any, tensors: bool = False) -> str:
    """A number, flag, text, or list of numbers."""
    if isinstance(given, float) and not math.isfinite(given):
        return f'float("{given}")'
    if isinstance(given, list | tuple):
        inner = ", ".join(value(each) for each in given)
        return f"torch.tensor([{inner}])" if tensors else f"({inner},)"
    return repr(given)


def array(numbers: Array) -> str:
    """An array as a tensor of the same numbers."""
    kind = f"torch.{numbers.dtype.name}"
    if numbers.size <= MOST_PLAIN:
        return f"torch.tensor({_nested(numbers.tolist())}, dtype={kind})"
    held = np.ascontiguousarray(numbers, numbers.dtype.newbyteorder("<"))
    text = base64.b64encode(held.tobytes()).decode()
    lines = "\n".join(f'    "{text[i : i + WIDTH]}"' for i in range(0, len(text), WIDTH))
    whole = f"bytearray(base64.b64decode(\n{lines}\n))"
    return f"torch.frombuffer({whole}, dtype={kind}).reshape({numbers.shape})"


def _nested(numbers: Any) -> str:
    """A number or lists of such, a row of a matrix on a line."""
    if not isinstance(numbers, list):
        return value(numbers)
    if numbers and isinstance(numbers[0], list):
        return "[\n" + "".join(f"    {_nested(row)},\n" for row in numbers) + "]"
    return f"[{', '.join(map(value, numbers))}]"
