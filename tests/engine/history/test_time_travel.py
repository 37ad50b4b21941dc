"""Time travel: whatever a reader does, what is shown is what training from the start would show."""

from __future__ import annotations

import gc
import json
import operator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import engine.history.stretch
from engine.analysis.breakpoints import added, enabled, without
from engine.analysis.compare import first_parting
from engine.analysis.conditiontext import parse
from engine.analysis.landmarks import last_change
from engine.analysis.recorder import symbol_shapes
from engine.analysis.search import search_backward, search_forward
from engine.analysis.whatif import WhatIf
from engine.history.budget import Budget
from engine.history.position import Position
from engine.program.step import Phase
from engine.program.trainer import Trainer
from engine.saving.read import restored
from engine.saving.write import LIMIT_BYTES, written
from engine.session import moves
from engine.session.causes import Cause, EditError
from engine.session.session import Session
from engine.session.tree import Branch
from tests.engine.lived import follow, frame_at, nearly, run
from tests.engine.plainly import Plain, changed, root
from tests.examples import examples
from tests.frames import computed, digest

NAMES = ("settings", "made", "worked-example", "article-script", "twins", "entered")
RUNS = {name: run(name) for name in NAMES}
BUDGETS = {name: 12 * Trainer(spec).state.nbytes for name, spec in RUNS.items()}
SEGMENT = 2
LAST = 14
ACTIONS = 50
MADE_BETWEEN = 50_000
"""So many objects are made between two collections of garbage, which cost a third of the time."""
MOST_BRANCHES = 5
MOST_MADE = 12
MOST_SAVES = 2
MOST_STOPS = 4
PARAMETERS = [("W1", (0, 1)), ("b2", (0,)), ("W2", (0, 0))]
OPTIONS: dict[str, list[tuple[str, Any]]] = {
    "sgd": [("lr", 0.3), ("momentum", 0.9), ("momentum", 0.0), ("maximize", True)],
    "adam": [("lr", 0.02), ("betas", (0.5, 0.9)), ("amsgrad", True), ("weight_decay", 0.1)],
}
VALUES = [0.5, -1.25, 2.0]

plain_branches: dict[tuple, Plain] = {}
"""Branches computed plainly, by the run and all causes: the same ones come again and again."""

SHARE = {
    "worked-example": 225, "article-script": 225, "twins": 225, "made": 125, "settings": 125,
    "entered": 75,
}  # fmt: skip
"""Of a thousand runs of all actions, how many are of each: fewer of those that take longest."""

full_runs: list[str] = []

counted: list[int] = []
"""How many iterations every run of a trainer has computed."""

few = st.integers(0, 5)


def counting(trainer, first, last, *outputs):
    counted.append(last - first + 1)
    RUN(trainer, first, last, *outputs)


RUN = Trainer.run


