"""Where the loss is another one, or of something else, or divided by something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.against.guesses.row import Alternative, Tries, only
from engine.against.guesses.setting import Read, Setting, read
from engine.catalog.losses import LOSSES
from engine.catalog.row import digits
from engine.catalog.symbols import GRADIENTS, Symbol
from engine.spec.data import Batches
from engine.spec.run import Array, DataSpec, LayerSpec, LossSpec, RunSpec

OF_LOSS = ("loss", "lossn", "delta", "dyhat", "da", *GRADIENTS)
"""What grows with the loss."""
MOST_BROADCAST = 100
"""So large mini-batches are tried with every output beside every target."""
FIRST = ("loss", "lossn", "delta", "dyhat", *GRADIENTS, "da")
"""Where another loss can show first."""


def _times(s: Setting, factor: float) -> Read:
    """The loss and all gradients times a factor."""

    def of(symbol: Symbol) -> Array | None:
        if symbol.prefix or symbol.kind.key not in OF_LOSS:
            return None
        ours = s.scene.value(symbol)
        return None if ours is None else np.asarray(ours * ours.dtype.type(factor))

    return of


def _factors(s: Setting) -> Iterator[tuple[str, str, float]]:
    """Family, how it is told, and by what all is multiplied."""
    n, k, divisor = s.samples, s.outputs, s.divisor
    if s.mean and divisor != 1:
        counted = f"{digits(divisor)} {'elements' if s.per_element and k > 1 else 'samples'}"
        yield "reduction", f"the sum over the {counted}, where the run takes the mean", divisor
        yield "share-twice", f"1/N taken twice, N = {digits(divisor)}", 1 / divisor
    if not s.mean:
        told = "the mean over the mini-batch, where the run takes the sum"
        yield "reduction", told, 1 / divisor
        if k > 1:
            yield "reduction", "the mean over the samples, where the run takes the sum", 1 / n
    if s.mean and k > 1:
        if s.per_element:
            told = f"the mean over the samples of the sum over the {k} outputs"
            yield "outputs", f"{told}, where the run's mean is over both", float(k)
            yield "reduction", "the mean over the outputs, summed over the samples", float(n)
        else:
            told = f"the mean over the {k} outputs too, where the run's is over the samples"
            yield "outputs", told, 1 / k
    data = s.scene.spec.data
    usual, whole = Batches(data, s.scene.spec.seed).size, data.samples
    if s.mean and usual != n:
        told = f"divided by {usual}, the usual size of a mini-batch, where this one has {n} samples"
        yield "usual-size", told, n / usual
    if s.mean and whole not in (n, usual):
        yield "all-samples", f"divided by all {whole} samples and not by the {n} of this", n / whole
    yield "half", "half as much: a factor ½ too many, or a 2 that is missing", 0.5
    more = "" if s.symbol.kind.key in ("loss", "lossn") else ", or a backward pass that ran twice"
    yield "twice", f"twice as much: a factor 2 too many, or a ½ that is missing{more}", 2.0
    yield "sign", "the sign turned", -1.0


def _factor(family: str, rank: int) -> Alternative:
    def tries(s: Setting) -> Tries:
        for key, told, factor in _factors(s):
            if key == family and factor != 1:
                yield told, _times(s, factor)

    return Alternative(key=family, kinds=FIRST, tries=tries, rank=rank)


def _with_loss(s: Setting, spec: LossSpec, last: str = "") -> RunSpec:
    """The run under another loss, behind another last activation where one is named."""
    layers = s.spec.layers
    if last:
        layers = (
            *layers[:-1],
            replace(layers[-1], activation=last, activation_options={}, alpha=None),
        )
    return replace(s.spec, loss=spec, layers=layers)


def _reduced(s: Setting) -> Tries:
    """The same loss in another reduction: a mean over the weights of classes is no factor."""
    own = s.spec.loss
    for reduction in LOSSES[own.name].reductions:
        trace = s.under(_with_loss(s, replace(own, reduction=reduction)))
        if trace is not None and reduction != own.reduction:
            told = f"the {reduction} over the mini-batch, where the run takes the {own.reduction}"
            yield told, read(trace)


def _others(s: Setting) -> Tries:
    """Every loss of the table that takes such outputs."""
    own = s.spec.loss
    for name, row in LOSSES.items():
        if name == own.name:
            continue
        for reduction in row.reductions:
            trace = s.under(_with_loss(s, LossSpec(name, reduction)))
            if trace is not None:
                how = "" if reduction == own.reduction else f", its {reduction}"
                told = f"the loss {_plain(name)}{how} in the place of {_plain(own.name)}"
                yield told, read(trace)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _options(s: Setting) -> Tries:
    """The same loss with other options."""
    own = s.spec.loss
    for options, told in _other_options(own):
        trace = s.under(_with_loss(s, LossSpec(own.name, own.reduction, options)))
        if trace is not None:
            yield told, read(trace)


def _other_options(own: LossSpec) -> Iterator[tuple[dict[str, object], str]]:
    for name in own.options:
        rest = {key: value for key, value in own.options.items() if key != name}
        yield rest, f"{name} left out"
    if len(own.options) > 1:
        yield {}, f"{_plain(own.name)} with none of the run's options"
    if "label_smoothing" in LOSSES[own.name].options:
        for share in (0.1, 0.05, 0.2):
            if share != own.options.get("label_smoothing", 0.0):
                told = f"label_smoothing {digits(share)}"
                yield {**own.options, "label_smoothing": share}, told


def _again(s: Setting) -> Tries:
    """A network whose outputs go through the last activation once more, as if they were sums."""
    layers = s.spec.layers
    last = layers[-1]
    if last.activation not in ("softmax", "sigmoid", "log_softmax"):
        return
    eye = np.eye(last.units, dtype=last.W.dtype)
    more = LayerSpec(last.units, last.activation, eye, None, frozenset({"W"}))
    trace = s.under(replace(s.spec, layers=(*layers, more)))
    if trace is not None:
        name = _plain(last.activation)
        told = f"{name} twice: the loss takes what {name} puts out for sums, and takes it again"
        yield told, _without(read(trace), len(layers) + 1, "yhat")


def _without(of: Read, layer: int, *names: str) -> Read:
    """What a longer network has in common with the run."""
    return lambda asked: None if asked.layer == layer or asked in names else of(asked)


def _no_log(s: Setting) -> Tries:
    """A likelihood that takes probabilities for their logarithms."""
    if s.spec.loss.name not in ("cross_entropy", "nll", "cross_entropy_of_outputs"):
        return
    yhat, y, z = s.now("yhat"), s.now("y"), s.now(f"z{len(s.spec.layers)}")
    if yhat is None or y is None or z is None:
        return
    divisor = s.divisor if s.mean else 1.0
    for taken, told in (
        (yhat, "the logarithm left out: probabilities are taken for log-probabilities"),
        (z, "log-softmax left out: the sums are taken for log-probabilities"),
    ):
        yield told, only(s.symbol, _loss(s, -(y * taken).sum(axis=1), divisor))


def _loss(s: Setting, of_samples: Array, divisor: float) -> Array | None:
    if s.symbol == "lossn":
        return of_samples
    total = of_samples.dtype.type(of_samples.sum() / divisor)
    return np.asarray(total) if s.symbol == "loss" else None


def _of_sums(s: Setting) -> Tries:
    """The loss of z, which is taken for the output, or of another activation's output."""
    own = s.spec.layers[-1].activation
    for last, told in (
        ("identity", f"the loss is of the sums: {_plain(own)} left out"),
        ("sigmoid", "the loss is of sigmoid's outputs"),
        ("softmax", "the loss is of softmax's outputs"),
    ):
        if last != own:
            trace = s.under(_with_loss(s, s.spec.loss, last))
            if trace is not None:
                yield told, _without(read(trace), -1, "yhat")


