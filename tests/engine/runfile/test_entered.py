"""[optimizer] state: a training that was begun elsewhere is entered where it stands."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.arrayfiles.read import read_arrays
from engine.catalog.optimizers import OPTIMIZERS
from engine.exchange.arrayfile import exported, safetensors
from engine.history.branching import history_of, switched
from engine.program.trainer import Trainer
from engine.runfile.document import spec_document, spec_from
from engine.runfile.read import from_table
from engine.runfile.write import run_text
from engine.spec.run import OptimizerSpec, RunSpec, SpecError
from tests.engine.arrayfiles.mutations import FOLDER
from tests.fixtures.enteredruns import FOLDER as ENTERED
from tests.fixtures.enteredruns import NEXT, RUNS, STEPS, following

COMMAND = "python -m tests.fixtures.record_entered"
EXACT = 1e-14


def table(state: str = "adam.pt", **optimizer: Any) -> dict[str, Any]:
    """The run that tests/fixtures/record_arrays.py has trained for 5,000 steps."""
    with np.load(FOLDER / "next.npz") as told:
        data = {"x": told["x"].tolist(), "labels": told["labels"].tolist()}
    return {
        "data": data,
        "layers": [{"units": 3, "activation": "tanh"}, {"units": 2, "activation": "softmax"}],
        "loss": {"name": "cross_entropy"},
        "weights": {"file": str(FOLDER / "checkpoint.pt")},
        "optimizer": {"name": "adam", "state": state, **optimizer},
    }


def adam(state: str = "adam.pt", **optimizer: Any) -> RunSpec:
    return from_table(table(state, **optimizer), "r.toml", FOLDER)


def losses(spec: RunSpec, count: int = NEXT) -> Any:
    found = np.zeros(count)
    Trainer(spec).run(1, count, found)
    return found


@pytest.mark.parametrize("state", ["checkpoint.pt", "adam.pt", "adam.npz"])
def test_the_next_ten_steps_are_pytorchs(state):
    spec = adam(state)
    with np.load(FOLDER / "next.npz") as told:
        assert np.abs(losses(spec) - told["losses"]).max() < EXACT
    assert spec.optimizer.since == -STEPS
    assert spec.optimizer.options["lr"] == 1e-4
    assert history_of(spec).trace(1).scalars["t"] == STEPS + 1


@pytest.mark.parametrize("name", RUNS)
def test_so_they_are_with_every_optimizer_schedule_group_and_tie(name):
    recorded = ENTERED / f"{name}.npy"
    assert recorded.exists(), f"{recorded} is not there: {COMMAND} {name}"
    spec = from_table(following(name), "r.toml", ENTERED)
    assert np.abs(losses(spec) - np.load(recorded)).max() < EXACT
    document, arrays = spec_document(spec)
    assert losses(spec_from(document, arrays)).tobytes() == losses(spec).tobytes()
    written = from_table(tomllib.loads(run_text(spec)))
    assert losses(written).tobytes() == losses(spec).tobytes()


def test_a_run_file_has_the_state_of_a_run_that_is_set_beside_it_too():
    values = table() | {"compare": {"loss": "mse"}}
    spec = from_table(values, "r.toml", FOLDER)
    again = from_table(tomllib.loads(run_text(spec)))
    assert spec.beside
    assert again.beside
    assert losses(again.beside).tobytes() == losses(spec.beside).tobytes()
    assert again.beside.optimizer.since == -STEPS


@pytest.mark.parametrize(
    "state", [5, "", {"m": 5}, {"m": {"W1": "x"}}, {"m": {"W1": [[1], [1, 2]]}}]
)
def test_a_state_is_a_file_or_a_table(state):
    with pytest.raises(SpecError, match=r"state is .* must be a file, or a table of what is kept"):
        adam(state, lr=1e-4)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_optimizer_that_keeps_anything_is_tried(name):
    row = OPTIMIZERS[name]
    tried = [run["optimizer"] for run in RUNS.values() if run["optimizer"]["name"] == name]
    on = {key: True for key, option in row.options.items() if option.default is False}
    slots = {rule.prefix for rule in row.build(frozenset({*row.options, *on})) if rule.slot}
    assert slots == {*row.torch_slots}
    used = {
        slot for each in tried for slot in row.slots({k: v for k, v in each.items() if k != "name"})
    }
    assert used == slots, f"add to tests/fixtures/enteredruns.py and record it: {COMMAND}"


def test_the_options_can_be_written_too_and_then_they_are_the_same():
    assert losses(adam(lr=1e-4, betas=[0.9, 0.999])).tobytes() == losses(adam()).tobytes()
    changed = adam(lr=0.5, changed=["lr"])
    assert changed.optimizer.options["lr"] == 0.5
    assert losses(changed)[0] == losses(adam())[0]
    assert losses(changed)[1] != losses(adam())[1]


def test_a_file_of_an_older_pytorch_has_not_all_flags(tmp_path: Path):
    npz(tmp_path, param_groups__0__maximize=None, param_groups__0__decoupled_weight_decay=None)
    spec = from_table(table("a.npz"), "r.toml", tmp_path)
    assert losses(spec).tobytes() == losses(adam()).tobytes()


@pytest.mark.parametrize(
    ("state", "named", "said"),
    [
        ("nadam", "adam", 'none of Adam: .*have no amsgrad; name = "nadam" fits'),
        ("adam-passes", "radam", 'none of RAdam: .*have amsgrad = false; name = "adam" fits'),
        ("radam", "adam", 'none of Adam: .*have no amsgrad; name = "radam" fits'),
        ("radam", "adamax", "none of Adamax: .*decoupled_weight_decay"),
        ("rprop", "adadelta", 'none of Adadelta: .*have no rho; name = "rprop" fits'),
    ],
)
def test_a_state_of_one_optimizer_is_none_of_another_like_it(state, named, said):
    spec = following(state) | {"optimizer": {"name": named, "state": f"{state}.pt"}}
    with pytest.raises(SpecError, match=said):
        from_table(spec, "r.toml", ENTERED)


@pytest.mark.parametrize(
    ("state", "options"),
    [
        ("adam-passes", {"bias_correction": False}),
        ("rmsprop", {"eps_inside": True}),
        ("sgd", {"momentum_form": "mean", "dampening": 0.0}),
    ],
)
def test_a_state_of_pytorchs_is_of_no_option_that_it_has_not(state, options):
    name = next(iter(options))
    spec = following(state, **options, changed=["dampening"] if "dampening" in options else [])
    with pytest.raises(
        SpecError, match=rf"{name} is .*, and PyTorch, which made {state}.pt, has no"
    ):
        from_table(spec, "r.toml", ENTERED)
    spec["optimizer"]["changed"] = [*options]
    assert from_table(spec, "r.toml", ENTERED).optimizer.options[name] == options[name]


def test_what_follows_from_the_count_of_updates_is_held_to_it(tmp_path: Path):
    arrays: dict[str, Any] = dict(read_arrays(ENTERED / "nadam.pt"))
    spec = following("nadam") | {"weights": {"file": str(ENTERED / "nadam.pt")}}
    spec["optimizer"]["state"] = "a.npz"
    np.savez(tmp_path / "a.npz", **arrays)
    from_table(spec, "r.toml", tmp_path)
    np.savez(tmp_path / "a.npz", **arrays | {"optimizer.state.1.mu_product": np.array(0.25)})
    with pytest.raises(SpecError, match=r"a mu_product of 0.25 for b1 in a.npz, and 5,000 updates"):
        from_table(spec, "r.toml", tmp_path)


def test_what_is_exported_is_entered(tmp_path: Path):
    spec = from_table(following("adam-groups"), "r.toml", ENTERED)
    (tmp_path / "after.npz").write_bytes(exported(history_of(spec), 4, 4, ".npz"))
    run = following("adam-groups", lr=1e-3, weight_decay=1e-3)
    values = run | {"weights": {"file": "after.npz"}}
    values["optimizer"] |= {"state": "after.npz"}
    later = from_table(values, "r.toml", tmp_path)
    assert later.optimizer.since == -STEPS - 4
    assert losses(later, 6).tobytes() == losses(spec)[4:].tobytes()


def test_a_plateau_is_exported_with_what_it_has_kept(tmp_path: Path):
    spec = from_table(following("sgd-plateau"), "r.toml", ENTERED)
    (tmp_path / "after.npz").write_bytes(exported(history_of(spec), 2, 4, ".npz"))
    given = {k: spec.optimizer.options[k] for k in ("lr", "momentum")}
    values = following("sgd-plateau", **given) | {"weights": {"file": "after.npz"}}
    values["optimizer"] |= {"state": "after.npz"}
    later = from_table(values, "r.toml", tmp_path)
    assert losses(later, 6).tobytes() == losses(spec)[4:].tobytes()


def test_safetensors_by_names_of_pytorchs_or_by_given_ones(tmp_path: Path):
    state = adam().optimizer.state
    assert state
    theirs = {f"exp_avg{'_sq' * (k[0] == 'v')}.{k[2:]}": a for k, a in state.arrays.items()}
    theirs["mean"] = theirs.pop("exp_avg.W1")
    (tmp_path / "s.safetensors").write_bytes(safetensors(theirs))
    more = {"lr": 1e-4, "steps": STEPS, "names": {"m.W1": "mean"}}
    spec = from_table(table("s.safetensors", **more), "r.toml", tmp_path)
    assert losses(spec).tobytes() == losses(adam()).tobytes()


def test_an_optimizer_that_takes_over_begins_anew():
    spec = adam()
    fresh = switched(history_of(spec), 3, spec.optimizer, fresh=True)
    assert fresh.trace(4).scalars["t"] == 1
    before = fresh.trace(4).known("m.W1", 0)
    assert not before.any()
    assert history_of(spec).trace(1).known("m.W1", 0).any()
    assert Trainer(spec.with_optimizer(OptimizerSpec("adam", {"lr": 0.1}))).scalars(1)["t"] == 1


def test_the_compared_one_begins_anew_unless_it_is_given_a_state():
    for compare, t in (
        ({"name": "adam", "lr": 1e-4}, 1),
        ({"name": "adam", "state": "adam.pt"}, 5001),
    ):
        spec = from_table(table() | {"compare": compare}, "r.toml", FOLDER)
        assert spec.compare
        other = spec.with_optimizer(spec.compare, spec.optimizer)
        assert Trainer(other).scalars(1)["t"] == t
        document, arrays = spec_document(spec)
        again = spec_from(document, arrays)
        assert again.compare
        assert again.compare.since == spec.compare.since


def test_a_session_refuses_a_state_that_is_another():
    document, arrays = spec_document(adam())
    for name, array in arrays.items():
        if name.startswith("optimizer."):
            for broken in (array[:1], array.astype(np.float32), array * np.nan):
                wrong: Any = {**arrays, name: broken}
                said = "is not that of" if np.isfinite(broken).all() else "finite"
                with pytest.raises(SpecError, match=f"the state of optimizer .*{said}"):
                    spec_from(document, wrong)
    with pytest.raises(SpecError, match="the state of optimizer"):
        spec_from(document, {k: a for k, a in arrays.items() if k != "optimizer.m.W1"})
    document["optimizer"]["since"] = 5
    with pytest.raises(SpecError, match="no such number of updates"):
        spec_from(document, arrays)


def test_the_models_own_order_is_that_of_the_numbers(tmp_path: Path):
    """Layers that a model has in another order than it uses them."""
    W, arrays = np.arange(4.0).reshape(2, 2), dict[str, Any]()
    for number, key in enumerate(("late.weight", "late.bias", "early.weight", "early.bias")):
        arrays[f"model.{key}"] = W + number if "weight" in key else W[0] - number
        arrays[f"optimizer.state.{number}.momentum_buffer"] = arrays[f"model.{key}"] + 10
        arrays[f"optimizer.param_groups.0.params.{number}"] = np.array(number)
    sgd = {"lr": 0.1, "momentum": 0.9, "dampening": 0.0, "weight_decay": 0.0}
    sgd |= {"nesterov": False, "maximize": False}
    arrays |= {f"optimizer.param_groups.0.{k}": np.array(v) for k, v in sgd.items()}
    np.savez(tmp_path / "c.npz", **arrays)
    names = {"W1": "model.early.weight", "W2": "model.late.weight"}
    values = table("c.npz") | {"weights": {"file": "c.npz", "names": names}}
    values["layers"] = [{"units": 2, "activation": "tanh"}] * 2
    values["loss"] = {"name": "mse"}
    values["data"] = {"x": [[1.0, 2.0]], "y": [[0.0, 1.0]]}
    values["optimizer"]["name"] = "sgd"
    spec = from_table(values, "r.toml", tmp_path)
    assert spec.optimizer.state
    assert spec.optimizer.state.arrays["buf.W1"].tolist() == (W + 12).tolist()
    assert spec.optimizer.state.arrays["buf.W2"].tolist() == (W + 10).tolist()
    values["optimizer"] |= {"names": {"W1": 0, "W2": 2, "b1": 1, "b2": 3}}
    spec = from_table(values, "r.toml", tmp_path)
    assert spec.optimizer.state
    assert spec.optimizer.state.arrays["buf.W1"].tolist() == (W + 10).tolist()


def npz(folder: Path, **changes: Any) -> None:
    """Adam's state as arrays, some of them another or, with None, gone."""
    with np.load(FOLDER / "adam.npz") as told:
        arrays = {**told, **{k.replace("__", "."): v for k, v in changes.items()}}
    np.savez(folder / "a.npz", **{k: v for k, v in arrays.items() if v is not None})


