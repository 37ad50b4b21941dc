"""The update of a run as it is written beside its numbers, whatever its options make of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.catalog.optimizers import OPTIMIZERS, Rule
from engine.catalog.symbols import Symbol
from engine.program.base import grouped
from engine.program.clip import PREFIX as CLIP
from engine.program.clip import clipping_of
from engine.program.parameters import SUM, group_of, shape
from engine.spec.run import RunSpec

_NAME = re.compile(r"\{(\w+)\}")


def chain(spec: RunSpec, param: Symbol | None = None) -> tuple[str, ...]:
    """The formulas of the update of a parameter, in the order of computation, as templates; the
    parameter's last. Of no parameter, those that hold for all that are in no group.

    The gradient is {g}, {gsum} where those of several mini-batches are added up, or {clip} where it
    is clipped, with how that is done first. What follows from the gradient and the parameter alone,
    such as weight decay, is put into the formulas that read it. What depends on what is kept stands
    by itself: its name means the old value in its own formula, the new one below.
    """
    group = group_of(spec, param)
    rules = OPTIMIZERS[group.optimizer.name].rules(group.optimizer.options)
    clip = clipping_of(spec, param)
    k = spec.data.accumulate
    summed = f"{{{SUM}}}" if k > 1 else "{g}"
    gradient = f"{{{CLIP}}}" if clip else summed
    put = {"grad": gradient} | {name: f"{{{s}}}" for name, s in group.numbers.items()}
    alone = {rule.prefix for rule in rules} - {"theta"}
    written = []
    if k > 1:
        written.append(f"{summed} ← {summed} + {{g}}{f'/{k}' * spec.data.accumulate_mean}")
    if clip:
        written.append(f"{gradient} ← {clip.named(clip.row.formula).replace('{grad}', summed)}")
    for rule in rules:
        formula = _NAME.sub(lambda found: _placed(found, put), _formula(spec, rule, param))
        if rule.prefix == "theta" or alone & {*rule.reads} or rule.slot:
            written.append(f"{{{rule.prefix}}} ← {formula}")
        else:
            put[rule.prefix] = formula
            alone.remove(rule.prefix)
    return tuple(written)


def _formula(spec: RunSpec, rule: Rule, param: Symbol | None) -> str:
    """A rule's formula as the shape of the parameter has it."""
    return rule.formula if param is None else rule.formula_of(shape(spec, param))


def _placed(found: re.Match[str], put: Mapping[str, str]) -> str:
    """What stands for a name in a formula, in parentheses where it would come apart."""
    formula = put.get(found[1], found[0])
    before, after = found.string[: found.start()], found.string[found.end() :]
    term = after[:1] in ("", " ")
    added = term and (not before or (before.endswith(" + ") and not formula.startswith("−")))
    return formula if added else grouped(formula)
