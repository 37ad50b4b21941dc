"""Run specs: the frozen description of a run. Everything else is derived from one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.spec.problem import Problem

Array = npt.NDArray[np.floating[Any]]

MOST_ITERATIONS = 10_000_000
"""How far a run can go."""


class SpecError(Problem):
    """What is wrong with a description, a sentence each in `problems`."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, eq=False)
class LayerSpec:
    """A layer of `units` units with weights W (units, inputs) and biases b (units,) to start
    from, or b () where all units have the same; `frozen` names those that are not updated. `b` is
    None for a layer without biases. `alpha` is the parameter of an activation that has one,
    (units,) or () where all units have the same, else None. What is another layer's parameter is
    named by `tie`: "W2", "b1", or "W2.T" for the transpose. Options of the activation that are not
    given have the defaults of its row. `l2` and `l1` are penalties of its own; None is that of the
    run.
    """

    units: int
    activation: str
    W: Array
    b: Array | None
    frozen: frozenset[str] = frozenset()
    activation_options: Mapping[str, Any] = field(default_factory=dict)
    tie: tuple[str, ...] = ()
    alpha: Array | None = None
    l2: float | None = None
    l1: float | None = None

    @property
    def arrays(self) -> dict[str, Array]:
        """The parameters that it has, by kind, in the order of the table of their kinds."""
        found = {"W": self.W, "b": self.b, "alpha": self.alpha}
        return {kind: array for kind, array in found.items() if array is not None}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of parameters that it has: W, and perhaps b and alpha."""
        return tuple(self.arrays)

    @property
    def own(self) -> tuple[str, ...]:
        """What it has that is no other layer's."""
        return tuple(kind for kind in self.kinds if self.tied(kind) is None)

    def having(self, kind: str, array: Array) -> LayerSpec:
        """The layer with another array as its parameter of a kind."""
        return replace(self, **{kind: array})  # type: ignore[arg-type]

    def tied(self, kind: str) -> tuple[str, bool] | None:
        """Whose parameter it has of a kind, and whether transposed; None where it is its own."""
        for text in self.tie:
            name, _, turned = text.partition(".")
            if name.startswith(kind):
                return name, bool(turned)
        return None


@dataclass(frozen=True)
class LossSpec:
    """A loss of the table, reduced over the mini-batch by "mean" or "sum"."""

    name: str
    reduction: str = "mean"
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PenaltySpec:
    """Penalties that the loss has beside it, on the weights of all layers without their own, and
    with `biases` on all other parameters too: l2·Σ w², half of that with `half`, and l1·Σ |w|;
    with `per_sample` divided by the samples of the mini-batch.
    """

    l2: float = 0.0
    l1: float = 0.0
    biases: bool = False
    half: bool = True
    per_sample: bool = False

    def of(self, layer: LayerSpec) -> tuple[float, float]:
        """λ₂ and λ₁ of a layer: its own, or else those of the run."""
        l2 = self.l2 if layer.l2 is None else layer.l2
        return l2, self.l1 if layer.l1 is None else layer.l1


@dataclass(frozen=True, eq=False)
class StateSpec:
    """What an optimizer has kept of earlier updates: arrays by slot and parameter (m.W1)."""

    arrays: Mapping[str, Array]


@dataclass(frozen=True)
class OptimizerSpec:
    """An optimizer of the table with all its options, by PyTorch's names. Its updates, and its
    t, count from the iteration after `since`; that is −5,000 where it has made 5,000 updates before
    the run, whose `state` is then what it begins with.
    """

    name: str
    options: Mapping[str, Any]
    since: int = 0
    state: StateSpec | None = None


@dataclass(frozen=True)
class GroupSpec:
    """Parameters with options of their own, by PyTorch's names: those that one of the patterns
    `params` names, such as "W1" or "b*". Each optimizer of the run takes those options that it
    has.
    """

    params: tuple[str, ...]
    options: Mapping[str, Any]

    def names(self, parameter: str) -> bool:
        """Whether it is a parameter of this group."""
        return any(fnmatchcase(parameter, pattern) for pattern in self.params)


@dataclass(frozen=True)
class ClipSpec:
    """Gradient clipping by the norm of gradients or by value: `kind` is "norm" or "value", and the
    norm the `norm_type`-norm, which is only shown where the limit is infinite. It is of the
    parameters that the patterns `params` name, of all where there are none.
    """

    kind: str
    limit: float
    norm_type: float = 2.0
    params: tuple[str, ...] = ()

    def names(self, parameter: str) -> bool:
        """Whether the gradient of a parameter is clipped so."""
        return not self.params or any(fnmatchcase(parameter, each) for each in self.params)


@dataclass(frozen=True)
class ScheduleSpec:
    """A learning-rate schedule of the table with its options, by PyTorch's names, that counts
    `by` "iteration" or by "pass" over the data. It has counted `done` of them before the run, or
    has `kept` numbers of the losses until then, () where it has seen none.
    """

    name: str
    options: Mapping[str, Any]
    by: str = "iteration"
    done: int = 0
    kept: tuple[float, ...] = ()


