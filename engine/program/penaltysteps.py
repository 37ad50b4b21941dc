"""The penalty on the parameters as steps of the loss, and what it adds to a gradient's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from engine.catalog.sentences import Sight
from engine.formula import expr as ex
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr, Index
from engine.program.added import Added
from engine.program.base import element
from engine.program.penalty import PENALTY, Penalised, emit_penalty, penalty_formula
from engine.program.step import Phase, Read

View = Callable[[str], Array]


def penalty_steps(
    emit: Emit, view: View, add: Callable[..., None], parts: Sequence[Penalised], data_loss: str
) -> None:
    """Add what the penalties come to, and the loss that has them beside the loss of the data."""
    emit_penalty(emit, [(each, view(each.name)) for each in parts], view(PENALTY))

    def expand(read: Read, _index: Index) -> Expr:
        return ex.add(*(each.value(read(each.name)) for each in parts))

    add(
        Phase.LOSS,
        PENALTY,
        title="penalty on the parameters",
        reads=tuple(each.name for each in parts),
        right=penalty_formula(parts),
        why=_why(parts),
        expand=expand,
        says=(partial(_largest, parts),),
    )
    _whole(emit, view, add, (data_loss, PENALTY))


def _whole(emit: Emit, view: View, add: Callable[..., None], terms: tuple[str, ...]) -> None:
    emit(np.add, *map(view, terms), view("loss"))

    def expand(read: Read, _index: Index) -> Expr:
        return ex.add(*(element(read, term) for term in terms))

    add(
        Phase.LOSS,
        "loss",
        title="loss with its penalty",
        reads=terms,
        right=" + ".join(f"{{{term}}}" for term in terms),
        why="What training makes small: {dataloss}, how wrong the predictions are, and {penalty},"
        " how large the parameters are. All gradients are of this sum.",
        expand=expand,
        says=(_share,),
    )


_OTHERS = {"b": "biases", "alpha": "slopes"}
"""What beside weights may have a penalty."""


def _why(parts: Sequence[Penalised]) -> str:
    """What a penalty is, whatever the numbers are."""
    l2, l1 = any(each.l2 for each in parts), any(each.l1 for each in parts)
    kinds = ["the squares of parameters"] * l2
    kinds += ["their sizes" if l2 else "the sizes of parameters"] * l1
    kinds_of = {each.name.kind.key for each in parts}
    others = " and ".join(said for key, said in _OTHERS.items() if key in kinds_of)
    who = f"{others.capitalize()} count, too." if others else "Weights alone count."
    samples = parts[0].samples
    share = f" It is divided by the {samples} samples." if samples > 1 else ""
    return f"{{{PENALTY}}} adds up {' and '.join(kinds)}, each sum times its λ. {who}{share}"


def _largest(parts: Sequence[Penalised], sight: Sight) -> str:
    """Which parameter has the largest part of the penalty."""
    if len(parts) < 2:
        return ""
    found = [each.value(sight.read(each.name)).value for each in parts]
    *_, second, first = sorted(found)
    if not np.isfinite(found).all() or first == second:
        return ""
    return (
        f"The largest part is that of {{{parts[found.index(first)].name}}}, {sight.number(first)}."
    )


def _share(sight: Sight) -> str:
    """How much of the loss is the penalty."""
    penalty, loss = sight.value(PENALTY), float(sight.result)
    if not (np.isfinite(loss) and 0 < penalty < loss):
        return ""
    return f"{{{PENALTY}}} is {sight.number(100 * penalty / loss)}% of it."


# -- in a gradient ---------------------------------------------------------------------------------


def penalty_slope(emit: Emit, view: View, each: Penalised) -> Added:
    """Add the slope of a parameter's penalty to its gradient, and say what that is."""
    each.emit(emit, view(each.name), view(each.name.gradient))
    why = ""
    if each.l2:
        why += " The L2 penalty pulls each number towards 0, the more the larger it is."
    if each.l1:
        why += " The L1 penalty pulls all towards 0 alike, whatever their size; one that is 0, not."
    return Added((each.name,), each.slope, each.slope_terms, why, (partial(_pull, each),))


def _pull(each: Penalised, sight: Sight) -> str:
    """How much of a gradient is the penalty's."""
    own = sum(term.value for term in each.slope_terms(sight.read, sight.index))
    if not (own and np.isfinite(own)):
        return ""
    name = sight.name(each.name, sight.index)
    return f"{sight.number(own)} of it is the penalty's, which pulls {name} towards 0."
