"""Which optimizer a run is compared with, and a run under another one."""

from __future__ import annotations

from dataclasses import replace

from engine.catalog.optimizers import OPTIMIZERS
from engine.program.parameters import no_matrices
from engine.spec.run import OptimizerSpec, RunSpec, SpecError, StopSpec


def other_optimizer(spec: RunSpec) -> OptimizerSpec:
    """What a run is compared with: what it names, else its optimizer's rival at the same learning
    rate.
    """
    if spec.compare:
        return spec.compare
    name = OPTIMIZERS[spec.optimizer.name].rival
    options = dict(OPTIMIZERS[name].defaults)
    return OptimizerSpec(name, options | {"lr": spec.optimizer.options["lr"]})


def with_named_optimizer(spec: RunSpec, name: str) -> RunSpec:
    """The run under the optimizer of that name: the one it compares with, where that is the one,
    else one with its default options and the run's learning rate. Raises SpecError where there
    is none of that name.
    """
    if name not in OPTIMIZERS:
        raise SpecError(f"{name}: no such optimizer; there are {', '.join(OPTIMIZERS)}.")
    own, compare = spec.optimizer, spec.compare
    if spec.beside:
        spec = replace(spec, beside=with_named_optimizer(spec.beside, name))
    if name == own.name:
        return spec
    spec = replace(spec, opens=_opens_under_any(spec.opens), lesson=_lesson_under(spec, name))
    if compare and compare.name == name:
        return replace(spec.with_optimizer(compare, own), switches=())
    options = {**OPTIMIZERS[name].defaults, "lr": own.options["lr"]}
    named = OptimizerSpec(name, options)
    if wrong := no_matrices(spec, named):
        raise SpecError(f"{name} {wrong}.")
    return replace(spec.with_optimizer(named, own), switches=())


def _lesson_under(spec: RunSpec, name: str) -> tuple[StopSpec, ...]:
    """The lesson of a run that goes on under another optimizer: the one that it was compared with,
    where each stop stays on the run that it was on. Under any other there is none.
    """
    if spec.beside or spec.switches or name != other_optimizer(spec).name:
        return ()
    own = spec.optimizer.name
    return tuple(
        replace(stop, optimizer="" if stop.optimizer == name else own) for stop in spec.lesson
    )


def _opens_under_any(place: str) -> str:
    """A place to open at, or "" for one that names what an optimizer may not have: 6.buf.W2.
    What is clipped, 1.clip.W1, is so under every one.
    """
    _, *before, _ = ["", *place.split(".")]
    return "" if before and not before[-1].isdigit() and before[-1] != "clip" else place
