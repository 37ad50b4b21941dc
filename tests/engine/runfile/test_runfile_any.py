"""Run files of any kind: each runs, or is refused with sentences."""

from __future__ import annotations

import copy
import tomllib
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.analysis.evaluation import evaluate
from engine.catalog.activations import ACTIVATIONS
from engine.catalog.inits import BIASES, INITS
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.row import Rows
from engine.catalog.schedules import SCHEDULES
from engine.exchange.torchscript import torch_script
from engine.history.branching import history_of
from engine.program.exam import Exam
from engine.program.state import starting_state
from engine.runfile import read as runfile
from engine.runfile.write import run_text
from engine.spec.problem import Problem
from engine.spec.run import SpecError
from tests.engine.runfile.test_runfile import TABLES, VALID, mistakes, run, valid
from tests.examples import examples
from tests.fixtures.variants import several

quiet = settings(suppress_health_check=list(HealthCheck), deadline=None)

words = st.sampled_from(
    sorted(
        {name for rows in TABLES for name in rows}
        | {key for rows in TABLES for row in rows.values() for key in row.options}
        | {"name", "title", "seed", "dtype", "iterations", "data", "layers", "loss", "optimizer"}
        | {"compare", "clip", "schedule", "switch", "x", "y", "labels", "csv", "builtin"}
        | {"units", "activation", "W", "b", "init", "bias", "frozen", "at", "batch_size"}
        | {
            "groups",
            "batches",
            "tie",
            "W1.T",
            "b1",
            "params",
            "lr",
            "float32",
            "float64",
            "mean",
            "sum",
            "value",
            "norm",
            "target",
            "features",
            "header",
            "penalty",
            "l2",
            "l1",
            "biases",
            "half",
            "per_sample",
        }
    )
)
scalars = st.one_of(
    st.booleans(),
    st.integers(-3, 20),
    st.integers(),
    st.floats(),
    st.sampled_from([10**400, -(10**30), 1e308, 1e-320, 0.5, 1.0]),
    words,
    st.text(max_size=5),
    st.dates(),
    st.times(),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(words | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)

SUMMED = {"accumulate": 3, "accumulate_mean": False}


def runs_or_is_refused(table: dict[str, Any], folder: Path) -> None:
    found: tuple[str, ...] = ()
    try:
        spec = runfile.from_table(table, "mine.toml", folder)
        run(spec)
        if spec.data.held:
            assert Exam(spec).score(starting_state(spec)).loss is not None
            evaluate(spec, history_of(spec).trace(1), 0)
            last = history_of(spec).own.spec  # under the optimizer that took over
            assert Exam(last).score(starting_state(last)).loss is not None
        for written in (partial(run_text, spec), partial(torch_script, spec, 3)):
            with suppress(Problem):  # with a sentence
                assert written()
    except SpecError as error:
        found = error.problems
        assert found
    for sentence in found:
        assert sentence.isprintable()
        assert sentence.endswith(".")
        assert len(sentence) < 1000


@quiet
@given(st.dictionaries(words | st.text(max_size=5), values, max_size=8))
def test_any_table_runs_or_is_refused(tmp_path, table):
    runs_or_is_refused(table, tmp_path)


def places(table: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything in a table."""
    inner = table.items() if isinstance(table, dict) else enumerate(table)
    found = [path]
    for key, value in inner:
        if isinstance(value, dict | list):
            found += places(value, (*path, key))
        found.append((*path, key))
    return found


STARTS = [
    valid(),
    *(
        tomllib.loads((runfile.RUNS / f"{name}.toml").read_text(encoding="utf-8"))
        for name in ("worked-example", "xor", "diverging-clipped", "article-script", "iris")
    ),
]


@settings(quiet, max_examples=examples(300))
@given(st.sampled_from(STARTS), st.data())
def test_any_change_of_a_valid_file_runs_or_is_refused(tmp_path, start, data):
    table = copy.deepcopy(start)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(table)))
        inner: Any = table
        for key in path[:-1]:
            inner = inner[key]
        match data.draw(st.sampled_from(["change", "delete", "add", "repeat"])):
            case "change" if path:
                inner[path[-1]] = data.draw(values)
            case "delete" if path:
                del inner[path[-1]]
            case "add" if isinstance(inner, dict):
                inner[data.draw(words)] = data.draw(values)
            case "repeat" if isinstance(inner, list):
                inner.append(copy.deepcopy(inner[0] if inner else 0))
            case _:
                pass
        if not table:
            break
    runs_or_is_refused(table, tmp_path)


names = {
    "activation": st.sampled_from(sorted(ACTIVATIONS)),
    "loss": st.sampled_from(sorted(LOSSES)),
    "optimizer": st.sampled_from(sorted(OPTIMIZERS)),
    "schedule": st.sampled_from(sorted(SCHEDULES)),
    "init": st.sampled_from(sorted(INITS)),
}
CANDIDATES = [
    0,
    0.5,
    1,
    2.0,
    3,
    1e30,
    True,
    False,
    [],
    [0.5, 0.9],
    [1, 0.5, 2],
    [1, 3],
    "cos",
    [0.5, 1.2],
]


@st.composite
def options(draw, rows, name):
    """A row's name and some of its options, mostly with values that it accepts."""
    table = {"name": name}
    for key, option in rows[name].options.items():
        likely = [*CANDIDATES, *option.check.names]
        candidates = list(several(option.rows())) if isinstance(option, Rows) else likely
        good = [value for value in candidates if option.check.accept(value) is not None]
        if option.default is None or draw(st.booleans()):
            table[key] = draw(st.sampled_from(good or [option.default]))
        elif draw(st.integers(0, 30)) == 0:
            table[key] = draw(st.sampled_from(CANDIDATES))
    return table


@st.composite
def groups(draw, optimizer):
    """Groups of parameters with options of that optimizer, some of which have no parameter."""
    found = []
    for params in draw(st.lists(st.sampled_from(["W*", "b*", "W1", "?2"]), max_size=2)):
        group = draw(options(OPTIMIZERS, optimizer))
        found.append({**group, "params": [params]})
        del found[-1]["name"]
    return found


@st.composite
def clips(draw):
    """Clippings, of all parameters or of some."""
    found = []
    for _ in range(draw(st.integers(1, 2))):
        clip = {draw(st.sampled_from(["norm", "norm", "value"])): draw(st.floats(0.1, 2))}
        if "norm" in clip and draw(st.booleans()):
            clip["norm_type"] = draw(st.sampled_from([1, 2, 3.5, float("inf"), "inf"]))
        if draw(st.booleans()):
            clip["params"] = draw(st.sampled_from(["W*", "b*", "?1", ["W2"]]))
        found.append(clip)
    return found if draw(st.booleans()) else found[0]


@st.composite
def penalties(draw, layers):
    """Penalties, of which some are none, of the run and of its first layer; or nothing."""
    if draw(st.booleans()):
        return {}
    weights = st.sampled_from([0, 0.25, 0.25, 1, 1e300, -0.5])
    found = {key: draw(weights) for key in ("l2", "l1") if draw(st.booleans())}
    flags = ("biases", "half", "per_sample")
    found |= {key: draw(st.booleans()) for key in flags if draw(st.booleans())}
    if draw(st.booleans()):
        layers[0]["l2"] = draw(weights)
    return {"penalty": found}


def slopes(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """What a layer may say of the slopes of its activation."""
    if name != "prelu":
        return st.just({})
    given = st.sampled_from([0.5, -0.25, [0.5, 0.25], [0.1]])
    alone: tuple[dict[str, Any], ...]
    alone = {"num_parameters": 2}, {"num_parameters": 1}, {"tie": "alpha1"}, {}
    return st.one_of(st.builds(lambda alpha: {"alpha": alpha}, given), st.sampled_from(alone))


@st.composite
def likely_tables(draw):
    """Tables of which many are valid."""
    layers = []
    for _ in range(draw(st.integers(1, 3))):
        name = draw(names["activation"])
        layer = draw(options(ACTIVATIONS, name)) | {"units": draw(st.integers(1, 3))}
        layer["activation"] = layer.pop("name")
        init = draw(options(INITS, draw(names["init"])))
        layer |= {"init": init.pop("name"), **init}
        if draw(st.integers(0, 3)) == 0:
            layer["b_init"] = draw(options(BIASES, draw(st.sampled_from(sorted(BIASES)))))
        if draw(st.integers(0, 3)) == 0:
            layer["tie"] = draw(st.sampled_from(["W1", "W1.T", "b1", ["W2.T", "b2"], ["W1"]]))
        if draw(st.integers(0, 3)) == 0:
            layer["b"] = draw(st.sampled_from([0.5, 0, [0.5, 0.25]]))
        layers.append(layer | draw(slopes(name)))
    loss = draw(names["loss"])
    if fitting := LOSSES[loss].activations({}):
        layers[-1] = {"units": layers[-1]["units"], "activation": draw(st.sampled_from(fitting))}
    outputs = layers[-1]["units"]
    samples = draw(st.integers(1, 4))
    table = {
        "data": {
            "x": [[float(i), 1.0] for i in range(samples)],
            "labels": [i % max(outputs, 2) for i in range(samples)],
            "batch_size": draw(st.integers(1, 4)),
            "shuffle": draw(st.booleans()),
            **draw(st.sampled_from([{}, {}, {"accumulate": 2}, SUMMED])),
        },
        "layers": layers,
        "loss": draw(options(LOSSES, loss)) | {"reduction": draw(st.sampled_from(["mean", "sum"]))},
        "optimizer": draw(options(OPTIMIZERS, draw(names["optimizer"]))),
        "compare": draw(options(OPTIMIZERS, draw(names["optimizer"]))),
        "dtype": draw(st.sampled_from(["float32", "float64"])),
        "generator": draw(st.sampled_from(["numpy", "torch", "torch float64"])),
    }
    parts = {
        "loss": st.sampled_from(["mse", "huber", "cross_entropy"]),
        "reduction": st.sampled_from(["mean", "sum"]),
        "activation": st.sampled_from(["relu", "tanh", ["relu"], ["softmax", "identity"], 3]),
        "init": st.sampled_from(["zeros", "xavier_normal", "constant", False]),
        "seed": st.integers(0, 3),
        "generator": st.sampled_from(["numpy", "torch", "other"]),
        "batch_size": st.integers(0, 3),
        "schedule": st.sampled_from([False, "cosine", {"name": "exponential", "gamma": 0.5}]),
        "clip": st.sampled_from([False, {"norm": 1}, [{"params": "W*", "value": 1}]]),
        "groups": st.sampled_from([False, [{"params": "b*", "lr": 1}]]),
        "penalty": st.sampled_from([False, {"l1": 0.1}, {"biases": True}, "l2"]),
    }
    for part in draw(st.lists(st.sampled_from(sorted(parts)), max_size=2)):
        table["compare"][part] = draw(parts[part])
    if draw(st.booleans()):
        table["schedule"] = draw(options(SCHEDULES, draw(names["schedule"])))
        table["schedule"]["by"] = draw(st.sampled_from(["iteration", "pass"]))
    if draw(st.booleans()):
        rows = st.lists(st.integers(0, samples - draw(st.integers(0, 1))), min_size=1, max_size=5)
        table["data"] = {**table["data"], "batches": draw(st.lists(rows, min_size=1, max_size=3))}
        del table["data"]["batch_size"], table["data"]["shuffle"]
    table["data"] |= draw(held_out(samples, outputs))
    if draw(st.booleans()):
        table["groups"] = draw(groups(table["optimizer"]["name"]))
    if draw(st.booleans()):
        table["clip"] = draw(clips())
    table |= draw(penalties(layers))
    if draw(st.booleans()):
        table["switch"] = [{"at": 2} | draw(options(OPTIMIZERS, draw(names["optimizer"])))]
    return table


@st.composite
def held_out(draw, samples, outputs):
    """What a table may hold out of so many samples, or beside them."""
    rows = st.lists(st.integers(0, samples), max_size=3)
    shares = st.sampled_from([0.2, 0.5, 0.99, 1.0, 0, True, "t.npz", "t.csv", {}])
    table = draw(
        st.one_of(
            st.just({}),
            st.fixed_dictionaries({"test": rows | shares}),
            st.fixed_dictionaries(
                {"test_x": st.just([[0.5, 1.0]]), "test_labels": st.just([outputs - 1])},
                optional={"test": shares, "test_y": st.just([[1.0] * outputs])},
            ),
        )
    )
    if table and draw(st.booleans()):
        table["test_every"] = draw(st.sampled_from(["pass", "iteration", "never"]))
    return table


@settings(quiet, max_examples=examples(300))
@given(likely_tables())
def test_any_likely_table_runs_or_is_refused(tmp_path, table):
    runs_or_is_refused(table, tmp_path)


@quiet
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(tmp_path, content):
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    found = mistakes(str(path))
    assert found
    assert all(sentence.isprintable() for sentence in found)


@quiet
@given(st.data())
def test_changed_bytes_of_a_valid_file_run_or_are_refused(tmp_path, data):
    content = bytearray(VALID.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path = tmp_path / "mine.toml"
    path.write_bytes(bytes(content))
    assert all(sentence.isprintable() for sentence in mistakes(str(path)))
