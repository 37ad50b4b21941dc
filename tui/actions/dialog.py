"""The dialog in the footer: what is said, what is asked, and the count that is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engine.spec.problem import Problem
from engine.spec.refused import sentence
from tui.actions.effects import Effects

MOST_COUNT = 9_999_999
MOST_TYPED = 200


class Count(NamedTuple):
    """How often a command is to be done: `times`, 1 where no number was `given`."""

    times: int = 1
    given: bool = False


class Prompt(NamedTuple):
    """A question in the footer. `enter(text)` takes the answer and raises a Problem for one that
    is not valid; with `letter`, the first key pressed is the answer. `hint` says what is valid,
    where there is room for it, `meanwhile(text)` what is typed so far would come to, and `most` how
    many characters can be typed.
    """

    label: str
    enter: Callable[[str], Effects | None]
    letter: bool = False
    hint: str = ""
    most: int = MOST_TYPED
    meanwhile: Callable[[str], str] | None = None


class Dialog:
    """What is said (`message`, which may be an `error`, and `before`, which stood there up to the
    last key), what is asked (`prompt`, with the answer `typed` so far), and the `digits` of a count
    before a command.
    """

    def __init__(self) -> None:
        self.message = self.before = ""
        self.error = False
        self.prompt: Prompt | None = None
        self.typed = ""
        self.digits = ""

    def say(self, message: str, error: bool = False) -> None:
        """Show a sentence until the next key."""
        if not message:
            self.before = self.message
        self.message, self.error = message, error

    def ask(
        self,
        label: str,
        enter: Callable[[str], Effects | None],
        text: str = "",
        hint: str = "",
        most: int = MOST_TYPED,
        meanwhile: Callable[[str], str] | None = None,
    ) -> None:
        """Ask for a text, which begins with `text`."""
        prompt = Prompt(label, enter, hint=hint, most=most, meanwhile=meanwhile)
        self.prompt, self.typed = prompt, text

    def ask_letter(
        self, label: str, enter: Callable[[str], Effects | None], hint: str = ""
    ) -> None:
        """Ask for one key."""
        self.prompt, self.typed = Prompt(label, enter, letter=True, hint=hint), ""

    def attempt(self, do: Callable[..., Effects | None], *args: object) -> Effects | None:
        """Do it; its effects. Where it cannot be done, say what is wrong: None."""
        try:
            return do(*args) or ()
        except (Problem, OSError) as error:
            self.say(sentence(error), error=True)
            return None

    def count(self) -> Count:
        """The count that has been typed; the next one begins."""
        digits, self.digits = self.digits, ""
        return Count(int(digits), True) if digits else Count()

    def counts(self, character: str | None) -> bool:
        """Whether a key is a digit of a count; it is taken."""
        if not character or character not in "0123456789" or (character == "0" and not self.digits):
            return False
        self.digits = (self.digits + character)[: len(str(MOST_COUNT))]
        return True

    def answer(self, prompt: Prompt, key: str, character: str | None) -> Effects:
        """A key while the prompt asks."""
        self.say("")
        if key == "escape" or (key in ("backspace", "ctrl+h") and not self.typed):
            self.prompt = None
        elif prompt.letter:
            self.prompt = None
            return self.attempt(prompt.enter, character or key) or ()
        elif key == "enter":
            return self._enter(prompt)
        elif key in ("backspace", "ctrl+h"):
            self.typed = self.typed[:-1]
        elif key == "ctrl+u":
            self.typed = ""
        elif character and character.isprintable():
            self._type(character)
        return ()

    def paste(self, text: str) -> bool:
        """Type what is pasted, in one line; whether a text is asked for."""
        if self.prompt is None or self.prompt.letter:
            return False
        self.say("")
        self._type("".join(filter(str.isprintable, " ".join(text.split()))))
        return True

    def _type(self, text: str) -> None:
        most = self.prompt.most if self.prompt else MOST_TYPED
        self.typed = (self.typed + text)[:most]

    def _enter(self, prompt: Prompt) -> Effects:
        """Give the answer; one that is not valid stays, to be mended."""
        self.prompt = None
        effects = self.attempt(prompt.enter, self.typed)
        if effects is None:
            self.prompt = prompt
        return effects or ()
