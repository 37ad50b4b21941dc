"""What a row of the table of losses is.

Options are keyword arguments of all functions of a row, and stand in its texts by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.catalog.row import Row, put_in
from engine.catalog.sentences import Number
from engine.formula.calls import Array, Emit
from engine.formula.expr import Expr
from engine.spec.options import Options
from engine.spec.run import DataSpec, LossSpec


@dataclass(frozen=True, eq=False, repr=False)
class Head:
    """The arrays at the end of a network: `z`, `yhat` and the target `y`, each (batch, units);
    `per_sample` (batch,) for each sample's loss before the reduction; `grad` (batch, units) for
    the gradient. `parts` hands intermediate arrays from one emitter to the next.
    """

    z: Array
    yhat: Array
    y: Array
    per_sample: Array
    grad: Array
    parts: dict[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False)
class Sample:
    """One sample's numbers."""

    z: Sequence[Expr]
    yhat: Sequence[Expr]
    y: Sequence[Expr]


@dataclass(frozen=True, eq=False, repr=False)
class Targets:
    """What rows of targets y (samples, units) must be: `test(y)` tells for each, and `valid`
    completes "and must be …". `classes` says that they are shares of classes, so that a column
    of a file can name them. What a class number makes of them is 1 at the class, else `off`.
    """

    test: Callable[[Array], Any]
    valid: str
    classes: bool = False
    off: float = 0.0

    def wrong(self, row: Array) -> str:
        """What is wrong with a sample's targets (units,), as the end of a sentence."""
        values = ", ".join(f"{value:g}" for value in row[:6]) + (", …" if len(row) > 6 else "")
        return f"is [{values}], and must be {self.valid}"


class EmitOutput(Protocol):
    """Emits the calls that write ŷ to `head.yhat`."""

    def __call__(self, emit: Emit, head: Head, /) -> None: ...


class EmitLoss(Protocol):
    """Emits the calls that write each sample's loss to `head.per_sample`."""

    def __call__(self, emit: Emit, head: Head, /, *args: Any, **o: Any) -> None: ...


class EmitGradient(Protocol):
    """Emits the calls that write `scale` times the gradient of the summed loss to `head.grad`."""

    def __call__(self, emit: Emit, head: Head, scale: float, /, *args: Any, **o: Any) -> None: ...


class EmitCount(Protocol):
    """Emits the calls that write what a mean divides by to `count` ()."""

    def __call__(self, emit: Emit, head: Head, count: Array, /) -> None: ...


class LossValue(Protocol):
    """The arithmetic of one sample's loss."""

    def __call__(self, sample: Sample, /, *args: Any, **o: Any) -> Expr: ...


class GradientValue(Protocol):
    """The arithmetic of the gradient of one sample's loss by output j."""

    def __call__(self, sample: Sample, j: int, /, *args: Any, **o: Any) -> Expr: ...


class CountValue(Protocol):
    """The arithmetic of one sample's share of what a mean divides by."""

    def __call__(self, sample: Sample, /) -> Expr: ...


class Said(Protocol):
    """What is true of one sample's loss with these numbers, as a sentence, or ""."""

    def __call__(self, sample: Sample, number: Number, /) -> str: ...


def nothing(_sample: Sample, _number: Number) -> str:
    """The sentence of a loss that has none on its numbers."""
    return ""


class Kinks(Protocol):
    """How far outputs ŷ with targets y, each (samples, units), are from where the slope jumps, or
    its slope does: an array for each such place.
    """

    def __call__(self, yhat: Array, y: Array, /, *args: Any, **o: Any) -> Sequence[Array]: ...


class Follows(Protocol):
    """The activations that a loss can follow without being joined with one, the usual one first;
    () for any.
    """

    def __call__(self, o: Options, /) -> tuple[str, ...]: ...


class Bind(Protocol):
    """The row with the values of all its options put in, for the targets of the data, behind the
    last layer's activation.
    """

    def __call__(self, row: Loss, options: Options, data: DataSpec, last: str, /) -> Loss: ...


