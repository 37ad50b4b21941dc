"""The update phase: an optimizer's rules compiled over all trained parameters at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine import expr as ex
from engine.emit import Array, Call, Emit
from engine.expr import Expr, Index
from engine.layout import Layout
from engine.optimizers import OPTIMIZERS, Rule
from engine.spec import OptimizerSpec
from engine.steps import Phase, Read, Step


def declare_slots(layout: Layout, spec: OptimizerSpec, names: Iterable[str], prefix: str) -> None:
    """Give the optimizer's slots places in the state: each a flat vector over all trained
    parameters, and by parameter too (m.W1). `prefix` keeps two optimizers apart."""
    shapes = {name: layout.shape(name) for name in names}
    for slot in OPTIMIZERS[spec.name].slots:
        _declare(layout, f"{prefix}{slot}", shapes)


def declare_derived(
    layout: Layout, spec: OptimizerSpec, shapes: Mapping[str, tuple[int, ...]]
) -> None:
    """Give what the rules compute and do not keep a place among the results."""
    for rule in OPTIMIZERS[spec.name].rules:
        if not rule.slot and rule.prefix != "theta":
            _declare(layout, rule.prefix, shapes)


def _declare(layout: Layout, prefix: str, shapes: Mapping[str, tuple[int, ...]]) -> None:
    first = layout.size
    for name, shape in shapes.items():
        layout.add(f"{prefix}.{name}", shape)
    layout.group(prefix, first)


class Scalars:
    """The numbers an update reads, as 0-d arrays that the calls hold."""

    def __init__(self, spec: OptimizerSpec, emit: Emit) -> None:
        self.row = OPTIMIZERS[spec.name]
        self.options = spec.options
        names = {**self.row.constants(spec.options), **self._of(1)}
        self.arrays: dict[str, Array] = {name: emit.const(v) for name, v in names.items()}
        self.varying = self.row.scalars is not None

    def _of(self, t: int) -> dict[str, float]:
        return self.row.scalars(t, self.options) if self.row.scalars else {}

    def set(self, t: int) -> None:
        """Make them those of update t, counted from 1."""
        for name, value in self._of(t).items():
            self.arrays[name][()] = value

    def at(self, t: int) -> dict[str, float]:
        """Those of update t, by name."""
        return {**self.row.constants(self.options), **self._of(t)}


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


def update_steps(
    spec: OptimizerSpec,
    shapes: Mapping[str, tuple[int, ...]],
    calls: Mapping[str, tuple[Call, ...]],
    number: int,
) -> list[Step]:
    """The update's steps, numbered from `number`, last layer first as the gradients came."""
    steps = []
    names = sorted(shapes, key=lambda name: (-int(name[1:]), name[0]))
    rules = OPTIMIZERS[spec.name].rules
    for name in names:
        symbols = {"theta": name, "grad": f"d{name}"}
        symbols |= {r.prefix: f"{r.prefix}.{name}" for r in rules if r.prefix != "theta"}
        for rule in rules:
            steps.append(
                _step(number + len(steps), rule, name, shapes[name], symbols, calls[rule.prefix])
            )
    return steps


def _step(
    number: int,
    rule: Rule,
    param: str,
    shape: tuple[int, ...],
    symbols: Mapping[str, str],
    calls: tuple[Call, ...],
) -> Step:
    symbol = symbols[rule.prefix]
    formula = f"{{{rule.prefix}}} ← {rule.formula}"
    for prefix, name in symbols.items():
        formula = formula.replace(f"{{{prefix}}}", f"{{{name}}}")

    def expand(read: Read, index: Index) -> Expr:
        return rule.value(_Operands(symbols, read, index))

    return Step(
        number,
        Phase.UPDATE,
        symbol,
        shape,
        f"{rule.title} of {{{param}}}",
        tuple(symbols[prefix] for prefix in rule.reads) + ((symbol,) if symbol else ()),
        formula,
        rule.why,
        calls,
        expand,
        param,
    )


class _Operands(dict[str, Expr]):
    """The operands of one element by the names that rules use, read when asked for."""

    def __init__(self, symbols: Mapping[str, str], read: Read, index: Index) -> None:
        super().__init__()
        self._symbols, self._read, self._index = symbols, read, index

    def __missing__(self, name: str) -> Expr:
        symbol = self._symbols.get(name)
        if symbol is None:
            return ex.num(float(self._read(name)), name)
        return ex.num(float(self._read(symbol)[self._index]), symbol, self._index)
