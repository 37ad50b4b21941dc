"""Slopes: of what they are, and what the layers make of the error on its way down."""

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
    size,
    total,
)
from engine.catalog.activations import Elementwise, activation
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.expr import Expr
from engine.program.parameters import trained, users

H = 1e-3
SHOWN_LAYERS = 10
"""So many layers have a row: where there are more, the first and the last."""


def _sloped(scene: Scene) -> list[int]:
    """The layers whose slope is written with a alone."""
    found = []
    for number, layer in enumerate(scene.spec.layers, 1):
        row = activation(layer.activation, layer.activation_options)
        by_a = "{a}" in row.slope_formula and "{z}" not in row.slope_formula
        if isinstance(row, Elementwise) and by_a and scene.has(f"fprime{number}"):
            found.append(number)
    return found


def _no_slope(scene: Scene) -> str:
    if not _sloped(scene):
        return "No slope here is written with a: the activations have others (:help lists them)."
    return ""


def _a_or_z(scene: Scene) -> Answer:
    layers = _sloped(scene)
    number = scene.layer("fprime", layers[0])
    number = number if number in layers else layers[0]
    layer = scene.spec.layers[number - 1]
    row = activation(layer.activation, layer.activation_options)
    assert isinstance(row, Elementwise)
    place = scene.picked(f"fprime{number}")
    z, a = scene.num(f"z{number}", place), scene.num(scene.out(number), place)
    name = row.name
    by_a = row.slope_formula.replace("{a}", "a")
    by_z = row.slope_formula.replace("{a}", "z")

    def at(x: Expr) -> Expr:
        return row.value(x)

    up, down = ex.num(round(z.value, 6) + H), ex.num(round(z.value, 6) - H)
    measured = ex.div(ex.sub(at(up), at(down)), ex.num(2 * H))
    return [
        Say(f"{by_a}, with a = {name} z. The slope of {name} at z, in two ways, and measured:"),
        line(f"{by_a}", row.slope_value(z, a)),
        line(f"{by_z}", row.slope_value(z, z), "z put in the place of a"),
        line("measured", measured, f"{name} at z ± {H}, over {2 * H}"),
        Say(
            f"a is at hand from the way up, so no {name} is computed twice. Near z = 0, where a ≈ z"
            " for tanh, the mistake hardly shows; far from it it does."
        ),
        line("a − z", ex.sub(a, z)),
    ]


# -- a slope that is learned -----------------------------------------------------------------------


def _taught(scene: Scene) -> list[Symbol]:
    return [s for s in trained(scene.spec) if s.kind.key == "alpha" and scene.has(s.gradient)]


def _no_slope_learned(scene: Scene) -> str:
    if not _taught(scene):
        return "No slope is learned here: of the activations prelu has such."
    return ""


def _who_teaches(scene: Scene) -> Answer:
    learned = _taught(scene)
    wanted = scene.layer("dalpha", scene.symbol.layer or 0)
    name = next((each for each in learned if each.layer == wanted), learned[0])
    place = scene.picked(name)
    sums = [scene.array(f"z{layer}") for layer in users(scene.spec, name)]
    met = np.concatenate([(z[:, place[0]] if place else z).ravel() for z in sums])
    has = f"{int((met < 0).sum())} of the {met.size} sums that it is for are below 0"
    terms = scene.shares(name, place) + scene.penalty(name, place)
    written, gradient = scene.name(name.gradient, place), float(scene.array(name.gradient)[place])
    told, way = bool(gradient) and np.isfinite(gradient), "smaller" if gradient > 0 else "larger"
    return [
        Say(
            f"Above 0 a is z, whatever {{{name}}} is; below it is {{{name}}}·z, whose slope by"
            f" {{{name}}} is z; {has}:"
        ),
        total(written, [each for each in terms if each.value] or terms[:1], "∂L/∂a times z"),
        *([Say(f"A slightly {way} slope would lower the loss. By two passes:")] if told else []),
        scene.slope(name, place),
    ]


