"""Frames: the frozen picture of a position, from which every pane is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.symbols import PARAMETERS, Symbol
from engine.formula.expr import Expr, Index
from engine.history.history import History
from engine.history.position import Position
from engine.program.parameters import data_of, first_of, group_of, held, weights
from engine.program.rule import chain
from engine.program.step import Step
from engine.program.trace import Trace
from engine.session.session import Session
from engine.spec.run import RunSpec
from tui.arrange import Layout
from tui.frame import labels, updates
from tui.frame.kept import kept
from tui.frame.losses import Losses, beside, by_pass, losses
from tui.frame.marking import Marking
from tui.frame.recorded import Beside
from tui.frame.rival import Rival
from tui.frame.spelling import spelled, whole
from tui.frame.updates import Update
from tui.text.arithmetic import operands
from tui.text.cells import cells
from tui.text.closing import Whole
from tui.text.format import Text
from tui.text.raster import Line

if TYPE_CHECKING:
    from engine.analysis.passes import PassLosses
    from tui.frame.courses import Courses
    from tui.frame.tested import Tested

Array = npt.NDArray[np.floating[Any]]
Lines = Callable[["Frame", int], list[Line]]


class Entry(NamedTuple):
    """A symbol that is known at the position, its array, and what it was one iteration before."""

    symbol: Symbol
    array: Array
    previous: Array | None
    mark: str


class Page(NamedTuple):
    """A page in the place of the panes. `lines(frame, width)` draws it in lines of that many cells;
    `cursor` is the line that is pointed at, -1 for none.
    """

    title: str
    lines: Lines
    cursor: int = -1


class Note(NamedTuple):
    """What is said at this place, and which stop of how many of the lesson it is, from 1."""

    text: str
    number: int
    total: int


@dataclass(frozen=True, eq=False, repr=False)
class Frame:
    """All that the screens show of one position.

    Arrays are read-only. `reads` and `writes` are the symbols that the current step reads and
    writes; `symbol` and `index` say which element is selected; `chain` are the formulas of the
    update of `updated`, its own last, and `rows` the labels of what it computes; `of_pass` the pass
    over the data, None where each is one mini-batch, and `means` the losses by pass, where these
    are to be shown; `trouble` where the iteration's first nan or infinity is, "" where there is
    none so far; `branch` the reader's, and `rival` the other one where the screen is wide enough to
    show it; `column` the one chosen to come first, "" for none; `marking` what a graded sheet says
    of the step and `record` what one of another training has; `note` what is said here, one of the
    `stops` of a lesson; `closed` where nothing ahead and of no other run may be shown, as in
    practice, and `told` what that has to say of the number that it asks for; `tested` what the
    samples have scored that are held out, where some are.
    """

    title: str
    optimizer: str
    label: str
    other_label: str
    position: Position
    steps: tuple[Step, ...]
    step: Step | None
    trace: Trace
    entries: Mapping[str, Entry]
    updates: tuple[Update, ...]
    symbol: Symbol
    index: Index
    losses: Losses
    other_losses: Losses | None
    rule: str
    spec: RunSpec
    chain: tuple[str, ...]
    rows: tuple[str, ...]
    sizes: tuple[int, ...]
    sample: int
    activations: tuple[str, ...]
    text: Text
    pane: str = "step"
    layout: Layout = "panes"
    scroll: int = 0
    footer: str = ""
    error: bool = False
    prompting: bool = False
    hint: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    page: Page | None = None
    of_pass: PassLosses | None = None
    means: Losses | None = None
    other_means: Losses | None = None
    trouble: str = ""
    branch: str = ""
    rival: Rival | None = None
    column: str = ""
    marking: Marking | None = None
    record: Beside | None = None
    way: Mapping[str, frozenset[Index]] | None = None
    closed: bool = False
    told: str = ""
    note: Note | None = None
    stops: int = 0
    tested: Tested | None = None
    courses: Courses | None = None

    @property
    def lossless(self) -> bool:
        """Whether the run has no loss, as its gradients are given."""
        return not self.spec.has_loss

    @property
    def reads(self) -> tuple[str, ...]:
        """The symbols that the current step reads."""
        return self.step.reads if self.step else ()

    @property
    def writes(self) -> str:
        """The symbol that the current step writes."""
        return self.step.symbol if self.step else ""

    @property
    def updated(self) -> Symbol | None:
        """The parameter that the step updates, else that of the selected element."""
        return _updated(self.step, self.symbol)

    def scalar(self, name: str) -> str:
        """The symbol of a scalar of its update, by the name that rules have for it."""
        return self._numbers.get(name, name)

    @cached_property
    def _numbers(self) -> Mapping[str, str]:
        return _group(self.spec, self.updated).numbers

    @property
    def batch(self) -> int:
        """Samples in the mini-batch of this iteration."""
        return len(self.entries["x"].array) if "x" in self.entries else 1

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the known symbols, and of what is kept from before."""
        written: dict[str, tuple[int, ...]] = {step.symbol: step.shape for step in self.steps}
        return written | {name: entry.array.shape for name, entry in self.entries.items()}

    def value(self, symbol: str) -> Array | None:
        """The array of a symbol at this position; None while it is not known."""
        return self.trace.value(symbol, self.position.step)

    def differs(self, symbol: str, index: Index) -> bool:
        """Whether an element is another one in the record that is open."""
        return self.record is not None and self.record.differs(symbol, index)

    def read(self, symbol: str) -> Array:
        """What the current step finds under a symbol or scalar before it computes."""
        if symbol in self.trace.scalars:
            return np.array(self.trace.scalars[symbol])
        found = self.trace.value(symbol, max(0, self.position.step - 1))
        return found if found is not None else np.array(np.nan)

    @cached_property
    def whole(self) -> Whole:
        """Says which numbers have all their digits in arithmetic; see `spelling.whole`."""
        return whole(self.trace, self.spec, self.text.digits)

    def weights(self, number: int) -> tuple[Entry, bool]:
        """The weights of layer `number`, and whether it has them transposed."""
        found = held(self.spec, "W", number)
        return self.entries[found.name], found.turned

    def writer(self, symbol: str) -> Step | None:
        """The step of this iteration that has computed the symbol; None where none has yet."""
        for step in self.steps[: self.position.step]:
            if step.symbol == symbol:
                return step
        return None

    @cached_property
    def operands(self) -> Mapping[str, frozenset[Index]]:
        """The elements that the selected one was computed from, by their symbols: those that are
        still what they were when it was. Where a `way` to the loss is chosen, its factors instead.
        """
        if self.way is not None:
            return {symbol: places for symbol, places in self.way.items() if symbol in self.entries}
        if self._expansion is None:
            return {}
        step, tree = self._expansion
        elements: dict[str, set[Index]] = {}
        for node in operands(tree):
            if node.symbol in self.entries:
                elements.setdefault(node.symbol, set()).add(node.index)
        kept = {*elements} - {
            later.symbol for later in self.steps[step.number - 1 : self.position.step]
        }
        return {symbol: frozenset(elements[symbol]) for symbol in kept}

    def expansion(self) -> tuple[Step, Expr] | None:
        """The arithmetic of the selected element, and the step that did it."""
        return self._expansion

    @cached_property
    def _expansion(self) -> tuple[Step, Expr] | None:
        step = self.writer(self.symbol)
        return (step, self.trace.expand(step, self.index)) if step else None


