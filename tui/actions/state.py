"""What all actions share: the app's own state beside the session's, prompts and jobs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from engine.history.history import History
from engine.history.position import Position
from engine.history.work import Progress, Stop
from engine.session.moves import MoveError
from engine.session.session import Session
from engine.spec.problem import Problem
from tui.frame.frame import Frame, Page, build
from tui.keys import Keymap
from tui.text.format import Text

T = TypeVar("T")

PATIENCE = 0.05
"""Seconds of training that a key may take at once; more than that runs beside the screen."""


@dataclass(frozen=True)
class Prompt:
    """A question in the footer. `enter(text)` takes the answer and raises a Problem for one that
    is not valid; with `letter`, the first key pressed is the answer.
    """

    label: str
    enter: Callable[[str], None]
    letter: bool = False


@dataclass
class Job:
    """Work beside the screen: `run(stop)` in a thread, then `done(result)` on the screen's side.
    `at()` says which iteration it has come to, of `first` to `last`; `branch` is the number of the
    one that it is all about, if it is of one.
    """

    what: str
    run: Callable[[Stop], Any]
    done: Callable[[Any], None]
    at: Callable[[], int]
    first: int
    last: int
    branch: int | None = None
    began: float = field(default_factory=time.monotonic)
    stopped: bool = False

    def progress(self) -> str:
        """How far it is, at which rate, and how long it will still take."""
        at = self.at()
        done = abs(at - self.first)
        seconds = max(1e-3, time.monotonic() - self.began)
        rate = done / seconds
        words = f"{self.what}: iteration {at:,}"
        if self.last != self.first:
            words += f", {done / abs(self.last - self.first):.0%}"
        if done and seconds > 0.5:
            words += f", {rate:,.0f}/s"
            left = (abs(self.last - self.first) - done) / rate
            if self.last < 9_999_999:
                words += f", {left:.0f} s left"
        return words


class Reader:
    """The state. What only the app can do it finds here after each key: `quitting`, `playing`,
    `job`, `wants_palette`, `wants_theme`.
    """

    def __init__(self, session: Session, keymap: Keymap, text: Text) -> None:
        self.session = session
        self.keymap = keymap
        self.text = text
        self.pane = "step"
        self.view = "main"
        self.scroll = 0
        self.cursor = 0
        self.times = 1
        self.counted = False
        self.typed_count = ""
        # Up to where pairs of branches have been searched for the place where they part, and it.
        self.partings: dict[tuple[History, History], tuple[int, Position | None]] = {}
        self._known_page: tuple[object, Page] | None = None
        self.chosen: tuple[str, ...] = ()  # what-if updates these
        self.prompt: Prompt | None = None
        self.typed = ""
        self.message = ""
        self.error = False
        self.playing = False
        self.job: Job | None = None
        self.quitting = self.wants_palette = self.wants_theme = False

    @property
    def history(self) -> History:
        """The iterations of the branch the reader stands on."""
        return self.session.branch.history

    def say(self, message: str, error: bool = False) -> None:
        """Show a sentence in the footer until the next key."""
        self.message, self.error = message, error

    def ask(self, label: str, enter: Callable[[str], None], text: str = "") -> None:
        """Ask in the footer."""
        self.prompt, self.typed = Prompt(label, enter), text

    def attempt(self, action: Callable[..., None], *args: Any) -> bool:
        """Do it; show what is wrong where it cannot be done. Says whether it was done."""
        try:
            action(*args)
        except Problem as problem:
            self.say(str(problem), error=True)
            return False
        return True

    def start(self, job: Job) -> None:
        """Begin a job; one at a time."""
        if self.job:
            raise MoveError(f"{self.job.what} is under way; {self.stop_key} stops it.")
        self.job = job

    def stop_job(self) -> bool:
        """Stop the job that is under way; says whether there was one."""
        if self.job:
            self.job.stopped = True
        return self.job is not None

    @property
    def stop_key(self) -> str:
        """The key that stops a job."""
        return self.keymap.shown("play")

    def finish(self, job: Job, result: Any) -> None:
        """A job has ended with that result; one that has been replaced no longer matters."""
        if self.job is job:
            self.job = None
            try:
                self.attempt(job.done, result)
            except Exception as error:  # the session goes on whatever a job has come to
                self._failed(job, error)

    def fail(self, job: Job, error: Exception) -> None:
        """A job has failed."""
        if self.job is job:
            self.job = None
            self._failed(job, error)

    def _failed(self, job: Job, error: Exception) -> None:
        self.say(f"{job.what} failed: {str(error) or type(error).__name__}", error=True)

    def travel(
        self,
        target: Position,
        branch: int | None = None,
        arrive: Callable[[], object] | None = None,
    ) -> None:
        """Go to a position, or `arrive` there; where that takes long, compute beside the screen
        first.
        """
        session = self.session
        number = session.current if branch is None else branch
        here = (session.current, session.position)

        def done(there: bool) -> None:
            still = (session.current, session.position) == here and self.prompt is None
            if not there or not still or number not in session.branches:
                self._trained(number)
            elif arrive:
                arrive()
            else:
                session.go(target, number)

        self.once_there(session.branches[number].history, target.iteration, done)

    def once_there(self, history: History, t: int, done: Callable[[bool], None]) -> None:
        """Call `done(True)` once iteration t can be looked at, beside the screen where that takes
        long, or `done(False)` when it was stopped.
        """
        if self.near(history, t):
            done(True)
            return
        replay = history.replay(t)
        what = "training" if t > history.frontier else "replaying"
        self.compute(what, lambda stop, tell: history.approach(t, stop, tell), done, t - replay, t)

    def near(self, history: History, t: int) -> bool:
        """Whether iteration t can be looked at without a wait; one more than the iteration itself
        is none, however long it takes.
        """
        replay = history.replay(t)
        return replay <= 1 or replay * history.seconds <= PATIENCE

    def compute(
        self,
        what: str,
        run: Callable[[Stop, Progress], T],
        done: Callable[[T], None],
        first: int,
        last: int,
    ) -> Job:
        """Start a job whose `run(stop, progress)` itself tells which iteration it has come to."""
        at = first

        def tell(t: int) -> None:
            nonlocal at
            at = t

        job = Job(what, lambda stop: run(stop, tell), done, lambda: at, first, last)
        self.start(job)
        return job

    def seek(
        self,
        what: str,
        search: Callable[[Stop, Progress], int | None],
        found: Callable[[int], None],
        nothing: str,
        last: int,
    ) -> None:
        """Search this branch beside the screen; `found(t)` shows the iteration that `search` has
        come upon, and `nothing` is said where that is none.
        """
        session, branch, history = self.session, self.session.current, self.history
        here = (branch, session.position)

        def run(stop: Stop, tell: Progress) -> int | None:
            t = search(stop, tell)
            return t if t is not None and history.approach(t, stop) else None

        def done(t: int | None) -> None:
            if t is None:
                self.say(f"Stopped at iteration {job.at():,}." if job.stopped else nothing)
            elif branch not in session.branches:
                self.say("The branch that was searched has been deleted.")
            elif self.prompt is not None or (session.current, session.position) != here:
                self.say(f"Found: iteration {t:,} of {session.branches[branch].name}.")
            else:
                found(t)

        job = self.compute(what, run, done, session.position.iteration, last)
        job.branch = branch

    def train(self, to: int) -> None:
        """Train this branch on beside the screen; then say how far it has come."""
        branch, history = self.session.branch, self.history
        job = self.compute(
            f"training {branch.name}",
            lambda stop, tell: history.extend(to, stop, progress=tell),
            lambda _reached: self._trained(branch.number),
            history.frontier,
            to,
        )
        job.branch = branch.number

    def _trained(self, branch: int) -> None:
        if branch not in self.session.branches:
            return  # deleted meanwhile
        frontier = self.session.branches[branch].history.frontier
        if frontier:
            self.session.reach(frontier, branch)
        self.say(f"Iterations up to {frontier:,} are there.")

    def ask_letter(self, label: str, enter: Callable[[str], None]) -> None:
        """Ask in the footer for one key."""
        self.prompt, self.typed = Prompt(label, enter, letter=True), ""

    def open(self, view: str) -> None:
        """Show a view, or the panes again where it is shown already."""
        self.view = "main" if self.view == view else view
        self.scroll = self.cursor = 0

    def picture(self, **chrome: Any) -> Frame:
        """The frame of the session's position."""
        return build(self.session, self.text, pane=self.pane, view=self.view, **chrome)
