"""Samples, mini-batches, passes: where 1/N goes, and what a gradient is the mean of."""

from __future__ import annotations

import numpy as np

from engine.analysis.questions.base import (
    Answer,
    Cell,
    Question,
    Say,
    Scene,
    Table,
    always,
    by_kind,
    line,
    made,
    parameter,
    total,
)
from engine.analysis.whole import whole_gradient
from engine.catalog.losses import loss as bound
from engine.catalog.symbols import GRADIENTS, Symbol
from engine.formula import expr as ex
from engine.program.parameters import trained, users
from engine.spec.data import Batches
from engine.spec.run import DataSpec

SHOWN = 4
"""So many samples' gradients are written out, those of the largest."""


def _learned(scene: Scene) -> list[Symbol]:
    return [name for name in trained(scene.spec) if scene.has(name.gradient)]


def _weight(scene: Scene) -> Symbol:
    """The parameter that is asked of; where none is, the last weights."""
    names = _learned(scene)
    usual = next((name for name in reversed(names) if name.kind.key == "W"), names[-1])
    return parameter(scene, [usual, *names])


def _shares(scene: Scene, name: Symbol, place: tuple[int, ...]) -> list[tuple[int, float]]:
    """What each sample gives to a gradient's element, in all layers that have the parameter."""
    terms = np.array([term.value for term in scene.shares(name, place)])
    layers = len(users(scene.spec, name))
    by_sample = terms.reshape(layers, scene.samples, -1).sum(axis=(0, 2))
    return list(enumerate(by_sample.tolist()))


def _divisor(scene: Scene) -> float:
    return float(scene.array("N")) if scene.divided else 1.0


def _of_errors(scene: Scene, name: Symbol, place: tuple[int, ...]) -> str:
    """What the samples' shares of a gradient add up to."""
    written = scene.name(name.gradient, place)
    return f"{written} without its penalty" if scene.penalty(name, place) else written


def _no_mean(scene: Scene) -> str:
    if scene.spec.loss.reduction == "sum":
        return "This loss is a sum: nothing is divided by N."
    if not scene.divided:
        return "One sample at a time: N is 1 and changes nothing. Try the run xor or iris."
    if not _learned(scene):
        return "No parameter learns here."
    return ""


def _where_n(scene: Scene) -> Answer:
    depth, name = scene.depth, _weight(scene)
    end = f"delta{depth}" if not scene.has("dyhat") else "dyhat"
    divisor, place = _divisor(scene), scene.picked(name)
    shares = _shares(scene, name, place)
    ordered = sorted(shares, key=lambda share: -abs(share[1]))
    gradient = sum(share for _, share in shares)
    mean = [made(share * divisor) for _, share in ordered]
    found: Answer = [
        Say(
            f"Once, where the error begins: the loss is a mean of N = {scene.number(divisor)}, so"
            f" its slope {{{end}}} has 1/N in it. All that follows is made of it, and only added:"
        ),
        scene.arithmetic(end, scene.picked(end)),
        total(f"{_of_errors(scene, name, place)}, 1/N in δ", [made(x) for _, x in ordered]),
        line("the mean of single gradients", ex.div(ex.add(*mean), scene.num("N"))),
        Say("The two are one number. Divided once more, it would be too small by N:"),
        line("1/N twice", ex.div(made(gradient), scene.num("N"))),
        Say("The learning rate is not divided either: SGD takes η times the mean."),
    ]
    last = scene.spec.layers[-1].activation
    if bound(scene.spec.loss, scene.spec.data, last).per_element:
        units = scene.spec.sizes[-1]
        found.insert(1, Say(f"This loss counts elements: N = {scene.samples} samples × {units}."))
    return found


def _one_sample(scene: Scene) -> str:
    if scene.samples == 1 and scene.spec.data.samples == 1:
        return "The data is one sample. Try the run mini-batch."
    if not _learned(scene):
        return "No parameter learns here."
    return ""


