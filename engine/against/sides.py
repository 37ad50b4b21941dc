"""The two sides of an iteration, the run's and the record's, and what of either is rounding."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from functools import cached_property

import numpy as np

from engine.against.again import Again, Shake
from engine.against.tracefile import NONE, TraceFile
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.history.history import History
from engine.history.stretch import Stretch
from engine.program.parameters import trained
from engine.program.plateau import KEPT
from engine.program.state import own_names, starting_state
from engine.program.trace import Trace
from engine.program.trainer import Trainer
from engine.spec.run import RunSpec

SHAKEN, ALL_SHAKEN = range(8), range(40)
"""So often an iteration is computed with shaken last places; and so often before it is said for the
first time that a number differs."""
SURELY = 4.0
"""So many times further than these came, rounding may come."""

Noise = Mapping[Symbol, Array]


class Way(StrEnum):
    """How a run goes beside a record: both start together and run; or each iteration starts from
    the record's parameters and state.
    """

    FREE = "free"
    FED = "fed"


def way_of(history: History, record: TraceFile) -> Way:
    """Fed where the record has the trained parameters before every iteration, but for the first of
    the run, which starts from what the run says.
    """
    for t in record.iterations:
        names = trained(history.spec_of(t))
        if t > 1 and len(record.start(t, names)) < len(names):
            return Way.FREE
    return Way.FED


class Sides:
    """Iteration `t` on both sides: `trace` is the run's, `theirs` what the record has of it. Where
    two records are compared, `other` is the same of the one that stands for ours.
    """

    def __init__(
        self, walk: Walk, trace: Trace, again: Again, start: Array, started: Collection[Symbol]
    ) -> None:
        self.t, self.trace = trace.t, trace
        self.started = started
        """What the record has of the state before it."""
        self.record = walk.record
        self.theirs = walk.record.values[self.t]
        self.other: Sides | None = None
        self._walk, self._again, self._start = walk, again, start

    @cached_property
    def _forced(self) -> tuple[dict[Symbol, Array], Array]:
        made = self._again.run(self.t, self._start, self.theirs)
        return made, self._again.state.copy()

    @property
    def local(self) -> Mapping[Symbol, Array]:
        """What each step makes of the record's own numbers."""
        return self._forced[0]

    @property
    def after(self) -> Array:
        """The state that the iteration leaves, with the record's numbers in it."""
        return self._forced[1]

    @cached_property
    def noise(self) -> Noise:
        """How far rounding can move what each step of the run makes."""
        return self._noise(SHAKEN)

    @cached_property
    def sure_noise(self) -> Noise:
        """The same, tried more often: a number near a kink needs luck to be moved over it."""
        return self._noise(ALL_SHAKEN)

    def _noise(self, seeds: range) -> Noise:
        steps = self.trace.steps
        exact = {step.symbol: self.trace.known(step.symbol, step.number) for step in steps}
        if self._walk.way is Way.FREE:
            return spread(exact, self._walk.shaken(self.t, seeds))
        shakes = (Shake(self._walk.eps, seed) for seed in seeds)
        before = self.trace.before
        return spread(exact, (self._again.run(self.t, before, NONE, each) for each in shakes))

    @cached_property
    def local_noise(self) -> Noise:
        """How far rounding can move what each step makes of the record's own numbers."""
        shakes = (Shake(self._walk.eps, seed) for seed in SHAKEN)
        runs = (self._again.run(self.t, self._start, self.theirs, each) for each in shakes)
        return spread(self.local, runs)

    def begun(self, name: Symbol) -> Array | None:
        """What the run begins with by itself, whichever way it goes; None for what it does not
        have.
        """
        return self._walk.history.trace(1).value(name, 0)

    def fed(self) -> Trace:
        """The iteration as the run computes it from the record's parameters and state."""
        if self._walk.way is Way.FED:
            return self.trace
        return Trainer(self._walk.history.spec_of(self.t)).trace(self.t, self._start)


def spread(exact: Mapping[Symbol, Array], runs: Iterable[Mapping[Symbol, Array]]) -> Noise:
    """How far rounding can move some numbers, by how far shaken runs have."""
    found = {name: np.zeros(array.shape) for name, array in exact.items()}
    with np.errstate(all="ignore"):
        for run in runs:
            for name, most in found.items():
                away = np.abs(run[name].astype(np.float64) - exact[name])
                np.maximum(most, np.where(np.isnan(away), np.inf, away), out=most)
    return {name: SURELY * most for name, most in found.items()}


