"""What two optimizers that stand side by side are called, so that one can tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from engine.catalog.optimizers import FORMS, OPTIMIZERS
from engine.catalog.symbols import Symbol
from engine.program.parameters import parameters
from engine.session.session import Session
from engine.spec.run import OptimizerSpec, RunSpec
from tui.frame.kept import kept

Pair = tuple[str, str]

MOST_PARTS = 2
"""So many parts in which two runs differ are named."""


def differing(own: OptimizerSpec, other: OptimizerSpec) -> Pair | None:
    """The first option in which two optimizers of one name differ, as "η 0.25" and "η 0.05"; None
    where they do not.
    """
    row = OPTIMIZERS[own.name]
    pairs = zip(
        row.complete(own.options).items(), row.complete(other.options).values(), strict=True
    )
    for (name, a), b in pairs:
        if a != b:
            form = FORMS.get(name, name)
            return f"{form} {_value(a)}", f"{form} {_value(b)}"
    return None


def _value(value: Any) -> str:
    return f"{value:g}".replace("-", "−") if isinstance(value, float) else str(value)


def _short(option: str) -> str:
    return option.rpartition(" ")[2].removeprefix("0") or "0"


def changes(own: OptimizerSpec, other: OptimizerSpec) -> Pair:
    """The names of their changes of a parameter: ΔSGD and ΔAdam, or Δ.25 and Δ.05."""
    names = OPTIMIZERS[own.name].label, OPTIMIZERS[other.name].label
    if names[0] == names[1] and (found := differing(own, other)):
        names = _short(found[0]), _short(found[1])
    return f"Δ{names[0]}", f"Δ{names[1]}"


def runs(session: Session) -> Pair:
    """The names of the branch the reader stands on and of the one it is toggled with: by their
    optimizers, or by what these differ in, and by the parts in which the runs do; else their own.
    """
    own, other = session.branch, session.other
    found = _runs(own.spec, other.spec, (own.label, other.label))
    return found or (own.name, other.name)


@kept
def _runs(own: RunSpec, other: RunSpec, optimizers: Pair) -> Pair | None:
    """What two runs differ in, by the names of their optimizers first; None where in nothing."""
    found = [*_parts(own, other)]
    if optimizers[0] != optimizers[1]:
        found.insert(0, optimizers)
    elif pair := differing(own.optimizer, other.optimizer):
        found.insert(0, pair)
    if not found:
        return None
    first, second = (" · ".join(names) for names in zip(*found[:MOST_PARTS], strict=True))
    return first, second


def _parts(own: RunSpec, other: RunSpec) -> Iterator[Pair]:
    """What two runs are in the parts in which they differ, beside their optimizers."""
    for said in SAID:
        pair = said(own), said(other)
        if pair[0] != pair[1]:
            yield pair
    if own.layers is not other.layers and _drawn(own) == _drawn(other):
        yield from _starts(own, other)


def _starts(own: RunSpec, other: RunSpec) -> Iterator[Pair]:
    """The first starting parameters in which two runs differ: W[1] 0.1 … and W[1] 0 …."""
    theirs = parameters(other)
    for name, mine in parameters(own).items():
        found = theirs.get(name)
        if found is not None and found.shape == mine.shape and not np.array_equal(mine, found):
            place = np.argmax(mine != found)
            a, b = (_value(float(array.flat[place])) for array in (mine, found))
            yield f"{Symbol(name).written} {a} …", f"{Symbol(name).written} {b} …"
            return


def _drawn(spec: RunSpec) -> tuple[int, str, str]:
    """By what parameters are drawn that are not given."""
    return spec.seed, spec.dtype, _generator(spec)


def _loss(spec: RunSpec) -> str:
    return spec.loss.name.replace("_", "-")


def _activation(spec: RunSpec) -> str:
    return ", ".join(dict.fromkeys(layer.activation for layer in spec.layers))


def _reduction(spec: RunSpec) -> str:
    return spec.loss.reduction


def _batches(spec: RunSpec) -> str:
    if spec.data.batches:
        return "given batches"
    return f"batch {spec.data.batch_size}" + (" shuffled" if spec.data.shuffle else "")


def _schedule(spec: RunSpec) -> str:
    return spec.schedule.name if spec.schedule else "no schedule"


def _clip(spec: RunSpec) -> str:
    clips = (f"clip {clip.kind} {clip.limit:g}" for clip in spec.clippings)
    return ", ".join(clips) or "no clip"


def _groups(spec: RunSpec) -> str:
    return "groups" if spec.groups else "no groups"


def _penalty(spec: RunSpec) -> str:
    if spec.penalty is None:
        return "no penalty"
    own = any(layer.l2 is not None or layer.l1 is not None for layer in spec.layers)
    both = (("λ₂", spec.penalty.l2), ("λ₁", spec.penalty.l1))
    found = " ".join(f"{name} {_value(value)}" for name, value in both if value)
    return f"{found or 'penalties'}{' …' if own else ''}"


def _dtype(spec: RunSpec) -> str:
    return spec.dtype


def _seed(spec: RunSpec) -> str:
    return f"seed {spec.seed}"


def _generator(spec: RunSpec) -> str:
    return "generator numpy" if spec.data.drawn is None else "generator torch"


SAID: tuple[Callable[[RunSpec], str], ...] = (
    _loss, _activation, _reduction, _batches, _schedule, _clip, _groups, _penalty, _dtype, _seed,
    _generator,
)  # fmt: skip
