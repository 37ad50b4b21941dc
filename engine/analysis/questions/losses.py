"""What a loss is about: another one on the same ŷ, the least possible, and softmax before it."""

from __future__ import annotations

import numpy as np

from engine.analysis.questions.base import (
    Answer,
    Cell,
    Question,
    Say,
    Scene,
    Table,
    by_kind,
    line,
    made,
)
from engine.catalog.losses.parts import entropy
from engine.formula import expr as ex
from engine.formula.calls import Array
from engine.formula.expr import Expr
from engine.program.step import Step

LARGE_SHIFT = 1000.0
"""So much is added to the sums to see what e^z does."""


# -- another loss ----------------------------------------------------------------------------------


def _no_shares(scene: Scene) -> str:
    last = scene.spec.layers[-1].activation
    if last not in ("softmax", "sigmoid"):
        return f"ŷ is no share here but {last} of z; cross-entropy is of shares."
    return ""


def _another(scene: Scene) -> Answer:
    n = scene.sample % scene.samples
    softmax = scene.spec.layers[-1].activation == "softmax"
    yhat = scene.array("yhat")[n].astype(float)
    y = scene.trace.known("y", 0)[n].astype(float)
    j = int(np.abs(yhat - y).argmax())
    slopes = np.diag(yhat) - np.outer(yhat, yhat) if softmax else np.diag(yhat * (1 - yhat))
    square = slopes @ (2 * (yhat - y) / len(y))
    entropy_delta = yhat - y
    terms = [
        ex.power(ex.sub(scene.num("yhat", (n, i)), scene.num("y", (n, i))), 2)
        for i in range(len(y))
    ]
    mse = ex.div(ex.add(*terms), ex.num(float(len(y))))
    rows: list[tuple[Cell, ...]] = [
        (f"output {i + 1}", float(yhat[i]), float(y[i]), float(entropy_delta[i]), float(square[i]))
        for i in np.argsort(-np.abs(entropy_delta))[:4]
    ]
    found: Answer = [
        Say("The same ŷ and y of one sample under two losses, and δ = ∂L/∂z of each:"),
        line("cross-entropy", _cross_entropy(scene, n, softmax)),
        line("mse", mse),
        Table(("", "ŷ", "y", "δ, cross-entropy", "δ, mse"), tuple(rows)),
        line(
            "slope ŷ·(1 − ŷ)",
            ex.mul(scene.num("yhat", (n, j)), ex.sub(ex.num(1.0), scene.num("yhat", (n, j)))),
        ),
    ]
    ratio = float(square[j] / entropy_delta[j]) if entropy_delta[j] else float("nan")
    found.append(
        Say(
            f"For output {j + 1}, the farthest off, mse gives {scene.number(ratio)} times as much."
            " It is multiplied by that slope, which is near 0 where ŷ is sure, right or wrong."
            " Cross-entropy's logarithm cancels it: the more wrong, the more is learned."
        )
    )
    return found


def _cross_entropy(scene: Scene, n: int, softmax: bool) -> Expr:
    y = scene.trace.known("y", 0)[n]
    terms: list[Expr] = []
    for i in range(len(y)):
        target, yhat = scene.num("y", (n, i)), scene.num("yhat", (n, i))
        if target.value:
            terms.append(ex.mul(target, ex.fn("log", yhat)))
        if not softmax and target.value != 1:
            rest = ex.sub(ex.num(1.0), target)
            terms.append(ex.mul(rest, ex.fn("log", ex.sub(ex.num(1.0), yhat))))
    return ex.neg(ex.add(*terms))


# -- soft labels -----------------------------------------------------------------------------------


def _not_soft(scene: Scene) -> str:
    y = scene.trace.known("y", 0)
    shares = (y >= 0).all() and np.allclose(y.sum(axis=1), 1)
    smoothed = scene.spec.loss.options.get("label_smoothing")
    if not shares or (np.isin(y, (0, 1)).all() and not smoothed):
        return "The targets are hard: the least loss is 0. Try the run soft-labels."
    return ""


