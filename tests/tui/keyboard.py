"""A session driven by keys, without a terminal."""

from engine.runfile.read import load
from engine.session.session import Session
from tui.actions import Actions
from tui.command.picture import picture
from tui.keys import Keymap
from tui.text.format import Text


class Keyboard:
    """Presses keys by name, such as "right o 1 2 t", and shows the screen as text."""

    def __init__(self, run: str = "worked-example", text: Text | None = None) -> None:
        self.actions = Actions(Session(load(run)), Keymap(), text or Text())

    @property
    def session(self) -> Session:
        return self.actions.session

    def press(self, keys: str) -> "Keyboard":
        for key in keys.split():
            self.actions.press(key, key if len(key) == 1 else None)
        return self

    def type(self, text: str) -> "Keyboard":
        for character in text:
            self.actions.press(character, character)
        return self

    @property
    def place(self) -> str:
        """Optimizer, iteration and step, as in "sgd 1.6"."""
        at = self.session.position
        return f"{self.session.branch.name} {at.iteration}.{at.step}"

    def screen(self, width: int = 80, height: int = 24) -> str:
        return picture(self.actions.frame(), width, height)
