"""Adam and its kin: the first step, bias correction, and ε."""

from __future__ import annotations

import numpy as np

from engine.analysis.questions.base import (
    MADE,
    Answer,
    Cell,
    Question,
    Say,
    Scene,
    Table,
    by_update,
    line,
    parameter,
    parameters_with,
    swapped,
    waits,
)
from engine.catalog.optimizers.adam import CORRECTION
from engine.catalog.symbols import Symbol
from engine.formula import expr as ex
from engine.formula.expr import Expr, Index
from engine.program.parameters import fed, group_of
from engine.program.step import Step
from engine.program.updates import FREE

TIMES = (1, 2, 10, 100)
PATIENCE = 0.05
"""Seconds that training on for an answer may take."""
FEW = 3


def _corrected(scene: Scene) -> list[Symbol]:
    """The parameters whose update has both of Adam's moments, corrected."""
    first, second = (parameters_with(scene, prefix) for prefix in ("mhat", "vhat"))
    return [name for name in first if name in second]


def _moments(scene: Scene) -> str:
    if waiting := waits(scene):
        return waiting
    if not _corrected(scene):
        if _uncorrected(scene):
            return "The moments are not corrected here: bias_correction is false."
        return "Adam does not update here; the key o shows its run, or --optimizer adam."
    return ""


def _uncorrected(scene: Scene) -> bool:
    """Whether an option of a parameter's update has turned the correction off."""
    specs = (group_of(scene.spec, name).optimizer for name in parameters_with(scene, "m"))
    return any(own.options.get(CORRECTION) is False for own in specs)


def _no_first(scene: Scene) -> str:
    before = -scene.spec.optimizer.since
    if before > 0:
        return f"Its first update is not in this run: it had made {before:,} before."
    return _moments(scene)


def _no_correction(scene: Scene) -> str:
    if scene.spec.data.accumulate > 1:
        return "It is not worked out where gradients are added up; try the run worked-example."
    return _moments(scene)


def _name(scene: Scene) -> Symbol:
    return parameter(scene, _corrected(scene))


def is_eps(node: Expr) -> bool:
    """Whether an operand is the ε beside a root."""
    return Symbol(node.symbol).family == "eps"


def change(scene: Scene, name: Symbol, place: Index) -> Expr:
    """The arithmetic of what an update adds to or takes from a parameter, without the parameter."""
    e = scene.arithmetic(name, place).e
    return e.args[1] if e.op == "sub" else e