def _updated(step: Step | None, symbol: Symbol) -> Symbol | None:
    return (step and step.param) or symbol.parameter


_group, _chain = kept(group_of), kept(chain)


@kept
def data_and_parameters(spec: RunSpec) -> list[Symbol]:
    """What is known before the first step: the data, the weights, the biases."""
    names = weights(spec)
    ordered = sorted(names, key=lambda name: PARAMETERS.index(name.kind.key))
    return [*data_of(spec), *ordered]


def build(
    session: Session, text: Text, closed: bool = False, passes: bool = False, **chrome: Any
) -> Frame:
    """The frame of the session's position; `closed` as the frame has it, and losses by pass where
    `passes` says so. `chrome` is what the app itself adds: the active pane, the layout, the footer.
    """
    position, trace, text = session.position, session.trace, spelled(text, session.spec)
    t, done = position.iteration, position.step
    history = session.branch.history
    previous = history.trace(t - 1) if t > 1 else None
    step = trace.steps[done - 1] if done else None
    entries = _entries(trace, previous, data_and_parameters(session.spec), done)
    symbol, index = _selected(session, step, entries)
    known = t if done >= trace.loss_step else t - 1
    spec = history.spec_of(t)
    if not spec.has_loss:
        known = 0
    label = OPTIMIZERS[spec.optimizer.name].label
    own_label, other_label = labels.runs(session)
    names = labels.changes(spec.optimizer, spec.compare or spec.optimizer)
    updated = _updated(step, symbol)
    other_losses = beside(session.other.history, known) if known and not closed else None
    if passes:
        chrome["means"] = by_pass(history, known)
        chrome["other_means"] = by_pass(session.other.history, known) if other_losses else None
    return Frame(
        title=cells(session.spec.title),
        optimizer=f"{label} η {text.number(trace.scalars['lr'])}",
        label=text.plain(own_label),
        other_label=text.plain(other_label),
        position=position,
        steps=trace.steps,
        step=step,
        trace=trace,
        entries=entries,
        updates=updates.known(trace, done, names),
        symbol=symbol,
        index=index,
        losses=losses(history, known),
        other_losses=other_losses,
        rule=spec.optimizer.name,
        spec=spec,
        chain=_chain(spec, updated),
        rows=updates.labels_of(spec, updated, names),
        sizes=session.spec.sizes,
        sample=session.selection.sample % len(entries["x"].array) if "x" in entries else 0,
        activations=tuple(layer.activation for layer in spec.layers),
        text=text,
        of_pass=_of_pass(history, t, known),
        trouble=_trouble(trace, previous, done, text),
        branch=session.branch.name,
        closed=closed,
        tested=_tested(history, t - (done < len(trace.steps))) if spec.data.held else None,
        courses=_courses(session, closed) if spec.instead else None,
        **chrome,
    )


