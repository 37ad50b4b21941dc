"""What a run file says beside its rows, read, trained and held against what PyTorch made of it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from engine.program.parameters import weights
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.runfile.document import spec_document, spec_from
from engine.runfile.read import from_table
from tests.engine.helpers import FIRST, LAST, check_close
from tests.engine.networks import check_expansions
from tests.fixtures.cases import Array
from tests.fixtures.recorded import part
from tests.fixtures.settings import COMPARED, SETTINGS

ALL = pytest.mark.parametrize(
    ("file", "key"),
    [pytest.param(file, key, id=f"{file} {key}") for file in SETTINGS for key in SETTINGS[file]],
)


def trained(file: str, key: str) -> Trainer:
    return Trainer(from_table(SETTINGS[file][key]))


@ALL
def test_training_is_pytorchs(file: str, key: str) -> None:
    want, trainer = part(file, key), trained(file, key)
    trace = trainer.trace(1, trainer.state.copy())
    for name, wanted in _under(want, "grad1").items():
        check_close("float64", _gradient(trace, name), wanted, FIRST)
    for name, wanted in _under(want, "after1").items():
        check_close("float64", trace.known(name, len(trace.steps)), wanted, FIRST)

    trainer, last = trained(file, key), int(want["iterations"])
    losses = np.zeros(last)
    trainer.run(1, last, losses)
    check_close("float64", losses[[t - 1 for t in COMPARED if t <= last]], want["loss"], LAST)
    for name, wanted in _under(want, "after").items():
        check_close("float64", trainer.layout.view(trainer.state, name), wanted, LAST)


def _gradient(trace: Trace, name: str) -> Array:
    """A parameter's gradient, as PyTorch has it when the clipping is done."""
    last = len(trace.steps)
    for key in (f"clip.{name}", f"gsum.{name}"):
        if trace.writer(key):
            return trace.known(key, last)
    return trace.known(f"d{name}", last)


def _under(want: Any, prefix: str) -> dict[str, Any]:
    return {k.removeprefix(f"{prefix}."): v for k, v in want.items() if k.startswith(f"{prefix}.")}


@pytest.mark.parametrize("file", SETTINGS)
def test_most_are_compared_to_their_end(file: str) -> None:
    whole = [key for key in SETTINGS[file] if part(file, key)["iterations"] == COMPARED[-1]]
    assert len(whole) >= 0.75 * len(SETTINGS[file])


@ALL
def test_every_parameter_is_recorded_and_the_arithmetic_shown_is_what_is_computed(
    file: str, key: str
) -> None:
    trainer = trained(file, key)
    assert set(_under(part(file, key), "after")) == set(weights(trainer.spec))
    trainer.run(1, 2, np.zeros(2))
    check_expansions(trainer.trace(3, trainer.state.copy()))


@ALL
def test_a_session_file_has_all_of_it(file: str, key: str) -> None:
    spec = from_table(SETTINGS[file][key])
    document, arrays = spec_document(spec)
    again = spec_from(json.loads(json.dumps(document)), arrays)
    assert (again.groups, spec_document(again)[0]) == (spec.groups, document)
    runs = [Trainer(each) for each in (spec, again)]
    for each in runs:
        each.run(1, 5, np.zeros(5))
    assert runs[0].state.tobytes() == runs[1].state.tobytes()
