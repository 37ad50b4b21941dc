"""Where moves lead and what changes give, from many places: `pytest tests/engine/session
--snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from engine.history.branching import history_of
from engine.history.position import Position
from engine.session import moves
from engine.session.rivals import other_optimizer, with_named_optimizer
from engine.session.session import Session
from engine.session.tree import Branch
from engine.spec.problem import Problem
from engine.spec.run import MOST_ITERATIONS
from tests.engine.lived import follow, run
from tests.leaves import short

RUNS = ("worked-example", "xor", "settings", "iris", "momentum")


def of(place: Position) -> str:
    return f"{place.iteration}.{place.step}"


@pytest.mark.parametrize("name", ["worked-example", "settings"])
def test_where_moves_lead(name, snapshot):
    history = history_of(run(name))
    last = len(history.steps_of(1))
    lines = []
    for here in (Position(), Position(1, 1), Position(2, 5), Position(2, 6), Position(3, last),
                 Position(MOST_ITERATIONS, last)):  # fmt: skip
        for move in (moves.by_steps, moves.by_phases, moves.by_iterations):
            led = (f"{n:+d} {of(move(history, here, n))}" for n in (-9, -2, -1, 0, 1, 2, 3, 7, 40))
            lines.append(f"{of(here)} {move.__name__}: {', '.join(led)}")
    assert "\n".join(lines) == snapshot


def tried(change: Callable[[], Branch], session: Session) -> str:
    """What a branch is, and the loss on it; or why there is none."""
    try:
        branch = change()
    except Problem as problem:
        return short(str(problem))
    cause = branch.cause
    assert cause is not None
    t = max(session.position.iteration, cause.origin + 1)
    trace = branch.history.trace(t)
    loss = float(trace.known("loss", len(trace.steps)))
    return f"{branch.words}; {branch.label}, from {cause.origin}, {cause.index}: loss {loss:.6g}"


OPTIONS: tuple[tuple[str, Any], ...] = (
    ("lr", 0.25), ("lr", -1.0), ("lr", float("nan")), ("lr", "x"), ("momentum", 0.5),
    ("nesterov", True), ("weight_decay", 0.1), ("rho", 1.0), ("loss", "mse"), ("loss", "what"),
    ("reduction", "sum"), ("activation", "relu"), ("activation", "tanh, identity"),
    ("schedule", "step"), ("schedule", False), ("clip", False), ("batch_size", 1.0),
    ("batch_size", 2.5), ("shuffle", True), ("seed", 3.0), ("betas", [0.5, 0.9]),
)  # fmt: skip
PLACES = (Position(), Position(1, 1), Position(2, 3), Position(2, 10_000))


@pytest.mark.parametrize("name", RUNS)
def test_what_changes_give(name, snapshot):
    lines = []
    for place in PLACES:
        session = Session(run(name))
        t = max(1, place.iteration)
        place = Position(place.iteration, min(place.step, len(session.branch.history.steps_of(t))))
        session.go(place)
        lines.append(f"at {of(place)}")
        elements = (("W1", (0, 0)), ("W1", (9, 9)), ("b1", (1,)), ("x", (0, 1)), ("y", (0, 0)),
                    ("z1", (0, 0)))  # fmt: skip
        for symbol, index in elements:
            for value in (0.75, float("inf")):
                try:
                    said = tried(partial(session.edit, symbol, index, value, symbol), session)
                except IndexError:
                    said = "no such element"
                lines.append(f"  {symbol}{list(index)} = {value}: {said}")
        for values in ((0.5, 0.5), (1.0,), (0.0, 2.0)):
            said = tried(partial(session.edit_targets, 0, values, "y"), session)
            lines.append(f"  y = {values}: {said}")
        switched = (tried(partial(session.switch, fresh), session) for fresh in (True, False))
        lines += [f"  switch: {said}" for said in switched]
        if place == PLACES[2]:
            for option, value in OPTIONS:
                said = tried(partial(session.set_option, option, value), session)
                lines.append(f"  {option} = {value}: {said}")
    assert "\n".join(lines) == snapshot


def test_what_runs_are_compared_with(snapshot):
    lines = []
    for name in (*RUNS, "adam-decay", "twins", "entered", "article-script"):
        spec = run(name)
        lines.append(f"{name}: {other_optimizer(spec)}")
        for optimizer in ("sgd", "adam", "rmsprop"):
            made = with_named_optimizer(spec, optimizer)
            compared = made.compare and made.compare.name
            lines.append(f"  {optimizer}: {made.optimizer}, {compared}, {made.opens!r}")
            lines.append(f"    {[(stop.at, stop.optimizer) for stop in made.lesson]}")
    assert "\n".join(lines) == snapshot


def test_where_a_reader_has_been(snapshot):
    """Toggles, marks, and the way back, over branches of which one is deleted."""
    session = Session(run("worked-example"))
    lines = []

    def told(what: str) -> None:
        trail = [session.visited(n) for n in (-2, -1, 0, 1, 2, 3)]
        been = " ".join(
            "-" if each is None else f"{each.branch}:{of(each.position)}" for each in trail
        )
        here = f"{session.current}:{of(session.position)}"
        toggled = of(session.toggle_target())
        lines.append(f"{what}: {here}, toggled {toggled}, extent {of(session.extent)}, been {been}")

    told("at first")
    for place in ((2, 3), (1, 5), (4, 1)):
        session.go(Position(*place))
        told(f"gone to {place}")
    session.mark("a")
    for _ in range(3):
        session.toggle()
        told("toggled")
    follow(session, session.edit("W1", (0, 1), 0.9, "W1[1,2]"))
    told("edited")
    edited = session.current
    session.go(Position(6, 2))
    session.mark("b")
    for count in (1, 2, -1, 9, -9):
        lines.append(f"back {count}: {session.go_back(count)}")
        told(f"  gone back {count}")
    session.go(Position(1, 1), 0)
    session.delete(edited)
    told("deleted")
    for letter in ("a", "b", "c"):
        try:
            lines.append(f"{letter}: {session.marked(letter)}")
        except Problem as problem:
            lines.append(f"{letter}: {problem}")
    session.undelete()
    told("undeleted")
    lines.append(f"b: {session.marked('b')}, opens {of(session.opening)}")
    lines.append(f"reached {of(session.reached)}, stop {session.stop}")
    assert "\n".join(lines) == snapshot