def _of_pass(history: History, t: int, known: int) -> PassLosses | None:
    if history.spec_of(t).instead or not history.batches(t).several:
        return None
    from engine.analysis.passes import pass_losses  # the first picture does not wait for it

    return pass_losses(history, t, known)


def _tested(history: History, last: int) -> Tested:
    from tui.frame.tested import tested  # most runs hold nothing out

    return tested(history, last)


def _courses(session: Session, alone: bool) -> Courses:
    from tui.frame.courses import courses  # most runs have a network

    return courses(session, alone)


def note_of(session: Session) -> Note | None:
    """What is said where the reader stands."""
    if (at := session.stop) < 0:
        return None
    stops = session.lesson.stops
    return Note(stops[at].text, at + 1, len(stops))


def _entries(
    trace: Trace, previous: Trace | None, first: list[Symbol], done: int
) -> dict[str, Entry]:
    """What is known after so many steps: these symbols first, then those that the steps wrote."""
    steps = trace.steps[:done]
    entries: dict[str, Entry] = {}
    for symbol in dict.fromkeys((*first, *(step.symbol for step in steps))):
        array = trace.value(symbol, done)
        if array is None:
            continue
        before = _before(trace, previous, symbol, done)
        if before is not None and before.shape != array.shape:
            before = None
        entries[symbol] = Entry(symbol, array, before, _mark(steps[-1], symbol) if steps else "")
    return entries


def _mark(step: Step, symbol: Symbol) -> str:
    """What a step does with a symbol: "write", "read" or nothing."""
    return "write" if symbol == step.symbol else "read" if symbol in step.reads else ""


def _before(trace: Trace, previous: Trace | None, symbol: Symbol, done: int) -> Array | None:
    """What a symbol was one iteration before, at the same point of its own life: a parameter that
    the first iteration has updated, what the run starts from.
    """
    if previous is None:
        updated = symbol.is_parameter and (trace.writer(symbol) or done + 1) <= done
        return trace.value(symbol, 0) if updated else None
    writer = previous.writer(symbol)
    if writer is None:
        return previous.value(symbol, 0)
    now = trace.writer(symbol)
    return previous.value(symbol, writer if now is not None and now <= done else writer - 1)


def _trouble(trace: Trace, previous: Trace | None, done: int, text: Text) -> str:
    """Where a number that is not finite appears in this iteration, once that is reached."""
    if trace.trouble is None or trace.trouble[0] > done:
        return ""
    number, kind = trace.trouble
    if number == 0:
        return f"{kind} since before {trace.t}.1"
    first = " first" if previous is None or previous.trouble is None else ""
    return f"{kind}{first} at {trace.t}.{number} {text.name(trace.steps[number - 1].symbol)}"


def _selected(
    session: Session, step: Step | None, entries: Mapping[str, Entry]
) -> tuple[Symbol, Index]:
    symbol = Symbol(session.selection.symbol)
    if symbol not in entries:
        symbol = step.symbol if step else first_of(session.spec)
    shape = entries[symbol].array.shape
    size = entries[symbol].array.size
    if not symbol.batchwise:
        place = np.unravel_index(session.selection.element % size, shape)
        return symbol, tuple(int(i) for i in place)
    sample, size = session.selection.sample % shape[0], size // shape[0]
    place = np.unravel_index(session.selection.element % size, shape[1:])
    return symbol, (sample, *(int(i) for i in place))
