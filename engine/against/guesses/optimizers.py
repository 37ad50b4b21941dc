"""Where the update is that of another optimizer, or of one with other options."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from engine.against.guesses.row import DECOUPLED, Alternative, Tries, rate_of
from engine.against.guesses.setting import Read, Setting, read
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.row import digits
from engine.catalog.symbols import PARAMETERS, Symbol
from engine.program.parameters import groups
from engine.spec.run import GroupSpec, OptimizerSpec, RunSpec

_SLOTS = {slot: None for row in OPTIMIZERS.values() for slot in row.torch_slots}
UPDATED = (*_SLOTS, *PARAMETERS)
"""What an update writes: all that an optimizer can keep, and the parameters."""
COUPLED = "weight decay coupled: added to the gradient"
FEW = 3
"""So many parameters of a group are named."""

Specs = Iterator[tuple[str, RunSpec]]


def _tried(specs: Callable[[Setting], Specs]) -> Callable[[Setting], Tries]:
    """The run under each of some specs."""

    def tries(s: Setting) -> Tries:
        if s.scene.step is None:  # nothing updates it
            return
        for told, spec in specs(s):
            trace = s.under(spec)
            if trace is not None:
                yield told, read(trace)

    return tries


def _coupled(s: Setting) -> Specs:
    name = s.spec.optimizer.name
    if name == "adamw":
        told = "weight decay coupled: added to the gradient, as Adam's, not taken off the parameter"
        yield told, s.optimized("adam")
    elif name == "adam" and not s.options.get("decoupled_weight_decay"):
        told = (
            "weight decay decoupled: taken off the parameter, as AdamW's, not added to the gradient"
        )
        yield told, s.optimized("adamw")
    elif "decoupled_weight_decay" in OPTIMIZERS[name].options and s.options.get("weight_decay"):
        on = bool(s.options.get("decoupled_weight_decay"))
        yield COUPLED if on else DECOUPLED, s.optimized(decoupled_weight_decay=not on)


def _no_decay(s: Setting) -> Specs:
    if s.options.get("weight_decay"):
        yield "no weight decay", s.optimized(weight_decay=0.0)


def _another_group(s: Setting) -> Tries:
    """The options that other parameters have."""
    if s.scene.step is None:
        return
    for group in groups(s.spec, s.spec.optimizer):
        theirs, own = group.optimizer.options, s.options
        differing = [k for k in theirs if k != "lr" and theirs[k] != own.get(k)]
        if group.key != s.group.key and (differing or group.numbers):
            options = {name: theirs[name] for name in {*theirs, *group.own} if name in theirs}
            alone = GroupSpec((str(s.parameter),), options)
            has = ", ".join(f"{k} {_written(theirs[k])}" for k in differing) or "its learning rate"
            whose = _named(group.names)
            told = f"{s.parameter.written} updated as {whose}: {has}"
            trace = s.under(replace(s.spec, groups=(alone, *s.spec.groups)))
            if trace is not None:
                yield told, _of(s.parameter, read(trace))


def _of(parameter: Symbol, whole: Read) -> Read:
    """What is of one parameter alone."""
    return lambda asked: whole(asked) if asked.parameter == parameter else None


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else digits(value)


def _named(names: Sequence[Symbol]) -> str:
    """Parameters, by a few of their names."""
    first = ", ".join(name.written for name in names[:FEW])
    more = len(names) - FEW
    return f"{first} and {more} more are" if more > 0 else f"{first} {'are' if names[1:] else 'is'}"


def _momentum(s: Setting) -> Specs:
    own = s.options
    if s.has("nesterov") and own.get("momentum"):
        told = "no lookahead: plain momentum in the place of Nesterov's"
        if own.get("nesterov"):
            yield told, s.optimized(nesterov=False)
        elif not own.get("dampening"):
            yield "Nesterov's momentum in the place of the plain one", s.optimized(nesterov=True)


def _dampened(s: Setting) -> Specs:
    own = s.options
    if s.has("dampening") and (mu := own.get("momentum")):
        if not own.get("dampening"):
            told = "momentum as a mean: (1 − μ)·g added, where the run adds g"
            yield told, s.optimized(dampening=mu, nesterov=False)
        else:
            yield "the gradient added undampened", s.optimized(dampening=0.0)
        yield "no-momentum", s.optimized(momentum=0.0, nesterov=False, dampening=0.0)


def _flags(s: Setting) -> Specs:
    own = s.options
    for name in ("amsgrad", "centered"):
        if name in OPTIMIZERS[s.spec.optimizer.name].options:
            on = bool(own.get(name))
            yield f"{name} {'off' if on else 'on'}", s.optimized(None, None, **{name: not on})


def _choices(s: Setting) -> Specs:
    """The other texts that an option may be."""
    row = OPTIMIZERS[s.spec.optimizer.name]
    for name, option in row.options.items():
        own = s.options.get(name, option.default)
        for other in option.check.names:
            if other != own and not row.conflict({**row.complete(s.options), name: other}):
                told = f"{name} = {other}, where the run has {own}"
                yield told, s.optimized(None, None, **{name: other})


def _uphill(s: Setting) -> Specs:
    if "maximize" in OPTIMIZERS[s.spec.optimizer.name].options:
        on = bool(s.options.get("maximize"))
        told = "the sign turned: the gradient is taken the other way"
        yield told, s.optimized(maximize=not on)


def _betas(s: Setting) -> Specs:
    betas = OPTIMIZERS[s.spec.optimizer.name].complete(s.options).get("betas")
    if betas:
        yield "β₁ and β₂ exchanged", s.optimized(betas=(betas[1], betas[0]))
        for other in ((0.9, 0.999), (0.9, 0.99), (0.9, 0.98), (0.9, 0.95), (0.5, 0.999)):
            if tuple(betas) != other:
                yield f"betas {digits(other[0])} and {digits(other[1])}", s.optimized(betas=other)


def _eps(s: Setting) -> Specs:
    own = OPTIMIZERS[s.spec.optimizer.name].complete(s.options).get("eps")
    if own is not None:
        for other in (1e-8, 1e-7, 1e-10, 1e-6, 1e-5, 1e-3, 0.0):
            if other != own:
                yield (
                    f"ε = {digits(other)}, where the run has {digits(own)}",
                    s.optimized(eps=other),
                )


NUMBERS: dict[str, tuple[float, ...]] = {
    "lr_decay": (0.0, 1e-3, 1e-4),
    "alpha": (0.9, 0.95, 0.99, 0.999),
    "momentum": (0.5, 0.8, 0.9, 0.95, 0.99),
    "weight_decay": (0.1, 0.05, 0.01, 1e-3, 5e-4, 1e-4),
}
"""What options mostly are."""


def _numbers(s: Setting) -> Specs:
    own = OPTIMIZERS[s.spec.optimizer.name].complete(s.options)
    for name, usual in NUMBERS.items():
        if name in own:
            half = (own[name] / 2, own[name] * 2) if name == "weight_decay" else ()
            for other in dict.fromkeys((*usual, *half)):
                if other != own[name] and (other or name == "lr_decay"):
                    has = f"{name} = {other:g}, where the run has {own[name]:g}"
                    yield has, s.optimized(None, None, **{name: other})


def _counted(s: Setting) -> Specs:
    since = s.spec.optimizer.since
    if "t" in s.scene.trace.scalars:
        for off, told in ((1, "one ahead"), (-1, "one behind")):
            t = s.t - since + off
            what = "bias correction" if s.number("correction1") else "update"
            yield f"t off by one, {told}: the {what} of t = {t}", s.optimized(since=since - off)


def _rates(s: Setting) -> Specs:
    """The rates of other iterations, where a record does not say which it has."""
    if s.scene.recorded(s.group.numbers.get("lr", "lr")) is not None:
        return
    seen = {s.number("lr")}
    for t, rate in s.rates.items():
        if rate not in seen:
            seen.add(rate)
            yield rate_of(s.t, t, rate), s.optimized(lr=rate)


def _rate_times(s: Setting) -> Specs:
    rate = s.number("lr")
    for power, told in ((0.5, "√t"), (1.0, "t")):
        if s.t > 1:
            yield f"the learning rate over {told}", s.optimized(lr=rate / s.t**power)
    yield "η taken twice", s.optimized(lr=rate * rate)
    yield "η left out", s.optimized(lr=1.0)
    yield "twice the step", s.optimized(lr=2 * rate)
    yield "half the step", s.optimized(lr=rate / 2)


def _others(s: Setting) -> Specs:
    for name, row in OPTIMIZERS.items():
        if name != s.spec.optimizer.name:
            told = f"{row.label} in the place of {OPTIMIZERS[s.spec.optimizer.name].label}"
            shared = {key: value for key, value in s.options.items() if key in row.options}
            for options in ({}, shared):
                given = row.complete({**options, "lr": s.number("lr")})
                made = OptimizerSpec(name, given, s.spec.optimizer.since)
                yield told, replace(s.spec, optimizer=made, groups=())


def _fresh(s: Setting) -> Tries:
    if s.t == 1 or s.scene.step is None or "t" not in s.scene.trace.scalars:
        return
    anew = s.under(s.optimized(since=s.t - 1), fresh=True)
    if anew is not None:
        yield "the optimizer begins anew: its state and t are those of a first update", read(anew)
    kept = s.under(s.spec, fresh=True)
    if kept is not None:
        yield "the optimizer's state begins anew, t goes on", read(kept)


def _thawed(s: Setting) -> Tries:
    """A parameter that the run holds fast, updated like all others."""
    if s.scene.step is not None or s.scene.trace.writer(s.symbol) is not None:
        return
    layers = tuple(replace(layer, frozen=frozenset()) for layer in s.spec.layers)
    trace = s.under(replace(s.spec, layers=layers))
    if trace is not None:
        told = f"a frozen layer that moves: {s.parameter.written} is updated like the others"
        yield told, read(trace)


ROWS = (
    Alternative(key="coupled", kinds=UPDATED, tries=_tried(_coupled), rank=0),
    Alternative(key="t-off-by-one", kinds=UPDATED, tries=_tried(_counted), rank=0),
    Alternative(key="nesterov", kinds=UPDATED, tries=_tried(_momentum), rank=0),
    Alternative(key="group", kinds=UPDATED, tries=_another_group, rank=0),
    Alternative(key="frozen", kinds=PARAMETERS, tries=_thawed, rank=0),
    Alternative(key="begins-anew", kinds=UPDATED, tries=_fresh, rank=0),
    Alternative(key="no-decay", kinds=UPDATED, tries=_tried(_no_decay), rank=1),
    Alternative(key="momentum", kinds=UPDATED, tries=_tried(_dampened), rank=1),
    Alternative(key="sign", kinds=UPDATED, tries=_tried(_uphill), rank=1),
    Alternative(key="flag", kinds=UPDATED, tries=_tried(_flags), rank=1),
    Alternative(key="choice", kinds=UPDATED, tries=_tried(_choices), rank=1),
    Alternative(key="betas", kinds=UPDATED, tries=_tried(_betas), rank=1),
    Alternative(key="rate-of-another-iteration", kinds=PARAMETERS, tries=_tried(_rates), rank=1),
    Alternative(key="option", kinds=UPDATED, tries=_tried(_numbers), rank=2),
    Alternative(key="eps", kinds=PARAMETERS, tries=_tried(_eps), rank=2),
    Alternative(key="rate", kinds=PARAMETERS, tries=_tried(_rate_times), rank=2),
    Alternative(key="optimizer", kinds=PARAMETERS, tries=_tried(_others), rank=3),
)
