"""Units that do not learn: dead ones, and those that stay equal."""

from __future__ import annotations

import numpy as np

from engine.analysis.questions.base import (
    Answer,
    Question,
    Say,
    Scene,
    Table,
    by_kind,
    by_update,
    line,
)
from engine.catalog.activations import Activation, Elementwise, activation
from engine.catalog.optimizers import OPTIMIZERS
from engine.formula import expr as ex
from engine.formula.calls import Array
from engine.program.parameters import held
from engine.program.penalty import penalty_of

LEAK = 0.01
"""The slope below 0 that is tried in the place of 0."""
NEAR = 1e-6
"""So far on both sides of a kink its slopes are looked at."""


def _dead(scene: Scene) -> list[tuple[int, int]]:
    """The units, by layer and number, whose slope is 0 for every sample of the mini-batch."""
    found = []
    for number in range(1, scene.depth + 1):
        if not scene.has(f"fprime{number}"):
            continue
        off = (scene.array(f"fprime{number}") == 0).all(axis=0)
        found += [(number, int(unit)) for unit in np.flatnonzero(off)]
    return found


def _none_dead(scene: Scene) -> str:
    if not _dead(scene):
        return "No unit's slope is 0 for all samples here. Try the run dead-unit."
    return ""


def _chosen(scene: Scene) -> tuple[int, int]:
    """The dead unit that the selection is in, or else the first."""
    dead = _dead(scene)
    if scene.symbol.layer and scene.index:
        unit = scene.index[1] if scene.symbol.batchwise and len(scene.index) > 1 else scene.index[0]
        if (scene.symbol.layer, unit) in dead:
            return scene.symbol.layer, unit
    return dead[0]


def _why_dead(scene: Scene) -> Answer:
    number, unit = _chosen(scene)
    name = f"Unit {unit + 1} of layer {number}"
    row = activation(
        scene.spec.layers[number - 1].activation, scene.spec.layers[number - 1].activation_options
    )
    z = scene.array(f"z{number}")[:, unit].astype(float)
    nearest, away = _nearest(row, z)
    place = (nearest, unit)
    ends = {int(z.argmin()): "smallest sum", int(z.argmax()): "largest sum"}
    which = ends.get(nearest, "sum nearest to where it is not")
    of_all = "its only sample" if len(z) == 1 else f"all {len(z)} samples of this mini-batch"
    found: Answer = [
        Say(f"{name}: the slope of {row.name} is 0 for {of_all}. Its {which}:"),
        scene.arithmetic(f"z{number}", place),
        scene.arithmetic(f"fprime{number}", place),
    ]
    if scene.has(f"delta{number}"):
        found.append(scene.arithmetic(f"delta{number}", place))
    if scene.has(f"dW{number}"):
        largest = float(np.abs(scene.array(f"dW{number}")[unit]).max())
        said = f"So every gradient of its weights is {scene.number(largest)}: SGD leaves them."
        if _penalized(scene, number):
            said = f"So its weights have the slope of their penalty alone, {scene.number(largest)}"
            said += " at most: that draws them towards 0."
        found.append(Say(said))
    if away is not None:
        sum_, edge = scene.num(f"z{number}", place), ex.num(away)
        rises = away >= z[nearest]
        needed = ex.sub(edge, sum_) if rises else ex.sub(sum_, edge)
        way = "rise" if rises else "fall"
        found.append(line(f"its bias would have to {way} by more than", needed))
    found += _revived(scene, number, place)
    return found


def _nearest(row: Activation, z: Array) -> tuple[int, float | None]:
    """Which of a dead unit's sums is nearest to where the slope is not 0, and the edge of that;
    the largest, and None, where there is no such edge.
    """
    if not isinstance(row, Elementwise):
        return int(z.argmax()), None
    found = []
    for kink in row.kinks():
        below, above = (
            row.slope_value(ex.num(kink + side), ex.num(0)).value for side in (-NEAR, NEAR)
        )
        if (below == 0) is not (above == 0):
            beyond = np.where(z <= kink if below == 0 else z >= kink, abs(z - kink), np.inf)
            found.append((float(beyond.min()), int(beyond.argmin()), kink))
    if not found:
        return int(z.argmax()), None
    _, nearest, kink = min(found)
    return nearest, kink