class TimeTravel(RuleBasedStateMachine):
    """A reader, and beside every branch the same branch computed plainly."""

    name: str

    @initialize()
    def begin(self):
        if len(plain_branches) > 500:
            plain_branches.clear()
        name = self.name
        self.session = Session(RUNS[name], Budget(BUDGETS[name]))
        self.keys: dict[int, tuple] = {0: (name, 0), 1: (name, 1)}
        for number in (0, 1):
            if self.keys[number] not in plain_branches:
                plain_branches[self.keys[number]] = root(RUNS[name], bool(number))
        self.trail = [(0, Position())]
        self.at = 0
        self.marks: dict[str, tuple[int, Position]] = {}
        self.dead: list[int] = []
        self.names = {number: branch.name for number, branch in self.session.branches.items()}
        self.looks = self.saves = 0
        self.seen: tuple | None = None

    def teardown(self):
        if self.looks > ACTIONS:
            full_runs.append(self.name)

    # -- what the model says -------------------------------------------------------------------

    def plain(self, number: int) -> Plain:
        return plain_branches[self.keys[number]]

    @property
    def here(self) -> tuple[int, Position]:
        return self.session.current, self.session.position

    def went(self, to: tuple[int, Position] | None = None) -> None:
        if to:
            assert self.here == to
        if self.here != self.trail[self.at]:
            self.trail = [*self.trail[: self.at + 1], self.here]
            self.at = len(self.trail) - 1

    def go(self, position: Position) -> None:
        if position.iteration <= LAST:
            self.session.go(position)
            self.went((self.session.current, position))

    def branched(self, parent: int, cause: Cause) -> Branch:
        """Check the branch that was just made, and compute it plainly."""
        made = self.session.branch
        while (leaves := self.session.branches[parent].cause) and cause.origin < leaves.origin:
            parent = leaves.parent
        assert made.cause == replace(cause, parent=parent)
        assert made.number == max(self.keys) + 1
        assert made.partner == parent
        assert self.session.position.iteration == self.trail[self.at][1].iteration
        text = repr((cause.origin, cause.kind, cause.symbol, cause.index, cause.value, cause.fresh))
        key = (*self.keys[parent], text)
        if key not in plain_branches:
            plain_branches[key] = changed(self.plain(parent), cause)
        self.keys[made.number], self.names[made.number] = key, made.name
        self.went()
        return made

    def updating(self) -> bool:
        step = self.session.step
        return step is not None and step.phase == Phase.UPDATE

    def room(self) -> bool:
        return len(self.session.branches) < MOST_BRANCHES and len(self.keys) < MOST_MADE

    # -- moves ---------------------------------------------------------------------------------

    @rule(n=st.sampled_from([-30, -3, -1, 1, 2, 7, 40]))
    def step(self, n):
        self.go(moves.by_steps(self.session.branch.history, self.session.position, n))

    @rule(n=st.sampled_from([-2, -1, 1, 2]))
    def phase(self, n):
        self.go(moves.by_phases(self.session.branch.history, self.session.position, n))

    @rule(n=st.sampled_from([-5, -1, 1, 3]))
    def iteration(self, n):
        self.go(moves.by_iterations(self.session.branch.history, self.session.position, n))

    @rule(n=few)
    def visit(self, n):
        numbers = list(self.session.branches)
        number = numbers[n % len(numbers)]
        history = self.session.branches[number].history
        there = moves.like(self.session.step, history, self.session.position.iteration)
        self.session.go(there, number)
        self.went((number, there))

    @rule(again=st.booleans())
    def toggle(self, again):
        here, there = self.here, self.session.other.number
        self.session.toggle()
        assert self.session.current == there
        self.went()
        if again:
            self.session.toggle()
            self.went(here)

    @rule(n=st.sampled_from([-2, -1, 1, 2]))
    def back(self, n):
        there = [
            i
            for i, (number, _) in enumerate(self.trail)
            if (i < self.at if n > 0 else i > self.at) and number not in self.dead
        ]
        if n > 0:
            there.reverse()
        found = len(there) >= abs(n)
        assert self.session.go_back(n) == found
        if found:
            self.at = there[abs(n) - 1]
            assert self.here == self.trail[self.at]

    @rule(letter=st.sampled_from("ab"))
    def mark(self, letter):
        self.session.mark(letter)
        self.marks[letter] = self.here

    @rule(letter=st.sampled_from("ab"))
    def to_mark(self, letter):
        place = self.marks.get(letter)
        if place is None or place[0] in self.dead:
            with pytest.raises(moves.MoveError):
                self.session.marked(letter)
        else:
            number, there = self.session.marked(letter)
            self.session.go(there, number)
            self.went(place)

    # -- branches ------------------------------------------------------------------------------

    @precondition(lambda self: self.room())
    @rule(which=st.sampled_from(PARAMETERS), value=st.sampled_from(VALUES))
    def edit(self, which, value):
        symbol, index = which
        parent, position = self.here
        done = self.plain(parent).steps(position.iteration)[: position.step]
        origin = position.iteration - 1 + any(step.symbol == symbol for step in done)
        follow(self.session, self.session.edit(symbol, index, value, symbol))
        self.branched(parent, Cause(parent, origin, "parameter", symbol, index, value))

    @precondition(lambda self: self.room())
    @rule(symbol=st.sampled_from("xy"), value=st.sampled_from(VALUES))
    def edit_data(self, symbol, value):
        parent, position = self.here
        t = position.iteration
        row = int(self.session.branch.history.owner(t).rows(t)[0])
        if symbol == "y":
            value = nearly(self.session)
        follow(self.session, self.session.edit(symbol, (0, 0), value, symbol))
        self.branched(parent, Cause(parent, t - 1, "data", symbol, (row, 0), value))

    @precondition(lambda self: self.room())
    @rule(n=st.integers(0, 3))
    def option(self, n):
        parent, t = self.session.current, self.session.position.iteration
        origin = t - 1 + self.updating()
        optimizer = self.session.branch.history.spec_of(origin + 1).optimizer.name
        symbol, value = OPTIONS[optimizer][n]
        follow(self.session, self.session.set_option(symbol, value))
        self.branched(parent, Cause(parent, origin, "option", symbol, (), value))

    @precondition(lambda self: self.room())
    @rule(fresh=st.booleans())
    def switch(self, fresh):
        parent, t = self.session.current, self.session.position.iteration
        origin = t - 1 + self.updating()
        follow(self.session, self.session.switch(fresh))
        cause = self.session.branch.cause
        assert cause
        wanted = Cause(parent, origin, "switch", cause.symbol, (), cause.value, fresh)
        self.branched(parent, wanted)

    @precondition(lambda self: self.room())
    @rule(which=st.sampled_from([*PARAMETERS, ("lr", ())]))
    def change_nothing(self, which):
        symbol, index = which
        parent, position = self.here
        if self.session.branch.history.own.origin == position.iteration:
            return  # what is shown here is the parent's: its values are a change after it
        if symbol == "lr":
            origin = position.iteration - 1 + self.updating()
            lr = self.session.branch.history.spec_of(origin + 1).optimizer.options["lr"]
            follow(self.session, self.session.set_option("lr", lr))
        else:
            known = self.session.trace.known(symbol, position.step)
            follow(self.session, self.session.edit(symbol, index, float(known[index]), symbol))
        cause = self.session.branch.cause
        assert cause
        made = self.branched(parent, cause)
        assert made.cause
        parent = made.cause.parent
        for t in range(max(1, position.iteration - 1), position.iteration + 4):
            one, other = (self.session.branches[n].history.trace(t) for n in (parent, made.number))
            assert one.after.tobytes() == other.after.tobytes()
            assert one.known("loss", 99).tobytes() == other.known("loss", 99).tobytes()

    # -- looking for something -----------------------------------------------------------------

    def losses(self, number: int) -> list[float]:
        traces = (self.plain(number).trace(t) for t in range(1, LAST + 1))
        return [float(trace.known("loss", len(trace.steps))) for trace in traces]

    @rule(text=st.sampled_from(["loss rises", "loss < {}", "not loss < {}"]), n=few)
    def search(self, text, n):
        number, position = self.here
        history, losses = self.session.branch.history, self.losses(number)
        bound = losses[n]
        holds = {
            "loss rises": [t > 1 and losses[t - 1] > losses[t - 2] for t in range(1, LAST + 1)],
            "loss < {}": [loss < bound for loss in losses],
            "not loss < {}": [not loss < bound for loss in losses],
        }[text]
        hits = [t for t, hit in enumerate(holds, 1) if hit]
        shapes = symbol_shapes(history.spec_of(1), history.steps_of(1))
        condition = parse(text.format(repr(bound)), shapes)
        here = position.iteration
        found = search_forward(history, condition, here, limit=LAST)
        assert found == next((t for t in hits if t > here), None)
        found = search_backward(history, condition, here)
        assert found == next((t for t in reversed(hits) if t < here), None)

    @rule(which=st.sampled_from(PARAMETERS))
    def last_change(self, which):
        symbol, index = which
        number, position = self.here
        traces = [self.plain(number).trace(t) for t in range(1, position.iteration)]
        values = [trace.known(symbol, len(trace.steps))[index] for trace in traces]
        start = self.plain(number).trace(1).known(symbol, 0)[index]
        changed = [t for t, (a, b) in enumerate(pairwise([start, *values]), 1) if a != b]
        found = last_change(self.session.branch.history, symbol, index, position.iteration)
        assert found == max(changed, default=None)

    @rule(n=few, t=st.integers(1, LAST))
    def approach(self, n, t):
        numbers = list(self.session.branches)
        history = self.session.branches[numbers[n % len(numbers)]].history
        assert history.approach(t)
        assert history.wait(t) <= 2 * SEGMENT + 1

    @rule(n=few, t=st.integers(1, LAST))
    def look(self, n, t):
        """As a frame does, which compares with the iteration before."""
        numbers = list(self.session.branches)
        history = self.session.branches[numbers[n % len(numbers)]].history
        promised = history.wait(t)
        counted.clear()
        history.visit(t)
        # And the two iterations themselves, and segments that are trained and then looked at.
        assert sum(counted) <= promised + 2 * SEGMENT + 2

    @rule(n=few)
    def compare(self, n):
        numbers = list(self.session.branches)
        pair = self.session.current, numbers[n % len(numbers)]
        histories = [self.session.branches[number].history for number in pair]
        found = first_parting(histories[0], histories[1], LAST)
        end = found or Position(LAST, len(histories[0].steps_of(LAST)))
        for t in range(1, end.iteration + 1):
            one, other = (self.plain(number).trace(t) for number in pair)
            for step in one.steps:
                same = False
                if (written := other.writer(step.symbol)) is not None:
                    theirs = other.known(step.symbol, written)
                    same = one.known(step.symbol, step.number).tobytes() == theirs.tobytes()
                if Position(t, step.number) == found:
                    assert not same
                    return
                assert same

    @rule()
    def what_if(self):
        number, position = self.here
        asked = WhatIf(self.session.branch.history, position.iteration)
        trace = self.plain(number).trace(position.iteration)
        assert asked.before == float(trace.known("loss", len(trace.steps)))
        assert asked.partial(()).loss == asked.before

    @rule(n=few, text=st.sampled_from(["loss < 0.1", "W1[1,2] changes sign"]))
    def breakpoint(self, n, text):
        stops = self.session.breakpoints
        if n == 0 and stops:
            self.session.breakpoints = without(stops, stops[0].id)
        elif n == 1 and stops:
            self.session.breakpoints = enabled(stops, stops[-1].id, not stops[-1].enabled)
        elif len(stops) < MOST_STOPS:
            self.session.breakpoints = added(stops, "condition", text)

    # -- deleting, saving ----------------------------------------------------------------------

    @rule(n=few)
    def delete(self, n):
        numbers = list(self.session.branches)
        number = numbers[n % len(numbers)]
        leaves = any(b.cause and b.cause.parent == number for b in self.session.branches.values())
        if number < 2 or number == self.session.current or leaves:
            with pytest.raises(EditError):
                self.session.delete(number)
        else:
            self.session.delete(number)
            self.dead.append(number)

    @rule()
    def undelete(self):
        if self.dead:
            assert self.session.undelete().number == self.dead.pop()
        else:
            with pytest.raises(EditError):
                self.session.undelete()

    @rule(n=few)
    def rename(self, n):
        numbers = list(self.session.branches)
        number = numbers[n % len(numbers)]
        self.names[number] = f"name {number}.{n}"
        self.session.rename(number, self.names[number])

    @precondition(lambda self: self.saves < MOST_SAVES)
    @rule(limit=st.sampled_from([LIMIT_BYTES, 4000, 0]))
    def save_and_open(self, limit):
        self.saves += 1
        document, arrays = written(self.session, limit)
        before = self.session
        found = restored(json.loads(json.dumps(document)), arrays, Budget(BUDGETS[self.name]))
        self.session = found.session
        assert found.same_arithmetic
        assert self.session.standing == before.standing
        assert self.session.breakpoints == before.breakpoints
        assert list(self.session.branches) == list(before.branches)
        assert self.session.other.number == before.other.number
        for one, other in zip(self.session.deleted, before.deleted, strict=True):
            assert (one.number, one.cause) == (other.number, other.cause)
        for number, branch in before.branches.items():
            assert self.session.branches[number].cause == branch.cause
            assert self.session.branches[number].words == branch.words

    # -- what always holds ---------------------------------------------------------------------

    @invariant()
    def what_is_shown_is_what_training_gives(self):
        """The frame here, where anything is new, and all that one more iteration of one more
        branch computes.
        """
        session, history, t = self.session, self.session.branch.history, self.here[1].iteration
        seen = self.here, history.trace(t), history.trace(t - 1) if t > 1 else None
        if seen != self.seen:  # nobody can write into a trace
            shown = frame_at(session.branch, session.position, session.spec)
            assert digest(shown) == self.plain(session.current).digest(session.position)
            self.seen = seen
        self.looks += 1
        numbers = [n for n, b in session.branches.items() if b.opened]
        number = numbers[self.looks % len(numbers)]
        t = 1 + self.looks * 5 % LAST
        assert computed(session.branches[number].history.trace(t)) == self.plain(number).computed(t)

    @invariant()
    def nothing_is_lost_and_memory_is_bounded(self):
        session = self.session
        assert session.marks == self.marks
        assert [b.number for b in session.deleted] == self.dead
        for number, branch in session.branches.items():
            assert branch.name == self.names[number]
        opened = [b for b in (*session.branches.values(), *session.deleted) if b.opened]
        stretches = {stretch for b in opened for stretch in b.history.stretches}
        kept = [stretch._checkpoints.nbytes for stretch in stretches]
        least = [4 * stretch._reader.state.nbytes for stretch in stretches]
        if sum(kept) > BUDGETS[self.name]:
            assert all(map(operator.le, kept, least))
        for stretch in stretches:
            assert stretch.budget is session.budget


def travel(monkeypatch: pytest.MonkeyPatch, name: str, count: int) -> None:
    monkeypatch.setattr(engine.history.stretch, "segment_length", lambda _: SEGMENT)
    monkeypatch.setattr(Trainer, "run", counting)
    plain_branches.clear()
    full_runs.clear()
    usual = gc.get_threshold()
    gc.set_threshold(MADE_BETWEEN, 20, 50)
    try:
        run_state_machine_as_test(
            type(f"TimeTravel in {name}", (TimeTravel,), {"name": name}),
            settings=settings(
                max_examples=count,
                stateful_step_count=ACTIONS + 1,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        gc.set_threshold(*usual)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_time_travel(monkeypatch, name):
    least = SHARE[name]
    travel(monkeypatch, name, examples(3 * least // 2))  # some of them end early
    assert len(full_runs) >= examples(least)


def test_some_time_travel(monkeypatch):
    for name in NAMES:
        travel(monkeypatch, name, 8)
        assert full_runs
