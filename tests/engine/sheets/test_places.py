"""Which elements of a run the names on a sheet stand for: `pytest tests/engine/sheets
--snapshot-update` writes it down anew; look at what differs.
"""

import pytest

from engine.history.branching import history_of
from engine.program.trace import Trace
from engine.runfile.read import load
from engine.session.rivals import with_named_optimizer
from engine.sheets.place import MOST_ITERATIONS, Placer
from engine.sheets.read import statements
from engine.spec.run import LossSpec, RunSpec
from tests.engine.networks import network
from tests.engine.sheets.test_notations import NAMES, SAID

RUNS = {
    "two layers": load("worked-example"),
    "one layer": network((3, 2), ("sigmoid",), LossSpec("mse"), 2),
    "three layers under Adam": with_named_optimizer(
        network((2, 2, 1, 2), ("tanh", "tanh", "softmax"), LossSpec("cross_entropy"), 2), "adam"
    ),
}
TEXTS = (
    "b1 = 0", "b1 = 0 0 0", "W1 = 1 2 3 4 5 6", "W1 = [[1 2 3] [4 5 6]]", "z1 = 1\nz1 = 1.0",
    "W1 = [[1 4] [2 5] [3 6]]", "W1 = [[1 2] [3 4 5] [6]]", "dW1^T = [[1 2] [3 4]]", "x = 1\nx = 2",
    "dW1 = [[1 2 3 4]]\ndW1 = [[1] [2] [3] [4]]", "W1 = 1 2 3 4\nz1 = 5 6\nW1 = 7 8 9 9",
    "W1 = 1 2 3 4\nnew W1 = 5 6 7 8\nW1 = 5 6 7 8\nz1 = 1 2", "new b1 = 1 2\nnew b1 = 1 3",
    "z1 = 1 2\niteration 3\nz1 = 3 4\niteration 2\nz1 = 5 6", "y = 1, 2, 3 = 4, 5", "S = L = 1",
    f"iteration {MOST_ITERATIONS}\nL = 1", f"iteration {MOST_ITERATIONS + 1}\nL = 1",
    "z1 = 2 + 3.5",
    "learning rate = 0.1\nL = 2", "z[1,1] = 4", "z[3]_1 = 4", "z1_9 = 4", "z1_0 = 4", "L_1 = 4",
)  # fmt: skip


def placed(spec: RunSpec, text: str, transposed: bool = False) -> str:
    trace: Trace = history_of(spec).trace(1)
    placer = Placer(trace, spec, transposed)
    placer.place(statements(text))
    told = [
        f"{'given ' * each.given}{each.iteration}.{each.symbol}"
        f"{[i + 1 for i in each.index]}={each.value:g}"
        for each in placer.figures
    ]
    return "; ".join([*told, *(f"line {each.line}: {each.reason}" for each in placer.unplaced)])


@pytest.mark.parametrize("run", RUNS)
def test_a_name_of_one_number_is_placed_so(run, snapshot):
    names = (*NAMES.split(), *SAID)
    assert "\n".join(f"{each}: {placed(RUNS[run], f'{each} = 9')}" for each in names) == snapshot


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("transposed", [False, True])
def test_a_text_is_placed_so(run, transposed, snapshot):
    told = (f"{each!r}: {placed(RUNS[run], each, transposed)}" for each in TEXTS)
    assert "\n".join(told) == snapshot
