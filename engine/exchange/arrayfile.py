"""A run's numbers as a file of arrays: `.npz` or `.safetensors`."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from engine.catalog.schedules import count
from engine.history.history import History
from engine.program.parameters import is_rate
from engine.program.state import state_layout
from engine.program.trace import Trace
from engine.spec.problem import Problem
from engine.spec.run import Array

MOST_NUMBERS = 16_000_000
ENDINGS = (".npz", ".safetensors")
COUNT = "t"
"""What the number of the optimizer's updates is called."""
POSITION = "schedule.last_epoch"
"""What the iterations or passes are called that a schedule has counted."""
BEFORE = "before."
"""How the names begin of what the first iteration started from."""


def exported(history: History, first: int, last: int, ending: str) -> bytes:
    """The parameters after iteration `last`, by name (W1), as `.safetensors`; as `.npz` with what
    the optimizer keeps (m.W1) and the number t of its updates, with the same before iteration
    `first` (before.W1), and with the mini-batches, the learning rates and all that iterations
    `first` to `last` computed, named by iteration and symbol (1.dW2). Raises Problem where that
    would be too much.
    """
    trace = history.trace(last)
    done = len(trace.steps)
    if ending == ".safetensors":
        return safetensors({str(name): trace.known(name, done) for name in trace.parameters})
    found = _kept(history, trace, done)
    count = last - first + 1
    size = count * sum(trace.known(*place).size for place in _places(trace))
    if size > MOST_NUMBERS:
        raise Problem(
            f"{count:,} iterations have {size:,} numbers, and a file may have {MOST_NUMBERS:,}:"
            " ask for fewer --iterations, or for the --last."
        )
    before = _kept(history, history.trace(first), 0)
    found |= {f"{BEFORE}{name}": array for name, array in before.items()}
    for t in range(first, last + 1):
        trace = history.trace(t)
        found |= {f"{t}.{name}": trace.known(name, step) for name, step in _places(trace)}
        rates = {name: value for name, value in trace.scalars.items() if is_rate(name)}
        found |= {f"{t}.{name}": np.array(value) for name, value in rates.items()}
    held = io.BytesIO()
    arrays: dict[str, Any] = dict(found)
    np.savez(held, **arrays)
    return held.getvalue()


def _kept(history: History, trace: Trace, step: int) -> dict[str, Array]:
    """The parameters, what the optimizer keeps and how many updates it has made, before the first
    step of an iteration or after all.
    """
    spec = history.spec_of(trace.t)
    slots = [name for name in state_layout(spec) if "." in name and ":" not in name]
    found = {str(name): trace.known(name, step) for name in (*trace.parameters, *slots)}
    made = trace.t - spec.optimizer.since - (not step)
    counts = {COUNT: np.array(made)}
    if spec.schedule:
        t = trace.t + bool(step)
        counts[POSITION] = np.array(count(spec, t) - 1)
    return found | counts


def _places(trace: Trace) -> Iterator[tuple[str, int]]:
    """What an iteration is given and what it computes, each with the step that makes it."""
    yield from ((name, 0) for name in trace.data)
    yield from ((step.symbol, step.number) for step in trace.steps)


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
