"""The [[groups]] of a run file: parameters with options of their own, and frozen ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from engine.catalog.optimizers import OPTIMIZERS, Optimizer
from engine.spec.check import FLAG, Check, Table, shown
from engine.spec.run import ClipSpec, GroupSpec, LayerSpec, OptimizerSpec

MOST_GROUPS = 100
MOST_PATTERN = 60


def _accept_patterns(value: Any) -> tuple[str, ...] | None:
    texts = value if isinstance(value, list | tuple) else [value]
    good = all(
        isinstance(each, str) and 0 < len(each) <= MOST_PATTERN and each.isprintable()
        for each in texts
    )
    return tuple(texts) if texts and good else None


PARAMS = Check('names of parameters, such as ["W1", "b*"]', _accept_patterns)


def take_params(table: Table, names: Sequence[str]) -> tuple[str, ...] | None:
    """The patterns under the key params, each of which names one of these parameters; None, and
    sentences, where they do not.
    """
    patterns: tuple[str, ...] | None = table.take("params", PARAMS)
    before = len(table.problems.found)
    for pattern in patterns or ():
        if not any(fnmatchcase(name, pattern) for name in names):
            table.wrong("params", f"names {shown(pattern)}, and there are {_listed(names)}")
    return None if len(table.problems.found) > before else patterns


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")


class Once:
    """Sees to it that no parameter is named by two tables."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._places: dict[str, str] = {}

    def add(self, table: Table, group: GroupSpec | ClipSpec) -> None:
        """Count the parameters that a table names, with a sentence on those of another."""
        for name in filter(group.names, self._names):
            place = self._places.setdefault(name, table.place)
            if place != table.place:
                table.wrong("params", f"names {name}, which {place} has already")


class Groups(NamedTuple):
    """What the tables say: the groups, and the names of the parameters that they freeze."""

    groups: tuple[GroupSpec, ...]
    frozen: frozenset[str]

    def frozen_in(self, layers: Iterable[LayerSpec]) -> tuple[LayerSpec, ...]:
        """The layers with those parameters frozen."""
        return tuple(
            replace(layer, frozen=layer.frozen | {k for k in layer.own if f"{k}{n}" in self.frozen})
            for n, layer in enumerate(layers, 1)
        )


def read_groups(
    tables: Iterable[Table], names: Sequence[str], optimizers: Sequence[OptimizerSpec]
) -> Groups:
    """The groups of these parameters under the optimizers of a run; sentences on what is wrong."""
    once, found, frozen = Once(names), [], set[str]()
    for table in tables:
        group, freezes = _group(table, names, optimizers)
        if group is None:
            continue
        once.add(table, group)
        if freezes:
            frozen |= set(filter(group.names, names))
        else:
            found.append(group)
    return Groups(tuple(found), frozenset(frozen))


def _group(
    table: Table, names: Sequence[str], optimizers: Sequence[OptimizerSpec]
) -> tuple[GroupSpec | None, bool]:
    """The group that a table says, None where it is wrong; and whether it is frozen."""
    before = len(table.problems.found)
    params = take_params(table, names)
    frozen = table.take("frozen", FLAG, False)
    rows = list(dict.fromkeys(OPTIMIZERS[each.name] for each in optimizers))
    options = _options(table, rows)
    table.close()
    if frozen and options:
        table.wrong("frozen", f"is true, and then {next(iter(options))} means nothing")
    elif not frozen and not options and len(table.problems.found) == before:
        table.problems.add(table.place, "has no option of its own, such as lr = 0.01")
    if params is None or len(table.problems.found) > before:
        return None, False
    _go_together(table, options, optimizers)
    return GroupSpec(params, options), bool(frozen)


def _options(table: Table, rows: Sequence[Optimizer]) -> dict[str, Any]:
    """Those options that the table gives, of any of the optimizers, each as all of them take it."""
    found = {}
    for name in dict.fromkeys(name for row in rows for name in row.options):
        for row in rows:
            if name in row.options and table.has(name):
                accepted = table.take(name, row.options[name].check)
                if accepted is None:
                    break
                found[name] = accepted
    return found


def _go_together(
    table: Table, options: Mapping[str, Any], optimizers: Iterable[OptimizerSpec]
) -> None:
    """A sentence where a group's options do not go together with the others of an optimizer."""
    for optimizer in optimizers:
        row = OPTIMIZERS[optimizer.name]
        own = {name: options[name] for name in row.options if name in options}
        if conflict := row.conflict({**row.complete(optimizer.options), **own}):
            table.problems.add(table.place, conflict.rstrip("."))
            return
