"""The update phase: an optimizer's rules compiled over all trained parameters at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS, Rule, slot_rules
from engine.catalog.optimizers.base import Elements
from engine.catalog.row import digits
from engine.catalog.schedules import counted, scheduled, watching
from engine.catalog.sentences import Sight
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.calls import Array, Call, Emit
from engine.formula.expr import Expr, Index
from engine.formula.layout import Layout, Shape
from engine.program.clip import as_it_came
from engine.program.parameters import THETA, Group, groups
from engine.program.step import Phase, Read, Step
from engine.spec.data import Batches
from engine.spec.options import Options
from engine.spec.run import OptimizerSpec, RunSpec, ScheduleSpec

FREE = "All gradients are of one forward pass, so the order is free."
FREE_OF_SEVERAL = "All gradients are there before the first update, so the order is free."


def declare_slots(layout: Layout, of: Iterable[Group], prefix: str) -> None:
    """Give the optimizer's slots places in the state: each a flat vector over all parameters of a
    group, and by parameter too (m.W1). `prefix` keeps two optimizers apart.
    """
    for group in of:
        shapes = {name: layout.shape(name) for name in group.names}
        for slot in _slots(group):
            _declare(layout, f"{prefix}{slot}", group.key, shapes)


def start_slots(
    layout: Layout,
    of: Iterable[Group],
    state: Array,
    prefix: str,
    schedule: ScheduleSpec | None = None,
    batches: Batches | None = None,
) -> None:
    """Make the slots in `state` those that the optimizer begins with, which are those of one that
    has updated nothing yet where it is given none. A slot that starts from the learning rate
    starts from that of the first update under the `schedule`, which counts by `batches`.
    """
    with np.errstate(over="ignore"):
        for group in of:
            given = group.optimizer.state.arrays if group.optimizer.state else {}
            for slot, value in _slots(group, schedule, batches).items():
                for name in group.names:
                    start = given.get(f"{slot}.{name}", value)
                    layout.view(state, f"{prefix}{slot}.{name}")[...] = start


def _slots(
    group: Group, schedule: ScheduleSpec | None = None, batches: Batches | None = None
) -> dict[str, float]:
    optimizer = group.optimizer
    options = optimizer.options
    if schedule and batches:
        options = {**options, "lr": _first_rate(schedule, options["lr"], optimizer.since, batches)}
    return OPTIMIZERS[optimizer.name].slots(options)


def _first_rate(schedule: ScheduleSpec, lr: float, since: int, batches: Batches) -> float:
    """The learning rate of the first update of an optimizer that began after `since`."""
    if (row := watching(schedule)) is None:
        first = batches.updating(max(since, 0) + 1)
        return scheduled(schedule, lr, counted(schedule, first, since, batches))
    kept = np.array(schedule.kept)
    return row.lr(lr, kept, row.complete(schedule.options)) if schedule.kept else lr


def declare_derived(layout: Layout, of: Iterable[Group], shapes: Mapping[Symbol, Shape]) -> None:
    """Give what the rules compute and do not keep a place among the results."""
    for group in of:
        own = {name: shapes[name] for name in group.names}
        for rule in OPTIMIZERS[group.optimizer.name].rules(group.optimizer.options):
            if rule.slot or rule.prefix == "theta":
                continue
            if not rule.whole:
                _declare(layout, rule.prefix, group.key, own)
                continue
            for name, shape in own.items():
                layout.add(f"{rule.prefix}.{name}", rule.shape_of(shape))


def _declare(layout: Layout, prefix: str, key: str, shapes: Mapping[Symbol, Shape]) -> None:
    first = layout.size
    for name, shape in shapes.items():
        layout.add(f"{prefix}.{name}", shape)
    layout.group(f"{prefix}{key}", first)


class Scalars:
    """The numbers that the update of a `group` reads, as 0-d arrays that the calls hold, and the
    rules that read them. `varying` says that they differ from one update to the next, and
    `slots_vary` that those do which the slots depend on. A schedule counts passes by `batches`,
    and what one that goes by the losses keeps of them stands at `kept` in the state.
    """

    def __init__(
        self,
        group: Group,
        emit: Emit,
        batches: Batches,
        schedule: ScheduleSpec | None = None,
        kept: slice | None = None,
    ) -> None:
        spec = group.optimizer
        self.group = group
        self.row = OPTIMIZERS[spec.name]
        self.options = self.row.complete(spec.options)
        self.rules = self.row.rules(self.options)
        self._schedule, self._batches, self._kept = schedule, batches, kept
        self._since, self._alone = spec.since, batches.accumulate == 1
        first = self.at(spec.since + 1)
        self.arrays: dict[str, Array] = {name: emit.const(v) for name, v in first.items()}
        varying = {*self.row.scalars(1, self.options), *(("lr",) if schedule else ())}
        self.varying = bool(varying and group.names)
        reads = (varying & {*rule.reads} for rule in slot_rules(self.rules))
        self.slots_vary = self.varying and any(reads)

    def _options_at(self, t: int, before: Array | None) -> Options:
        if self._schedule is None:
            return self.options
        if (row := watching(self._schedule)) is not None:
            if before is None or self._kept is None:
                return self.options
            given = row.complete(self._schedule.options)
            return {**self.options, "lr": row.lr(self.options["lr"], before[self._kept], given)}
        count = counted(self._schedule, t, self._since, self._batches)
        return {**self.options, "lr": scheduled(self._schedule, self.options["lr"], count)}

    def set(self, t: int, before: Array) -> None:
        """Make them those of iteration t, after the state before it."""
        own = self._schedule is None
        update = t - self._since if self._alone else self._batches.update_of(t, self._since)
        values = self.row.scalars(update, self.options) if own else self.at(t, before)
        for name, value in values.items():
            self.arrays[name][()] = value

    def at(self, t: int, before: Array | None = None) -> dict[str, float]:
        """Those of iteration t, by name; with no state before it, those of an optimizer that has
        seen nothing.
        """
        update = self._batches.update_of(t, self._since)
        return self._of(self._options_at(t, before), update)

    def set_rate(self, t: int, rate: float) -> None:
        """Make them those that iteration t has at another learning rate."""
        update = self._batches.update_of(t, self._since)
        for name, value in self._of({**self.options, "lr": rate}, update).items():
            self.arrays[name][()] = value

    def _of(self, options: Options, update: int) -> dict[str, float]:
        return {**self.row.constants(options), **self.row.scalars(update, options)}


def scalars_of(
    spec: RunSpec,
    optimizer: OptimizerSpec | None,
    emit: Emit,
    batches: Batches,
    kept: slice | None = None,
) -> tuple[Scalars, ...]:
    """The scalars of one of the run's optimizers, group by group; none where there is none."""
    of = groups(spec, optimizer) if optimizer else ()
    return tuple(Scalars(group, emit, batches, spec.schedule, kept) for group in of)


