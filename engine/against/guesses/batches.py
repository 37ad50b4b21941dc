"""Where the mini-batch or the learning rate is another one."""

from __future__ import annotations

import numpy as np

from engine.against.guesses.row import Alternative, Tries, only, rate_of
from engine.against.guesses.setting import Setting
from engine.spec.data import Batches
from engine.spec.run import Array

SHOWN = 8
"""So many samples are named."""


def _places(rows: Array, data: Array) -> list[int] | None:
    """Which samples of the data some rows are, counted from 0; None where one is none of them."""
    found = []
    for row in rows:
        here = np.flatnonzero((data.astype(rows.dtype, copy=False) == row).all(axis=1))
        if not here.size:
            return None
        found.append(int(here[0]))
    return found


def _samples(s: Setting) -> Tries:
    """Other samples of the data, or the same in another order."""
    theirs, spec = s.scene.theirs, s.scene.spec
    if theirs.ndim != 2 or theirs.shape[1] != spec.data.x.shape[1]:
        return
    places = _places(theirs, spec.data.x)
    if places is None:
        return
    batches = Batches(spec.data, spec.seed)
    own = [int(row) for row in batches.rows(s.t)]
    named = ", ".join(str(place + 1) for place in places[:SHOWN])
    named += ", …" if len(places) > SHOWN else ""
    taken = f"another batch order: samples {named} of the data"
    if sorted(places) == sorted(own):
        taken = f"the samples of the mini-batch in another order: {named}"
    else:
        for t in range(max(1, s.t - batches.per_pass), s.t + batches.per_pass + 1):
            if t != s.t and [int(row) for row in batches.rows(t)] == places:
                taken = f"another batch order: the mini-batch of iteration {t}"
                break
    yield taken, only(s.symbol, spec.data.x[places].astype(theirs.dtype))


def _scaled(s: Setting) -> Tries:
    """Numbers that are scaled once more, or not."""
    ours, whole = s.ours, s.scene.spec.data.x if s.symbol == "x" else s.scene.spec.data.y
    if s.scene.theirs.shape != ours.shape:
        return
    name = s.symbol.written
    yield f"{name} times 255: not brought to 0…1", only(s.symbol, ours * 255)
    yield f"{name} over 255: brought to 0…1", only(s.symbol, ours / 255)
    yield f"{name} brought from 0…1 to −1…1", only(s.symbol, 2 * ours - 1)
    yield f"{name} brought from −1…1 to 0…1", only(s.symbol, (ours + 1) / 2)
    for part, told in ((whole, "all data"), (ours, "the mini-batch")):
        for fewer in (0, 1):
            if len(part) > 1:
                spread = part.std(0, ddof=fewer)
                found = ((ours - part.mean(0)) / spread).astype(ours.dtype)
                yield f"{name} standardized by {told}", only(s.symbol, found)


def _targets(s: Setting) -> Tries:
    """Targets of other samples, or other classes."""
    theirs, ours, spec = s.scene.theirs, s.ours, s.scene.spec
    if theirs.shape != ours.shape:
        return
    x = s.now("x")
    places = None if x is None else _places(x, spec.data.x)
    for k in (1, -1):
        if places is not None:
            moved = spec.data.y[(np.array(places) + k) % len(spec.data.y)].astype(theirs.dtype)
            whose = "next" if k > 0 else "last"
            yield f"each sample has the target of the {whose} one", only(s.symbol, moved)
        if ours.shape[1] > 1:
            yield "every class is one off", only(s.symbol, np.roll(ours, k, axis=1))
    yield "0 and 1 are exchanged", only(s.symbol, 1 - ours)
    if places is not None:
        rest = list(range(len(theirs)))
        order = [next((i for i in rest if (ours[i] == row).all()), -1) for row in theirs]
        if -1 not in order and sorted(map(tuple, ours)) == sorted(map(tuple, theirs)):
            yield "the targets in another order than their samples", only(s.symbol, ours[order])


def _single(s: Setting) -> Tries:
    """Data that has been through float32."""
    yield f"{s.symbol.written} has been through float32", only(s.symbol, _through(s.ours))


def _through(array: Array) -> Array:
    return array.astype(np.float32).astype(array.dtype)


def _other_iteration(s: Setting) -> Tries:
    """The rate that a schedule gives another iteration."""
    for t, rate in s.rates.items():
        if rate != float(s.ours):
            told = rate_of(s.t, t, rate)
            yield told, only(s.symbol, np.array(rate))


def _unscheduled(s: Setting) -> Tries:
    spec = s.scene.spec
    if spec.schedule is None:
        return
    rate = spec.optimizer.options["lr"]
    number = int(s.symbol.partition("#")[2] or 0)
    if number:
        rate = spec.groups[number - 1].options.get("lr", rate)
    yield "no schedule: the learning rate that it starts from", only(s.symbol, np.array(rate))


def _other_group(s: Setting) -> Tries:
    for name, rate in s.scene.trace.scalars.items():
        if name.partition("#")[0] == "lr" and name != s.symbol:
            whose = name.partition("#")[2]
            told = f"the learning rate of group {whose}" if whose else "the usual learning rate"
            yield f"{told}, {rate:.6g}", only(s.symbol, np.array(rate))


def _rate_times(s: Setting) -> Tries:
    rate = float(s.ours)
    for factor, told in (
        (10.0, "ten times the learning rate"),
        (0.1, "a tenth of the learning rate"),
        (float(s.samples), "the learning rate times the samples of the mini-batch"),
        (1 / s.samples, "the learning rate over the samples of the mini-batch"),
    ):
        yield told, only(s.symbol, np.array(rate * factor))
    told = "the learning rate as float32 has it"
    yield told, only(s.symbol, np.array(float(np.float32(rate))))


ROWS = (
    Alternative(key="batch-order", kinds=("x",), tries=_samples, rank=0),
    Alternative(key="targets", kinds=("y",), tries=_targets, rank=0),
    Alternative(key="scaled", kinds=("x", "y"), tries=_scaled, rank=1),
    Alternative(key="float32", kinds=("x", "y"), tries=_single),
    Alternative(key="rate-of-another-iteration", kinds=("lr",), tries=_other_iteration, rank=1),
    Alternative(key="no-schedule", kinds=("lr",), tries=_unscheduled, rank=2),
    Alternative(key="rate-of-another-group", kinds=("lr",), tries=_other_group, rank=0),
    Alternative(key="rate-scaled", kinds=("lr",), tries=_rate_times, rank=3),
)
