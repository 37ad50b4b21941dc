"""What gradstep itself writes, read as trace files: `--export FILE.npz`, the lines of `--json`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from engine.against.tracefile import TraceFile
from engine.arrayfiles.file import File, native
from engine.catalog.symbols import Symbol
from engine.exchange.arrayfile import BEFORE, COUNT, POSITION
from engine.spec.check import printable
from engine.spec.run import MOST_ITERATIONS, Array

MEND = "write it again with --export, or --json"
MOST_JSON, LONGEST_LINE = 64 << 20, 8 << 20
"""So many bytes may lines of JSON have, and one of them."""
_NAME = re.compile(r"([1-9][0-9]{0,17})\.([A-Za-z][\w.#\-]{0,60})")
_SYMBOL = re.compile(r"[A-Za-z][\w.#\-]{0,60}")


def is_export(arrays: Mapping[str, Array]) -> bool:
    """Whether a file has arrays that are named by an iteration and a symbol, as 1.dW2."""
    return any(map(_NAME.fullmatch, arrays))


def exported(file: File, arrays: Mapping[str, Array]) -> TraceFile:
    """The trace file that the arrays of an `--export` are. Raises SpecError where it is damaged."""
    values: dict[int, dict[Symbol, Array]] = {}
    before: dict[Symbol, Array] = {}
    unmapped = []
    for name, array in arrays.items():
        if name.removeprefix(BEFORE) in (COUNT, POSITION):
            continue
        if array.dtype.kind != "f":
            file.refuse(f'"{name}" has numbers that are no floating-point ones; {MEND}')
        if found := _NAME.fullmatch(name):
            values.setdefault(_iteration(file, int(found[1])), {})[Symbol(found[2])] = array
        elif name.startswith(BEFORE):
            before[Symbol(name.removeprefix(BEFORE))] = array
        elif not Symbol(name).parameter:
            unmapped.append((name, "no name of an iteration's"))
    starts = {min(values): before} if before else {}
    dtype = _narrowest(array for each in values.values() for array in each.values())
    return TraceFile(
        file=file.name,
        dtype=dtype,
        values=values,
        starts=starts,
        unmapped=tuple(unmapped),
    )


def _iteration(file: File, t: int) -> int:
    if t > MOST_ITERATIONS:
        file.refuse(f"has an iteration {t:,}, and a run has at most {MOST_ITERATIONS:,}")
    return t


def _narrowest(arrays: Iterator[Array]) -> str:
    """What was computed in: the least exact kind of all arrays that are more than one number."""
    kinds = {array.dtype for array in arrays if array.ndim}
    return min(kinds, key=lambda kind: kind.itemsize).name if kinds else "float64"


# -- lines of JSON ---------------------------------------------------------------------------------


def json_lines(file: File) -> TraceFile:
    """The trace file that the lines of `--json` are. Raises SpecError with the line where one is
    no step of an iteration.
    """
    values: dict[int, dict[Symbol, Array]] = {}
    if len(file.data) > MOST_JSON:
        file.refuse(f"is larger than {MOST_JSON >> 20} MB, the most for JSON; use --export")
    for number, line in enumerate(file.data.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            file.refuse(f"line {number:,} is longer than {LONGEST_LINE >> 20} MB; use --export")
        if line.strip():
            t, symbol, array, rate = _step(file, f"line {number:,}", line)
            found = values.setdefault(t, {})
            if symbol in found:
                file.refuse(f"line {number:,} has {symbol} of iteration {t} a second time; {MEND}")
            found[symbol] = array
            if rate is not None and symbol.parameter is None:
                found.setdefault(Symbol("lr"), rate)
    if not values:
        file.refuse(f"has no steps in it; {MEND}")
    return TraceFile(file=file.name, dtype=_kind(values), values=values)


def _step(file: File, place: str, line: bytes) -> tuple[int, Symbol, Array, Array | None]:
    """A line's iteration, symbol and array, and the learning rate."""
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError):
        file.refuse(f"{place} is no JSON, or not all of it is there; {MEND}")
    if not isinstance(found, dict):
        file.refuse(f"{place} is no step: an object with iteration, symbol and value; {MEND}")
    t, symbol, shape = found.get("iteration"), found.get("symbol"), found.get("shape", [])
    if type(t) is not int or t < 1 or not isinstance(symbol, str) or not _SYMBOL.fullmatch(symbol):
        file.refuse(f"{place} has no iteration and symbol of a step; {MEND}")
    array = _array(found.get("value"))
    if array is None or list(array.shape) != shape:
        file.refuse(f"{place}: the value of {printable(symbol)} is no array of its shape; {MEND}")
    return _iteration(file, t), Symbol(symbol), array, _array(found.get("lr"))


def _array(value: Any) -> Array | None:
    """Numbers, or lists of such in a regular shape, where "nan" and "inf" are numbers too."""
    if isinstance(value, bool | None):
        return None
    try:
        return native(np.array(value, np.float64))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _kind(values: Mapping[int, Mapping[Symbol, Array]]) -> str:
    """float32 where every number is one of these, else float64."""
    with np.errstate(all="ignore"):
        exact = all(
            np.array_equal(array.astype(np.float32), array, equal_nan=True)
            for found in values.values()
            for symbol, array in found.items()
            if array.ndim and symbol not in ("x", "y")
        )
    return "float32" if exact else "float64"
