"""Whether a record is one of a run: a sentence where it cannot be."""

from __future__ import annotations

from engine.against.tracefile import TraceFile
from engine.catalog.symbols import Symbol
from engine.formula.layout import Shape
from engine.history.history import History
from engine.program.program import Program
from engine.program.state import own_names
from engine.program.trainer import Trainer
from engine.spec.problem import Problem

MOST_NAMED = 4


class Known:
    """What the iterations of a run have, by symbol, with its shape."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._trainers: dict[int, Trainer] = {}
        self._shapes: dict[int, dict[Symbol, Shape]] = {}

    def shapes(self, t: int) -> dict[Symbol, Shape]:
        """What iteration t is given, computes and leaves."""
        spec = self._history.spec_of(t)
        if id(spec) not in self._trainers:
            self._trainers[id(spec)] = Trainer(spec)
        trainer = self._trainers[id(spec)]
        program = trainer.program(t)
        if id(program) not in self._shapes:
            self._shapes[id(program)] = _shapes(trainer, program, t)
        return self._shapes[id(program)]


def _shapes(trainer: Trainer, program: Program, t: int) -> dict[Symbol, Shape]:
    layout = trainer.layout
    found: dict[Symbol, Shape] = {Symbol("x"): program.x.shape, Symbol("y"): program.y.shape}
    found |= dict.fromkeys(map(Symbol, trainer.scalars(t)), ())
    found |= {step.symbol: step.shape for step in program.steps}
    return found | {name: layout.shape(name) for name in own_names(layout)}


def check(history: History, record: TraceFile) -> None:
    """Raises Problem where the record is of another net or another data set, has nothing that the
    run computes, or not in each iteration what it has in others.
    """
    known = Known(history)
    everywhere = {name for values in record.values.values() for name in values}
    found = False
    for t in record.iterations:
        shapes, values = known.shapes(t), record.values[t]
        for name, array in (*values.items(), *record.starts.get(t, {}).items()):
            if name in shapes and array.shape != shapes[name]:
                raise Problem(_other(record, t, name, array.shape, shapes[name]))
        found = found or any(name in shapes for name in values)
        missing = sorted((everywhere & shapes.keys()) - values.keys())
        if missing:
            named = ", ".join(record.theirs(name) for name in missing[:MOST_NAMED])
            more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
            raise Problem(
                f"{record.file}: iteration {t} has no {named}{more}, which other iterations have:"
                " not all of it is there. Record it again, or compare fewer --iterations."
            )
    if not found:
        raise Problem(f"{record.file}: has nothing that this run computes: name the run it is of.")


def _other(record: TraceFile, t: int, name: Symbol, theirs: Shape, ours: Shape) -> str:
    said = record.theirs(name)
    called = f"{said} ({name})" if said != name else said
    what = f"{record.file}: {called} of iteration {t} is {written(theirs)}"
    if len(theirs) == len(ours) and theirs[1:] == ours[1:] and name.batchwise:
        return (
            f"{what}, and {written(ours)} in this run: a mini-batch of another size. Give the run"
            " the batch_size, or the batches, of the record."
        )
    return (
        f"{what}, and {written(ours)} in this run: a record of another net. Name the run it is of."
    )


def written(shape: Shape) -> str:
    """A shape as sentences have it."""
    return " × ".join(map(str, shape)) if shape else "a single number"