def emit_rules(
    emit: Emit,
    rules: Iterable[Rule],
    vectors: Mapping[str, Array],
    scalars: Scalars,
    single: Iterable[Mapping[str, Array]] = (),
) -> dict[str, tuple[Call, ...]]:
    """Emit the calls of the rules and say which are whose, by prefix; `single` are the arrays of
    each parameter, for rules of matrices.
    """
    calls = {}
    for rule in rules:
        first = len(emit.calls)
        for arrays in single if rule.whole else (vectors,):
            rule.emit(emit, arrays, scalars.arrays)
        calls[rule.prefix] = tuple(emit.calls[first:])
    return calls


def as_they_came(shapes: Mapping[Symbol, Shape]) -> dict[Symbol, Shape]:
    """The parameters in the order of their gradients: last layer first, weights before biases."""
    return {name: shapes[name] for name in sorted(shapes, key=as_it_came)}


GroupCalls = Mapping[str, Mapping[str, tuple[Call, ...]]]
"""The calls of each rule, by the key of a group and the prefix of the rule."""


def update_steps(
    own: Sequence[Scalars],
    shapes: Mapping[Symbol, Shape],
    calls: GroupCalls,
    number: int,
    gradients: Mapping[Symbol, Symbol],
    free: str = FREE,
) -> list[Step]:
    """The update's steps, numbered from `number`, in the order of `shapes`. They read the
    `gradients` that are named, such as clipped ones; `free` says why their order is.
    """
    steps: list[Step] = []
    of = {name: scalars for scalars in own for name in scalars.group.names}
    for name, shape in shapes.items():
        rules, group = of[name].rules, of[name].group
        symbols = {"theta": name, "grad": gradients[name]}
        symbols |= {r.prefix: name.under(r.prefix) for r in rules if r.prefix != "theta"}
        symbols |= group.numbers
        why = "" if name == THETA else f" {free}"
        for rule in rules:
            called = calls[group.key][rule.prefix]
            told = f"{why}{_of_group(group)}" if rule.prefix == "theta" else ""
            steps.append(_step(number + len(steps), rule, told, name, shape, symbols, called))
    return steps