def _revived(scene: Scene, number: int, place: tuple[int, int]) -> Answer:
    """What could bring it back."""
    found: Answer = []
    if number > 1 and any(scene.has(f"dW{n}") for n in range(1, number)):
        found.append(Say("What could: layers before it, whose updates move its inputs."))
    elif scene.samples < scene.spec.data.samples:
        found.append(Say("What could: other samples, in the next mini-batches."))
    elif _penalized(scene, number):
        found.append(Say("Nothing before it learns: what could is its own penalty."))
    else:
        found.append(Say("Nothing before it learns, and the data is all here: it stays so."))
    upstream = f"da{number}" if number < scene.depth else "dyhat"
    if scene.has(upstream) and float(scene.array(f"z{number}")[place]) <= 0:
        error = ex.mul(scene.num(upstream, place), ex.num(LEAK))
        found.append(line("with leaky_relu its δ would be", error, f"a slope of {LEAK} below 0"))
    if _moves_anyway(scene):
        found.append(Say("Here momentum or decay still moves its weights, without any gradient."))
    return found


def _penalized(scene: Scene, number: int) -> bool:
    """Whether the weights of a layer have a penalty."""
    return penalty_of(scene.spec, held(scene.spec, "W", number).name) is not None


def _moves_anyway(scene: Scene) -> bool:
    options = OPTIMIZERS[scene.spec.optimizer.name].complete(scene.spec.optimizer.options)
    return bool(options.get("momentum") or options.get("weight_decay"))


# -- equal weights ---------------------------------------------------------------------------------


def _equal(scene: Scene) -> tuple[int, int, int] | None:
    """The first two units of a layer, (layer, one, other), with the same weights in and out."""
    for number in range(1, scene.depth):
        W, after = scene.weights(number), scene.weights(number + 1)
        others = [each for kind in ("b", "alpha") if (each := _of_units(scene, kind, number))]
        seen: dict[tuple[bytes, bytes, tuple[float, ...]], int] = {}
        for j, row in enumerate(W):
            own = tuple(each[j] for each in others)
            key = ((row + 0.0).tobytes(), (after[:, j] + 0.0).tobytes(), own)
            if key in seen:
                return number, seen[key], j
            seen[key] = j
    return None


def _of_units(scene: Scene, kind: str, number: int) -> list[float]:
    """What the units of a layer have of a kind; [] where they have none, or one for all."""
    if kind not in scene.spec.layers[number - 1].kinds:
        return []
    found = scene.before(held(scene.spec, kind, number).name)
    return [float(x) for x in found] if found.ndim else []


def _none_equal(scene: Scene) -> str:
    if _equal(scene) is None:
        return "No two units have the same weights here. Try the run equal-weights."
    return ""


def _stay_equal(scene: Scene) -> Answer:
    found_units = _equal(scene)
    assert found_units is not None
    number, j, k = found_units
    n = scene.sample % scene.samples
    names = (f"unit {j + 1}", f"unit {k + 1}")
    out = scene.out(number)
    rows = [("a", float(scene.array(out)[n, j]), float(scene.array(out)[n, k]))]
    if scene.has(f"delta{number}"):
        delta = scene.array(f"delta{number}")
        rows.append(("δ", float(delta[n, j]), float(delta[n, k])))
    if scene.has(f"dW{number}"):
        dW, new = scene.array(f"dW{number}"), scene.array(f"W{number}")
        rows.append(("first gradient", float(dW[j, 0]), float(dW[k, 0])))
        rows.append(("first weight, new", float(new[j, 0]), float(new[k, 0])))
        apart = float(np.abs(new[j] - new[k]).max())
    else:
        apart = 0.0
    found: Answer = [
        Say(f"Units {j + 1} and {k + 1} of layer {number} have the same weights, in and out. So:"),
        scene.arithmetic(f"z{number}", (n, j)),
        scene.arithmetic(f"z{number}", (n, k)),
        Table(("", *names), tuple(rows)),
        line("largest difference of their new weights", ex.num(apart)),
    ]
    if not apart:
        found.append(
            Say(
                "The same inputs, the same errors, the same gradients, the same updates: they stay"
                " equal for ever, and are one unit. Random starting weights break this."
            )
        )
    return found


ROWS = (
    Question(
        id="dead",
        asks="Why is this unit dead, and what could revive it?",
        words="dead unit dying relu zero slope revive off",
        raised=by_kind("fprime"),
        missing=_none_dead,
        answer=_why_dead,
        more=("fprime", "dead-unit", "revived-unit"),
        place=12,
    ),
    Question(
        id="equal",
        asks="Why do equal weights stay equal?",
        words="equal weights symmetry breaking same zero initialization identical",
        raised=lambda step: by_kind("dW")(step) or by_update(step),
        missing=_none_equal,
        answer=_stay_equal,
        more=("dW", "equal-weights"),
        place=13,
    ),
)
