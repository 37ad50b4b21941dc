"""A run as a PyTorch script that trains it and prints the loss of each iteration."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.clipping import CLIPS
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.schedules import watching
from engine.exchange import torchalone
from engine.exchange.torchcode import array, code_of, schedule_code, value
from engine.exchange.torchheld import held_out, tested
from engine.exchange.torchstart import Seeded, seeded
from engine.program.parameters import group_of, groups, held, parameters, trained
from engine.spec.data import Batches
from engine.spec.problem import Problem
from engine.spec.run import Array, OptimizerSpec, RunSpec, ScheduleSpec, StateSpec

MOST_ROWS = 2_000_000
"""So many samples' numbers may a script list, over all its mini-batches."""


def torch_script(spec: RunSpec, iterations: int) -> str:
    """The script for so many iterations. Raises Problem for what PyTorch would not do alike."""
    start = seeded(spec)
    _refuse(spec, iterations, start)
    lines = [
        *([] if spec.instead else _data(spec)),
        *_parameters(spec, start),
        *(torchalone.objective(spec) if spec.instead else _network(spec)),
        *_optimizers(spec),
        *held_out(spec),
        *(start.batches(iterations) if start and start.shuffles else _batches(spec, iterations)),
        *_loop(spec, iterations),
    ]
    body = "\n".join(lines)
    return "\n".join([*_head(spec, "base64." in body), body, ""])


def _refuse(spec: RunSpec, iterations: int, start: Seeded | None) -> None:
    if spec.data.weights is not None:
        raise Problem("PyTorch's losses take no weights of samples: leave data.weights out.")
    for optimizer in (spec.optimizer, *(each.optimizer for each in spec.switches)):
        _refuse_ours(spec, optimizer)
    if spec.switches and watching(spec.schedule):
        raise Problem("a plateau schedule and a [[switch]] in one run: leave one of them out.")
    if spec.schedule:
        _refuse_over(spec, spec.schedule, iterations)
    if not (spec.instead or (start and start.shuffles)):
        _refuse_long(spec, iterations)


def _refuse_over(spec: RunSpec, schedule: ScheduleSpec, iterations: int) -> None:
    """Refuse to count further than a schedule of PyTorch's can."""
    what, counts = "updates", iterations // spec.data.accumulate
    if schedule.by == "pass":
        what, counts = "passes", Batches(spec.data, spec.seed).pass_of(iterations + 1)
    total = schedule.options.get("total_steps")
    if total and counts + schedule.done > total:
        raise Problem(f"PyTorch ends this schedule after {total} {what}: ask for fewer.")


def _refuse_long(spec: RunSpec, iterations: int) -> None:
    """Refuse to list the samples of so many iterations."""
    if not Batches(spec.data, spec.seed).whole and iterations * spec.data.largest > MOST_ROWS:
        raise Problem(
            f"a script lists the samples of every iteration, at most {MOST_ROWS:,}: ask for fewer"
            " iterations."
        )


def _refuse_ours(spec: RunSpec, optimizer: OptimizerSpec) -> None:
    """Refuse options that PyTorch's optimizer does not have, where they are on."""
    row = OPTIMIZERS[optimizer.name]
    for group in groups(spec, optimizer):
        for name in row.options:
            value = group.optimizer.options.get(name, row.defaults[name])
            if name in row.ours and value != row.defaults[name]:
                raise Problem(f"PyTorch's {row.label} has no {name}: leave it out.")


def _head(spec: RunSpec, packed: bool) -> Iterator[str]:
    yield f"# {spec.title}: written by gradstep, for PyTorch 2.13"
    if packed:
        yield "import base64"
        yield ""
    yield "import torch"
    yield "from torch import nn"
    yield ""
    yield f"torch.set_default_dtype(torch.{spec.dtype})"


def _data(spec: RunSpec) -> Iterator[str]:
    yield ""
    yield f"x = {array(np.asarray(spec.data.x, spec.dtype))}"
    yield f"y = {array(_targets(spec))}"
    yield f"reduction = {spec.loss.reduction!r}"


def _targets(spec: RunSpec) -> Array:
    """The targets (samples, outputs), or the class numbers (samples,) that several were made of;
    a row of zeros is the label that counts for nothing.
    """
    y, targets = spec.data.y, LOSSES[spec.loss.name].targets
    each_one = y.shape[1] > 1 and bool(((y == 0) | (y == 1)).all())
    if spec.data.labels is False or not (targets and targets.classes and each_one):
        return np.asarray(y, spec.dtype)
    ignored = spec.loss.options.get("ignore_index", 0)
    labels: Array = np.where(y.any(axis=1), y.argmax(axis=1), ignored)
    return labels