def _soft(scene: Scene) -> Answer:
    n = scene.sample % scene.samples
    smoothing = float(scene.spec.loss.options.get("label_smoothing") or 0)
    targets = _targets(scene, smoothing)
    t = targets[n]
    yhat = scene.array("yhat")[n].astype(float)
    target = [made(float(x)) if smoothing else scene.num("y", (n, i)) for i, x in enumerate(t)]
    kept = [i for i, x in enumerate(t) if x]
    least = ex.neg(ex.add(*(ex.mul(target[i], ex.fn("log", target[i])) for i in kept)))
    here = ex.neg(
        ex.add(*(ex.mul(target[i], ex.fn("log", scene.num("yhat", (n, i)))) for i in kept))
    )
    what = "the smoothed targets" if smoothing else "the targets"
    found: Answer = [
        Say(f"−Σ y·log ŷ is least where ŷ is {what}, and there it is not 0 but their entropy:"),
        line("least loss", least),
        line("loss here", here, "of this sample"),
        line(
            "what can still be won",
            ex.sub(made(here.value), made(least.value)),
            "the divergence of ŷ from y",
        ),
        Say(
            "There δ = ŷ − y is 0 as well: training comes to rest at that loss, which is no fault."
        ),
    ]
    if scene.samples > 1:
        everywhere = float(np.mean([entropy(row.tolist()) for row in targets]))
        found.append(line("least mean loss of this mini-batch", made(everywhere)))
    if abs(entropy(t.tolist()) - least.value) > 1e-9 * max(1.0, abs(least.value)):
        found.append(Say("Shares that are 0 add nothing."))
    found.append(line("ŷ − y of the first output", ex.sub(made(float(yhat[0])), target[0])))
    return found


def _targets(scene: Scene, smoothing: float) -> Array:
    """The targets of the mini-batch (samples, outputs), smoothed."""
    y = scene.trace.known("y", 0).astype(np.float64)
    found: Array = (1 - smoothing) * y + smoothing / y.shape[1]
    return found


# -- the maximum -----------------------------------------------------------------------------------


def _no_softmax(scene: Scene) -> str:
    if scene.spec.layers[-1].activation != "softmax":
        return "The last layer is no softmax."
    return ""


def _maximum(scene: Scene) -> Answer:
    n = scene.sample % scene.samples
    name = f"z{scene.depth}"
    z = [scene.num(name, (n, i)) for i in range(scene.array(name).shape[1])]
    top = max(z, key=lambda e: e.value)
    far = [ex.num(round(e.value, 4) + LARGE_SHIFT) for e in z]
    far_top = max(far, key=lambda e: e.value)

    def shares(of: list[Expr], less: Expr | None) -> Expr:
        powers = [ex.fn("exp", ex.sub(e, less) if less else e) for e in of]
        return ex.div(powers[0], ex.add(*powers))

    power = scene.number(ex.fn("exp", far[0]).value)
    ratio = scene.number(shares(far, None).value)
    return [
        Say("It changes no share: e^(z − c) is e^z/e^c, and e^c stands above and below. Here:"),
        line(f"{scene.name('yhat', (n, 0))}, as it is computed", shares(z, top)),
        line("without the maximum", shares(z, None)),
        Say(
            f"But float64 ends at e^709, float32 at e^88. With {LARGE_SHIFT:g} added to each z,"
            f" e^{scene.number(far[0].value)} is {power}, and the share without it {ratio};"
        ),
        line("with it", shares(far, far_top)),
        Say("Less the maximum, the largest power is e^0 = 1: nothing overflows."),
    ]


OF_LOSS = by_kind("loss", "dataloss", "lossn")
"""Raised by the steps of the loss."""


def _of_the_outputs(step: Step) -> bool:
    """Raised by the loss and by the error of the outputs."""
    outputs = {"yhat", "dyhat"} & {*step.reads}
    return OF_LOSS(step) or (by_kind("delta")(step) and bool(outputs))


ROWS = (
    Question(
        id="another-loss",
        asks="What would another loss say of the same ŷ?",
        words="mse cross-entropy compare loss saturation squared error classification",
        raised=_of_the_outputs,
        missing=_no_shares,
        answer=_another,
        more=("loss", "saturated-mse", "saturated-entropy"),
        place=21,
    ),
    Question(
        id="soft-labels",
        asks="Soft labels: what is the least loss possible?",
        words="soft labels smoothing entropy minimum least loss zero kl divergence",
        raised=OF_LOSS,
        missing=_not_soft,
        answer=_soft,
        more=("loss", "soft-labels"),
        place=22,
    ),
    Question(
        id="maximum",
        asks="Why is the maximum subtracted in softmax?",
        words="maximum max subtract softmax overflow stable logits numerically",
        raised=by_kind("yhat"),
        missing=_no_softmax,
        answer=_maximum,
        more=("yhat",),
        place=14.5,
    ),
)