PLAIN = {"lr": 1e-4}
WRONG: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "another rate": ({}, {"lr": 0.1}, r"optimizer.lr is 0.1, and 0.0001 in a.npz; write it as the"),
    "other betas": ({}, {"betas": [0.5, 0.9]}, r"betas is \[0.5, 0.9\], and \[0.9, 0.999\] in"),
    "no such option": ({}, {"changed": ["lrr"]}, 'changed has "lrr"; must be .*nearest is lr'),
    "without a state": ({}, {"state": None, "steps": 3, "lr": 1}, "steps goes with state"),
    "another optimizer": ({}, {"name": "rmsprop"}, 'none of RMSprop.*no alpha; name = "adam" fits'),
    "a slot is missing": (
        {"state__2__exp_avg": None}, {}, r"has no m.W2: there is no state.2.exp_avg in a.npz",
    ),
    "amsgrad's is missing": (
        {"param_groups__0__amsgrad": np.array(True)}, {}, "no vmax.W1.*state.0.max_exp_avg_sq",
    ),
    "of another shape": (
        {"state__2__exp_avg_sq": np.ones((3, 3))}, {}, r"v.W2, which is \(3, 3\) .* be \(2, 3\)",
    ),
    "whole numbers": (
        {"state__0__exp_avg": np.ones((3, 2), int)}, {}, r"m.W1, which is \(3, 2\) of int64",
    ),
    "not finite": (
        {"state__0__exp_avg": np.full((3, 2), np.inf)}, {}, "state.0.exp_avg .* not finite",
    ),
    "two counts": (
        {"state__1__step": np.array(7.0)}, {}, "has made 5,000 updates of W1 and 7 of b1 in a.npz",
    ),
    "a broken count": (
        {f"state__{i}__step": np.array(2.5) for i in range(4)}, {}, "has 2.5 updates",
    ),
    "another count": ({}, {"steps": 4}, "steps is 4, and 5,000 in a.npz"),
    "too few": (
        {"param_groups__0__params__3": None}, {}, r"has one group with 3 parameters \(0 \(3, 2\)",
    ),
    "groups": (
        {"param_groups__1__lr": np.array(1.0), "param_groups__1__params__0": np.array(4)},
        PLAIN, r"has 2 groups with 5 parameters .*write \[\[groups\]\]",
    ),
    "two optimizers": (
        {"other__param_groups__0__lr": np.array(1.0)}, PLAIN, 'which has those of "" and "other"',
    ),
    "scheduled": (
        {"param_groups__0__initial_lr": np.array(0.1)}, {},
        r"was scheduled in a.npz; write the \[schedule\], or lr = 0.0001 to stay there",
    ),
    "a broken option": (
        {"param_groups__0__betas__1": None}, {}, r"has a betas in a.npz that is a list of 1, and",
    ),
    "no such file": ({}, {"state": "none.npz"}, "none.npz: there is no such file"),
    "names": ({}, {"names": {"W1": "x"}}, "names.W1 is \"x\", and must be the number"),
    "no such parameter": ({}, {"names": {"W7": 1}}, "names.W7 is not a key here"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_mistakes_are_sentences(case, tmp_path):
    changes, optimizer, said = WRONG[case]
    npz(tmp_path, **changes)
    values = table("a.npz")
    values["optimizer"] |= optimizer
    values["optimizer"] = {k: v for k, v in values["optimizer"].items() if v is not None}
    with pytest.raises(SpecError, match=said) as raised:
        from_table(values, "r.toml", tmp_path)
    assert len(raised.value.problems) == 1


HALVES = {"name": "step", "step_size": 2500, "gamma": 0.5}


@pytest.mark.parametrize(
    ("schedule", "rates", "done", "said"),
    [
        (HALVES, (4e-4, 1e-4), None, ""),
        (HALVES, (4e-4, 2e-4), None, "counted 5,000, so the next learning rate is 0.0001, and it"),
        (HALVES, (4e-4, 2e-4), 4999, ""),
        (HALVES | {"by": "pass"}, (4e-4, 1e-4), None, ""),
        (HALVES, None, None, ""),
    ],
)
def test_where_a_schedule_stands(schedule, rates, done, said, tmp_path):
    keys = ("param_groups__0__initial_lr", "param_groups__0__lr")
    npz(tmp_path, **{k: np.array(v) for k, v in zip(keys, rates or (), strict=False)})
    values = table("a.npz") | {"schedule": schedule | ({} if done is None else {"done": done})}
    if said:
        with pytest.raises(SpecError, match=said):
            from_table(values, "r.toml", tmp_path)
        return
    spec = from_table(values, "r.toml", tmp_path)
    assert spec.schedule
    assert spec.schedule.done == (5000 if rates and done is None else done or 0)
    rate = rates[1] if rates else 1e-4
    assert history_of(spec).trace(1).scalars["lr"] == pytest.approx(rate, rel=1e-12)


def test_a_plateau_counts_nothing():
    with pytest.raises(SpecError, match=r"schedule\.done is for schedules that count"):
        from_table(table() | {"schedule": {"name": "plateau", "done": 3}}, "r.toml", FOLDER)


def test_a_schedule_can_stand_further_on_in_any_run():
    values = table() | {
        "schedule": HALVES | {"done": 2500},
        "optimizer": {"name": "sgd", "lr": 1.0},
    }
    history = history_of(from_table(values, "r.toml", FOLDER))
    assert [history.trace(t).scalars["lr"] for t in (1, 2500, 2501)] == [0.5, 0.5, 0.25]
    fresh = switched(history, 9, OptimizerSpec("sgd", {"lr": 1.0}), fresh=True)
    assert fresh.trace(10).scalars["lr"] == 1.0


def test_passes_that_the_file_does_not_say_are_asked_for(tmp_path):
    npz(tmp_path, param_groups__0__initial_lr=np.array(1e-4))
    values = table("a.npz", steps=5000) | {"schedule": HALVES | {"by": "pass"}}
    values["data"] |= {"batch_size": 2}
    spec = from_table(values | {"schedule": HALVES | {"by": "pass", "done": 7}}, "r.toml", tmp_path)
    assert spec.schedule
    assert spec.schedule.done == 7
    npz(tmp_path, param_groups__0__initial_lr=np.array(1e-4), **{
        f"state__{i}__step": np.array(4999.0) for i in range(4)
    })  # fmt: skip
    values["optimizer"].pop("steps")
    with pytest.raises(SpecError, match=r"schedule\.done is missing: how many passes"):
        from_table(values, "r.toml", tmp_path)


def _broken(random: np.random.Generator, arrays: dict[str, Any]) -> dict[str, Any]:
    """The arrays with some of them gone, renamed, or another in shape, kind or numbers."""
    made = dict(arrays)
    for name in random.choice(list(made), 2, replace=False):
        array = made.pop(name)
        match random.integers(8):
            case 0:
                made[name] = array.ravel()[:1]
            case 1:
                made[name] = np.full(array.shape, random.choice([np.nan, np.inf, -1.0, 1e300]))
            case 2:
                made[name] = array.astype(random.choice(["i8", "b1", "f2"]))
            case 3:
                made[f"{name}.{random.integers(3)}"] = array
            case 4:
                made[name.replace(str(random.integers(4)), str(random.integers(6)))] = array
            case 5:
                made[f"other.{name}"] = array
            case 6:
                made[name.rpartition(".")[0]] = array
    return made


@pytest.mark.parametrize("name", ["adam-groups", "adamw", "sgd-plateau", "adam-passes"])
def test_broken_states_are_sentences_or_are_read(name, monkeypatch):
    good, random = read_arrays(ENTERED / f"{name}.pt"), np.random.default_rng(len(name))
    model = {k: a for k, a in good.items() if k.startswith("model.")}
    rest = {k: a for k, a in good.items() if k not in model}
    said = set()
    for _ in range(60):
        broken = _broken(random, rest)
        monkeypatch.setattr("engine.arrayfiles.read.read_arrays", lambda _, b=broken: model | b)
        try:
            spec = from_table(following(name), "r.toml", ENTERED)
            assert np.isfinite(Trainer(spec).state).all()
        except SpecError as error:
            said |= {*error.problems}
    assert len(said) > 10
    assert all(sentence.endswith(".") for sentence in said)


def test_a_schedule_begins_anew_with_an_optimizer_that_takes_over():
    history = history_of(from_table(following("sgd-plateau"), "r.toml", ENTERED))
    best = history.trace(1).known("plateau.best", 0)
    assert 0.2 < best < 0.21
    fresh = switched(history, 3, OptimizerSpec("sgd", {"lr": 1e-3}), fresh=True)
    assert fresh.trace(4).known("plateau.best", 0) == np.finfo(np.float64).max


def test_the_parameters_of_no_group_can_be_pytorchs_last_group():
    values = following("adam-groups", lr=2e-3, weight_decay=0.0)
    values["groups"] = [{"params": ["W*"], "lr": 1e-3, "weight_decay": 1e-3}]
    spec = from_table(values, "r.toml", ENTERED)
    assert np.abs(losses(spec) - np.load(ENTERED / "adam-groups.npy")).max() < EXACT
    values["groups"][0]["lr"] = 1e-4
    with pytest.raises(SpecError, match=r"optimizer.lr of W1, W2 is 0.0001, and 0.001 in adam-gro"):
        from_table(values, "r.toml", ENTERED)


def test_one_group_of_the_file_can_be_several_of_the_run():
    values = table(changed=["lr"]) | {"groups": [{"params": ["b*"], "lr": 0.5}]}
    spec = from_table(values, "r.toml", FOLDER)
    assert spec.optimizer.state
    plain = adam().optimizer.state
    assert plain
    assert {k: a.tobytes() for k, a in spec.optimizer.state.arrays.items()} == {
        k: a.tobytes() for k, a in plain.arrays.items()
    }
    values["groups"] = [{"params": ["b*"], "lr": 0.5, "eps": 1.0}]
    with pytest.raises(SpecError, match=r"eps of b1, b2 is 1.0, and 1e-08 in adam.pt"):
        from_table(values, "r.toml", FOLDER)


def test_without_decay_adams_state_is_adamws():
    assert losses(adam(name="adamw")).tobytes() == losses(adam()).tobytes()


def renumbered(folder: Path, order: list[int]) -> None:
    """Adam's state with its parameters in another order, perhaps without some."""
    with np.load(FOLDER / "adam.npz") as told:
        kept = {k: told[k] for k in told if not k.startswith(("state.", "param_groups.0.params."))}
        for new, old in enumerate(order):
            kept[f"param_groups.0.params.{new}"] = np.array(new)
            for slot in ("step", "exp_avg", "exp_avg_sq"):
                kept[f"state.{new}.{slot}"] = told[f"state.{old}.{slot}"]
    np.savez(folder / "a.npz", **kept)


def test_an_order_that_is_not_known_is_told_by_shapes(tmp_path: Path):
    renumbered(tmp_path, [3, 2, 1, 0])
    spec = from_table(table("a.npz"), "r.toml", tmp_path)
    assert losses(spec).tobytes() == losses(adam()).tobytes()


def test_what_is_frozen_can_be_in_the_optimizer_or_not(tmp_path: Path):
    frozen = [{"units": 3, "activation": "tanh", "frozen": ["b"]}, table()["layers"][1]]
    both = []
    for order in ([0, 1, 2, 3], [0, 2, 3]):
        renumbered(tmp_path, order)
        both.append(losses(from_table(table("a.npz") | {"layers": frozen}, "r.toml", tmp_path)))
    assert both[0].tobytes() == both[1].tobytes()


def test_an_export_says_how_much_was_counted_before_and_after(tmp_path: Path):
    spec = from_table(following("adam-passes"), "r.toml", ENTERED)
    (tmp_path / "a.npz").write_bytes(exported(history_of(spec), 2, 3, ".npz"))
    found = read_arrays(tmp_path / "a.npz")
    names = ("before.t", "t", "before.schedule.last_epoch", "schedule.last_epoch")
    counts = [int(found[name]) for name in names]
    assert counts == [STEPS + 1, STEPS + 3, STEPS // 2, STEPS // 2 + 1]


def test_square_layers_are_told_by_order_without_what_is_frozen(tmp_path: Path):
    sgd = {"lr": 0.1, "momentum": 0.9, "dampening": 0.0, "weight_decay": 0.0}
    arrays: dict[str, Any] = {f"param_groups.0.{k}": np.array(v) for k, v in sgd.items()}
    for number, shape in enumerate(((2,), (2, 2), (2,))):
        arrays[f"param_groups.0.params.{number}"] = np.array(number)
        arrays[f"state.{number}.momentum_buffer"] = np.full(shape, number + 1.0)
    np.savez(tmp_path / "s.npz", **arrays)
    layer = {"units": 2, "activation": "tanh"}
    values = table("s.npz") | {"layers": [layer | {"frozen": ["W"]}, layer]}
    values |= {"data": {"x": [[1.0, 2.0]], "y": [[0.0, 1.0]]}, "loss": {"name": "mse"}}
    del values["weights"]
    values["optimizer"]["name"] = "sgd"
    state = from_table(values, "r.toml", tmp_path).optimizer.state
    assert state
    first = {name: array.flat[0] for name, array in state.arrays.items()}
    assert first == {"buf.b1": 1, "buf.W2": 2, "buf.b2": 3}