def _parameters(spec: RunSpec, start: Seeded | None) -> Iterator[str]:
    yield ""
    if start:
        yield from start.parameters()
    learned, done = trained(spec), start.names if start else ()
    for name, numbers in parameters(spec).items():
        if name in done:
            continue
        made = array(np.asarray(numbers, spec.dtype))
        yield f"{name} = nn.Parameter({made})" if name in learned else f"{name} = {made}"


def _network(spec: RunSpec) -> Iterator[str]:
    yield ""
    yield ""
    parted = spec.penalty and spec.data.held
    yield f"def loss_of(x, y{', penalties=True' if parted else ''}):"
    yield "    yhat = x"
    for number, layer in enumerate(spec.layers, 1):
        W = held(spec, "W", number)
        given = [f"{W.name}.T" if W.turned else W.name]
        if layer.b is not None:
            b = held(spec, "b", number).name
            given.append(b if layer.b.ndim else f"{b}.expand({layer.units})")
        yield f"    z = nn.functional.linear(yhat, {', '.join(given)})"
        row = ACTIVATIONS[layer.activation]
        code = code_of(row, layer.activation_options)
        if row.learns:
            code = code.replace(row.learns.kind, held(spec, row.learns.kind, number).name)
        yield f"    yhat = {code}"
    loss = LOSSES[spec.loss.name]
    if loss.joined and spec.layers[-1].activation != loss.joined:
        yield "    z = yhat  # which the loss takes as logits"
    if "logs" in loss.torch:
        yield "    logs = yhat if bool((yhat <= 0).all()) else yhat.log()"
    made = code_of(loss, spec.loss.options, tensors=True)
    yield f"    loss = {made}" if spec.penalty else f"    return {made}"
    if spec.penalty:
        yield from _penalty(spec)
    yield ""
    yield ""


def _penalty(spec: RunSpec) -> Iterator[str]:
    """The penalties on the parameters, added to the loss."""
    from engine.program.penalty import SQUARES, penalised

    assert spec.penalty is not None
    by = " / len(x)" if spec.penalty.per_sample else ""
    if spec.data.held:
        yield "    if not penalties:"
        yield "        return loss"
    for each in penalised(spec):
        for kind, _, weight, half in each.scales:
            scale = f"{value(weight)}{f' / {half}' if half > 1 else ''}{by}"
            numbers = f"{each.name}.{'square' if kind == SQUARES else 'abs'}()"
            yield f"    loss = loss + {scale} * {numbers}.sum()"
    yield "    return loss"


def _optimizers(spec: RunSpec) -> Iterator[str]:
    """A function for each optimizer, by the iteration that it begins at."""
    yield f"parameters = [{', '.join(trained(spec))}]"
    yield "begins = {"
    for at, each in ((1, spec.optimizer), *((s.at, s.optimizer) for s in spec.switches)):
        yield f"    {at}: lambda: {_optimizer(spec, each)},"
    yield "}"
    if spec.optimizer.state:
        yield from _state(spec, spec.optimizer.state)


def _state(spec: RunSpec, state: StateSpec) -> Iterator[str]:
    """What the first of them has kept of earlier updates, by parameter."""
    row = OPTIMIZERS[spec.optimizer.name]
    yield "state = {"
    for name in trained(spec):
        kept = {
            theirs: state.arrays.get(f"{slot}.{name}") for slot, theirs in row.torch_slots.items()
        }
        done, options = -spec.optimizer.since, group_of(spec, name).optimizer.options
        counts = row.torch_counts(done, row.complete(options)).items()
        besides = "".join(f' "{key}": torch.tensor({value(held)}),' for key, held in counts)
        yield f'    {name}: {{"step": torch.tensor({done}.0),{besides}'
        single = {row.torch_slots[slot] for slot in row.torch_single}
        yield from (
            f'        "{key}": {array(np.array(held.flat[0]) if key in single else held)},'
            for key, held in kept.items()
            if held is not None
        )
        yield "    },"
    yield "}"


def _optimizer(spec: RunSpec, optimizer: OptimizerSpec) -> str:
    code = code_of(OPTIMIZERS[optimizer.name], optimizer.options)
    tables = []
    for group in groups(spec, optimizer):
        own = "".join(f', "{name}": {value(each)}' for name, each in group.own.items())
        if group.names:
            tables.append(f'{{"params": [{", ".join(group.names)}]{own}}}')
    return code.replace("parameters", f"[{', '.join(tables)}]", 1) if spec.groups else code


