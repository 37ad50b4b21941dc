"""The view `explain`: where the selected number comes from, unfolding, and what it feeds."""

from __future__ import annotations

from engine.analysis.derivation import Derivation, Number, Origin
from engine.analysis.unfolding import OPERANDS, READERS, Fold, Row, all_rows, fed, unfolded
from engine.catalog.symbols import Symbol
from engine.history.position import Position
from engine.session.standing import Selection
from tui.actions.context import Context, PageKey, View, command
from tui.actions.dialog import Count
from tui.actions.effects import Effects
from tui.actions.travel import travel
from tui.draw import explain
from tui.draw.derivation import Told, lines
from tui.frame.frame import Frame, Lines
from tui.text.raster import Line

WIDEST = 200
"""So many numbers that one feeds are listed at most."""


class Unfolded:
    """What is unfolded of which number, and the rows of that."""

    def __init__(self) -> None:
        self.of: object = None
        self.told: Told | None = None
        self.opened: set[tuple[Number, bool]] = set()
        self.wide: set[tuple[Number, bool]] = set()
        self.rows: list[Row] = []

    def turn(self, row: Row) -> None:
        """Fold what is unfolded, unfold what is not."""
        if row.fold is Fold.MORE:
            self.wide.add((row.number, row.up))
        else:
            self.opened ^= {(row.number, row.up)}
        self.unfold()

    def unfold(self) -> None:
        """Make the rows, the first of which is the number itself."""
        assert self.told is not None
        derivation, root = self.told.derivation, self.rows[0].number

        def opens(up: bool, number: Number) -> bool:
            return (number, up) in self.opened

        def operands(number: Number) -> int:
            return all_rows(number) if (number, False) in self.wide else OPERANDS

        def readers(number: Number) -> int:
            return WIDEST if (number, True) in self.wide else READERS

        down = unfolded(derivation, root, lambda number, _d: opens(False, number), operands)
        self.rows = [*down, *fed(derivation, root, lambda number, _d: opens(True, number), readers)]


def _unfolded(c: Context) -> Unfolded:
    """The rows of the selected number: those made last, unless it is another."""
    known = c.shown.memory.of(Unfolded)
    frame = c.picture()
    key = (c.session.branch, frame.position, frame.symbol, frame.index, c.text)
    if known.of != key:
        old = known.told
        derivation = old.derivation if old and old.derivation.history is c.history else None
        known.of = key
        known.told = Told(derivation or Derivation(c.history), c.text, frame.position)
        root = known.told.derivation.at(
            frame.position.iteration, frame.position.step, frame.symbol, frame.index
        )
        known.opened, known.wide = {(root, False)}, set()
        known.rows = [Row(0, root, Fold.CLOSED)]
        known.unfold()
        c.shown.cursor = 0
    return known


def items(c: Context) -> list[Row]:
    """The rows: what the number is made of, then what it feeds."""
    return _unfolded(c).rows


def page(c: Context) -> Lines:
    """The explanation of whatever the frame has selected."""
    known, cursor = _unfolded(c), c.shown.cursor
    down = [row for row in known.rows if not row.up]
    up = known.rows[len(down) :]
    told = known.told
    assert told is not None

    def drawn(frame: Frame, width: int) -> list[Line]:
        def made_of(room: int) -> list[Line]:
            return lines(told, down, room, cursor)

        def feeds(room: int) -> list[Line]:
            return lines(told, up, room, cursor - len(down))

        return explain.page(frame, width, made_of, feeds)

    return drawn


# -- its keys --------------------------------------------------------------------------------------


def turn(c: Context) -> None:
    """Unfold the number that is pointed at, or fold it."""
    known = _unfolded(c)
    row = c.shown.pointed(known.rows)
    if row.fold is Fold.GIVEN:
        c.say("It is given: nothing is behind it." if not row.up else "The pass ends with it.")
    elif row.fold is Fold.ABOVE:
        c.shown.cursor = next(i for i, each in enumerate(known.rows) if each.number == row.number)
    else:
        known.turn(row)


def go(c: Context) -> Effects:
    """Go to where the number that is pointed at is computed, and select it; u leads back."""
    known = _unfolded(c)
    row = c.shown.pointed(known.rows)
    assert known.told is not None
    derivation, number = known.told.derivation, row.number
    step = derivation.step(number)
    if step:
        place = Position(number.t, step.number)
    elif derivation.origin(number) in (Origin.START, Origin.CHANGED):
        place = Position(number.t + 1, 1 if number.t else 0)
    elif derivation.origin(number) is Origin.DATA:
        place = Position(number.t, 1)
    else:
        c.say("It is a constant of the run: no place shows it.")
        return ()
    session, symbol = c.session, Symbol(number.symbol)
    shape = derivation.shape(number)
    inner, index = (shape[1:], number.index[1:]) if symbol.batchwise else (shape, number.index)
    element = 0
    for size, i in zip(inner, index, strict=True):
        element = element * size + i
    sample = number.index[0] if symbol.batchwise and number.index else session.selection.sample

    def arrive() -> None:
        session.go(place)
        session.selection = Selection(symbol, element, sample)

    return travel(c, place, arrive=arrive)


VIEW = View(
    id="explain",
    page=page,
    items=items,
    further=True,
    keys=(PageKey("enter", "unfold", turn), PageKey("g", "go there", go)),
)


@command
def show(c: Context, _count: Count) -> None:
    """A page on the selected element, and back."""
    c.shown.open(VIEW)
