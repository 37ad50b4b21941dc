"""[data] from files of arrays, named, or found where that goes in one way only; mini-batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.runfile.read import from_table
from engine.spec.run import RunSpec, SpecError

X = np.array([[0.5, 1.5], [-1.0, 2.0], [3.0, 0.25]])
Y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
CLASSES = np.array([0, 1, 0])


def made(folder: Path, data: dict[str, Any], units: int = 2, **more: Any) -> RunSpec:
    last = "softmax" if units > 1 else "sigmoid"
    loss = "cross_entropy" if units > 1 else "bce"
    table: dict[str, Any] = {
        "data": data,
        "layers": [{"units": units, "activation": last}],
        "loss": {"name": loss},
        "optimizer": {"name": "sgd", "lr": 0.1},
    }
    return from_table(table | more, "r.toml", folder)


@pytest.mark.parametrize(
    ("arrays", "data"),
    [
        ({"p": X, "q": Y, "r": X}, {"x": "p", "y": "q"}),
        ({"p": X, "q": CLASSES}, {"x": "p", "labels": "q"}),
        ({"x": X, "y": Y}, {}),
        ({"x": X, "labels": CLASSES}, {}),
        ({"x": X, "y": CLASSES, "more": CLASSES}, {}),
        ({"x": X, "labels": CLASSES[:, None]}, {}),
        ({"train": X, "classes": CLASSES.astype("u1")}, {}),
        ({"train": X, "classes": CLASSES, "other": np.zeros((9, 2))}, {}),
        ({"p": X, "q": Y}, {"x": "p"}),
        ({"p": X, "q": CLASSES}, {"labels": "q"}),
        ({"images": X.reshape(3, 2, 1), "classes": CLASSES.astype(float)}, {"labels": "classes"}),
    ],
)
def test_arrays_of_a_file(tmp_path, arrays, data):
    np.savez(tmp_path / "d.npz", **arrays)
    found = made(tmp_path, {"file": "d.npz", **data}).data
    assert (found.x.tolist(), found.y.tolist()) == (X.tolist(), Y.tolist())
    assert found.labels == (not any(array is Y for array in (*arrays.values(), *data.values())))
    assert not found.x.flags.writeable


def test_one_output_takes_a_number_a_sample(tmp_path):
    np.savez(tmp_path / "d.npz", x=X[:, 0], y=CLASSES)
    found = made(tmp_path, {"file": "d.npz"}, 1).data
    assert (found.x.shape, found.y.tolist()) == ((3, 1), [[0.0], [1.0], [0.0]])


def test_files_of_one_array(tmp_path):
    np.save(tmp_path / "x.npy", X.astype("f4"))
    np.save(tmp_path / "y.npy", CLASSES)
    found = made(tmp_path, {"x": "x.npy", "labels": "y.npy", "standardize": True}).data
    assert np.allclose(found.x.mean(axis=0), 0)
    assert np.allclose(found.x.std(axis=0), 1)
    assert found.y.tolist() == Y.tolist()


def test_the_dtype_is_the_runs(tmp_path):
    np.savez(tmp_path / "d.npz", x=X + 1 / 3, y=Y)
    found = made(tmp_path, {"file": "d.npz"}, dtype="float32").data
    assert found.x.tobytes() == (X + 1 / 3).astype("f4").tobytes()


TWO = {"a": X, "b": X + 1, "labels": CLASSES}
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "two ways": (TWO, {}, r'several .*: "a" with "labels", or "b" with "labels"; say'),
    "y or labels": ({"x": X, "y": Y, "labels": CLASSES}, {}, '"x" with "y", or "x" with "labels"'),
    "neither": ({"a": X}, {}, r'no x \(samples, inputs\) and y \(samples, 2\) or .*"a" \(3, 2\)'),
    "nothing": ({}, {}, "it has none"),
    "no such": (TWO, {"x": "c"}, r'data.x is "c", which is no array of d.npz: it has "a" \(3, 2\)'),
    "both": (TWO, {"x": "a", "y": "b", "labels": "labels"}, "both y and labels"),
    "only targets": (TWO, {"y": "b", "labels": "labels"}, "both y and labels"),
    "number": (TWO, {"x": 3}, "data.x is 3, and must be the name of an array in the file"),
    "inline": (TWO, {"x": [[1.0]]}, "data.x is a list of 1, and must be the name"),
    "another kind": (TWO, {"csv": "a.csv"}, "has file and csv, and must have one of"),
    "fewer": ({"a": X, "b": Y[:2]}, {"x": "a", "y": "b"}, "data.y has 2 samples, and .* as x, 3"),
    "nan": ({"x": X * [1, np.nan], "y": Y}, {}, r"data.x\[0\] has a number that is not finite"),
    "text": ({"x": X, "y": np.array(["a"])}, {}, "numbers of the kind <U1, which is not read"),
    "complex": ({"x": X * 1j, "y": Y}, {}, "numbers of the kind <c16, which is not read"),
    "scalar": ({"x": np.array(1.0), "y": Y}, {"x": "x"}, r"data.x is an array \(\) of float64"),
    "not classes": ({"x": X, "q": X[:, 0]}, {"labels": "q"}, "must be whole numbers"),
    "class 2": ({"x": X, "labels": CLASSES * 2}, {}, r"data.labels\[1\] is 2, and must be a whole"),
    "class -1": ({"x": X, "labels": -CLASSES}, {}, r"data.labels\[1\] is -1, and"),
    "classes as y": ({"x": X, "q": CLASSES}, {"y": "q"}, 'these are classes, it is labels = "…"'),
    "target": ({"x": X, "y": Y * [[3], [1], [1]]}, {}, r"sample 0 is \[3, 0\], and must"),
    "unknown key": ({"x": X, "y": Y}, {"target": "y"}, "data.target is not a key here"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(tmp_path, name):
    arrays, data, sentence = REFUSED[name]
    np.savez(tmp_path / "d.npz", **arrays)
    with pytest.raises(SpecError, match=sentence) as refused:
        made(tmp_path, {"file": "d.npz", **data})
    assert len(refused.value.problems) == 1


def test_files_that_are_refused(tmp_path):
    np.savez(tmp_path / "d.npz", x=X, y=Y)
    for data, sentence in [
        ({"file": "no.npz"}, "no.npz: there is no such file"),
        ({"file": ""}, "data.file is"),
        ({"x": "d.npz", "y": "d.npz"}, "data.x is .*, which has 2 arrays, and must have one"),
        ({"x": "p", "y": "q"}, 'must be a file, such as x.npy, or the name of an array beside'),
        ({"x": "no.npy"}, "no.npy: there is no such file"),
    ]:  # fmt: skip
        with pytest.raises(SpecError, match=sentence):
            made(tmp_path, data)
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(SpecError, match="has x, but neither y nor labels, and no file"):
        made(tmp_path, {"x": "x.npy"})


# -- mini-batches --------------------------------------------------------------------------------

GIVEN = (((2, 0), (1,)),)


@pytest.mark.parametrize("name", ["order", "order.npy", "order.txt", "alone.npz"])
def test_mini_batches_of_a_file(tmp_path, name):
    order = np.array([[2, 0], [1, -1]])
    np.savez(tmp_path / "d.npz", x=X, y=Y, order=order)
    np.savez(tmp_path / "alone.npz", order)
    np.save(tmp_path / "order.npy", order)
    (tmp_path / "order.txt").write_text("2, 0\n1\n")
    found = made(tmp_path, {"file": "d.npz", "batches": name}).data
    assert (found.batches, found.batch_size) == (GIVEN, 2)


def test_passes_of_a_file(tmp_path):
    np.save(tmp_path / "o.npy", np.array([[[2, 0], [1, -1]], [[0, 1], [-1, -1]]]))
    (tmp_path / "o.txt").write_text("2 0\n1\n\n\n0 1\n\n")
    data = {"x": X.tolist(), "y": Y.tolist()}
    for name in ("o.npy", "o.txt"):
        found = made(tmp_path, {**data, "batches": name}).data
        assert found.batches == (*GIVEN, ((0, 1),))


BATCHES: dict[str, tuple[Any, str]] = {
    "a.npy": (np.array([0, 1]), r"is an array \(2,\) of int64, and must be whole numbers \(mini"),
    "b.npy": (np.array([[0.0]]), "of float64, and must be whole numbers"),
    "c.npy": (np.array([[0, 3]]), r"batches\[0\]\[1\] is 3, and must be a sample, counted from 0"),
    "d.npy": (np.array([[-1, 0]]), r"batches\[0\]\[0\] is -1"),
    "e.npy": (np.array([[-1, -1]]), "must be a list of mini-batches"),
    "f.npy": (np.zeros((1001, 1000), np.int8), "has 1,001,000 numbers, and may have at most"),
    "g.txt": ("0 1\n0 x\n", r'is "g.txt", which has "x" in line 2, and must have samples, from 0'),
    "h.txt": ("0 -1\n", 'has "-1" in line 1'),
    "i.txt": ("\n\n", "must be a list of mini-batches"),
    "j.txt": ("0 " * 1_000_001, "more than 1,000,000 numbers"),
    "k.txt": ("7\n", r"batches\[0\]\[0\] is 7, and must be a sample"),
    "l.txt": ("1" * 5000, "in line 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", BATCHES)
def test_mini_batches_that_are_refused(tmp_path, name):
    given, sentence = BATCHES[name]
    if isinstance(given, str):
        (tmp_path / name).write_text(given)
    else:
        np.save(tmp_path / name, given)
    with pytest.raises(SpecError, match=sentence):
        made(tmp_path, {"x": X.tolist(), "y": Y.tolist(), "batches": name})


def test_no_such_file_of_mini_batches(tmp_path):
    for name in ("no.txt", "no.npy"):
        with pytest.raises(SpecError, match=f"{name}: there is no such file"):
            made(tmp_path, {"x": X.tolist(), "y": Y.tolist(), "batches": name})
    with pytest.raises(SpecError, match=r'is "no", which must be a file, such as x.npy'):
        made(tmp_path, {"x": X.tolist(), "y": Y.tolist(), "batches": "no"})
