"""What a row of the optimizer table is: options, and the rules that they ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import Option, Options, defaults

Vectors = Mapping[str, Array]
Operands = Mapping[str, Expr]


@dataclass(frozen=True)
class Rule:
    """One formula of an update, the same for every parameter.

    `emit(emit, vec, c)` emits the calls that write `vec[prefix]` from the other vectors, each
    holding all trained parameters at once (as `theta`, `grad` and by prefix), and from the 0-d
    arrays `c`. `value(e)` is one element, with `e` giving the operands by the same names.
    `formula` names its operands {theta}, {grad}, {m} and so on, all that it reads; scalars
    likewise. A rule whose prefix is "theta" writes the parameter. `slot` says that the result is
    kept for the next iteration; it starts from the option that `start` names, or else from 0.
    """

    prefix: str
    title: str
    formula: str
    why: str
    emit: Callable[[Emit, Vectors, Vectors], None]
    value: Callable[[Operands], Expr]
    slot: bool = False
    start: str = ""

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The operands that the formula names, each once, scalars too."""
        return tuple(dict.fromkeys(re.findall(r"\{(\w+)\}", self.formula)))


Rules = tuple[Rule, ...]


def no_scalars(_t: int, _o: Options) -> dict[str, float]:
    """The scalars of an optimizer whose updates all read the same numbers."""
    return {}


def no_conflict(_o: Options) -> str:
    """The conflict of options that go together in any way."""
    return ""


@dataclass(frozen=True)
class Optimizer:
    """A row of the table. `option_rows` are its options; `formula` is the whole plain update in
    one line.

    `build(on)` gives the rules in the order of computation; which there are depends only on which
    options are on, that is, neither 0 nor false. The rules read the numbers of `constants(o)`
    and, where they differ from one update to the next, of `scalars(t, o)` for update t, counted
    from 1. `conflict(o)` is a sentence where valid options do not go together, or else "".

    `rival` names the row that a run is compared with where it names none. `forms` are the
    mathematical forms of the row's scalars and prefixes, the same for a name in all rows; `shown`
    are the scalars worth a look beside the formula.
    """

    name: str
    label: str
    formula: str
    option_rows: Mapping[str, Option]
    forms: Mapping[str, str]
    build: Callable[[frozenset[str]], Rules]
    constants: Callable[[Options], dict[str, float]]
    scalars: Callable[[int, Options], dict[str, float]] = no_scalars
    conflict: Callable[[Options], str] = no_conflict
    rival: str = "sgd"
    shown: tuple[str, ...] = ("lr", "t")

    @cached_property
    def options(self) -> Options:
        """The options with their defaults."""
        return defaults(self.option_rows)

    def complete(self, options: Options) -> Options:
        """The options given, and the defaults of the others."""
        return {**self.options, **options}

    def rules(self, options: Options) -> Rules:
        """The rules of an update under these options."""
        on = frozenset(name for name, value in self.complete(options).items() if value)
        return self.build(on)

    def slots(self, options: Options) -> dict[str, float]:
        """The prefixes of the vectors kept between iterations, and what they start from."""
        full = self.complete(options)
        return {r.prefix: full[r.start] if r.start else 0.0 for r in self.rules(full) if r.slot}


def slot_rules(rules: Rules) -> Rules:
    """The rules that keep the slots going: those of slots, and what they read."""
    needed: set[str] = set()
    found = []
    for rule in reversed(rules):
        if rule.slot or rule.prefix in needed:
            found.append(rule)
            needed.update(rule.reads)
    return tuple(reversed(found))