def _batches(spec: RunSpec, iterations: int) -> Iterator[str]:
    """The samples of every iteration, where they are not always all."""
    batches = Batches(spec.data, spec.seed)
    if not batches.whole and not spec.instead:
        yield "batches = ["
        for t in range(1, iterations + 1):
            yield f"    {batches.rows(t).tolist()},"
        yield "]"


def _loop(spec: RunSpec, iterations: int) -> Iterator[str]:
    batches = Batches(spec.data, spec.seed)
    yield ""
    yield f"for t in range(1, {iterations + 1}):"
    yield "    if t in begins:"
    yield "        optimizer = begins[t]()"
    if spec.optimizer.state:
        yield "        if t == 1:"
        yield "            optimizer.state.update(state)"
    if spec.schedule:
        yield f"        scheduler = {schedule_code(spec.schedule.name, spec.schedule.options)}"
        yield "        seen = []"
        yield from _position(spec, spec.schedule)
    k = spec.data.accumulate
    if spec.instead:
        yield from torchalone.gradient(spec)
    else:
        if k == 1:
            yield "    optimizer.zero_grad()"
        rows = "[batches[t - 1]]" if not batches.whole else "[own]" if spec.data.held else ""
        yield f"    loss = loss_of(x{rows}, y{rows})"
        mean = k > 1 and spec.data.accumulate_mean
        yield f"    (loss / {k}).backward()" if mean else "    loss.backward()"
    yield from _update(spec, "    " if k == 1 else "        ")
    yield f"    print(t, {torchalone.told(spec) if spec.instead else 'loss.item()'})"
    if spec.data.held:
        yield from tested(spec, batches, iterations)
    if spec.schedule:
        yield from _scheduled(spec, batches, iterations)


def _update(spec: RunSpec, indent: str) -> Iterator[str]:
    """The lines of an update, where there is one."""
    k = spec.data.accumulate
    if k > 1:
        yield f"    if t % {k} == 0:"
    for clip in spec.clippings:
        row = CLIPS[clip.kind]
        options = {row.limit: clip.limit}
        if "norm_type" in row.options:
            options["norm_type"] = clip.norm_type
        names = ", ".join(name for name in trained(spec) if clip.names(name))
        if names:
            yield f"{indent}{code_of(row, options).replace('parameters', f'[{names}]', 1)}"
    yield f"{indent}optimizer.step()"
    if k > 1:
        yield f"{indent}optimizer.zero_grad()"


def _position(spec: RunSpec, schedule: ScheduleSpec) -> Iterator[str]:
    """The lines that put the first optimizer's schedule where it stands before the run."""
    if schedule.done:
        yield "        # Before the first update, of which PyTorch warns; here it is meant."
        yield f"        for _ in range({schedule.done} if t == 1 else 0):"
        yield "            scheduler.step()"
    row = watching(schedule)
    if row is None or not schedule.kept:
        return
    kept, options = np.asarray(schedule.kept, spec.dtype), row.complete(schedule.options)
    bases = [each.optimizer.options["lr"] for each in groups(spec, spec.optimizer) if each.names]
    rates = ", ".join(value(row.lr(base, kept, options)) for base in bases)
    yield "        if t == 1:"
    yield f"            for group, lr in zip(optimizer.param_groups, [{rates}]):"
    yield '                group["lr"] = lr'
    for name, number in zip(row.kept, kept.tolist(), strict=True):
        if name in row.torch_kept:
            yield f"            scheduler.{row.torch_kept[name]} = {value(number)}"


def _scheduled(spec: RunSpec, batches: Batches, iterations: int) -> Iterator[str]:
    """The lines that step the schedule, after an iteration or at the end of a pass."""
    assert spec.schedule is not None
    given = "sum(seen) / len(seen)" if watching(spec.schedule) else ""
    if spec.has_loss:
        yield "    seen.append(loss.item())"
    indent = "    "
    if spec.schedule.by == "pass":
        span = range(1, iterations + 1)
        ends = [t for t in span if batches.ends_pass(t)]
        yield f"    if t in {ends}:"
        indent *= 2
    elif (k := spec.data.accumulate) > 1:
        yield f"    if t % {k} == 0:"
        indent *= 2
    yield f"{indent}scheduler.step({given})"
    yield f"{indent}seen = []"
