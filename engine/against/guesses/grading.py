"""The mistakes that grading a sheet knows, on the record's numbers."""

from __future__ import annotations

from collections.abc import Iterator

from engine.against.guesses.elsewhere import at
from engine.against.guesses.row import Alternative, Tries, only
from engine.against.guesses.setting import Setting
from engine.against.scene import Scene
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.program.step import Step
from engine.sheets.mistakes import MISTAKES
from engine.sheets.mistakes.own import Network, Own, Samples
from engine.sheets.mistakes.row import made_in

KINDS = tuple(dict.fromkeys(kind for mistake in MISTAKES for kind in mistake.kinds))


def wrong(s: Setting, step: Step) -> Iterator[tuple[str, Array]]:
    """What the mistakes that can be made in a step give, from the record's numbers."""
    for mistake, values in made_in(MISTAKES, step, _samples(s)):
        yield mistake.name, values[0].astype(s.scene.theirs.dtype)


def _samples(s: Setting) -> Samples:
    before = at(s.scene, s.t - 1) if s.t > 1 else None
    last = None if before is None else _own(before, None)
    own = _own(s.scene, last)
    return own.samples(dict.fromkeys((*own.now, *own.before)), 1)


def _own(scene: Scene, last: Own | None) -> Own:
    """An iteration's numbers, the record's where it has them."""
    own = Own.begin(scene.trace, Network.of(scene.spec), last)
    for step in scene.trace.steps:
        found = scene.recorded(step.symbol)
        if found is None or found.shape != step.shape:
            found = scene.trace.known(step.symbol, step.number)
        if step.symbol.is_parameter:
            own.after[step.symbol] = found
        else:
            own.now[step.symbol] = (found, found, found)
    return own


def _of_sheets(s: Setting) -> Tries:
    if s.scene.step is not None:
        for told, found in wrong(s, s.scene.step):
            yield told, only(Symbol(s.symbol), found)


ROWS = (Alternative(key="as-on-a-sheet", kinds=KINDS, tries=_of_sheets, rank=4),)