def _update_first(scene: Scene) -> Scene:
    """The scene of the optimizer's first update."""
    since, k = scene.spec.optimizer.since, scene.spec.data.accumulate
    return scene.at(since + 1 if since < 0 else (since // k + 1) * k)


def _first_step(scene: Scene) -> Answer:
    first, name = _update_first(scene), _name(scene)
    place = scene.picked(name)
    written = first.name(name, place)
    mhat, vhat = (first.arithmetic(name.under(p), place) for p in ("mhat", "vhat"))
    step = change(first, name, place)
    averaged = _averaged(first, name)
    g = first.array(averaged)
    moved = first.array(name).astype(float) - first.before(name)
    order = np.argsort(np.abs(g), axis=None)
    chosen = dict.fromkeys((int(order[-1]), int(order[len(order) // 2]), int(order[0])))
    rows: list[tuple[Cell, ...]] = []
    for flat in list(chosen)[:FEW]:
        at = tuple(int(i) for i in np.unravel_index(flat, g.shape))
        rows.append((first.name(name, at), float(g[at]), float(moved[at])))
    t = "" if first.t == scene.t else f" (iteration {first.t})"
    g_name = "g" if averaged == name.gradient else f"g, here {averaged.prefix}"
    return [
        Say(f"At the first update{t} m and v hold one gradient, and 1 − βᵗ takes β out again:"),
        mhat,
        vhat,
        Say("So mˆ is g and √vˆ is |g|; their ratio is the sign of g, but for ε:"),
        line(f"taken off {written}", step),
        Table(("", g_name, "moved by"), tuple(rows), signed=(2,)),
        Say("The size of g is gone from the first step; later steps compare it with its past."),
    ]


def _averaged(scene: Scene, name: Symbol) -> Symbol:
    """What m and v average: the gradient with decay, or clipped, or as it is."""
    changed = (name.under(prefix) for prefix in ("gwd", "clip", "gsum"))
    return next((each for each in changed if scene.has(each)), name.gradient)


# -- bias correction -------------------------------------------------------------------------------


def _correction(scene: Scene) -> Answer:
    name = _name(scene)
    place = scene.picked(name)
    since = scene.spec.optimizer.since
    begun = max(since, 0)
    rows: list[tuple[Cell, ...]] = []
    last = begun
    for number in TIMES:
        t = begun + number - since
        at = scene.at(begun + number)
        if not _reachable(scene, begun + number) or not at.has(name.under("mhat")):
            break
        with_it, without = _both(at, name, place)
        correction = (
            at.trace.scalars.get(key, float("nan")) for key in ("correction1", "correction2")
        )
        rows.append((f"t = {t:,}", *correction, with_it.value, without.value))
        last = begun + number
    first = scene.at(begun + 1)
    with_it, without = _both(first, name, place)
    written = scene.name(name, place)
    found: Answer = [
        Say("m and v begin at 0, so at first they are too small: m by 1 − β₁ᵗ, v by 1 − β₂ᵗ."),
        line(f"t = {first.t - since:,}: taken off {written}", with_it),
        line("without correction", without, "m and v as they are"),
        Table(("", "1−β₁ᵗ", "1−β₂ᵗ", "with", "without it"), tuple(rows)),
    ]
    if with_it.value and since >= 0:
        ratio = without.value / with_it.value
        found.append(
            Say(
                f"√v is too small by more than m, so without it the first step would be"
                f" {scene.number(ratio)} times as long. Later both corrections near 1."
            )
        )
    if since < 0:
        found.append(Say(f"{-since:,} updates were made before this run; here t goes on."))
    if len(rows) < len(TIMES):
        found.append(Say(f"Iterations after {last} are not trained yet."))
    return found


def _reachable(scene: Scene, t: int) -> bool:
    """Whether an iteration is trained, or soon would be."""
    history = scene.history
    if t > scene.spec.furthest:
        return False
    return t <= history.frontier or (t - history.frontier) * history.seconds < PATIENCE


def _both(scene: Scene, name: Symbol, place: Index) -> tuple[Expr, Expr]:
    """The change of an element with bias correction, and with the moments as they are."""
    step = change(scene, name, place)

    def plain(node: Expr) -> Expr | None:
        for hat, moment in (("mhat", "m"), ("vhat", "v")):
            if node.symbol == name.under(hat):
                bare = name.under(
                    "vmax" if moment == "v" and scene.has(name.under("vmax")) else moment
                )
                return ex.num(float(scene.array(bare)[place]), bare, place)
        return None

    return step, swapped(step, plain)


# -- ε ---------------------------------------------------------------------------------------------


def _rooted(scene: Scene) -> list[Symbol]:
    """The parameters whose update divides by a root and ε."""
    return [
        step.param
        for step in scene.trace.steps
        if step.param and step.symbol == step.param and "{eps" in step.formula
    ]


def _no_eps(scene: Scene) -> str:
    if not _rooted(scene):
        return "This optimizer divides by no root; Adam, RMSprop and Adagrad do."
    return ""


def _eps(scene: Scene) -> Answer:
    name = parameter(scene, _rooted(scene))
    place = _least_root(scene, name)
    written = scene.name(name, place)
    step = change(scene, name, place)
    without = swapped(step, lambda node: ex.num(0.0) if is_eps(node) else None)
    inside = _inside(step)
    stands = "under the root here" if inside is None else "beside the root, not under it"
    found: Answer = [
        Say(f"ε stands {stands}. At {written}, whose root is the least here:"),
        line("the step", step),
        line("without ε", without),
    ]
    if inside is not None:
        found.append(line("ε under the root", inside))
    counts = "counts" if inside is None else "would count"
    apart = scene.number(step.value - without.value)
    found.append(Say(f"Here ε changes the step by {apart}."))
    zero = _zero(step)
    found += [
        Say("It is for roots near 0. Where a gradient has always been 0:"),
        line("with ε", zero),
        line("without", swapped(zero, lambda node: ex.num(0.0) if is_eps(node) else None)),
        Say(f"nan would spread to every number after it. Under the root it {counts} as √ε."),
    ]
    return found


def _least_root(scene: Scene, name: Symbol) -> Index:
    """The element whose root is the least."""
    step = scene.trace.steps[scene.trace.number(name) - 1]
    vectors = [s for s in step.reads if s.prefix and s.prefix != "mhat"]
    roots = [s for s in vectors if f"√{{{s}}}" in step.formula]
    array = scene.array(roots[0] if roots else fed(scene.spec, name))
    place = np.unravel_index(int(np.abs(array).argmin()), array.shape)
    return tuple(int(i) for i in place)


def _inside(e: Expr) -> Expr | None:
    """The same with ε under the root: √v + ε becomes √(v + ε); None where there is none."""
    if e.op == "add" and len(e.args) == 2 and e.args[0].op == "sqrt" and is_eps(e.args[1]):
        return ex.fn("sqrt", ex.add(e.args[0].args[0], e.args[1]))
    for i, part in enumerate(e.args):
        found = _inside(part)
        if found is not None:
            parts = (*e.args[:i], found, *e.args[i + 1 :])
            return Expr(e.op, parts, ex.apply(e.op, [each.value for each in parts]))
    return None


def _zero(e: Expr) -> Expr:
    """The same step with 0 for all that comes of gradients."""

    def of_gradients(node: Expr) -> bool:
        return "." in node.symbol or Symbol(node.symbol).is_gradient

    return swapped(e, lambda node: ex.num(0.0, MADE) if of_gradients(node) else None)


def _adam(step: Step) -> bool:
    return step.symbol.prefix in ("m", "v", "mhat", "vhat") or (
        by_update(step) and FREE in step.why and "{mhat" in step.formula
    )


ROWS = (
    Question(
        id="adam-first",
        asks="Why is Adam's first step η, whatever the gradient?",
        words="adam first step eta learning rate sign gradient size",
        raised=_adam,
        missing=_no_first,
        answer=_first_step,
        more=("mhat", "adam-decay"),
        place=7,
        needs="",
    ),
    Question(
        id="correction",
        asks="What is bias correction for?",
        words="bias correction adam beta 1-beta^t mhat vhat hat",
        raised=_adam,
        missing=_no_correction,
        answer=_correction,
        more=("mhat", "adam-decay"),
        place=8,
        needs="",
    ),
    Question(
        id="epsilon",
        asks="Why ε, and where does it stand?",
        words="epsilon eps ε root zero division adam rmsprop adagrad",
        raised=lambda step: by_update(step) and "{eps" in step.formula,
        missing=_no_eps,
        answer=_eps,
        more=("vhat", "adam-decay"),
        place=9,
        needs="",
    ),
)