# -- layer by layer --------------------------------------------------------------------------------


def _layers(scene: Scene) -> list[int]:
    return [n for n in range(1, scene.depth + 1) if scene.has(f"delta{n}")]


def _one_layer(scene: Scene) -> str:
    if len(_layers(scene)) < 2:
        return "Only one layer has an error here. Try the run ten-layers."
    return ""


def _little(scene: Scene) -> Answer:
    layers = _layers(scene)
    kept = layers if len(layers) <= SHOWN_LAYERS else [*layers[:3], *layers[-4:]]
    sizes = {n: size(scene.array(f"delta{n}")) for n in layers}
    rows: list[tuple[Cell, ...]] = []
    for n in reversed(kept):
        dW = size(scene.array(f"dW{n}")) if scene.has(f"dW{n}") else float("nan")
        if n == scene.depth:
            rows.append((f"{n}", dW, "", "", sizes[n]))
            continue
        back = size(scene.array(f"da{n}"))
        through = back / sizes[n + 1] if sizes[n + 1] else float("nan")
        slope = sizes[n] / back if back else float("nan")
        rows.append((f"{n}", dW, through, slope, sizes[n]))
    first, last = layers[0], layers[-1]
    found: Answer = [
        Say("‖δ‖ layer by layer, and what each puts in: ‖Wᵀ·δ‖/‖δ‖ of the layer above, and f′."),
        Table(
            ("layer", "‖∂L/∂W‖", "by Wᵀ", "by f′", "‖δ‖"),
            tuple(rows),
            bars=tuple(sizes[n] for n in reversed(kept)),
        ),
    ]
    if len(kept) < len(layers):
        found.append(Say(f"Layers {kept[2] + 1} to {kept[3] - 1} are not shown."))
    if sizes[last] and sizes[first]:
        steps = last - first
        share = sizes[first] / sizes[last]
        found.append(
            line(f"‖δ[{first}]‖/‖δ[{last}]‖", ex.div(made(sizes[first]), made(sizes[last])))
        )
        if steps > 1:
            mean = scene.number(share ** (1 / steps))
            found.append(Say(f"On average each of the {steps} layers multiplies it by {mean}."))
    steepest = _steepest(scene, layers[:-1])
    if steepest:
        found.append(Say(steepest))
    return found


def _steepest(scene: Scene, layers: list[int]) -> str:
    """What the slopes can do at most, where it is less than 1."""
    slopes = [scene.array(f"fprime{n}") for n in layers if scene.has(f"fprime{n}")]
    if not slopes:
        return ""
    most = max(float(np.abs(each).max()) for each in slopes)
    mean = float(np.mean([np.abs(each).mean() for each in slopes]))
    return f"The slopes are {scene.number(most)} at most, {scene.number(mean)} in the mean."


ROWS = (
    Question(
        id="a-or-z",
        asks="1 − a² or 1 − z²?",
        words="slope derivative tanh sigmoid 1-a^2 1-z^2 a² z² prime",
        raised=by_kind("fprime"),
        missing=_no_slope,
        answer=_a_or_z,
        more=("fprime", "saturated-tanh"),
        place=6,
    ),
    Question(
        id="slope-learned",
        asks="What does the slope of prelu learn from?",
        words="prelu alpha slope learned negative samples below zero parameter leaky",
        raised=by_kind("dalpha"),
        missing=_no_slope_learned,
        answer=_who_teaches,
        more=("dalpha",),
        place=27,
    ),
    Question(
        id="vanishing",
        asks="Why do the first layers get so little?",
        words="vanishing exploding gradient first layers little small deep delta norm",
        raised=by_kind("da", "delta"),
        missing=_one_layer,
        answer=_little,
        more=("delta", "ten-layers", "ten-layers-relu"),
        place=25,
    ),
)