def no_kinks(_yhat: Array, _y: Array, **_o: Any) -> Sequence[Array]:
    """The kinks of what is smooth."""
    return ()


def any_activation(_o: Options) -> tuple[str, ...]:
    """What a loss follows that follows any."""
    return ()


def put_in_all(row: Loss, options: Options, _data: DataSpec, _last: str) -> Loss:
    """The row with the values of its options put in, whatever the targets are."""
    functions = ("emit", "grad_emit", "value", "grad_value", "kinks")
    return put_in(row, options, ("formula", "grad_formula"), functions)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Loss(Row):
    """A row of the table.

    `emit` and `grad_emit` compute whole arrays, `value` and `grad_value` one sample and one
    element: the same numbers in two ways, of which the second is what is shown. `formula` and
    `grad_formula` name their arguments {yhat} and {y}; `why` and `grad_why` say what they mean,
    and `says` what is true of certain numbers; `grad_why` names the gradient {delta} and {z}
    where these are joined.
    `bind` puts the values of options in, in another way than by name where it must.

    The gradient is by z of the last layer where `joined` names that layer's activation, whose
    output `output_emit` may then compute; else by ŷ. Where it is not `strict`, `bind` makes
    another of it behind another activation, which is not joined. `follows` are the activations
    that it can follow without being joined with one, whose outputs are `takes`. `targets` are what
    it takes; any where None. It makes sense of no fewer outputs than `least_units`.

    A mean divides by the number of samples, or, where `per_element`, by the number of elements
    (both as PyTorch defines them), but by the samples where `reductions` has "batchmean" and the
    run says so; or by what `count_emit` writes, with `count_value` one sample's share of it.
    `count_why` says why a mean divides by what it does, where that is not plain.

    `torch` computes the reduced loss from `z`, `yhat` and `y`, class numbers where each row names
    one class, with `reduction` and those `options` at hand that are given, lists as tensors;
    `tried` are the activations before it that are recorded beside the usual ones.
    """

    formula: str
    grad_formula: str
    why: str
    grad_why: str
    emit: EmitLoss
    grad_emit: EmitGradient
    value: LossValue
    grad_value: GradientValue
    joined: str = ""
    strict: bool = True
    follows: Follows = any_activation
    takes: str = "probabilities"
    targets: Targets | None = None
    least_units: int = 1
    tried: tuple[str, ...] = ()
    per_element: bool = False
    reductions: tuple[str, ...] = ("mean", "sum")
    output_emit: EmitOutput | None = None
    count_emit: EmitCount | None = None
    count_value: CountValue | None = None
    count_why: str = ""
    kinks: Kinks = no_kinks
    says: Said = nothing
    bind: Bind = put_in_all

    def activations(self, options: Options) -> tuple[str, ...]:
        """The activations that the last layer may have, the usual one first; () for any."""
        if self.joined:
            return (self.joined,) if self.strict else ()
        return self.follows(self.complete(options))

    def usual(self, options: Options) -> str:
        """The activation that the last layer mostly has; "" for any."""
        return self.joined or next(iter(self.activations(options)), "")

    def misfits(self, spec: LossSpec, activation: str, units: int) -> dict[str, str]:
        """What of a loss does not fit a last layer of `units` units with `activation`: the key
        and what is wrong with it, as the end of a sentence; {} where all fits.
        """
        found = {}
        fitting = self.activations(spec.options)
        if fitting and activation not in fitting:
            takes = "sums" if self.joined else self.takes
            found["name"] = (
                f"is {self.name}, which takes the last layer's {takes} and needs its activation to"
                f" be {' or '.join(fitting)}, not {activation}"
            )
        elif units < self.least_units:
            found["name"] = f"is {self.name}, which needs at least {self.least_units} outputs"
        for key, value in spec.options.items():
            if isinstance(value, list | tuple) and len(value) not in (0, units):
                has = f"has {len(value)} numbers"
                found[key] = f"{has}, and must have one for each of {units} outputs"
        return found