def _broadcast(s: Setting) -> Tries:
    """Outputs (N, 1) and targets (N): every output is held against every target."""
    spec, n = s.spec, s.samples
    single = s.per_element and s.outputs == 1 and spec.data.weights is None
    if not single or not 1 < n <= MOST_BROADCAST:
        return
    x, y = np.repeat(spec.data.x, n, axis=0), np.tile(spec.data.y, (n, 1))
    trace = s.under(replace(spec, data=DataSpec(x, y, n * n)))
    if trace is not None:
        told = f"broadcast: outputs of shape ({n}, 1) beside targets of shape ({n},), all pairs"
        whole = read(trace)
        yield told, lambda asked: whole(asked) if asked == "loss" or asked.parameter else None


def _last_loss(s: Setting) -> Tries:
    last = s.last(s.symbol)
    if last is not None:
        yield "that of the iteration before", only(s.symbol, last)
        yield "added to that of the iteration before", only(s.symbol, s.ours + last)


ROWS = (
    _factor("reduction", 0),
    Alternative(key="reduction", kinds=FIRST, tries=_reduced, rank=0),
    _factor("outputs", 0),
    _factor("usual-size", 0),
    _factor("half", 1),
    _factor("twice", 1),
    _factor("sign", 1),
    _factor("all-samples", 1),
    _factor("share-twice", 2),
    Alternative(key="broadcast", kinds=FIRST, tries=_broadcast, rank=0),
    Alternative(key="activation-twice", kinds=FIRST, tries=_again, rank=0),
    Alternative(key="log-left-out", kinds=("loss", "lossn"), tries=_no_log, rank=0),
    Alternative(key="loss-of-sums", kinds=FIRST, tries=_of_sums, rank=1),
    Alternative(key="loss-options", kinds=FIRST, tries=_options, rank=2),
    Alternative(key="loss", kinds=FIRST, tries=_others, rank=4),
    Alternative(key="loss-before", kinds=("loss",), tries=_last_loss, rank=3),
)
