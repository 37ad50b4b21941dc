"""A run's numbers as a file of arrays: `.npz` or `.safetensors`."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.history.history import History
from engine.program.state import state_layout
from engine.spec.problem import Problem
from engine.spec.run import Array

MOST_NUMBERS = 16_000_000
ENDINGS = (".npz", ".safetensors")


def exported(history: History, first: int, last: int, ending: str) -> bytes:
    """The parameters after iteration `last`, by name (W1), as `.safetensors`; as `.npz` with what
    the optimizer keeps (m.W1) and with all that iterations `first` to `last` computed, named by
    iteration and symbol (1.dW2). Raises Problem where that would be too much.
    """
    trace = history.trace(last)
    spec = history.spec_of(last)
    names = [name for name in state_layout(spec) if ":" not in name]
    after = {name: trace.known(name, len(trace.steps)) for name in names}
    parameters = {str(name): after[name] for name in trace.parameters}
    if ending == ".safetensors":
        return safetensors(parameters)
    slots = {name: array for name, array in after.items() if name.partition(".")[2]}
    found = parameters | slots
    count = last - first + 1
    size = count * sum(trace.known(s.symbol, s.number).size for s in trace.steps)
    if size > MOST_NUMBERS:
        raise Problem(
            f"{count:,} iterations have {size:,} numbers, and a file may have {MOST_NUMBERS:,}:"
            " ask for fewer --iterations, or for the --last."
        )
    for t in range(first, last + 1):
        trace = history.trace(t)
        for step in trace.steps:
            found[f"{t}.{step.symbol}"] = trace.known(step.symbol, step.number)
    held = io.BytesIO()
    arrays: dict[str, Any] = dict(found)
    np.savez(held, **arrays)
    return held.getvalue()


def safetensors(arrays: Mapping[str, Array]) -> bytes:
    """The `.safetensors` of some arrays, float64 or float32."""
    header, start = {}, 0
    for name, array in arrays.items():
        dtype = f"F{8 * array.itemsize}"
        offsets = [start, start + array.nbytes]
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": offsets}
        start += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    little = (np.asarray(a, a.dtype.newbyteorder("<")).tobytes() for a in arrays.values())
    return len(text).to_bytes(8, "little") + text + b"".join(little)