def put_in(history: History, t: int, names: Iterable[Symbol]) -> Collection[Symbol]:
    """Those of some parameters and slots that iteration t finds otherwise than the one before it
    left them: changed by hand, or what another optimizer begins with.
    """
    if t == 1 or history.owner(t).origin != t - 1:
        return ()
    now, past = history.trace(t), history.trace(t - 1)
    found = []
    for name in names:
        left = past.value(name, len(past.steps))
        if left is None or not np.array_equal(now.known(name, 0), left, equal_nan=True):
            found.append(name)
    return found


class Walk:
    """Goes through the iterations of a record, from the first one on, on both sides. `eps` is the
    last place of what is computed in.
    """

    def __init__(self, history: History, record: TraceFile, way: Way, eps: float) -> None:
        self.history, self.record, self.way, self.eps = history, record, way, eps
        self._stretch: Stretch | None = None
        self._last: Sides | None = None
        self._again: Again
        self._trainer: Trainer
        self._shaken: dict[range, Shaken] = {}

    def at(self, t: int) -> Sides:
        """An iteration after all that have been asked for."""
        stretch = self.history.owner(t)
        if stretch is not self._stretch:
            self._stretch, self._last = stretch, None
            self._again, self._trainer = Again(stretch.spec), Trainer(stretch.spec)
        start, started = self._start(t, stretch.spec)
        free = self.way is Way.FREE
        trace = self.history.trace(t) if free else self._trainer.trace(t, start)
        self._last = Sides(self, trace, self._again, start, started)
        return self._last

    def _start(self, t: int, spec: RunSpec) -> tuple[Array, Collection[Symbol]]:
        """The state before an iteration with all that the record has of it in it, and what that
        is.
        """
        layout = self._again.layout
        names = own_names(layout)
        given, own = self.record.start(t, names), self.record.starts.get(t, NONE)
        for name in put_in(self.history, t, names):
            if name not in own:
                given.pop(name, None)
        if len(given) == len(names) and KEPT not in layout:
            state = starting_state(spec)
        elif self._last and self._last.t == t - 1:
            state = self._last.after.copy()
        else:
            state = self.history.trace(t).before.copy()
        with np.errstate(over="ignore"):
            for name, array in given.items():
                layout.view(state, name)[...] = array
        return state, given

    def shaken(self, t: int, seeds: range) -> Iterable[Mapping[Symbol, Array]]:
        """What the steps of iteration t make in runs that are shaken from the start on."""
        if seeds not in self._shaken:
            self._shaken[seeds] = Shaken(self.history, self.eps, seeds)
        return self._shaken[seeds].at(t)


class Shaken:
    """Runs from the start on, with every result shaken."""

    def __init__(self, history: History, eps: float, seeds: range) -> None:
        self._history = history
        self._shakes = [Shake(eps, seed) for seed in seeds]
        self._stretch: Stretch | None = None
        self._again: Again
        self._states: list[Array] = []
        self._at = 0
        self._made: list[dict[Symbol, Array]] = []

    def at(self, t: int) -> list[dict[Symbol, Array]]:
        """What their steps make in iteration t, after all that have been asked for."""
        while self._at < t:
            self._at += 1
            self._begin(self._at)
            self._made = []
            for number, shake in enumerate(self._shakes):
                made = self._again.run(self._at, self._states[number], NONE, shake)
                self._states[number] = self._again.state.copy()
                self._made.append(made)
        return self._made

    def _begin(self, t: int) -> None:
        """Where another stretch begins, take the parameters over to it."""
        stretch = self._history.owner(t)
        if stretch is self._stretch:
            return
        trace, again = self._history.trace(t), Again(stretch.spec)
        made = [trace.before.copy() for _ in self._shakes]
        others = put_in(self._history, t, trace.parameters)
        for name in trace.parameters if self._stretch else ():
            for state, own in zip(self._states, made, strict=True):
                if name not in others:
                    again.layout.view(own, name)[...] = self._again.layout.view(state, name)
        self._stretch, self._again, self._states = stretch, again, made
