"""A whole run file's table as a run spec: every part checked, all mistakes told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.schedules import watching
from engine.program.parameters import no_matrices
from engine.runfile.clips import read_clips
from engine.runfile.data import read_data
from engine.runfile.drafts import Draft, drafts
from engine.runfile.drawing import GENERATORS, NUMPY, TORCH
from engine.runfile.groups import MOST_GROUPS, read_groups
from engine.runfile.layers import Layers, all_frozen, parameter_names
from engine.runfile.lesson import read_lesson
from engine.runfile.optiontable import take_named
from engine.runfile.parts import PARTS, merged
from engine.runfile.record import with_record
from engine.runfile.targets import Wanted
from engine.runfile.updates import Updates
from engine.runfile.weights import with_weights
from engine.spec.check import (
    Problems,
    Table,
    choice,
    nearest,
    printable,
    text,
    whole,
)
from engine.spec.data import Batches
from engine.spec.run import (
    MOST_ITERATIONS,
    WITHOUT_NETWORK,
    ClipSpec,
    DataSpec,
    FunctionSpec,
    GradientsSpec,
    GroupSpec,
    LayerSpec,
    LossSpec,
    OptimizerSpec,
    PenaltySpec,
    RunSpec,
    ScheduleSpec,
    SpecError,
)

MOST_SEED = 2**63 - 1
REDUCTIONS = ("mean", "sum")
MOST_PLAIN = 100
"""So many given gradients are gone through in plain output where no number is said."""


def run_spec(values: Mapping[str, Any], file: str, folder: Path, stored: bool = False) -> RunSpec:
    """The run spec that a TOML table describes; `file` is what sentences call it and `folder`
    where its paths begin; `stored` says that it is of a session. Raises SpecError with a sentence
    for every mistake.
    """
    values = with_record(values, folder, Problems(file))
    alone, changes = _parted(values)
    made = _run_spec(alone, file, folder, stored)
    if changes is None:
        return made
    try:
        other = _run_spec(merged(alone, changes), file, folder, stored)
        return replace(made, beside=replace(other, lesson=()))
    except SpecError as error:
        start = f"{printable(file)}: "
        found = (each.removeprefix(start) for each in error.problems)
        raise SpecError(*(f"{start}compare: {each}" for each in found)) from None


def _parted(values: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """The tables without those parts of [compare] that make another run, and these; None where it
    is no more than an optimizer.
    """
    compare = values.get("compare")
    if not isinstance(compare, Mapping) or not any(key in compare for key in PARTS):
        return values, None
    changes = {key: value for key, value in compare.items() if key in PARTS}
    if options := {key: value for key, value in compare.items() if key not in PARTS}:
        own = values.get("optimizer")
        kept = dict(own) if "name" not in options and isinstance(own, Mapping) else {}
        changes["optimizer"] = {**kept, **options}
    return {key: value for key, value in values.items() if key != "compare"}, changes


def _run_spec(values: Mapping[str, Any], file: str, folder: Path, stored: bool) -> RunSpec:
    problems = Problems(file)
    values, order = with_weights(values, folder, problems, stored)
    top = Table(values, "", problems)
    top.has("compare")
    top.has("weights")
    name = top.take("name", text(60), printable(Path(file).stem[:60]) or "run")
    title = top.take("title", text(60), name)
    teaches = top.take("teaches", text(200), "")
    opens = top.take("opens", text(60), "")
    lesson = read_lesson(top)
    seed = top.take("seed", whole(0, MOST_SEED), 0)
    dtype = top.take("dtype", choice(("float64", "float32")), "float64")
    iterations = top.take("iterations", whole(1, MOST_ITERATIONS), 2)
    problems.largest = float(np.finfo(dtype or "float64").max)
    spec = _Parts(top, dtype or "float64", seed or 0, folder, stored)
    updates = Updates(top, folder, stored, order)
    loss, layers, data = spec.network()
    own, compare = updates.optimizer("optimizer", required=True), updates.optimizer("compare")
    clips, schedule, switches = spec.clip(layers), updates.schedule(), updates.switches()
    optimizers = _known(own, compare, *(s.optimizer for s in switches))
    layers, groups = spec.groups(layers, optimizers)
    iterations = _as_given(top, spec.instead, data, updates) or iterations
    penalty = spec.penalty(layers)
    top.close()
    spec.refuse_watching(schedule, data, optimizers)
    problems.stop()
    clip = clips[0] if len(clips) == 1 and not clips[0].params else None
    if data is None or loss is None or own is None or layers is None:
        raise AssertionError("a part is missing and nothing was said of it")
    made = RunSpec(
        name, title, data, layers, loss, own, compare, clip, schedule, switches, groups,
        () if clip else clips, seed, dtype, iterations, teaches, opens,
        lesson, penalty=penalty,
    )  # fmt: skip
    return _entered(replace(made, instead=spec.instead) if spec.instead else made, updates)


def _known(*optimizers: OptimizerSpec | None) -> list[OptimizerSpec]:
    """Those that are there."""
    return [each for each in optimizers if each]


def _entered(made: RunSpec, updates: Updates) -> RunSpec:
    """The run, with what its optimizers begin with; sentences on those that cannot update it."""
    for place, optimizer in updates.found:
        if wrong := no_matrices(made, optimizer):
            updates.problems.add(f"{place}: {optimizer.name}", wrong)
    updates.problems.stop()
    return updates.entered(made)


def _as_given(
    top: Table,
    instead: FunctionSpec | GradientsSpec | None,
    data: DataSpec | None,
    updates: Updates,
) -> int:
    """How far plain output goes where gradients are given: as far as these, unless it is said; 0
    where none are given.
    """
    if not isinstance(instead, GradientsSpec) or data is None:
        return 0
    gradients = len(data.x)
    if "schedule" in top.values and not updates.scheduled:
        top.wrong("schedule", "goes by the losses, and where gradients are given there are none")
    if "iterations" not in top.values:
        return min(gradients, MOST_PLAIN)
    given = top.values["iterations"]
    if not instead.repeat and type(given) is int and given > gradients:
        what = f"is {given}, and there are gradients for {gradients}; with gradients.repeat = true"
        top.wrong("iterations", f"{what} they begin again")
    return 0


class _Parts:
    """Reads the parts of a run."""

    def __init__(self, top: Table, dtype: str, seed: int, folder: Path, stored: bool) -> None:
        self.top = top
        self.problems = top.problems
        self.dtype = dtype
        self.seed = seed
        self.folder = folder
        self.stored = stored
        self.generator = top.take("generator", choice(GENERATORS), NUMPY) or NUMPY
        self.instead: FunctionSpec | GradientsSpec | None = None

    def _names(self, layers: tuple[LayerSpec, ...]) -> list[str]:
        return ["theta"] if self.instead else parameter_names(layers)

    def refuse_watching(
        self,
        schedule: ScheduleSpec | None,
        data: DataSpec | None,
        optimizers: Sequence[OptimizerSpec],
    ) -> None:
        """Refuse a schedule that goes by the loss of each iteration, where not each one updates;
        and one by losses that are there before the first update, where an optimizer begins from
        the rate of that.
        """
        if data is None or data.accumulate == 1 or not watching(schedule) or schedule is None:
            return
        begins = [
            each.name for each in optimizers if OPTIMIZERS[each.name].keeps_rate(each.options)
        ]
        if schedule.by == "pass" and begins and Batches(data, self.seed).pass_of(data.accumulate):
            says = f"goes by the losses, and passes end before the first update of {begins[0]}"
            mend = "have data.accumulate be no more than the mini-batches of a pass"
            self.problems.add("schedule", f"{says}: {mend}")
        if schedule.by == "iteration":
            says = (
                "goes by the loss of every iteration, and data.accumulate updates in some of them"
            )
            self.problems.add("schedule", f'{says}: say by = "pass", or leave one of the two out')

    # -- clipping and groups -----------------------------------------------

    def clip(self, layers: tuple[LayerSpec, ...] | None) -> tuple[ClipSpec, ...]:
        if isinstance(self.top.values.get("clip"), list):
            tables = self.top.tables("clip", MOST_GROUPS) or []
        else:
            table = self.top.table("clip", required=False)
            tables = [table] if table else []
        return read_clips(tables, self._names(layers) if layers is not None else None)

    def groups(
        self, layers: tuple[LayerSpec, ...] | None, optimizers: Sequence[OptimizerSpec]
    ) -> tuple[tuple[LayerSpec, ...] | None, tuple[GroupSpec, ...]]:
        """The groups, and the layers with those parameters frozen that they freeze."""
        tables = self.top.tables("groups", MOST_GROUPS) or []
        if layers is None or not optimizers:
            return layers, ()
        found = read_groups(tables, self._names(layers), optimizers)
        if self.instead:
            if found.frozen:
                self.top.wrong("groups", "freeze theta, and there is nothing else that learns")
            return layers, found.groups
        layers = found.frozen_in(layers)
        if all_frozen(layers):
            self.top.wrong("layers", "are all frozen, and at least one must have W or b to train")
        return layers, found.groups

    def penalty(self, layers: tuple[LayerSpec, ...] | None) -> PenaltySpec | None:
        """The penalty on the parameters of these layers; None where there is none."""
        own = any(layer.l2 is not None or layer.l1 is not None for layer in layers or ())
        if not self.top.has("penalty") and not own:
            return None
        from engine.runfile.penalties import read_penalty

        return read_penalty(self.top, layers)

    # -- network, loss and data ----------------------------------------------------------------

    def network(
        self,
    ) -> tuple[LossSpec | None, tuple[LayerSpec, ...] | None, DataSpec | None]:
        if not self.top.values.keys().isdisjoint(WITHOUT_NETWORK):
            return self._alone()
        if self._misspelt():
            return None, None, None
        found = drafts(self.top)
        last = found[-1] if found else None
        outputs = last.units if last else None
        loss = self._loss(last)
        joined = LOSSES[loss.name].joined if loss else ""
        wants = LOSSES[loss.name].targets if loss else None
        table = self.top.table("data")
        ignored = loss.options.get("ignore_index") if loss else None
        wanted = Wanted(self.dtype, outputs, wants, self.folder, self.seed, ignored, self.stored)
        data = read_data(table, wanted) if table else None
        if table and data and data.drawn is not None and not GENERATORS[self.generator]:
            table.wrong("drawn", f'counts what generator = "{TORCH}" has drawn, and is without it')
        layers, data = Layers(self.top, self.dtype, self.seed, self.generator).finished(
            found, data, joined
        )
        return loss, layers, data

    def _misspelt(self) -> bool:
        """Whether there is no part of a network, and a key that looks like one of those instead."""
        tables = (*WITHOUT_NETWORK, "layers", "data", "loss")
        there = [self.top.has(key) for key in tables]
        near = {nearest(key, tables) for key, value in self.top.values.items()
                if isinstance(value, Mapping)}  # fmt: skip
        return not any(there) and not near.isdisjoint(WITHOUT_NETWORK)

    def _alone(
        self,
    ) -> tuple[LossSpec | None, tuple[LayerSpec, ...] | None, DataSpec | None]:
        from engine.runfile.alone import take_alone  # most runs have a network

        found = take_alone(self.top, self.dtype)
        if found is None:
            return None, None, None
        self.instead = found.instead
        return LossSpec(""), (), found.data

    def _loss(self, last: Draft | None) -> LossSpec | None:
        table = self.top.table("loss")
        if table is None:
            return None
        row = LOSSES.get(name) if isinstance(name := table.values.get("name"), str) else None
        reductions = row.reductions if row else REDUCTIONS
        reduction = table.take("reduction", choice(reductions), "mean")
        found = take_named(table, LOSSES)
        if found is None or reduction is None:
            return None
        loss = LossSpec(found[0], reduction, found[1])
        if last and last.units and last.activation:
            for key, what in LOSSES[loss.name].misfits(loss, last.activation, last.units).items():
                table.wrong(key, what)
        return loss
