"""Where gradients are clipped in another way, or not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from engine.against.again import Again
from engine.against.guesses.row import Alternative, Tries, only
from engine.against.guesses.setting import Setting, read
from engine.catalog.clipping import TINY
from engine.catalog.symbols import PARAMETERS, Symbol
from engine.program.parameters import trained
from engine.spec.run import Array, ClipSpec

SHOWS = ("clip", "gnorm", "m", "v", "vmax", "buf", "sum", "square", *PARAMETERS)
"""Where it can show first: what a record has of no clipping shows in what the update keeps."""


def _not_clipped(s: Setting) -> Tries:
    if not s.spec.clippings:
        return
    trace = s.under(replace(s.spec, clip=None, clips=()))
    if trace is not None:
        yield "the update goes by gradients not clipped, or clipped after it", read(trace)


def _others(s: Setting) -> Iterator[tuple[str, str, tuple[ClipSpec, ...]]]:
    names = tuple(map(str, trained(s.spec)))
    for given in s.spec.clippings:
        own = tuple(name for name in names if given.names(name))
        if given.kind == "norm":
            yield (
                "each-alone",
                "each tensor is clipped by its own norm and not by that of all",
                tuple(replace(given, params=(name,)) for name in own),
            )
            yield "by-value", "clipped by value, not by norm", (replace(given, kind="value"),)
            for p, told in ((1.0, "1-norm"), (2.0, "2-norm"), (math.inf, "largest gradient")):
                if p != given.norm_type:
                    yield "norm", f"clipped by the {told}", (replace(given, norm_type=p),)
        else:
            yield "by-norm", "clipped by norm, not by value", (replace(given, kind="norm"),)
        for factor, told in ((10.0, "ten times the limit"), (0.1, "a tenth of the limit")):
            yield "limit", told, (replace(given, limit=given.limit * factor),)
        usual = replace(given, limit=1.0)
        if given.limit != 1:
            yield "limit", "a limit of 1", (usual,)


def _other(family: str, rank: int) -> Alternative:
    def tries(s: Setting) -> Tries:
        for key, told, clips in _others(s):
            if key == family and len(s.spec.clippings) == 1:
                trace = s.under(replace(s.spec, clip=None, clips=clips))
                if trace is not None:
                    yield told, read(trace)

    return Alternative(key=family, kinds=SHOWS, tries=tries, rank=rank)


def _by_square(s: Setting) -> Tries:
    """A norm whose root is forgotten."""
    if len(s.spec.clippings) != 1 or s.spec.clippings[0].kind != "norm":
        return
    given = s.spec.clippings[0]
    names = [name for name in trained(s.spec) if given.names(name)]
    grads = {name: s.now(name.gradient) for name in names}
    if any(grad is None for grad in grads.values()):
        return
    square = sum(float((grad**2).sum()) for grad in grads.values() if grad is not None)
    told = "the root of the norm forgotten: the gradients are clipped by its square"
    if s.symbol.family == "gnorm":
        yield told, only(s.symbol, np.array(square, s.ours.dtype))
    elif s.symbol.family == "clip":
        grad = grads.get(s.parameter)
        yield told, only(s.symbol, _shrunk(grad, given.limit / (square + TINY)))


def _shrunk(grad: Array | None, share: float) -> Array | None:
    return None if grad is None else grad * grad.dtype.type(min(1.0, share))


def _again(s: Setting) -> Tries:
    """A gradient clipped by less than PyTorch does, without its 1e-6, or whatever its norm is."""
    if len(s.spec.clippings) != 1 or s.spec.clippings[0].kind != "norm":
        return
    given, norm = s.spec.clippings[0], s.now("gnorm")
    grad = s.now(s.parameter.gradient)
    if norm is None or grad is None:
        return
    told = "every gradient scaled to the limit, short ones as well"
    yield told, only(s.symbol, grad * grad.dtype.type(given.limit / (float(norm) + TINY)))
    told = "scaled to a norm of 1"
    yield told, only(s.symbol, grad * grad.dtype.type(1 / (float(norm) + TINY)))


def _changed(s: Setting) -> Tries:
    """Gradients that the record has as the step found them, and not as backward left them."""
    names = trained(s.spec)
    seen = {name: s.scene.recorded(name.under("clip")) for name in names}
    found = {name: array for name, array in seen.items() if array is not None}
    if s.spec.clippings or s.parameter not in found:
        return
    flat = np.concatenate([array.ravel() for array in found.values()]).astype(np.float64)
    grads = [array for name in names if (array := s.now(name.gradient)) is not None]
    norm = math.sqrt(sum(float((grad.astype(np.float64) ** 2).sum()) for grad in grads))
    added = (norm + TINY) / norm if norm else 1.0
    for kind, limit, told in (
        ("norm", math.sqrt(float((flat**2).sum())) * added, "by their norm, to a norm of"),
        ("value", float(np.abs(flat).max()), "by value, to"),
    ):
        trace = s.under(replace(s.spec, clip=ClipSpec(kind, limit)))
        if limit and trace is not None:
            yield f"gradients clipped {told} {limit:.6g}: the run clips none", read(trace)
    given = {**s.scene.record.values[s.t], **{n.gradient: array for n, array in found.items()}}
    made = Again(s.scene.spec).run(s.t, s.scene.trace.before, given)
    yield f"the gradients are changed before the step{_factor(s, found)}", made.get


def _factor(s: Setting, found: Mapping[Symbol, Array]) -> str:
    """By how much all gradients are multiplied, as the end of a sentence; "" where not all are."""
    pairs = ((array, s.now(name.gradient)) for name, array in found.items())
    with np.errstate(all="ignore"):
        ratios = [(after / grad).ravel() for after, grad in pairs if grad is not None]
    factors = np.concatenate(ratios)
    factors = factors[np.isfinite(factors)]
    if not factors.size or not np.allclose(factors, factors[0], 1e-4, 0):
        return ""
    return f": all are multiplied by {factors[0]:.6g}"


ROWS = (
    Alternative(key="changed", kinds=SHOWS, tries=_changed, rank=1),
    Alternative(key="not-clipped", kinds=SHOWS, tries=_not_clipped, rank=0),
    _other("each-alone", 0),
    _other("by-value", 0),
    _other("by-norm", 0),
    _other("norm", 1),
    _other("limit", 2),
    Alternative(key="root-of-the-norm", kinds=("gnorm", "clip"), tries=_by_square, rank=0),
    Alternative(key="scaled", kinds=("clip",), tries=_again, rank=1),
)
