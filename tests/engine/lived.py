"""Sessions in which everything has happened, and the frames of their positions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf
from types import SimpleNamespace
from typing import Any

from engine.analysis.breakpoints import added, counted, enabled
from engine.catalog.optimizers import OPTIMIZERS
from engine.history.position import Position
from engine.runfile.read import from_table, load
from engine.session.session import Session
from engine.session.standing import Selection
from engine.session.tree import Branch
from engine.spec.run import LossSpec, OptimizerSpec, RunSpec
from tests.engine.networks import network
from tests.fixtures.enteredruns import FOLDER, following
from tests.frames import digest
from tui.frame.frame import Frame, build
from tui.text.format import Text

TEXT = Text()

SETTINGS: dict[str, Any] = {
    "data": {
        "x": [[1.0, 2.0], [0.5, -1.0], [0.0, 1.5]],
        "y": [[1, 0], [0, 1], [1, 0]],
        "batches": [[[2], [0, 1]], [[1, 0, 2]]],
    },
    "layers": [
        {"units": 2, "activation": "tanh", "W": [[0.1, 0.2], [0.3, 0.4]], "b": 0.1},
        {"units": 2, "activation": "sigmoid", "W": [[0.5, 0.6], [0.7, 0.8]], "b": [0.0, 0.2]},
        {"units": 2, "activation": "softmax", "tie": ["W1.T", "b2"]},
    ],
    "loss": {"name": "cross_entropy"},
    "optimizer": {"name": "adam", "lr": 0.1},
    "compare": {"name": "sgd", "lr": 0.5},
    "clip": [
        {"params": ["W1"], "norm": 0.05, "norm_type": 3},
        {"params": ["b*"], "norm": "inf", "norm_type": 1},
        {"params": ["W2"], "value": 0.01},
    ],
    "groups": [
        {"params": ["b*"], "lr": 0.2, "weight_decay": 0.1, "amsgrad": True},
        {"params": ["W1"], "momentum": 0.5, "betas": [0.5, 0.75]},
    ],
}


def run(name: str) -> RunSpec:
    """A built-in run; or "made": mini-batches of two of three samples, and nothing compared; or
    "twins": one optimizer compared with itself under other options; or "settings": what a run file
    can say beside its rows; or "entered": a training that PyTorch began, with mini-batches and a
    schedule of passes.
    """
    if name == "entered":
        return from_table(following("adam-passes"), "run", FOLDER)
    if name == "settings":
        return from_table(SETTINGS)
    if name == "twins":
        options = {**OPTIMIZERS["sgd"].defaults, "lr": 0.1}
        twins = [OptimizerSpec("sgd", {**options, "momentum": each}) for each in (0.9, 0.5)]
        return load("worked-example").with_optimizer(*twins)
    if name != "made":
        return load(name)
    spec = network((2, 2, 1), ("tanh", "identity"), LossSpec("mse"), 3, batch_size=2)
    return replace(spec, data=replace(spec.data, shuffle=True))


def frame_at(branch: Branch, position: Position, spec: RunSpec) -> Frame:
    """The frame of a position, without going there."""
    view: Any = SimpleNamespace(
        spec=spec,
        branch=branch,
        position=position,
        trace=branch.history.trace(position.iteration),
        other=SimpleNamespace(label="", spec=spec, history=SimpleNamespace(seconds=inf)),
        selection=Selection(),
    )
    return build(view, TEXT)


def digests(session: Session, last: int = 8) -> Iterator[tuple[int, Position, str]]:
    """Hashes of frames all over the branches."""
    for number, branch in list(session.branches.items()):
        for t in range(1, last, 2):
            for step in (1, len(branch.history.steps_of(t))):
                at = Position(t, step)
                yield number, at, digest(frame_at(branch, at, session.spec))


def lived(name: str) -> Session:
    """A session with branches of every kind, some deleted, marks, toggles and breakpoints."""
    session = Session(run(name))
    session.go(Position(3, 5))
    session.mark("a")
    follow(session, session.edit("W1", (0, 1), 0.9, "W1[1,2]"))
    session.go(Position(5, len(session.branch.history.steps_of(5))))
    follow(session, session.set_option("lr", 0.05))
    session.go(Position(6, 2))
    follow(session, session.switch(fresh=False))
    session.mark("b")
    session.go(Position(4, 1), 0)
    follow(session, session.switch(fresh=True))
    session.rename(session.current, "a fresh one")
    session.go(Position(7, 3))
    follow(session, session.edit("y", (0, 0), nearly(session), "y[1]"))
    session.go(Position(2, 1), 1)
    follow(session, session.edit("x", (0, 1), -2.0, "x[2]"))
    doomed = session.current
    session.go(Position(5, 5))
    session.mark("c")
    session.go(Position(2, 3), 0)
    follow(session, session.edit("b2", (0,), 1.5, "b2[1]"))
    session.toggle()
    session.delete(doomed)
    session.delete(session.deleted[0].number + 1)
    session.undelete()
    session.go(Position(6, 5), 3)
    session.toggle()
    session.selection = Selection("W1", 3, 1)
    session.breakpoints = added(
        added(session.breakpoints, "condition", "loss < 0.1"), "step", "dW1"
    )
    session.breakpoints = counted(enabled(session.breakpoints, 1, False), [2])
    return session


def nearly(session: Session) -> float:
    """Nearly the first target, so that the row is still shares of the classes."""
    y = session.trace.known("y", 0)
    return abs(float(y[0, 0]) - 2.0**-24)


def follow(session: Session, branch: Branch) -> None:
    """Go to a branch at the corresponding position, as a reader does who made it."""
    session.go(session.beside(branch), branch.number)
