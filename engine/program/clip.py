"""Gradient clipping as steps: a phase of its own between the gradients and the update."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from engine.catalog.clipping import CLIPS, Clip
from engine.catalog.norms import emit_norm, norm_formula, norm_value
from engine.catalog.row import digits
from engine.catalog.sentences import Sight
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.calls import Array, Call, Emit
from engine.formula.expr import Expr, Index
from engine.formula.layout import Layout, Shape
from engine.program.parameters import AS_THEY_COME, SUM, fed, trained
from engine.program.step import Phase, Read, Step
from engine.spec.run import ClipSpec, RunSpec

PREFIX = "clip"
NORM = Symbol("gnorm")


class Clipping(NamedTuple):
    """A clipping of a run: what it is, whose gradients, in the order in which they came; and the
    symbols of its norm and its limit, which are numbered where the run has several. `whole` says
    that it is of all gradients.
    """

    spec: ClipSpec
    row: Clip
    names: tuple[Symbol, ...]
    key: str = ""
    whole: bool = True

    @property
    def clips(self) -> bool:
        """Whether gradients are clipped, and not only their norm shown."""
        return self.spec.limit < math.inf

    @property
    def norm(self) -> Symbol:
        """The symbol of the norm."""
        return Symbol(f"{NORM}{self.key}")

    @property
    def limit(self) -> str:
        """The symbol of the limit."""
        return f"{self.row.limit}{self.key}"

    def named(self, text: str) -> str:
        """A text of the row with these symbols in it."""
        limit, norm = f"{{{self.row.limit}}}", f"{{{NORM}}}"
        return text.replace(limit, f"{{{self.limit}}}").replace(norm, f"{{{self.norm}}}")

    def said(self, text: str) -> str:
        """A sentence of the row, of those gradients that it clips."""
        for of_all, of_some in () if self.whole else _OF_SOME:
            text = text.replace(of_all, of_some)
        return self.named(text)


def clippings(spec: RunSpec) -> tuple[Clipping, ...]:
    """The clippings of a run, without those of parameters that do not learn."""
    if not (given := spec.clippings):
        return ()
    names, found = sorted(trained(spec), key=as_it_came), []
    for number, each in enumerate(given, 1):
        own = tuple(name for name in names if each.names(name))
        key = f"#{number}" if len(given) > 1 else ""
        if own:
            found.append(Clipping(each, CLIPS[each.kind], own, key, own == tuple(names)))
    return tuple(found)


def as_it_came(name: Symbol) -> tuple[int, int]:
    """Sorts parameters by when their gradients come: last layer first, the slopes of activations
    before weights, and these before biases.
    """
    return -name.in_layer, AS_THEY_COME.index(name.kind.key)


def clipping_of(spec: RunSpec, name: Symbol | None) -> Clipping | None:
    """The clipping of a parameter's gradient; that of the first parameter that has one where it is
    None. None where it is not clipped.
    """
    clipped = [each for each in clippings(spec) if each.clips]
    return next((each for each in clipped if name is None or name in each.names), None)


def clip_scalars(spec: RunSpec) -> dict[str, float]:
    """The limits, by the names that formulas have for them."""
    return {each.limit: each.spec.limit for each in clippings(spec)}


def declare_clip(layout: Layout, spec: RunSpec, shapes: Mapping[Symbol, Shape]) -> None:
    """Give the norms and the clipped gradients a place; these stand together as "clip", with
    gradients that stay as they are where others are clipped.
    """
    found = clippings(spec)
    for each in found:
        if each.row.normed:
            layout.add(each.norm, ())
    clipped = {name for each in found if each.clips for name in each.names}
    first = layout.size
    for name, shape in shapes.items() if clipped else ():
        layout.add(name.under(PREFIX if name in clipped else "as-it-is"), shape)
    if clipped:
        layout.group(PREFIX, first)


def clip_steps(
    emit: Emit,
    spec: RunSpec,
    view: Callable[[str], Array],
    places: Mapping[Symbol, slice],
    number: int,
) -> list[Step]:
    """Emit the calls, and return the steps, numbered from `number`: of each clipping the norm where
    there is one, then the clipped gradients, which share their calls. `places` are those of the
    parameters among all that learn.
    """
    summed = SUM if spec.data.accumulate > 1 else "grad"
    grad, steps, found = view(summed), list[Step](), clippings(spec)
    clipped = {name for each in found if each.clips for name in each.names}
    if 0 < len(clipped) < len(places):
        emit(np.positive, grad, view(PREFIX))
    for each in found:
        runs, mark = _runs([places[name] for name in each.names]), len(emit.calls)
        norm = view(each.norm) if each.row.normed else emit.const(0)
        if each.row.normed:
            emit_norm(emit, [grad[run] for run in runs], norm, each.spec.norm_type)
            calls = tuple(emit.calls[mark:])
            steps.append(_norm_step(spec, each, number + len(steps), calls))
            mark = len(emit.calls)
        if not each.clips:
            continue
        limit = emit.const(each.spec.limit)
        for run in runs:
            each.row.emit(emit, grad[run], view(PREFIX)[run], limit, norm)
        calls = tuple(emit.calls[mark:])
        for name in each.names:
            given = fed(spec, name)
            shape = view(given).shape
            steps.append(_clipped_step(each, name, given, shape, number + len(steps), calls))
    return steps


def _runs(places: Iterable[slice]) -> list[slice]:
    """Slices that adjoin each other as one."""
    found: list[slice] = []
    for place in sorted(places, key=lambda place: place.start):
        if found and found[-1].stop == place.start:
            found[-1] = slice(found[-1].start, place.stop)
        else:
            found.append(place)
    return found


def _clipped_step(
    clip: Clipping, name: Symbol, grad: Symbol, shape: Shape, number: int, calls: tuple[Call, ...]
) -> Step:
    symbol, row = name.under(PREFIX), clip.row

    def expand(read: Read, index: Index) -> Expr:
        norm = ex.num(float(read(clip.norm)), clip.norm) if row.normed else ex.num(0)
        limit = ex.num(float(read(clip.limit)), clip.limit)
        return row.value(ex.num(float(read(grad)[index]), grad, index), limit, norm)

    def said(sight: Sight) -> str:
        norm = sight.value(clip.norm) if row.normed else 0.0
        found = sight.value(grad, sight.index), sight.value(clip.limit), norm, sight.number
        return clip.said(row.said(*found))

    formula = clip.named(row.formula).replace("{grad}", f"{{{grad}}}")
    return Step(
        number=number,
        phase=Phase.CLIP,
        symbol=symbol,
        shape=shape,
        title=f"clipped gradient of {{{name}}}",
        reads=(grad, clip.norm) if row.normed else (grad,),
        formula=f"{{{symbol}}} = {formula}",
        why=clip.said(row.why),
        calls=calls,
        expand=expand,
        says=(said,),
    )


def _norm_step(spec: RunSpec, clip: Clipping, number: int, calls: tuple[Call, ...]) -> Step:
    grads, p = tuple(fed(spec, name) for name in clip.names), clip.spec.norm_type

    def expand(read: Read, _index: Index) -> Expr:
        return norm_value({grad: read(grad) for grad in grads}, p)

    def said(sight: Sight) -> str:
        if not clip.clips:
            return ""
        norm = float(sight.result)
        return clip.said(clip.row.said(norm, sight.value(clip.limit), norm, sight.number))

    why = _WHY[p] if p in _WHY else f"The {digits(p)}-norm of all gradients, before any is clipped."
    if not clip.whole:
        whose = ", ".join(f"{{{name}}}" for name in clip.names)
        why = f"{why.replace(' of all gradients', '')} It is that of the gradients of {whose}."
    return Step(
        number=number,
        phase=Phase.CLIP,
        symbol=clip.norm,
        shape=(),
        title="norm of all gradients" if clip.whole else "norm of the gradients",
        reads=grads,
        formula=f"{{{clip.norm}}} = {norm_formula(grads, p)}",
        why=why if clip.clips else f"{why} It is only shown: nothing is clipped by it.",
        calls=calls,
        expand=expand,
        says=(said,),
    )


_OF_SOME = (
    ("no gradient is", "none of its gradients is"),
    ("every gradient is", "each of its gradients is"),
    ("all gradients shrink alike; the direction", "its gradients shrink alike; their direction"),
)
"""What is said of all gradients, and what of some."""
_WHY = {
    1: "The sizes of all gradients added up, before any is clipped.",
    2: "How long the vector of all gradients is, before any is clipped.",
    math.inf: "The largest size of any number of all gradients, before any is clipped.",
}
"""What the usual norms are."""
