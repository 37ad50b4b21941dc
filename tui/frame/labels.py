"""What two optimizers that stand side by side are called, so that one can tell them apart."""

from __future__ import annotations

from typing import Any

from engine.catalog.optimizers import FORMS, OPTIMIZERS
from engine.session.session import Session
from engine.spec.run import OptimizerSpec

Pair = tuple[str, str]


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
    optimizers, or by what these differ in, or else their own.
    """
    own, other = session.branch, session.other
    if own.label != other.label:
        return own.label, other.label
    return differing(own.spec.optimizer, other.spec.optimizer) or (own.name, other.name)
