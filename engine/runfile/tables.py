"""A whole run file's table as a run spec: every part checked, all mistakes told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog.activations.rows import ACTIVATIONS
from engine.catalog.clipping import CLIPS
from engine.catalog.inits import INITS, initial
from engine.catalog.losses.rows import LOSSES, misfits
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.schedules import SCHEDULES
from engine.runfile.arrays import Arrays
from engine.runfile.data import MOST_NUMBERS, Wanted, read_data
from engine.runfile.optiontable import option_rows, take_named, take_options, take_row
from engine.spec.check import FLAG, Check, Problems, Table, choice, printable, text, whole
from engine.spec.run import (
    MOST_ITERATIONS,
    Array,
    ClipSpec,
    DataSpec,
    LayerSpec,
    LossSpec,
    OptimizerSpec,
    RunSpec,
    ScheduleSpec,
    SwitchSpec,
)

MOST_LAYERS = 1_000
MOST_UNITS = 100_000
MOST_PARAMETERS = 5_000_000
MOST_SWITCHES = 100
MOST_SEED = 2**63 - 1
STREAM = 1
"""Keeps the numbers drawn for parameters apart from those drawn for data and shuffling."""

REDUCTIONS = ("mean", "sum")
FROZEN = Check(
    'a list of "W" and "b"',
    lambda v: frozenset(v) if isinstance(v, list) and all(e in ("W", "b") for e in v) else None,
)


def run_spec(values: Mapping[str, Any], file: str, folder: Path) -> RunSpec:
    """The run spec that a TOML table describes; `file` is what sentences call it and `folder`
    where its paths begin. Raises SpecError with a sentence for every mistake.
    """
    problems = Problems(file)
    top = Table(values, "", problems)
    name = top.take("name", text(60), printable(Path(file).stem[:60]) or "run")
    title = top.take("title", text(60), name)
    teaches = top.take("teaches", text(200), "")
    seed = top.take("seed", whole(0, MOST_SEED), 0)
    dtype = top.take("dtype", choice(("float64", "float32")), "float64")
    iterations = top.take("iterations", whole(1, MOST_ITERATIONS), 2)
    problems.largest = float(np.finfo(dtype or "float64").max)
    spec = _Parts(top, dtype or "float64", seed or 0, folder)
    loss, layers, data = spec.network()
    own, compare = spec.optimizer("optimizer", required=True), spec.optimizer("compare")
    clip, schedule, switches = spec.clip(), spec.schedule(), spec.switches()
    top.close()
    problems.stop()
    if data is None or loss is None or own is None or layers is None:
        raise AssertionError("a part is missing and nothing was said of it")
    return RunSpec(
        name, title, data, layers, loss, own, compare, clip, schedule, switches,
        seed, dtype, iterations, teaches,
    )  # fmt: skip


@dataclass
class _Layer:
    """A layer as far as it is known without the data; `units` and `activation` may be wrong."""

    table: Table
    units: int | None
    activation: str | None
    options: dict[str, Any]


class _Parts:
    """Reads the parts of a run."""

    def __init__(self, top: Table, dtype: str, seed: int, folder: Path) -> None:
        self.top = top
        self.problems = top.problems
        self.dtype = dtype
        self.seed = seed
        self.folder = folder
        self.arrays = Arrays(self.problems, dtype)

    # -- optimizer, clipping, schedule, switches -----------------------------------------------

    def optimizer(self, key: str, required: bool = False) -> OptimizerSpec | None:
        table = self.top.table(key, required)
        found = take_named(table, OPTIMIZERS) if table else None
        return OptimizerSpec(*found) if found else None

    def schedule(self) -> ScheduleSpec | None:
        table = self.top.table("schedule", required=False)
        found = take_named(table, SCHEDULES) if table else None
        return ScheduleSpec(*found) if found else None

    def clip(self) -> ClipSpec | None:
        table = self.top.table("clip", required=False)
        if table is None:
            return None
        kinds = [kind for kind in CLIPS if table.has(kind)]
        table.close()
        if len(kinds) != 1:
            said = f"has {' and '.join(kinds) or 'no limit'}"
            self.problems.add(table.place, f"{said}, and must have one of {', '.join(CLIPS)}")
            return None
        limit = table.take(kinds[0], CLIPS[kinds[0]].option.check)
        return None if limit is None else ClipSpec(kinds[0], float(limit))

    def switches(self) -> tuple[SwitchSpec, ...]:
        found: list[SwitchSpec] = []
        for table in self.top.tables("switch", MOST_SWITCHES) or []:
            at = table.take("at", whole(2, MOST_ITERATIONS))
            named = take_named(table, OPTIMIZERS)
            if at is None or named is None:
                continue
            if found and at <= found[-1].at:
                table.wrong("at", f"is {at}, and must be above that of the switch before it")
            found.append(SwitchSpec(at, OptimizerSpec(*named)))
        return tuple(found)

    # -- network, loss and data ----------------------------------------------------------------

    def network(
        self,
    ) -> tuple[LossSpec | None, tuple[LayerSpec, ...] | None, DataSpec | None]:
        drafts = self._drafts()
        last = drafts[-1] if drafts else None
        outputs = last.units if last else None
        loss = self._loss(last)
        joined = LOSSES[loss.name].joined if loss else ""
        activation = LOSSES[loss.name].activation if loss else ""
        table = self.top.table("data")
        wanted = Wanted(self.dtype, outputs, activation, self.folder, self.seed)
        data = read_data(table, wanted) if table else None
        return loss, self._layers(drafts, data, joined), data

    def _loss(self, last: _Layer | None) -> LossSpec | None:
        table = self.top.table("loss")
        if table is None:
            return None
        reduction = table.take("reduction", choice(REDUCTIONS), "mean")
        found = take_named(table, LOSSES)
        if found is None or reduction is None:
            return None
        loss = LossSpec(found[0], reduction, found[1])
        if last and last.units and last.activation:
            for key, what in misfits(loss, last.activation, last.units).items():
                table.wrong(key, what)
        return loss

    def _drafts(self) -> list[_Layer]:
        tables = self.top.tables("layers", MOST_LAYERS)
        if tables == []:
            self.top.wrong("layers", "is missing; a run file has at least one table [[layers]]")
        drafts = []
        for table in tables or []:
            units = table.take("units", whole(1, MOST_UNITS))
            row = take_row(table, ACTIVATIONS, "activation")
            options = take_options(table, option_rows(row)) if row else None
            drafts.append(_Layer(table, units, row and row.name, options or {}))
        return drafts

    def _layers(
        self, drafts: list[_Layer], data: DataSpec | None, joined: str
    ) -> tuple[LayerSpec, ...] | None:
        sizes = [data.x.shape[1] if data else None, *(draft.units for draft in drafts)]
        known = [size or 1 for size in sizes]
        parameters = sum(units * (inputs + 1) for inputs, units in pairwise(known))
        fits = parameters <= MOST_PARAMETERS
        if not fits:
            what = f"have {parameters:,} weights and biases together"
            self.top.wrong("layers", f"{what}, and may have at most {MOST_PARAMETERS:,}")
        found = [
            self._layer(number, draft, sizes[number], fits) for number, draft in enumerate(drafts)
        ]
        layers = tuple(layer for layer in found if layer is not None)
        if len(layers) < len(drafts) or not layers or data is None:
            return None
        self._room(layers, data, joined)
        if all({"W", "b"} - ({"b"} if each.b is None else set()) <= each.frozen for each in layers):
            self.top.wrong("layers", "are all frozen, and at least one must have W or b to train")
        return layers

    def _room(self, layers: tuple[LayerSpec, ...], data: DataSpec, joined: str) -> None:
        """Refuse what would not fit into memory: each layer's results for a mini-batch."""
        size = 0
        for layer in layers:
            alone = layer is not layers[-1] or layer.activation != joined
            squared = not ACTIVATIONS[layer.activation].elementwise and alone
            size += data.batch_size * layer.units * (layer.units if squared else 4)
        if size > MOST_NUMBERS:
            self.top.wrong(
                "layers",
                f"need {size:,} numbers for a mini-batch of {data.batch_size:,}, and may need at"
                f" most {MOST_NUMBERS:,}: use fewer units or a smaller data.batch_size",
            )

    def _layer(
        self, number: int, draft: _Layer, inputs: int | None, fits: bool
    ) -> LayerSpec | None:
        table, units = draft.table, draft.units
        before = len(self.problems.found)
        bias = table.take("bias", FLAG, True)
        frozen = table.take("frozen", FROZEN, frozenset())
        W = self._array(table, "W", (units, inputs))
        b = self._array(table, "b", (units,))
        if table.has("init") and "W" in table.values:
            table.wrong("init", "stands beside W; one of the two must go")
        if bias is False and "b" in table.values:
            table.wrong("b", "is given, but bias = false; one of the two must go")
        if bias is False and frozen and "b" in frozen:
            table.wrong("frozen", 'names "b", but bias = false')
        if bias and "W" in table.values and "b" not in table.values:
            what = f"is missing beside W, and must be a list of {units or 'as many'} numbers"
            table.wrong("b", f"{what}; or write bias = false")
        options: dict[str, Any] | None = {}
        name = "torch_linear"
        if "W" not in table.values:
            name = table.take("init", choice(INITS), name)
            options = take_options(table, option_rows(INITS[name])) if name else None
        if name is not None:
            table.close()
        if not fits or not units or not inputs or not draft.activation or options is None:
            return None
        if len(self.problems.found) > before:
            return None
        if W is None:
            random = np.random.default_rng((self.seed, number + 1, STREAM))
            W, drawn = initial(name, random, units, inputs, **options)
            b = drawn if b is None else b
        return self._finished(draft, units, W, b if bias else None, frozen)

    def _finished(
        self, draft: _Layer, units: int, W: Array, b: Array | None, frozen: frozenset[str]
    ) -> LayerSpec | None:
        with np.errstate(over="ignore"):
            W, b = W.astype(self.dtype), None if b is None else b.astype(self.dtype)
        for array in (W, b):
            if array is not None:
                array.flags.writeable = False
                if not np.isfinite(array).all():
                    draft.table.wrong("init", f"makes numbers that {self.dtype} does not hold")
                    return None
        return LayerSpec(units, draft.activation or "", W, b, frozen, draft.options)

    def _array(self, table: Table, key: str, shape: tuple[int | None, ...]) -> Array | None:
        """The array under a key, None where there is none or it is wrong."""
        if not table.has(key):
            return None
        read = self.arrays.matrix if len(shape) == 2 else self.arrays.vector
        array = read(table.values[key], table.at(key))
        if array is None:
            return None
        if any(n is not None and n != m for n, m in zip(shape, array.shape, strict=True)):
            wanted = "units, inputs" if len(shape) == 2 else "units"
            must = ", ".join("any" if n is None else str(n) for n in shape)
            found = ", ".join(map(str, array.shape))
            table.wrong(key, f"has shape ({found}), and must have ({wanted}) = ({must})")
            return None
        return array
