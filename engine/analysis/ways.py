"""All ways from a number to the loss, each with the product of its factors: who passes how much of
the error to whom. Together they are the gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.analysis.slopes import Slopes
from engine.catalog.symbols import Symbol
from engine.formula.calls import Array
from engine.formula.expr import Expr, Index
from engine.program.base import through
from engine.program.parameters import held, users
from engine.program.trace import Trace
from engine.spec.problem import Problem
from engine.spec.run import RunSpec

STRONGEST = 8
Factoring = Callable[[int, int, int], tuple[str, Index]]
"""The element that the factor from one unit to another is, in a sample."""
Choices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Factor:
    """A number that a way passes through: an element of a symbol."""

    symbol: str
    index: Index
    value: float


@dataclass(frozen=True)
class Way:
    """One way to the loss, in one sample, with its factors from the number on, and their
    product; in none, None, where it is that of a penalty. A factor that is a constant has no
    symbol.
    """

    sample: int | None
    factors: tuple[Factor, ...]
    product: float


@dataclass(frozen=True)
class Ways:
    """The strongest ways, the strongest first; how many there are; `total`, what all of them add
    up to, which is the gradient; and `rest`, what those that are not among the strongest do.
    """

    strongest: tuple[Way, ...]
    count: int
    total: float
    rest: float


@dataclass(frozen=True, eq=False)
class _Hop:
    """From each of some units to each of others, by a factor: `table` (samples or 1, from, to), or
    (samples, units) where each unit goes to itself alone.
    """

    table: Array
    factor: Factoring

    @property
    def alone(self) -> bool:
        return self.table.ndim == 2


@dataclass(frozen=True, eq=False)
class _Best:
    """The strongest ways on from each unit, (samples, units, ways): their products, and to which
    unit and which of its ways each goes first.
    """

    products: Array
    to: Choices
    rank: Choices


def ways(trace: Trace, spec: RunSpec, symbol: str, index: Index, most: int = STRONGEST) -> Ways:
    """The ways from an element of a parameter or its gradient, of z, a, or the like, in the pass of
    a trace. Raises Problem for what has none.
    """
    if spec.instead:
        raise Problem(
            "Ways lead through a network, and this run has none: Enter explains a number."
        )
    return _Search(trace, spec).ways(Symbol(symbol), index, most)


@dataclass(frozen=True)
class _Start:
    """The layer and unit where ways begin, whether that is at its sum z, and the factor before, by
    sample, where there is one. There are none in those samples that it is `not_in`.
    """

    layer: int
    unit: int
    at_sum: bool
    entry: tuple[Factor, ...] = ()
    not_in: frozenset[int] = frozenset()


def _strength(way: Way) -> float:
    """Sorts the strongest ways first, those that are no number before all."""
    return -np.inf if np.isnan(way.product) else -abs(way.product)


class _Search:
    def __init__(self, trace: Trace, spec: RunSpec) -> None:
        self._slopes = Slopes(trace, spec)
        self._trace, self._spec, self._depth = trace, spec, len(spec.layers)

    def ways(self, symbol: Symbol, index: Index, most: int) -> Ways:
        """See above."""
        target = symbol.parameter or symbol
        starts = [*self._starts(target, index, through(symbol))]
        samples = range(self._slopes.samples) if target.is_parameter else (index[0],)
        parts = [self._from(start, samples, most) for start in starts]
        found = sorted((way for part in parts for way in part.strongest), key=_strength)[:most]
        every, total = (sum(part.count for part in parts), sum(part.total for part in parts))
        if through(symbol) is None and (penal := self._penalties(target, index)):
            every, total = every + len(penal), total + sum(way.product for way in penal)
            found = sorted((*found, *penal), key=_strength)[:most]
        shown = sum(way.product for way in found)
        return Ways(tuple(found), every, total, total - shown if every > len(found) else 0.0)

    def _penalties(self, target: Symbol, index: Index) -> list[Way]:
        """The ways of a parameter that go through the penalty alone, past all samples."""
        if self._spec.penalty is None:
            return []
        from engine.program.penalty import penalty_of

        each = penalty_of(self._spec, target, self._slopes.samples)
        if each is None:
            return []
        terms = each.slope_terms(lambda name: self._trace.known(name, 0), index)
        return [Way(None, tuple(_factors(term)), term.value) for term in terms]

    def _starts(self, target: Symbol, index: Index, layer: int | None) -> Iterator[_Start]:
        """Where the ways from an element begin: of a parameter that several layers or several units
        have, in each of them, or in one layer.
        """
        if not target.is_parameter:
            yield self._start(target, index)
            return
        for number in (layer,) if layer else users(self._spec, target):
            own = index[::-1] if held(self._spec, target.kind.key, number).turned else index
            if target.kind.key == "W":
                yield _Start(number, own[0], True, self._entry(number, own[1]))
                continue
            for unit in own or range(self._spec.layers[number - 1].units):
                if target.kind.key == "b":
                    yield _Start(number, unit, True)
                else:
                    yield self._sloped(number, unit)

    def _sloped(self, layer: int, unit: int) -> _Start:
        """Where the ways of a slope below 0 begin in a unit: at what it puts out, by its sum in
        those samples where this is not above 0.
        """
        z = self._trace.known(f"z{layer}", len(self._trace.steps))[:, unit]
        entry = tuple(Factor(f"z{layer}", (n, unit), float(value)) for n, value in enumerate(z))
        above = frozenset(np.flatnonzero(z > 0).tolist())
        return _Start(layer, unit, False, entry, above)

    def _from(self, start: _Start, samples: Sequence[int], most: int) -> Ways:
        """The ways from one start, in these samples."""
        entry = start.entry
        hops = _only(self._hops(start.layer, start.at_sum), start.unit)
        bests, sums, count = self._follow(hops, most)
        weight = np.array([entry[n].value if entry else 1.0 for n in range(self._slopes.samples)])
        chosen = [n for n in samples if n not in start.not_in]
        with np.errstate(all="ignore"):
            products = bests[0].products[chosen, 0] * weight[chosen, None]
            total = float((sums[chosen, 0] * weight[chosen]).sum())
        order = np.argsort(-np.nan_to_num(np.abs(products), nan=np.inf), axis=None, kind="stable")
        found = []
        for place in order[:most]:
            row, rank = np.unravel_index(place, products.shape)
            n = chosen[int(row)]
            factors = self._factors(hops, bests, n, 0, int(rank))
            found.append(Way(n, (*entry[n : n + 1], *factors), float(products[row, rank])))
        return Ways(tuple(found), int(count[0]) * len(chosen), total, 0.0)

    def _start(self, target: Symbol, index: Index) -> _Start:
        """Where the ways from an element that each sample has begin."""
        number = target.in_layer
        match target.kind.key:
            case "z" | "delta":
                return _Start(number, index[1], True)
            case "a" | "da":
                return _Start(number, index[1], False)
            case "x":
                return _Start(0, index[1], False)
            case "yhat" | "dyhat" if not self._slopes.joined:
                return _Start(self._depth, index[1], False)
            case _:
                raise Problem(
                    f"{target.written} has no ways to the loss: choose a parameter, an input, a sum"
                    " z or an output a."
                )

    def _entry(self, layer: int, unit: int) -> tuple[Factor, ...]:
        """The first factor of the ways of a weight, by sample: the value at its start."""
        name = "x" if layer == 1 else f"a{layer - 1}"
        array = self._trace.known(name, len(self._trace.steps))
        return tuple(
            Factor(name, (n, unit), float(value)) for n, value in enumerate(array[:, unit])
        )

    def _hops(self, layer: int, at_sum: bool) -> list[_Hop]:
        """From there to the loss."""
        slopes, found = self._slopes, []
        if at_sum:
            found += self._slope_hop(layer)
        for number in range(layer + 1, self._depth + 1):
            found.append(self._weight_hop(number))
            found += self._slope_hop(number)
        name = f"delta{self._depth}" if slopes.joined else "dyhat"
        found.append(_Hop(slopes.output, lambda n, i, _j: (name, (n, i))))
        return found

    def _weight_hop(self, number: int) -> _Hop:
        found = held(self._spec, "W", number)
        W, turned = self._trace.known(found.name, 0), found.turned
        table = W[None] if turned else W.T[None]
        return _Hop(table, lambda _n, i, k: (found.name, (i, k) if turned else (k, i)))

    def _slope_hop(self, number: int) -> list[_Hop]:
        if number == self._depth and self._slopes.joined:
            return []
        table = self._slopes.of(number)
        if table.ndim == 2:
            return [_Hop(table, lambda n, j, _k: (f"fprime{number}", (n, j)))]
        return [_Hop(table.swapaxes(1, 2), lambda n, j, i: (f"jac{number}", (n, i, j)))]

    def _follow(
        self, hops: Sequence[_Hop], most: int
    ) -> tuple[list[_Best], Array, npt.NDArray[np.object_]]:
        """From the loss back: after each hop the strongest ways on, and at the first of them what
        all ways on add up to (samples, units), and how many there are (units,).
        """
        last = hops[-1].table
        none = np.zeros((*last.shape, 1), np.intp)
        bests = [_Best(last[:, :, None], none, none)]
        sums, count = last, np.full(last.shape[1], 1, object)
        with np.errstate(all="ignore"):
            for hop in reversed(hops[:-1]):
                table = hop.table
                if hop.alone:
                    bests.insert(0, _alone(table, bests[0]))
                    sums = table * sums
                    continue
                bests.insert(0, _spread(table, bests[0], most))
                sums = (table @ sums[:, :, None])[:, :, 0]
                count = np.full(table.shape[1], count.sum(), object)
        return bests, sums, count

    @staticmethod
    def _factors(
        hops: Sequence[_Hop], bests: Sequence[_Best], n: int, unit: int, rank: int
    ) -> list[Factor]:
        """The factors of a way from a unit on."""
        found = []
        for hop, best in zip(hops, bests, strict=True):
            to = int(best.to[n, unit, rank])
            table = hop.table[n % len(hop.table)]
            value = table[unit] if hop.alone else table[unit, to]
            found.append(Factor(*hop.factor(n, unit, to), float(value)))
            unit, rank = to if not hop.alone else unit, int(best.rank[n, unit, rank])
        return found


def _factors(term: Expr) -> Iterator[Factor]:
    """The factors of the slope of a penalty."""
    for part in term.args:
        yield Factor(part.symbol, part.index, part.value)


def _only(hops: Sequence[_Hop], unit: int) -> list[_Hop]:
    """The hops from one unit: up to where it spreads to others, those of it alone."""
    found: list[_Hop] = []
    for i, hop in enumerate(hops):

        def factor(n: int, _from: int, to: int, of: Factoring = hop.factor) -> tuple[str, Index]:
            return of(n, unit, to)

        found.append(_Hop(hop.table[:, unit : unit + 1], factor))
        if not hop.alone:
            return [*found, *hops[i + 1 :]]
    return found


def _alone(table: Array, onward: _Best) -> _Best:
    """The ways on from units each of which goes to itself."""
    samples, units, kept = onward.products.shape
    to = np.broadcast_to(np.arange(units)[None, :, None], onward.products.shape)
    rank = np.broadcast_to(np.arange(kept), (samples, units, kept))
    return _Best(table[:, :, None] * onward.products, to, rank)


def _spread(table: Array, onward: _Best, most: int) -> _Best:
    """The strongest ways on from units each of which goes to all others."""
    samples, others, kept = onward.products.shape
    units, count = table.shape[1], min(most, others * kept)
    shape = (samples, units, count)
    products, picked = np.empty(shape, onward.products.dtype), np.empty(shape, np.intp)
    for n in range(samples):  # one at a time, to save memory
        each = table[n % len(table)][:, :, None] * onward.products[n][None]
        flat = each.reshape(units, others * kept)
        size = np.nan_to_num(np.abs(flat), nan=np.inf)
        best = np.argpartition(-size, count - 1, axis=1)[:, :count]
        best = np.take_along_axis(
            best, np.argsort(-np.take_along_axis(size, best, 1), 1, "stable"), 1
        )
        products[n], picked[n] = np.take_along_axis(flat, best, 1), best
    to, rank = np.divmod(picked, kept)
    return _Best(products, to, rank)
