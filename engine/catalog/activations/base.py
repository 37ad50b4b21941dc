"""What a row of the table of activations is.

Options are keyword arguments of all functions of a row, and stand in its texts by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

from engine.catalog.row import Row, put_in
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import Options


class EmitActivation(Protocol):
    """Emits the calls that write f(z) to `a`, both (batch, units)."""

    def __call__(self, emit: Emit, z: Array, a: Array, /, *args: Any, **o: Any) -> None: ...


class EmitSlope(Protocol):
    """Emits the calls that write the slope to `out`, from z and a = f(z) alone."""

    def __call__(
        self, emit: Emit, z: Array, a: Array, out: Array, /, *args: Any, **o: Any
    ) -> None: ...


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class _Activation(Row):
    """What both kinds of rows have.

    `emit` and `slope_emit` compute whole arrays, `value` and `slope_value` one element: the same
    numbers in two ways, of which the second is what is shown. `formula` and `slope_formula` name
    their arguments {z} and {a}. `why` says what it is for and `note` where it saturates or dies.

    `torch` computes a from `z`, with those `options` at hand that are given; `called` is the name
    of PyTorch's function where that is not what `torch` calls.
    """

    formula: str
    slope_formula: str
    why: str
    note: str
    emit: EmitActivation
    slope_emit: EmitSlope
    called: str = ""

    elementwise: ClassVar[bool]
    functions: ClassVar[tuple[str, ...]] = ("emit", "slope_emit", "value", "slope_value")

    def bound(self, options: Options) -> Self:
        """The row with the values of all its options put in."""
        return put_in(self, options, ("formula", "slope_formula", "note"), self.functions)


class ElementValue(Protocol):
    """The arithmetic of f(z) for one element."""

    def __call__(self, z: Expr, /, *args: Any, **o: Any) -> Expr: ...


class ElementSlope(Protocol):
    """The arithmetic of the slope for one element, from z and a = f(z)."""

    def __call__(self, z: Expr, a: Expr, /, *args: Any, **o: Any) -> Expr: ...


class Kinks(Protocol):
    """Where the slope jumps."""

    def __call__(self, *args: Any, **o: Any) -> Sequence[float]: ...


class EmitPart(Protocol):
    """Emits the calls that write ∂f/∂θ to `out`, both as z (batch, units), for a parameter θ."""

    def __call__(self, emit: Emit, z: Array, out: Array, /) -> None: ...


class PartValue(Protocol):
    """The arithmetic of ∂f/∂θ for one element."""

    def __call__(self, z: Expr, /) -> Expr: ...


@dataclass(frozen=True, eq=False, kw_only=True)
class Learning:
    """The parameter that an activation has, one for all units of a layer or one for each, of a
    `kind` of the table of those; the functions of the row take it by that name, and its texts name
    it so. Where nothing is said it begins with `start`, which it is where it is not given. `emit`,
    `formula` and `value` are those of ∂f/∂θ, and `why` says what its gradient is, of
    {upstream}, the gradient of what the layer puts out.
    """

    kind: str
    start: float
    emit: EmitPart
    formula: str
    value: PartValue
    why: str


def no_kinks(**_o: Any) -> Sequence[float]:
    """The kinks of what is smooth."""
    return ()


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Elementwise(_Activation):
    """An activation each of whose outputs depends on its own sum only. The slope has the shape of
    z. `kinks` are the z where it jumps, at which differences cannot tell it. `learns` is what it
    has of a parameter, None for nothing. `added_to_1` says that others compute it by a number that
    is added to 1: where that nears −1, they keep digits of 1 + |z| alone, and not of what comes.
    """

    value: ElementValue
    slope_value: ElementSlope
    kinks: Kinks = no_kinks
    learns: Learning | None = None
    added_to_1: bool = False

    elementwise = True
    functions = (*_Activation.functions, "kinks")


class RowValue(Protocol):
    """The arithmetic of output j of one sample, from all its sums z."""

    def __call__(self, z: Sequence[Expr], j: int, /, *args: Any, **o: Any) -> Expr: ...


class RowSlope(Protocol):
    """The arithmetic of ∂a_i/∂z_j of one sample, from all its sums z and outputs a."""

    def __call__(
        self, z: Sequence[Expr], a: Sequence[Expr], i: int, j: int, /, *args: Any, **o: Any
    ) -> Expr: ...


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Rowwise(_Activation):
    """An activation whose outputs depend on all sums of their sample. Its slope is a Jacobian, of
    shape (batch, units, units): J[n, i, j] = ∂a_i/∂z_j.
    """

    value: RowValue
    slope_value: RowSlope

    elementwise = False
    learns: ClassVar[None] = None
