"""A softmax and a sum over the units as tables: what is read of each unit, and its term."""

from __future__ import annotations

import math
import re

import numpy as np

from engine.catalog.symbols import Symbol
from engine.formula.expr import Expr, Index
from tui.draw import cell, filled, grid
from tui.draw.filled import Part
from tui.draw.grid import LABEL, Table
from tui.frame.frame import Array, Frame
from tui.text import exact, formulas
from tui.text.raster import Line

_NAMES = re.compile(r"\{([^{}]+)\}")


def softmax(z: str, frame: Frame, width: int) -> Table | None:
    """The sums, how far they are below the largest, its powers of e, and their shares."""
    step, shares, given = filled.current(frame), filled.result(frame), filled.operand(frame, z)
    tree = frame.trace.expand(step, (*shares.lead, *(0 for _ in shares.array.shape)))
    if grid.count(frame, width) < 4 or tree.op != "div":
        return None
    powers: tuple[Expr, ...] = tree.args[1].args
    if len(powers) != shares.array.size or any(power.op != "exp" for power in powers):
        return None
    head = [grid.heading(frame, z), *(grid.heading(frame, "", said) for said in ("s", "e^s"))]
    head.append(grid.heading(frame, step.symbol))

    def cells(index: Index) -> list[Line]:
        power = powers[index[0]]
        return [
            given.cell(frame, index),
            grid.number(frame, power.args[0].value, ""),
            grid.number(frame, power.value, ""),
            shares.cell(frame, index),
        ]

    total = _total(frame, 2, tree.args[1].value)
    return filled.listed(frame, head, shares, cells, width, total)


def _total(frame: Frame, before: int, value: float) -> list[Line]:
    """The sum of a column, with so many empty cells before it."""
    blank: Line = ((" " * cell.width(frame.text), ""),)
    return [*[blank] * before, grid.number(frame, value, "")]


def summed(inner: str, given: str, frame: Frame, width: int) -> Table | None:
    """A sum over the units: what is read of each, and its term; below, their sum."""
    step = filled.current(frame)
    names = dict.fromkeys(_NAMES.findall(inner + given))
    parts = [filled.operand(frame, symbol) for symbol in names if symbol in step.reads]
    if not parts or grid.count(frame, width) <= len(parts):
        return None
    terms = _terms(frame, inner + given, parts)
    if terms is None or any(part.array.shape != terms.shape for part in parts):
        return None
    written = frame.text.formula(inner).replace(frame.text.plain(" ⊙ "), frame.text.plain("·"))
    written = re.sub(r"log(?=\w)", "log ", written.replace(" ", ""))
    said = written if len(written) < cell.width(frame.text) else "term"
    head = [*(grid.heading(frame, p.symbol) for p in parts), grid.heading(frame, "", said)]

    def cells(index: Index) -> list[Line]:
        numbers = (part.cell(frame, index) for part in parts)
        return [*numbers, grid.number(frame, float(terms[index]), "")]

    total = _total(frame, len(parts), float(terms.sum()))
    return filled.listed(frame, head, parts[0]._replace(symbol=""), cells, width, total)


def _terms(frame: Frame, inner: str, parts: list[Part]) -> Array | None:
    """The terms of a sum over units; None where they are not to be worked out, or no numbers."""
    read = formulas.read(inner)
    if read is None:
        return None
    put = {
        part.symbol: np.array([exact.read(repr(x)) for x in np.ravel(part.array).tolist()])
        for part in parts
    }
    for name in set(_NAMES.findall(inner)) - put.keys():
        put[name] = np.array(exact.read(repr(float(frame.read(name)))))
    found = np.array([float(x) for x in formulas.numbers(read, put)])
    return found if found.size and np.isfinite(found).all() else None


def norms(frame: Frame, width: int) -> Table | None:
    """The norm of arrays together: of each its norm and the sum of its squares; below, the sum."""
    step = filled.current(frame)
    if grid.count(frame, width) < 2:
        return None
    arrays = [frame.read(symbol).astype(float) for symbol in step.reads]
    squares = [float(np.vdot(array, array)) for array in arrays]

    def row(number: int) -> Line:
        param = Symbol(step.reads[number]).parameter or step.reads[number]
        label = grid.label(frame, frame.text.name(param), "read", "read")
        size = grid.number(frame, math.sqrt(squares[number]), "read")
        return filled.row(label, [size, grid.number(frame, squares[number], "")], width)

    head = [grid.heading(frame, "", frame.text.plain(said)) for said in ("‖g‖", "Σ g²")]
    foot = filled.row(grid.label(frame, " Σ"), _total(frame, 1, sum(squares)), width)
    top = ((" " * LABEL, ""), *grid.joined(head))
    return Table(top, len(squares), row, foot=(foot,))
