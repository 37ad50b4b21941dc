"""A session driven by keys, without a terminal."""

from collections.abc import Callable

from engine.runfile.read import load
from engine.session.session import Session
from tui.actions.actions import Actions
from tui.actions.context import Context
from tui.actions.desk import Desk
from tui.actions.effects import Effects, Job
from tui.command.picture import picture
from tui.keys import Keymap
from tui.text.format import Text


class Keyboard:
    """Presses keys by name, such as "right o 1 2 t", and shows the screen as text."""

    def __init__(self, run: str = "worked-example", text: Text | None = None) -> None:
        self.actions = Actions(Desk(Session(load(run)), text or Text()), Keymap())

    @property
    def context(self) -> Context:
        return self.actions.context

    @property
    def session(self) -> Session:
        return self.context.session

    def press(self, keys: str) -> "Keyboard":
        for key in keys.split():
            self._press(key, key if len(key) == 1 else None)
        return self

    def type(self, text: str) -> "Keyboard":
        for character in text:
            self._press(character, character)
        return self

    def _press(self, key: str, character: str | None) -> None:
        before = self.context.jobs.current
        self._started(before, self.actions.press(key, character) or ())

    def _started(self, before: Job | None, effects: Effects) -> None:
        """A job that is under way now must have been handed to the app, and no other."""
        job = self.context.jobs.current
        started = [effect for effect in effects if isinstance(effect, Job)]
        assert started == ([] if job is before or job is None else [job])

    @property
    def job(self) -> Job:
        """The job that is under way."""
        job = self.context.jobs.current
        assert job is not None
        return job

    def finish(self, job: Job, result: object) -> "Keyboard":
        """A job ends with that result."""
        before = self.context.jobs.current
        self._started(before, self.actions.finish(job, result))
        return self

    def do(self, command: Callable[..., Effects | None], *args: object) -> "Keyboard":
        """What the palette, or the answer to a prompt, does."""
        before = self.context.jobs.current
        self._started(before, self.actions.attempt(command, self.context, *args))
        return self

    def run(self, name: str) -> "Keyboard":
        """A command by its id."""
        before = self.context.jobs.current
        self._started(before, self.actions.run(name))
        return self

    @property
    def place(self) -> str:
        """Optimizer, iteration and step, as in "sgd 1.6"."""
        at = self.session.position
        return f"{self.session.branch.name} {at.iteration}.{at.step}"

    def screen(self, width: int = 80, height: int = 24) -> str:
        self.context.shown.size = width, height
        return picture(self.actions.frame(), width, height)
