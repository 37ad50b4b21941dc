"""A trace file: what another program wrote down of a training, in the symbols of a run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.catalog.symbols import Symbol
from engine.spec.run import Array

Values = Mapping[Symbol, Array]
NONE: Values = MappingProxyType({})


@dataclass(frozen=True, eq=False, kw_only=True)
class TraceFile:
    """The numbers of some iterations, each array in the run's own symbol, shape and orientation
    (weights (out, in), the sample first), read-only.

    `file` is the name that sentences have for it, and `dtype` what was computed in. `values` are
    those of each iteration, in the order in which they were computed where the file tells it: the
    mini-batch (x, y); what steps made (z1, loss, dW2, clip.W2, m.W2; W2 as the update left it); and
    the scalars that the update read, as 0-d arrays (lr, lr#1, beta1: the names of
    `Trace.scalars`). `starts` are the parameters and slots as an iteration found them, where the
    file says that by itself, and not only by what the one before left: in any case those before the
    first. What a file does not have is not there.

    `names` are the file's own names for symbols, such as net.2.weight.grad for dW2, where these are
    others; `unmapped`
    those that mean nothing in this run, each with why: ("net.3.running_mean", "a buffer").
    """

    file: str
    dtype: str
    values: Mapping[int, Values]
    starts: Mapping[int, Values] = field(default_factory=dict)
    names: Mapping[Symbol, str] = field(default_factory=dict)
    unmapped: tuple[tuple[str, str], ...] = ()

    @property
    def iterations(self) -> tuple[int, ...]:
        """The numbers of the iterations, ascending."""
        return tuple(sorted(self.values))

    def theirs(self, symbol: Symbol) -> str:
        """What the file calls a symbol."""
        return self.names.get(symbol, str(symbol))

    def start(self, t: int, names: Collection[str]) -> dict[Symbol, Array]:
        """Those of some parameters and slots that the file has of the state before iteration t: as
        it says by itself, or else as iteration t − 1 left them.
        """
        known = {**self.values.get(t - 1, NONE), **self.starts.get(t, NONE)}
        return {name: array for name, array in known.items() if name in names}
