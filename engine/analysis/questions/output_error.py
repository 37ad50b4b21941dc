"""Why the error at the end is ŷ − y, and what the Jacobian of softmax has to do with it."""

from __future__ import annotations

from dataclasses import replace

from engine.analysis.questions.base import (
    Answer,
    Cell,
    Line,
    Question,
    Say,
    Scene,
    Table,
    by_kind,
    line,
    total,
)
from engine.catalog.losses import LOSSES
from engine.catalog.losses import loss as bound
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.program.step import Step

SMALLEST = 1e-300
"""Below this share −y/ŷ is no number to work with."""
SHOWN_UNITS = 4
"""Of a Jacobian so many rows and columns are shown."""


def _plain(scene: Scene) -> str:
    """What keeps δ from being ŷ − y."""
    spec = scene.spec
    row = LOSSES[spec.loss.name]
    last = spec.layers[-1].activation
    if row.joined != last:
        return f"{row.name.replace('_', ' ')} after {last}: here δ is ∂L/∂ŷ times the slope."
    if bound(spec.loss, spec.data, last).grad_value is not row.grad_value:
        return "This loss has weights or smoothed targets: δ has those in the place of y."
    if spec.data.weights is not None:
        return "The samples have weights here: δ has those in it too."
    if not scene.has(f"delta{scene.depth}"):
        return "No parameter learns here, so no δ is computed."
    if float(scene.array("yhat").min()) < SMALLEST:
        return "A share is 0 here, and −y/ŷ no number."
    return ""


def _output(scene: Scene) -> tuple[int, int]:
    n, j = scene.picked(f"delta{scene.depth}")
    return n, j


def _answer(scene: Scene) -> Answer:
    n, j = _output(scene)
    softmax = scene.spec.layers[-1].activation == "softmax"
    return _softmax(scene, n, j) if softmax else _sigmoid(scene, n, j)


def _end(scene: Scene, n: int, j: int) -> Answer:
    """ŷ − y itself, and δ where a mean divides it."""
    yhat, y = scene.num("yhat", (n, j)), scene.num("y", (n, j))
    names = scene.name("yhat", (n, j)), scene.name("y", (n, j))
    found: Answer = [line(f"{names[0]} − {names[1]}", ex.sub(yhat, y), "the same number")]
    delta = scene.arithmetic(f"delta{scene.depth}", (n, j))
    if scene.divided:
        found.append(replace(delta, note="the mean's 1/N with it"))
    return found


def _softmax(scene: Scene, n: int, j: int) -> Answer:
    depth, units = scene.depth, scene.array("yhat").shape[1]
    mine = scene.num("yhat", (n, j))
    found: Answer = [
        Say(
            f"δ is ∂L/∂{{z{depth}}}. z reaches the loss through every ŷ: each −y/ŷ times its slope,"
            " which of softmax is ŷᵢ·(1 − ŷⱼ) where i = j, else −ŷᵢ·ŷⱼ."
        )
    ]
    terms: list[Expr] = []
    for i in range(units):
        y, yhat = scene.num("y", (n, i)), scene.num("yhat", (n, i))
        if not y.value:
            continue
        by_yhat = ex.div(ex.neg(y), yhat)
        slope = ex.mul(yhat, ex.sub(ex.num(1), mine)) if i == j else ex.neg(ex.mul(yhat, mine))
        of_z = scene.name(f"z{depth}", (n, j))
        name = scene.name("yhat", (n, i))
        if len(terms) < SHOWN_UNITS:
            found += [line(f"∂L/∂{name}", by_yhat), line(f"∂{name}/∂{of_z}", slope)]
        terms.append(ex.mul(by_yhat, slope))
    found.append(total(f"∂L/∂{scene.name(f'z{depth}', (n, j))}", terms, "their products added up"))
    found += _end(scene, n, j)
    found.append(Say("ŷ cancels: −y/ŷ·ŷ leaves −y, and since the y add up to 1, ŷⱼ − yⱼ remains."))
    return found


def _sigmoid(scene: Scene, n: int, j: int) -> Answer:
    y, yhat = scene.num("y", (n, j)), scene.num("yhat", (n, j))
    spread = ex.mul(yhat, ex.sub(ex.num(1), yhat))
    by_yhat = ex.div(ex.sub(yhat, y), spread)
    name = scene.name("yhat", (n, j))
    return [
        Say("The slope of the loss by ŷ has ŷ·(1 − ŷ) below, that of the sigmoid has it above."),
        line(f"∂L/∂{name}", by_yhat),
        line(f"∂{name}/∂z", spread),
        line("their product", ex.mul(by_yhat, spread)),
        *_end(scene, n, j),
    ]


def _no_softmax(scene: Scene) -> str:
    if scene.spec.layers[-1].activation != "softmax":
        return "The last layer is no softmax. Try the run softmax."
    return ""


def _jacobian(scene: Scene) -> Answer:
    depth = scene.depth
    name = f"delta{depth}" if scene.has(f"delta{depth}") else "yhat"
    n, j = scene.picked(name)
    yhat = scene.array("yhat")[n]
    shown = range(min(SHOWN_UNITS, len(yhat)))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (f"∂ŷ{i + 1}", *(float(yhat[i] * ((i == k) - yhat[k])) for k in shown)) for i in shown
    )
    found: list[Line] = [
        Say("Every z moves every ŷ. The Jacobian has all those slopes, ŷᵢ·([i = j] − ŷⱼ):"),
        Table(("", *(f"∂z{k + 1}" for k in shown)), rows),
    ]
    if len(yhat) > SHOWN_UNITS:
        found.append(Say(f"These are {len(shown)} of {len(yhat)} rows and columns."))
    column = [scene.num("yhat", (n, i)) for i in range(len(yhat))]
    mine = column[j]
    terms = [ex.mul(each, ex.sub(ex.num(float(i == j)), mine)) for i, each in enumerate(column)]
    found.append(total(f"column {j + 1}", terms, "0: what one ŷ gains the others lose"))
    if scene.has(f"jac{depth}"):
        found.append(Say("Here it is needed: this loss is not joined with softmax."))
        found.append(scene.arithmetic(f"delta{depth}", (n, j)))
        return found
    if not _plain(scene):
        found.append(
            Say(
                f"With ∂L/∂ŷ = −y/ŷ it comes to {{yhat}} − {{y}}, so no step computes it:"
                f" {len(yhat)}×{len(yhat)} products for each sample are saved."
            )
        )
        found += _end(scene, n, j)
    return found


def _at_output(step: Step) -> bool:
    return step.symbol.kind.key in ("delta", "dyhat") and (
        "yhat" in step.reads or step.symbol.kind.key == "dyhat"
    )


ROWS = (
    Question(
        id="yhat-y",
        asks="Why is the output error ŷ − y?",
        words="delta output error softmax cross-entropy derivative joined yhat minus y",
        raised=_at_output,
        missing=_plain,
        answer=_answer,
        more=("delta", "softmax-jacobian"),
        place=1,
    ),
    Question(
        id="jacobian",
        asks="What is the Jacobian of softmax, and why was it not needed?",
        words="softmax jacobian matrix derivative",
        raised=lambda step: _at_output(step) or by_kind("yhat", "jac")(step),
        missing=_no_softmax,
        answer=_jacobian,
        more=("yhat", "jac", "softmax-jacobian"),
        place=14,
    ),
)
