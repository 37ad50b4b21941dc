"""The update phase: an optimizer's rules compiled over all trained parameters at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from engine.catalog.optimizers import OPTIMIZERS, Rule, Rules, slot_rules
from engine.catalog.schedules import counted, scheduled
from engine.catalog.sentences import Sight
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.calls import Array, Call, Emit
from engine.formula.expr import Expr, Index
from engine.formula.layout import Layout, Shape
from engine.program.clip import PREFIX as CLIP
from engine.program.step import Phase, Read, Step
from engine.spec.options import Options
from engine.spec.run import OptimizerSpec, ScheduleSpec

FREE = "All gradients are of one forward pass, so the order is free."


def declare_slots(
    layout: Layout, spec: OptimizerSpec, names: Iterable[Symbol], prefix: str
) -> None:
    """Give the optimizer's slots places in the state: each a flat vector over all trained
    parameters, and by parameter too (m.W1). `prefix` keeps two optimizers apart.
    """
    shapes = {name: layout.shape(name) for name in names}
    for slot in OPTIMIZERS[spec.name].slots(spec.options):
        _declare(layout, f"{prefix}{slot}", shapes)


def start_slots(layout: Layout, spec: OptimizerSpec, state: Array, prefix: str) -> None:
    """Make the slots in `state` those of an optimizer that has updated nothing yet."""
    with np.errstate(over="ignore"):
        for slot, value in OPTIMIZERS[spec.name].slots(spec.options).items():
            layout.view(state, f"{prefix}{slot}")[...] = value


def declare_derived(layout: Layout, spec: OptimizerSpec, shapes: Mapping[Symbol, Shape]) -> None:
    """Give what the rules compute and do not keep a place among the results."""
    for rule in OPTIMIZERS[spec.name].rules(spec.options):
        if not rule.slot and rule.prefix != "theta":
            _declare(layout, rule.prefix, shapes)


def _declare(layout: Layout, prefix: str, shapes: Mapping[Symbol, Shape]) -> None:
    first = layout.size
    for name, shape in shapes.items():
        layout.add(f"{prefix}.{name}", shape)
    layout.group(prefix, first)


class Scalars:
    """The numbers an update reads, as 0-d arrays that the calls hold, and the rules that read
    them. `varying` says that they differ from one update to the next, and `slots_vary` that those
    do which the slots depend on. A pass over the data is `per_pass` iterations.
    """

    def __init__(
        self,
        spec: OptimizerSpec,
        emit: Emit,
        schedule: ScheduleSpec | None = None,
        per_pass: int = 1,
    ) -> None:
        self.row = OPTIMIZERS[spec.name]
        self.options = self.row.complete(spec.options)
        self.rules = self.row.rules(self.options)
        self._schedule, self._per_pass = schedule, per_pass
        self._since = spec.since
        first = self.at(spec.since + 1)
        self.arrays: dict[str, Array] = {name: emit.const(v) for name, v in first.items()}
        varying = {*self.row.scalars(1, self.options), *(("lr",) if schedule else ())}
        self.varying = bool(varying)
        self.slots_vary = any(varying & {*rule.reads} for rule in slot_rules(self.rules))

    def _options_at(self, t: int) -> Options:
        if self._schedule is None:
            return self.options
        count = counted(self._schedule, t, self._since, self._per_pass)
        return {**self.options, "lr": scheduled(self._schedule, self.options["lr"], count)}

    def set(self, t: int) -> None:
        """Make them those of iteration t."""
        values = self.at(t) if self._schedule else self.row.scalars(t - self._since, self.options)
        for name, value in values.items():
            self.arrays[name][()] = value

    def at(self, t: int) -> dict[str, float]:
        """Those of iteration t, by name."""
        update = t - self._since
        options = self._options_at(t)
        return {**self.row.constants(options), **self.row.scalars(update, options)}


def emit_rules(
    emit: Emit, rules: Iterable[Rule], vectors: Mapping[str, Array], scalars: Scalars
) -> dict[str, tuple[Call, ...]]:
    """Emit the calls of the rules and say which are whose, by prefix."""
    calls = {}
    for rule in rules:
        first = len(emit.calls)
        rule.emit(emit, vectors, scalars.arrays)
        calls[rule.prefix] = tuple(emit.calls[first:])
    return calls


def as_they_came(shapes: Mapping[Symbol, Shape]) -> dict[Symbol, Shape]:
    """The parameters in the order of their gradients: last layer first, weights before biases."""

    def backwards(name: Symbol) -> tuple[int, str]:
        return -(name.layer or 0), name.kind.key

    return {name: shapes[name] for name in sorted(shapes, key=backwards)}


def update_steps(
    rules: Rules,
    shapes: Mapping[Symbol, Shape],
    calls: Mapping[str, tuple[Call, ...]],
    number: int,
    clipped: bool,
) -> list[Step]:
    """The update's steps, numbered from `number`, in the order of `shapes`; `clipped` says that
    the gradients they read are.
    """
    steps: list[Step] = []
    for name, shape in shapes.items():
        symbols = {"theta": name, "grad": name.under(CLIP) if clipped else name.gradient}
        symbols |= {r.prefix: name.under(r.prefix) for r in rules if r.prefix != "theta"}
        for rule in rules:
            steps.append(_step(number + len(steps), rule, name, shape, symbols, calls[rule.prefix]))
    return steps


def _step(
    number: int,
    rule: Rule,
    param: Symbol,
    shape: Shape,
    symbols: Mapping[str, Symbol],
    calls: tuple[Call, ...],
) -> Step:
    symbol = symbols[rule.prefix]
    formula, why = f"{{{rule.prefix}}} ← {rule.formula}", rule.why
    if symbol == param:
        why += f" {FREE}"
    for prefix, name in symbols.items():
        formula = formula.replace(f"{{{prefix}}}", f"{{{name}}}")
        why = why.replace(f"{{{prefix}}}", f"{{{name}}}")

    def said(sight: Sight) -> str:
        return rule.says(_Operands(symbols, sight.read, sight.index), sight.number)

    def expand(read: Read, index: Index) -> Expr:
        return rule.value(_Operands(symbols, read, index))

    return Step(
        number=number,
        phase=Phase.UPDATE,
        symbol=symbol,
        shape=shape,
        title=f"{rule.title} of {{{param}}}",
        reads=tuple(symbols[name] for name in rule.reads if name in symbols),
        formula=formula,
        why=why,
        calls=calls,
        expand=expand,
        param=param,
        says=(said,),
    )


class _Operands(dict[str, Expr]):
    """The operands of one element by the names that rules use, read when asked for."""

    def __init__(self, symbols: Mapping[str, Symbol], read: Read, index: Index) -> None:
        super().__init__()
        self._symbols, self._read, self._index = symbols, read, index

    def __missing__(self, name: str) -> Expr:
        symbol = self._symbols.get(name)
        if symbol is None:
            return ex.num(float(self._read(name)), name)
        return ex.num(float(self._read(symbol)[self._index]), symbol, self._index)
