"""Trace files that gradstep writes, read back."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.against.read import read_trace
from engine.against.tracefile import TraceFile
from engine.catalog.symbols import Symbol
from engine.exchange.arrayfile import exported
from engine.history.branching import history_of
from engine.runfile.read import load
from engine.session.session import Session
from engine.spec.run import SpecError
from tui.command.records import record


def of_export(folder: Path, run: str, first: int = 1, last: int = 3) -> TraceFile:
    path = folder / "run.npz"
    path.write_bytes(exported(history_of(load(run)), first, last, ".npz"))
    return read_trace(path, None)


def lines(run: str, last: int = 3) -> list[str]:
    session = Session(load(run))
    traces = (session.branch.history.trace(t) for t in range(1, last + 1))
    return [record(session, trace, step) for trace in traces for step in trace.steps]


@pytest.mark.parametrize("run", ["momentum", "adam-decay", "mini-batch"])
def test_an_export_has_all_that_was_computed_and_what_it_started_from(run, tmp_path):
    found = of_export(tmp_path, run)
    history = history_of(load(run))
    assert found.iterations == (1, 2, 3)
    assert found.unmapped == ()
    assert found.dtype == load(run).dtype
    for t in found.iterations:
        trace = history.trace(t)
        assert {"x", "y", "lr"} <= set(found.values[t])
        for step in trace.steps:
            assert np.array_equal(
                found.values[t][step.symbol], trace.known(step.symbol, step.number)
            )
        start = found.start(t, trace.parameters)
        assert set(start) == set(trace.parameters)
        for name, array in start.items():
            assert np.array_equal(array, trace.known(name, 0))


def test_an_export_of_later_iterations_has_the_state_before_them(tmp_path):
    found = of_export(tmp_path, "momentum", 4, 5)
    trace = history_of(load("momentum")).trace(4)
    start = found.start(4, {"W1", "buf.W1"})
    assert np.array_equal(start[Symbol("buf.W1")], trace.known("buf.W1", 0))
    assert np.array_equal(start[Symbol("W1")], trace.known("W1", 0))


def test_lines_of_json_are_a_trace_file(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_text("\n".join(lines("momentum")) + "\n", "utf-8")
    found = read_trace(path, None)
    trace = history_of(load("momentum")).trace(2)
    assert found.iterations == (1, 2, 3)
    assert found.dtype == "float64"
    for step in trace.steps:
        assert np.array_equal(found.values[2][step.symbol], trace.known(step.symbol, step.number))
    assert found.values[2][Symbol("lr")] == trace.scalars["lr"]
    assert found.start(1, {"W1"}) == {}
    assert np.array_equal(found.start(2, {"W1"})[Symbol("W1")], trace.known("W1", 0))


def npz(**arrays: Any) -> bytes:
    held = io.BytesIO()
    np.savez(held, **arrays)
    return held.getvalue()


STEP = {"iteration": 1, "symbol": "z1", "shape": [1], "value": [0.5]}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (npz(a=np.ones(2)), "is no trace file"),
        (npz(**{"1.z1": np.array([1, 2])}), '"1.z1" has numbers that are no floating-point ones'),
        (npz(**{"99999999999.z1": np.ones(2)}), "iteration 99,999,999,999"),
        (npz(**{"1.z1": np.ones(2)})[:-30], "is a zip that is damaged"),
        (b"{", "line 1 is no JSON, or not all of it is there"),
        (json.dumps(STEP).encode() + b"\n{}", "line 2 has no iteration and symbol"),
        (json.dumps(STEP).encode() * 2, "line 1 is no JSON"),
        ((json.dumps(STEP) + "\n").encode() * 2, "line 2 has z1 of iteration 1 a second time"),
        (json.dumps(STEP | {"shape": [2]}).encode(), "line 1: the value of z1 is no array"),
        (json.dumps(STEP | {"value": [[1], 2]}).encode(), "line 1: the value of z1 is no array"),
        (json.dumps(STEP | {"value": None}).encode(), "line 1: the value of z1 is no array"),
        (json.dumps(STEP | {"iteration": 10**30}).encode(), "and a run has at most"),
        (b'{"a":' + b"[" * 100_000, "line 1 is no JSON"),
        (b'{"iteration": ' + b"9" * 5000 + b"}", "line 1 is no JSON"),
        (b'{"value": [' + b"0," * (5 << 20) + b"0]}", "line 1 is longer than 8 MB"),
    ],
)
def test_what_is_no_trace_file_is_refused_with_its_place(content, says, tmp_path):
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    with pytest.raises(SpecError) as refused:
        read_trace(path, None)
    assert len(refused.value.problems) == 1
    assert says in str(refused.value)
    assert str(refused.value).startswith("run.npz: ")