def _mean_of(scene: Scene) -> Answer:
    name = _weight(scene)
    place, divisor = scene.picked(name), _divisor(scene)
    rows = Batches(scene.spec.data, scene.spec.seed).rows(scene.t)
    ordered = sorted(_shares(scene, name, place), key=lambda share: -abs(share[1]))
    written = _of_errors(scene, name, place)
    mean = scene.divided
    head: tuple[str, ...] = ("", "its gradient", "over N")
    added = "all over N"
    table: list[tuple[Cell, ...]] = [
        (f"sample {rows[n] + 1}", share * divisor, share) for n, share in ordered[:SHOWN]
    ]
    if not mean:
        head, table, added = head[:2], [row[:2] for row in table], "all added up"
    zeros = sum(share == 0 for _, share in ordered)
    found: Answer = [
        Say(
            f"{written} is the {'mean' if mean else 'sum'} of what each of {scene.samples} samples"
            " alone would give:"
        ),
        Table(head, tuple(table)),
    ]
    if len(ordered) > SHOWN:
        others = f"The other {len(ordered) - SHOWN} are smaller"
        found.append(Say(f"{others}, {zeros} of them 0." if zeros else f"{others}."))
    found.append(total(f"{written}, {added}", [made(share) for _, share in ordered]))
    data = scene.spec.data
    if scene.samples < data.samples:
        many = f"{data.samples} samples" + (" that are trained on" if data.held else "")
        written = scene.name(name.gradient, place)
        whole = float(whole_gradient(scene.trace, scene.spec, name)[place])
        mine = float(scene.array(name.gradient)[place])
        found += [
            Say(f"It stands for the gradient of all {many} at these parameters:"),
            line(f"{written} of all", made(whole), "the same formula over the whole data"),
            line("this mini-batch is off by", ex.sub(made(mine), made(whole))),
        ]
    return found


def _epoch(scene: Scene) -> Answer:
    data = scene.spec.data
    batches = Batches(data, scene.spec.seed)
    epoch, own = batches.pass_of(scene.t) + 1, batches.of_pass(scene.t)
    rows = batches.rows(scene.t) + 1
    listed = ", ".join(map(str, rows[:8])) + (", …" if len(rows) > 8 else "")
    has = f"epoch has {len(own)} iteration{'s' * (len(own) != 1)}."
    return [
        Say(f"An iteration is one mini-batch: {_parts(data)}. An epoch is a pass."),
        *_sizes(scene, has),
        Say(f"Iteration {scene.t} is number {own.index(scene.t) + 1} of epoch {epoch}."),
        Say(f"It takes sample{'s' * (len(rows) != 1)} {listed}{_order(data)}."),
        Say(_updates(data)),
    ]


def _parts(data: DataSpec) -> str:
    every = "" if data.accumulate == 1 else f" in one of {data.accumulate}"
    return f"forward, loss, backward, update{every}"


def _updates(data: DataSpec) -> str:
    if data.accumulate == 1:
        return "Adam's t counts iterations, not epochs; the parameters change in every iteration."
    return (
        f"Adam's t counts updates; the parameters change in one of {data.accumulate} iterations,"
        " counted on over epochs."
    )


def _sizes(scene: Scene, has: str) -> Answer:
    """How many iterations an epoch has, which `has` says, and what that follows from."""
    if scene.spec.data.batches:
        return [Say(f"The run says what each takes; this {has}")]
    batches = Batches(scene.spec.data, scene.spec.seed)
    count, each, per_pass = batches.samples, batches.size, batches.per_pass
    found: Answer = [
        line("samples over batch size", ex.div(made_whole(count), made_whole(each))),
        Say(f"So an {has}"),
    ]
    if count % each:
        found.append(Say(f"The last of each epoch is smaller: {count % each} samples."))
    before = ex.div(made_whole(scene.t - 1), made_whole(per_pass))
    return [*found, line("iterations before, in epochs", before)]


def _order(data: DataSpec) -> str:
    if data.batches:
        return ""
    return ", shuffled anew in every epoch" if data.shuffle else ", in the order of the data"


def made_whole(count: int) -> ex.Expr:
    """A count as an operand."""
    return ex.num(float(count))


ROWS = (
    Question(
        id="one-over-n",
        asks="Where does 1/N go?",
        words="1/N mean average batch divide loss gradient reduction",
        raised=lambda s: by_kind("loss", "dataloss", "delta", "dyhat")(s) and _at_end(s.reads),
        missing=_no_mean,
        answer=_where_n,
        more=("delta", "xor", "iris"),
        place=5,
    ),
    Question(
        id="mini-batch",
        asks="What is a mini-batch's gradient the mean of?",
        words="mini-batch minibatch mean gradient samples whole data noise stochastic",
        raised=by_kind(*GRADIENTS),
        missing=_one_sample,
        answer=_mean_of,
        more=("dW", "mini-batch"),
        place=20,
    ),
    Question(
        id="epoch",
        asks="Epoch and iteration: which is which?",
        words="epoch iteration pass batch size count",
        raised=lambda step: step.number == 1,
        missing=always,
        answer=_epoch,
        more=("batch-order",),
        place=18,
    ),
)


def _at_end(reads: tuple[str, ...]) -> bool:
    return "yhat" in reads or "lossn" in reads
