"""What is added to a formula that is there without it, such as a penalty to a gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engine.catalog.sentences import Say
from engine.catalog.symbols import Symbol
from engine.formula.expr import Expr, Index
from engine.program.step import Read


def _none(_read: Read, _index: Index) -> list[Expr]:
    return []


class Added(NamedTuple):
    """The symbols that it reads, its end of the formula with the sign before it, the terms of an
    element, and its sentences.
    """

    reads: tuple[Symbol, ...] = ()
    formula: str = ""
    terms: Callable[[Read, Index], list[Expr]] = _none
    why: str = ""
    says: tuple[Say, ...] = ()


NOTHING = Added()
