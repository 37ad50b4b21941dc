"""What has been compared, and how far apart it is at the most."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.against.pairs import Pair
from engine.catalog.symbols import Symbol
from engine.formula.expr import Index


@dataclass
class Greatest:
    """How far the numbers of a kind of symbol are apart at the most, and where; how many there
    were, in how many arrays; how many differ, and how many are noise.
    """

    numbers: int = 0
    arrays: int = 0
    differs: int = 0
    noise: int = 0
    apart: float = -1.0
    ours: float = 0.0
    theirs: float = 0.0
    symbol: Symbol = field(default_factory=lambda: Symbol("loss"))
    t: int = 0
    index: Index = ()

    def take(self, t: int, pair: Pair) -> None:
        """Take in an array."""
        self.numbers += pair.ours.size
        self.arrays += 1
        if not pair.ours.size:
            return
        with np.errstate(all="ignore"):
            away = np.abs(pair.ours.astype(np.float64) - pair.theirs)
        same = (pair.ours == pair.theirs) | (np.isnan(pair.ours) & np.isnan(pair.theirs))
        away = np.where(same, 0.0, np.where(np.isnan(away), np.inf, away))
        place = int(away.argmax())
        if (most := float(away.flat[place])) > self.apart:
            self.apart, self.symbol, self.t = most, pair.symbol, t
            self.index = tuple(map(int, np.unravel_index(place, away.shape)))
            self.ours, self.theirs = float(pair.ours.flat[place]), float(pair.theirs.flat[place])


@dataclass
class Tally:
    """What has been compared, by kind of symbol; the iterations in which a symbol differs by its
    own formula, and how many arrays do so only because of others; and how many iterations.
    """

    kinds: dict[str, Greatest] = field(default_factory=dict)
    faults: dict[Symbol, list[int]] = field(default_factory=dict)
    follow: int = 0
    iterations: int = 0

    @property
    def numbers(self) -> int:
        """How many numbers were compared."""
        return sum(each.numbers for each in self.kinds.values())

    @property
    def differs(self) -> int:
        """How many of them differ."""
        return sum(each.differs for each in self.kinds.values())

    @property
    def noise(self) -> int:
        """How many are beyond the tolerance, and no further apart than rounding explains."""
        return sum(each.noise for each in self.kinds.values())

    def of(self, symbol: Symbol) -> Greatest:
        """That of a symbol's kind."""
        return self.kinds.setdefault(symbol.family, Greatest())