@dataclass(frozen=True)
class SwitchSpec:
    """From iteration `at` on, another optimizer, with fresh state."""

    at: int
    optimizer: OptimizerSpec


@dataclass(frozen=True)
class StopSpec:
    """A stop of a lesson: the place `at`, as `opens` has one, what is said there, and the element
    to `select`, "" for none; on the run itself where `optimizer` is "", else on the one of the
    two compared runs that has it, the one beside first.
    """

    at: str
    text: str
    select: str = ""
    optimizer: str = ""


WITHOUT_NETWORK = ("function", "gradients")
"""The tables of which a run without a network has one."""


@dataclass(frozen=True, eq=False)
class FunctionSpec:
    """A function `f` to minimise, a formula of variables and `constants`. θ are the variables
    `names` at `start` (variables,).
    """

    f: str
    names: tuple[str, ...]
    start: Array
    constants: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class GradientsSpec:
    """Gradients that are given, not computed: those of iteration t are row t of the samples x of
    the run's data, which begin again behind the last one where they `repeat`. θ is at `start`
    (elements,); its elements have `names` or (), as they need none.
    """

    start: Array
    repeat: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class DataSpec:
    """Samples x (samples, inputs) and targets y (samples, outputs), taken in mini-batches of
    `batch_size`, in order or shuffled anew on every pass; or in `batches`, the samples' numbers,
    from 0, of each mini-batch of each pass, of which the largest is `batch_size`. `classes` and
    `features` name the columns of y and x where the data does. `labels` says that the rows of y
    were made of class numbers; None, in sessions of earlier versions alone, that they were if each
    names one class. `weights` (samples,) are how much the loss of each sample counts, None where
    all count alike. NumPy's generator shuffles them where `drawn` is None, else PyTorch's, by which
    so many words of 32 bits have been drawn before the first pass. The samples `held` out, in
    order, are never trained on: they are tested with after each `test_every`, "pass" or
    "iteration". One update is made of the gradients of `accumulate` mini-batches, by their
    mean, or by their sum where `accumulate_mean` is False.
    """

    x: Array
    y: Array
    batch_size: int
    shuffle: bool = False
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    labels: bool | None = False
    batches: tuple[tuple[tuple[int, ...], ...], ...] = ()
    weights: Array | None = None
    drawn: int | None = None
    held: tuple[int, ...] = ()
    test_every: str = "pass"
    accumulate: int = 1
    accumulate_mean: bool = True

    @property
    def samples(self) -> int:
        """How many samples are trained on."""
        return len(self.x) - len(self.held)

    @property
    def largest(self) -> int:
        """The samples of the largest mini-batch."""
        return self.batch_size if self.batches else min(self.batch_size, self.samples)


@dataclass(frozen=True, eq=False)
class RunSpec:
    """A whole run. `compare` is the optimizer that is set beside the run's own; `beside` is a whole
    run that is instead, which differs in other parts. No parameter is of two `groups`. Gradients
    are clipped by `clip`, or else those of some parameters by `clips`, none by two of these. There
    is no `penalty` where every λ is 0. The screen `opens` at a place, "" for the start; the stops
    of its `lesson` are gone through in their order. What there is `instead` of a network gives the
    gradients of a vector θ; such a run has no layers.
    """

    name: str
    title: str
    data: DataSpec
    layers: tuple[LayerSpec, ...]
    loss: LossSpec
    optimizer: OptimizerSpec
    compare: OptimizerSpec | None = None
    clip: ClipSpec | None = None
    schedule: ScheduleSpec | None = None
    switches: tuple[SwitchSpec, ...] = ()
    groups: tuple[GroupSpec, ...] = ()
    clips: tuple[ClipSpec, ...] = ()
    seed: int = 0
    dtype: str = "float64"
    iterations: int = 2
    teaches: str = ""
    opens: str = ""
    lesson: tuple[StopSpec, ...] = ()
    beside: RunSpec | None = None
    penalty: PenaltySpec | None = None
    instead: FunctionSpec | GradientsSpec | None = None

    @property
    def has_loss(self) -> bool:
        """Whether the run computes a loss, and is not given its gradients."""
        return not isinstance(self.instead, GradientsSpec)

    @property
    def furthest(self) -> int:
        """How many iterations the run can have: as many as it has gradients, where these are given
        and do not repeat.
        """
        given = isinstance(self.instead, GradientsSpec) and not self.instead.repeat
        return len(self.data.x) if given else MOST_ITERATIONS

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units from the inputs to the outputs."""
        return (self.data.x.shape[1], *(layer.units for layer in self.layers))

    @property
    def clippings(self) -> tuple[ClipSpec, ...]:
        """All that clips gradients."""
        return (self.clip,) if self.clip else self.clips

    def with_optimizer(
        self, optimizer: OptimizerSpec, compare: OptimizerSpec | None = None
    ) -> RunSpec:
        """The same run under another optimizer."""
        return replace(self, optimizer=optimizer, compare=compare)