def _of_group(group: Group) -> str:
    """What only this group has, as a sentence; "" where there is nothing."""
    own = ", ".join(f"{name} = {_written(value)}" for name, value in group.own.items())
    return f" Group {group.key} has its own {own}." if own else ""


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else digits(value)


def _step(
    number: int,
    rule: Rule,
    told: str,
    param: Symbol,
    shape: Shape,
    symbols: Mapping[str, Symbol],
    calls: tuple[Call, ...],
) -> Step:
    symbol = symbols[rule.prefix]
    why = f"{rule.why}{told}" if symbol == param else rule.why
    named, operands = naming(symbols)

    def said(sight: Sight) -> str:
        return named(rule.said(operands(sight.read, sight.index), sight.number))

    def expand(read: Read, index: Index) -> Expr:
        return rule.arithmetic(operands(read, index))

    return Step(
        number=number,
        phase=Phase.UPDATE,
        symbol=symbol,
        shape=rule.shape_of(shape),
        title=f"{rule.title} of {{{param}}}",
        reads=tuple(s for name in rule.reads if (s := symbols.get(name)) and "#" not in s),
        formula=named(f"{{{rule.prefix}}} ← {rule.formula_of(shape)}"),
        why=named(why),
        calls=calls,
        expand=expand,
        param=param,
        says=(said,),
        apart=rule.apart,
    )


def naming(
    symbols: Mapping[str, Symbol],
) -> tuple[Callable[[str], str], Callable[[Read, Index], Operands]]:
    """What gives a rule's text its symbols, and what gives an element's operands."""

    def named(template: str) -> str:
        for prefix, name in symbols.items():
            template = template.replace(f"{{{prefix}}}", f"{{{name}}}")
        return template

    def operands(read: Read, index: Index) -> Operands:
        return Operands(symbols, read, index)

    return named, operands


class Operands(dict[str, Expr], Elements):
    """The operands of one element by the names that rules use, read when asked for."""

    def __init__(self, symbols: Mapping[str, Symbol], read: Read, index: Index) -> None:
        super().__init__()
        self._symbols, self._read, self.index = symbols, read, index

    def __missing__(self, name: str) -> Expr:
        symbol = self._symbols.get(name)
        if symbol is None:
            return ex.num(float(self._read(name)), name)
        if "#" in symbol:
            return ex.num(float(self._read(symbol)), symbol)
        return self.at(name, self.index)

    def at(self, name: str, index: Index) -> Expr:
        """An element of what a name stands for, by its index."""
        symbol = self._symbols[name]
        return ex.num(float(self._read(symbol)[index]), symbol, index)

    def array(self, name: str) -> Array:
        """All of what a name stands for."""
        return self._read(self._symbols[name])
