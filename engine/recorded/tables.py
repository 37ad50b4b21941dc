"""A record as the tables of a run file: the run that computes what was recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS, Optimizer
from engine.catalog.symbols import OF_LAYERS
from engine.recorded.clipping import clippings
from engine.recorded.network import Layer, Network, network, places
from engine.recorded.rates import rates_of, schedule_of
from engine.recorded.written import MEND, Group, Written, in_rows
from engine.spec.check import printable
from engine.spec.run import Array

Values = dict[str, Any]

_CLASS = re.compile(r"torch\.optim\.(\w+)\(")


def optimizer_row(record: Written, group: Group) -> Optimizer:
    """The optimizer of a record. Raises SpecError where the table has none such."""
    decoupled = group.options.get("decoupled_weight_decay") is True
    name = "AdamW" if record.optimizer == "Adam" and decoupled else record.optimizer
    for row in OPTIMIZERS.values():
        found = _CLASS.search(row.torch)
        if found and found[1] == name:
            return row
    valid = ", ".join(row.label for row in OPTIMIZERS.values())
    return record.refuse(f"is of the optimizer {printable(name[:40])}, and gradstep has {valid}")


def run_tables(record: Written, file: str) -> Values:
    """The tables, of a record in a file of that name. Raises SpecError with what of the record is
    no run of gradstep's.
    """
    if not record.iterations:
        record.refuse("has no whole iteration, and a run needs one: let the training make a step")
    return _Tables(record, network(record), file).all()


class _Tables:
    def __init__(self, record: Written, net: Network, file: str) -> None:
        self.record, self.net, self.file = record, net, file
        self.places = places(net.layers)
        self.first = record.groups[0]
        if not self.first:
            record.refuse(f"has no group of parameters; {MEND}")
        self.rates = rates_of(record)
        self.schedule = schedule_of(record, self.rates)

    @cached_property
    def dtype(self) -> str:
        """float32 where any of the parameters is of it, or of less."""
        kinds = [array.dtype for array in self.record.parameters.values()]
        return "float64" if all(kind == np.float64 for kind in kinds) else "float32"

    def all(self) -> Values:
        """All tables of the run."""
        loss = self.net.loss
        base, groups = self._optimizer()
        state = self._state(base["name"])
        found: Values = {
            "dtype": self.dtype,
            "iterations": self.record.iterations,
            "data": self._data(),
            "layers": [*self._layers()],
            "loss": {"name": loss.name, "reduction": loss.reduction, **loss.options},
            "optimizer": {**base, **state},
        }
        if groups:
            found["groups"] = groups
        if (
            clips := clippings(self.record, {k: place.name for k, place in self.places.items()})
        ) is not None:
            found["clip"] = clips
        if self.schedule:
            found["schedule"] = self.schedule | ({"done": 0} if state else {})
        return found

    # -- layers --------------------------------------------------------------------------------

    def _layers(self) -> Iterator[Values]:
        for number, layer in enumerate(self.net.layers, 1):
            units = self._units(layer)
            found: Values = {"units": units, "activation": layer.activation, **layer.options}
            ties = [*self._tied(layer, number)]
            own = {kind: name for kind in OF_LAYERS if (name := self._of(kind, number))}
            for kind, name in own.items():
                found[kind] = self._parameter(name)
            if layer.bias is None:
                found["bias"] = False
            if ties:
                found["tie"] = ties
            if frozen := [kind for kind, name in own.items() if not self._is_trained(name)]:
                found["frozen"] = frozen
            yield found

    def _units(self, layer: Layer) -> int:
        z = self.record.needed(1, layer.z)
        if z.ndim != 2:
            self.record.refuse(f'"1/{layer.z[:60]}" is {z.shape}, and must be (samples, units)')
        units: int = z.shape[1]
        return units

    def _of(self, kind: str, number: int) -> str | None:
        """The model's name of what is layer `number`'s own of a kind; None where it has none."""
        named = {place.name: name for name, place in self.places.items()}
        return named.get(f"{kind}{number}")

    def _parameter(self, name: str) -> Array:
        array = self.record.needed(0, name)
        if array.dtype.kind != "f":
            self.record.refuse(f'"0/{printable(name[:60])}" is of {array.dtype}; {MEND}')
        held = np.array(array.T if self.places[name].turned else array, self.dtype)
        held.flags.writeable = False
        return held

    def _tied(self, layer: Layer, number: int) -> Iterator[str]:
        """What of a layer is another one's."""
        place = self.places[layer.weight]
        if place.name != f"W{number}":
            yield f"{place.name}.T" if place.turned is not layer.turned else place.name
        if layer.bias is not None and self.places[layer.bias].name != f"b{number}":
            yield self.places[layer.bias].name
        if layer.slope is not None and self.places[layer.slope].name != f"alpha{number}":
            yield self.places[layer.slope].name

    def _is_trained(self, name: str) -> bool:
        """Whether the optimizer has it, and it got a gradient."""
        held = any(name in group.params for group in self.first)
        span = range(1, self.record.iterations + 1)
        return held and any(self.record.of(t, f"{name}/grad") is not None for t in span)

    # -- data ----------------------------------------------------------------------------------

    def _data(self) -> Values:
        """The samples, each once, and the mini-batches."""
        rows: dict[bytes, int] = {}
        xs, ys, batches = [], [], []
        for t in range(1, self.record.iterations + 1):
            x, y = self._batch(t)
            batch = []
            for one, target in zip(x, y, strict=True):
                key = one.tobytes() + target.tobytes()
                if key not in rows:
                    rows[key] = len(rows)
                    xs.append(one)
                    ys.append(target)
                batch.append(rows[key])
            batches.append(batch)
        if len({each.shape for each in ys}) > 1:
            self.record.refuse(
                f"has classes for targets in one iteration, and rows in another; {MEND}"
            )
        found: Values = {"x": np.array(xs)}
        if ys[0].ndim:
            found["y"] = np.array(ys)
        else:
            found["labels"] = [int(each) for each in ys]
        if any(batch != [*range(len(rows))] for batch in batches):
            found["batches"] = batches
        return found

    def _batch(self, t: int) -> tuple[Array, Array]:
        """The samples (samples, inputs) of an iteration, and the targets: (samples, outputs) of the
        run's dtype, or classes (samples,).
        """
        x, y = self.record.needed(t, "x"), self.record.needed(t, "y")
        units = self._units(self.net.layers[-1])
        inputs = self.record.needed(1, "x").shape[1:]
        if not (x.ndim and y.ndim and x.size and len(x) == len(y) and x.shape[1:] == inputs):
            self.record.refuse(f'has samples of another form at "{t}/x"; {MEND}')
        x = in_rows(x).astype(self.dtype)
        if y.dtype.kind in "iu" and y.size == len(y):
            return x, y.ravel().astype(np.intp)
        y = in_rows(y)
        if y.shape[1] != units:
            what = f"has targets {y.shape} at {t}/y, and the last layer has {units} units"
            self.record.refuse(f"{what}: give both the same shape")
        return x, y.astype(self.dtype)

    # -- optimizer and rates -------------------------------------------------------------------

    def _optimizer(self) -> tuple[Values, list[Values]]:
        """The optimizer, with the options of its first group, and the groups that have others."""
        row = optimizer_row(self.record, self.first[0])
        self._steady(row)
        base = self._options(row, self.first[0])
        groups = []
        for group in self.first[1:]:
            own = self._options(row, group)
            names = [self.places[name].name for name in group.params if name in self.places]
            if names and (other := {k: v for k, v in own.items() if v != base.get(k)}):
                groups.append({"params": names, **other})
        return {"name": row.name, **base}, groups

    def _steady(self, row: Optimizer) -> None:
        """Refuse options that change, but for the rate, as under a cycle of the momentum."""
        for t, groups in enumerate(self.record.groups[: self.record.iterations], 1):
            for now, before in zip(groups, self.first, strict=False):
                for name in row.options:
                    if name != "lr" and now.options.get(name) != before.options.get(name):
                        self.record.refuse(
                            f"has another {name} in iteration {t}, and in a run the learning rate"
                            " alone changes: keep it, as cycle_momentum=False does"
                        )

    def _options(self, row: Optimizer, group: Group) -> Values:
        given = {name: group.options.get(name) for name in row.options}
        found = {name: value for name, value in given.items() if value is not None}
        if self.schedule:
            found["lr"] = self.rates[0][self.first.index(group)]
        return found

    def _state(self, optimizer: str) -> Values:
        """What the optimizer had kept before the record: the keys of its table."""
        row = OPTIMIZERS[optimizer]
        kept = {
            f"{slot}.{place.name}": f"0/{name}/{called}"
            for name, place in self.places.items()
            for slot, called in row.torch_slots.items()
            if self.record.of(0, f"{name}/{called}") is not None
        }
        counts = [self.record.of(0, f"{name}/step") for name in self.places]
        steps = {float(count.max()) for count in counts if count is not None and count.size}
        if len(steps) > 1:
            self.record.refuse("has parameters that the optimizer had moved more often than others")
        if not kept or steps == {0.0}:
            return {}
        made = [int(step) for step in steps if step.is_integer()]
        return {"state": self.file, "names": kept, **({"steps": made[0]} if made else {})}
