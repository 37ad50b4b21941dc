"""Line mode without a terminal: lines in, lines out."""

from typing import Any

from engine.runfile.read import load
from engine.session.session import Session
from tui.actions.actions import Actions
from tui.actions.desk import Desk
from tui.actions.effects import Job
from tui.keys import Keymap
from tui.lines.conversation import Conversation
from tui.lines.words import LineKeys
from tui.text.format import Text


def at_once(job: Job) -> tuple[Any, Exception | None]:
    """A job, done."""
    try:
        return job.run(lambda: job.stopped), None
    except Exception as error:
        return None, error


class Talk:
    """A conversation about a run: `said` is what was printed first, and of the last lines."""

    def __init__(
        self,
        run: str = "worked-example",
        text: Text | None = None,
        width: int = 80,
        keymap: Keymap | None = None,
    ) -> None:
        self.left: list[Desk] = []
        self.suspended = 0
        self.actions = Actions(
            Desk(Session(load(run)), text or Text(), source=run),
            LineKeys((keymap or Keymap()).keys),
        )
        self.conversation = Conversation(
            self.actions, at_once, self.left.append, self._suspend, width
        )
        self.said = "\n".join(self.conversation.begin())

    def _suspend(self) -> None:
        self.suspended += 1

    def __call__(self, *lines: str) -> str:
        """What is printed of the last of these lines."""
        for line in lines:
            self.said = "\n".join(self.conversation.answer(line))
        return self.said

    @property
    def prompt(self) -> str:
        return self.conversation.prompt

    @property
    def session(self) -> Session:
        return self.actions.context.session

    @property
    def place(self) -> str:
        """Branch, iteration and step, as in "sgd 1.6"."""
        at = self.session.position
        return f"{self.session.branch.name} {at.iteration}.{at.step}"
