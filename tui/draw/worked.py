"""The lines of the selected element: its names, its numbers, its result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.formula.expr import Expr, apply, num
from tui.draw import cell, terms
from tui.draw.paragraphs import unmade
from tui.draw.parts import paragraph
from tui.frame.frame import Frame
from tui.text.cells import wrap
from tui.text.closing import Line as Arithmetic
from tui.text.raster import Line

FOLDED_FROM = 3
"""Arithmetic with so many operations within each other is shown with its parts worked out too."""
FOLDED = "folded"
"""Stands for the symbol of a number that is the value of a part of the arithmetic."""


def lines(frame: Frame, width: int, height: int) -> list[Line]:
    """The element in at most so many lines, in as much detail as these have room for."""
    text = frame.text
    value = frame.entries[frame.symbol].array
    x = float(value[frame.index])
    start = text.plain("▸ ") + text.element(frame.symbol, frame.index, value.shape)
    expansion = frame.expansion()
    if expansion is None:
        return _written([f"{start} = {unmade(frame, x)}"], width, height)
    tree, power = expansion[1], ""
    found = terms.read(tree)
    if found and (scale := terms.units(frame, found, x)):
        power = text.plain(f"{cell.power(text, -scale)}·")
        start = text.plain("▸ ") + power + start[2:]
        tree, x = terms.scaled(found, scale), x / 10.0**scale
    line = text.line(tree, x, frame.whole)
    if line.says_nothing:
        names = text.in_names(tree, frame.shapes)
        chain = [("=", names)] if names != line.right else []
        return _chain(start, [*chain, ("=", line.right)], width, height)
    names = terms.in_names(frame, found) if found else text.in_names(tree, frame.shapes)
    for chain in _chains(frame, tree, power + names, line, x):
        if shown := _fits(start, chain, width, height):
            return [((each, "accent"),) for each in shown]
    return _written([f"{start} {line.sign} {line.right}"], width, height)


Link = tuple[str, str]
"""A sign and what stands behind it."""


def _chains(
    frame: Frame, tree: Expr, names: str, line: Arithmetic, x: float
) -> Iterator[list[Link]]:
    """Ways to write it, the fullest first."""
    named, left, right = ("=", names), ("=", line.left), (line.sign, line.right)
    if short := _folded(frame, tree, x):
        between, result = (line.sign, short.left), (short.sign, short.right)
        yield [named, left, between, result]
        yield [left, between, result]
    yield [named, left, right]
    yield [left, right]
    if short:
        yield [between, result]
    yield [named, right]


def _folded(frame: Frame, tree: Expr, x: float) -> Arithmetic | None:
    """The arithmetic with the parts of its last operation worked out; None where it is short."""
    if _height(tree) < FOLDED_FROM or tree.op == "neg":
        return None
    parts = [_value(part) for part in tree.args]
    op = tree.op
    if op == "sub" and parts[1].value < 0:
        op, parts[1] = "add", replace(parts[1], value=-parts[1].value)
    line = frame.text.line(Expr(op, tuple(parts), apply(op, (p.value for p in parts))), x,
                           frame.whole)  # fmt: skip
    return None if line.says_nothing else line


def _height(tree: Expr) -> int:
    """How many operations stand within each other."""
    return 1 + max(map(_height, tree.args)) if tree.args else 0


def _value(part: Expr) -> Expr:
    return part if part.op == "num" else num(part.value, FOLDED)


def _fits(start: str, chain: list[Link], width: int, height: int) -> list[str]:
    """A chain of equations in at most so many lines: in one, else each link in one, aligned or
    indented, else its first one broken; nothing where it does not fit.
    """
    whole = " ".join([start, *(f"{sign} {said}" for sign, said in chain)])
    if len(whole) <= width and (height < len(chain) or len(chain) < 3):
        return [whole]
    first, *rest = (f"{sign} {said}" for sign, said in chain)
    for indent in (len(start) + 1, 2):
        found = [f"{start} {first}", *(f"{' ' * indent}{link}" for link in rest)]
        if len(found) <= height and max(map(len, found)) <= width:
            return found
    broken, tail = wrap(f"{start} {first}", width, 4), "  " + " ".join(rest)
    if len(tail) <= width and len(broken) < height:
        return [*broken, tail]
    found = wrap(whole, width, 4)
    return found if len(found) <= height and len(chain) == 2 else []


def _chain(start: str, chain: list[Link], width: int, height: int) -> list[Line]:
    shown = _fits(start, chain, width, height) or _fits(start, chain[-1:], width, height)
    return [((each, "accent"),) for each in shown]


def _written(texts: list[str], width: int, height: int) -> list[Line]:
    return [line for each in texts for line in paragraph(each, width, "accent", 4)][:height]
