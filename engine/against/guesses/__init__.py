"""Guesses: what may have been computed instead, told only where it gives the record's numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.against.guesses import (
    activations,
    batches,
    clipping,
    forward,
    gradients,
    grading,
    losses,
    optimizers,
    parameters,
    penalties,
    slots,
    unseen,
)
from engine.against.guesses.elsewhere import alike, at
from engine.against.guesses.row import Alternative
from engine.against.guesses.setting import Read, Setting
from engine.against.scene import Guess, Scene
from engine.spec.run import Array

ALTERNATIVES: tuple[Alternative, ...] = (
    *batches.ROWS,
    *forward.ROWS,
    *activations.ROWS,
    *losses.ROWS,
    *penalties.ROWS,
    *gradients.ROWS,
    *clipping.ROWS,
    *slots.ROWS,
    *parameters.ROWS,
    *optimizers.ROWS,
    *grading.ROWS,
    *unseen.ROWS,
)
CLOSED = 1 / 50
"""An alternative closes a gap that it leaves no more of than this share."""
MOST = 3
"""So many families that fit are named."""


def guess(scene: Scene) -> Guess | None:
    """The likeliest alternative that gives the record's numbers where ours differ, all elements
    of them; None where no row of the table does.
    """
    fits = list(_fits(Setting(scene)))
    if len({fit.row for fit in fits}) > 1:
        for setting in _elsewhere(scene):
            for fit in fits:
                fit.against += _contradicted(fit, setting)
    if not fits:
        return None
    fits.sort(key=lambda fit: (fit.order, fit.row.rank))
    first = fits[0]
    told = {first.row.key: first.said}
    for fit in fits[1:]:
        if fit.order == first.order and fit.row.rank <= first.row.rank + 1:
            told.setdefault(fit.row.key, fit.said)
    others = [said for said in dict.fromkeys(told.values()) if said != first.said][: MOST - 1]
    return Guess(first.row.key, _sentence(first, others, scene.theirs.size))


def _sentence(fit: _Fit, others: list[str], count: int) -> str:
    """What is told of the likeliest alternative, with others that give the same numbers."""
    more = "".join(f"; or {each}" for each in others)
    tested = f"all {count} numbers are" if count > 1 else "the number is"
    after = ", and so is what the record has after it in the iteration" if fit.follows else ""
    alike = " by each of them" if others else ""
    return f"Likely: {fit.said}{more}. Computed so, {tested} the record's{alike}{after}."


@dataclass(eq=False)
class _Fit:
    """An alternative that gives the record's numbers; `against` counts the other iterations in
    which it does not.
    """

    row: Alternative
    said: str
    follows: bool | None
    against: int = 0

    @property
    def order(self) -> tuple[int, int]:
        """What explains more of the record comes first."""
        return self.against, {True: 0, None: 1, False: 2}[self.follows]


def _fits(setting: Setting) -> Iterator[_Fit]:
    for row in ALTERNATIVES:
        if setting.symbol.family not in row.kinds:
            continue
        with np.errstate(all="ignore"):
            for said, read in row.tries(setting):
                found = read(setting.symbol)
                if found is not None and closes(setting.scene, found):
                    yield _Fit(row, said, _follows(setting.scene, read))


def _elsewhere(scene: Scene) -> Iterator[Setting]:
    """The same symbol in iterations around this one, where the record says how they begin."""
    for t in (scene.t + 1, scene.t + 2, scene.t + 3, scene.t - 1):
        found = at(scene, t)
        if found is not None:
            yield Setting(found)


def _contradicted(fit: _Fit, setting: Setting) -> bool:
    """Whether another iteration has other numbers than the alternative gives there: where the
    record differs from the run there, no way of it closes that gap; where it does not, it would.
    """
    scene = setting.scene
    differs = scene.ours is None or not alike(scene.ours, scene.theirs)
    with np.errstate(all="ignore"):
        tried = [(said, read(setting.symbol)) for said, read in fit.row.tries(setting)]
    found = [
        (said, array)
        for said, array in tried
        if array is not None and array.shape == scene.theirs.shape
    ]
    if differs:
        return not any(closes(scene, array) for _, array in found)
    return any(said == fit.said and not alike(array, scene.theirs) for said, array in found)


def closes(scene: Scene, found: Array) -> bool:
    """Whether an alternative gives the record's numbers, and does not only come nearer to them."""
    theirs, ours = scene.theirs, scene.ours
    if found.shape != theirs.shape or not scene.close(found):
        return False
    if ours is None or ours.shape != theirs.shape:
        return True
    gap, left = np.abs(ours - theirs), np.abs(found - theirs)
    wide = float(np.max(gap, where=np.isfinite(gap), initial=0))
    rest = float(np.max(left, where=np.isfinite(left), initial=0))
    return rest <= CLOSED * wide or not np.isfinite(gap).all()


def _follows(scene: Scene, read: Read) -> bool | None:
    """Whether what comes after the first difference is the record's under the alternative too."""
    first = scene.step.number if scene.step else len(scene.trace.steps)
    found = None
    for step in scene.trace.steps[first:]:
        theirs, other = scene.recorded(step.symbol), read(step.symbol)
        if theirs is None or other is None:
            continue
        if theirs.shape != other.shape or not alike(other, theirs):
            return False
        found = True
    return found
