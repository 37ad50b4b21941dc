"""Whatever the run, no page that answers fails: random networks, positions and elements."""

from __future__ import annotations

import random
import warnings
from dataclasses import replace

import pytest

from engine.analysis.questions import QUESTIONS
from engine.catalog.activations import ACTIVATIONS
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.history.position import Position
from engine.session.session import Session
from engine.session.standing import Selection
from engine.spec.run import ClipSpec, LossSpec, OptimizerSpec, RunSpec, SpecError
from tests.engine.helpers import fitting
from tests.engine.networks import network
from tests.tui.keyboard import Keyboard
from tui.actions.views import why

KEYS = (
    "* j enter left * enter z z ; j enter q enter j enter j enter j j enter g q = enter q > > < < q"
)


def made(rng: random.Random) -> RunSpec | None:
    """A small run of any kind, with numbers of any size; None for what does not go together."""
    name, depth = rng.choice(list(LOSSES)), rng.randint(1, 4)
    ends = LOSSES[name].activations({})
    kinds = [rng.choice(list(ACTIVATIONS)) for _ in range(depth - 1)]
    end = rng.choice(ends or list(ACTIVATIONS))
    sizes = [rng.randint(1, 3) for _ in range(depth)] + [rng.randint(2, 3)]
    optimizer = rng.choice(list(OPTIMIZERS))
    options = {"lr": rng.choice([0.01, 0.1, 5.0, 1e3])}
    for option in ("momentum", "weight_decay"):
        if option in OPTIMIZERS[optimizer].options and rng.random() < 0.5:
            options[option] = 0.5
    try:
        spec = network(
            tuple(sizes),
            (*kinds, end),
            LossSpec(name, rng.choice(["mean", "sum"])),
            rng.randint(1, 4),
            seed=rng.randint(0, 99),
            bias=tuple(rng.random() < 0.8 for _ in range(depth)),
            batch_size=rng.choice([0, 1, 2]),
        )
    except (SpecError, ValueError):
        return None
    complete = OPTIMIZERS[optimizer].complete(options)
    if OPTIMIZERS[optimizer].conflict(complete):
        return None
    spec = fitting(spec.with_optimizer(OptimizerSpec(optimizer, complete)))
    if rng.random() < 0.4:
        spec = replace(spec, clip=ClipSpec(rng.choice(["norm", "value"]), 0.1))
    if rng.random() < 0.3:
        spec = replace(spec, dtype="float32")
    size = rng.choice([1, 1, 1, 0, 1e3, 1e30])
    return replace(spec, data=replace(spec.data, x=spec.data.x * size))


@pytest.mark.parametrize("seed", range(20))
def test_no_page_fails(seed):
    rng = random.Random(seed)
    keys = Keyboard()
    spec = made(rng)
    if spec is None:
        return
    try:
        keys.actions.context.desk.session = session = Session(spec)
    except SpecError:
        return
    t = rng.choice([1, 2, 3, 9])
    session.go(Position(t, rng.randint(1, len(session.branch.history.steps_of(t)))))
    symbol = rng.choice(list(keys.actions.frame().entries))
    session.selection = Selection(symbol, rng.randint(0, 5), rng.randint(0, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for question in QUESTIONS.values():
            keys.context.shown.forget()
            why.ask(keys.context, question)
            keys.screen(80, 24)
        keys.context.shown.forget()
        for key in KEYS.split():
            keys.press(key).screen(80, 24)
