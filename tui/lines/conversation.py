"""The conversation: each line that is typed, and what is printed of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.spec.check import shown
from tui.actions.actions import Actions
from tui.actions.commands import ROWS
from tui.actions.context import MAIN
from tui.actions.desk import Desk
from tui.actions.dialog import Prompt
from tui.actions.effects import Copy, Effects, Job, Leave, Wish
from tui.lines.changes import Shown, changes
from tui.lines.helped import REFUSED, about
from tui.lines.helped import lines as help_lines
from tui.lines.printed import everything, opening, sentence, step
from tui.lines.words import HERE, PANES, LineError, Typed, understood

SIZE = 160, 50
"""The screen that commands take this for: all panes are on it, and a column beside the step."""
AGAIN = (
    "next_step", "previous_step", "next_phase", "previous_phase", "next_iteration",
    "previous_iteration", "next_pass", "previous_pass", "last_change", "next_change", "next_stop",
    "previous_stop", "run_on", "run_back", "back", "forth",
)  # fmt: skip
"""What an empty line does again."""
NUMBERS = re.compile(r"\s*[-−+]?\.?[0-9][-−+.,;/e0-9\s]*")
"""What can only be an answer in practice."""
ONE_LETTER = "One letter is asked for."
WAY_OUT = "An empty line closes the question."
"""Said once of a question, where an answer was not taken."""
CLOSED = "The question is closed."
CLOSING = ("esc", "escape", "\x1b", "backspace")

Work = Callable[[Job], "tuple[Any, Exception | None]"]


class Conversation:
    """Answers lines by the commands of the keys. `work(job)` does a job and gives its result, or
    the error that it failed with; `leave(desk)` saves a desk that another takes the place of;
    `suspend()` goes to the shell. It is to end when it has `ended`.
    """

    def __init__(
        self,
        actions: Actions,
        work: Work,
        leave: Callable[[Desk], None],
        suspend: Callable[[], None] = lambda: None,
        width: int = 80,
    ) -> None:
        self.actions, self.context = actions, actions.context
        self.context.shown.size = SIZE
        self.width = width
        self.ended = False
        self._work, self._leave, self._suspend = work, leave, suspend
        self._again = Typed(name="next_step")
        self._extra: list[str] = []
        self._mended, self._said = False, ""
        self._shown = Shown()

    # -- what is printed -----------------------------------------------------------------------

    def begin(self, effects: Effects = ()) -> list[str]:
        """What is said first; `effects` are to be done before."""
        self._do(effects)
        c, frame = self.context, self.actions.frame()
        lines = opening(c, frame, self.width)
        self._shown = Shown.now(c, self.width, frame)
        message = sentence(c.dialog.message, self.width)
        return [*lines, *message, *step(frame, self.width), *self._asks()]

    @property
    def prompt(self) -> str:
        """The question that is open, with the answer that an empty line gives; else where the
        reader stands: branch, position, element, page.
        """
        c = self.context
        if (asked := c.dialog.prompt) is not None:
            usual = f"[{c.dialog.typed}] " if c.dialog.typed else ""
            return c.text.plain(f"{asked.label}{usual}")
        session, frame = c.session, self._shown.frame or self.actions.frame()
        position = session.position
        own = session.branch.number == 0
        branch = "practice" if c.desk.practising else "" if own else session.branch.name
        element = c.text.element(frame.symbol, frame.index, frame.entries[frame.symbol].array.shape)
        page = "" if c.shown.view is MAIN else c.shown.view.id
        here = (branch, f"{position.iteration}.{position.step}", element, page)
        return c.text.plain(" ".join(filter(None, here)) + "> ")

    def _asks(self) -> list[str]:
        """What a question that is open takes."""
        c = self.context
        if c.dialog.prompt is None:
            return []
        return sentence(c.text.plain(c.shown.told or c.dialog.prompt.hint), self.width)

    # -- lines ---------------------------------------------------------------------------------

    def answer(self, line: str) -> list[str]:
        """Take a line; what is to be printed of it."""
        c = self.context
        before, asked = self._shown, c.dialog.prompt
        self._mended, self._said = c.dialog.error, c.dialog.message
        self._extra = []
        c.say("")
        try:
            self._take(line)
        except LineError as error:
            c.say(str(error), error=True)
        if self.ended:
            return self._extra
        frame = self.actions.frame()
        self._shown = now = Shown.now(c, self.width, frame)
        said = [
            *sentence(c.text.plain(c.dialog.message), self.width),
            *changes(c, before, now, self.width),
            *self._extra,
        ]
        if c.shown.view is not MAIN and not (c.shown.view.keys or c.shown.view.items):
            c.shown.view = MAIN  # it has been printed, and nothing more can be done with it
            self._shown = Shown.now(c, self.width, frame)
        if c.dialog.prompt is not asked:
            said += self._asks()
        elif asked and c.dialog.error and not self._mended:
            said += sentence(WAY_OUT, self.width)
        return said or ([] if c.dialog.prompt or asked else self._nothing(before))

    def _nothing(self, before: Shown) -> list[str]:
        """Where a command has nothing to say: a page is closed, or it makes no difference."""
        if before.view is not self.context.shown.view and self._shown.frame:
            return step(self._shown.frame, self.width)[:1]
        return ["Nothing changes."]

    def interrupt(self) -> bool:
        """Close the question that is open; whether there was one."""
        asked, self.context.dialog.prompt = self.context.dialog.prompt, None
        return asked is not None

    def _take(self, line: str, behind: bool = False) -> None:
        """Take a line, or what stands `behind` a command; an answer there has to be right."""
        c = self.context
        if (prompt := c.dialog.prompt) is not None:
            self._reply(prompt, line)
            if behind and c.dialog.error:
                c.dialog.prompt = None
            return
        if line.strip().lower() in CLOSING:
            if c.shown.view is MAIN:
                raise LineError("Nothing is open that could be closed; quit ends.")
            c.shown.view = MAIN
            return
        typed = self._meant(line)
        if not typed.says:
            self._choose(typed.digits)
        else:
            self._command(typed)

    def _meant(self, line: str) -> Typed:
        """What a line says here: nothing, the last movement again; in practice a number, that it is
        asked for; on a page that finds by words, other words these.
        """
        c, own = self.context, self._own_words()
        if c.desk.practising and NUMBERS.fullmatch(line):
            return Typed(name="next_step", rest=line.strip())
        try:
            typed = understood(line, c.keymap, own)
        except LineError:
            if "words" not in own:
                raise
            return Typed(key=own["words"], rest=line.strip())
        return self._again if typed == Typed() else typed

    def _own_words(self) -> dict[str, str]:
        """The words of the keys that the page has for itself."""
        rows = self.context.shown.view.keys
        return {row.label: row.key for row in rows} | {row.key: row.key for row in rows}

    def _reply(self, prompt: Prompt, line: str) -> None:
        """Answer the question that is open. After an answer that was not taken, an empty line
        closes it, and gives no other one.
        """
        c, press = self.context, self.actions.press
        if line.strip().lower() in CLOSING or (self._mended and not line):
            c.dialog.prompt = None
            c.say(CLOSED)
        elif prompt.letter:
            letter = line.strip()
            if len(letter) == 1 and letter.isprintable():
                self._do(press(letter, letter) or ())
            else:
                c.say(ONE_LETTER, error=True)
        elif len(line) > prompt.most:
            c.say(f"An answer has at most {prompt.most} characters.", error=True)
        else:
            if line == "ctrl+u":
                press("ctrl+u", None)
            elif line:
                press("ctrl+u", None)
                c.dialog.paste(line)
            self._do(press("enter", None) or ())
            if c.dialog.error and c.dialog.prompt is prompt:
                c.dialog.typed = ""

    def _choose(self, count: str) -> None:
        """Take an item of the list, by its number."""
        items = self._items()
        if not items:
            raise LineError(f"{count} is a count: {count}n goes on so many steps, :{count} there.")
        self._point(count, items)
        self._do(self.actions.press("enter", None) or ())

    def _items(self) -> int:
        view = self.context.shown.view
        return len(view.items(self.context)) if view.items else 0

    def _point(self, count: str, items: int) -> None:
        if not 1 <= int(count) <= items:
            raise LineError(f"There is no {count} in this list; it ends with {items}.")
        self.context.shown.cursor = int(count) - 1

    # -- commands ------------------------------------------------------------------------------

    def _command(self, typed: Typed) -> None:
        """Do what a line says, then what stands behind it, as the next line would."""
        c, view = self.context, self.context.shown.view
        c.dialog.digits = ""
        if typed.name in (HERE, PANES):
            tell = step if typed.name == HERE else everything
            self._extra = tell(self.actions.frame(), self.width)
            self._refuse_rest(typed)
            return
        if typed.rest and self._name(typed) == "help":
            self._tell(typed.rest)
            return
        if any(row.key == typed.key for row in view.keys):
            self._own(typed)
        else:
            self._usual(typed)
        if typed.rest and not self.ended and not c.dialog.error:
            if c.dialog.prompt is None and (c.shown.view is view or not c.shown.view.page):
                self._refuse_rest(typed)
            self._take(typed.rest, behind=True)

    def _own(self, typed: Typed) -> None:
        """A key that the page has for itself, of the item whose number is before it."""
        if typed.digits and (items := self._items()):
            self._point(typed.digits, items)
            typed = typed._replace(digits="")
        self._press(typed)

    def _usual(self, typed: Typed) -> None:
        """The command of a key or a word. What moves closes the page that is open."""
        c, name = self.context, self._name(typed)
        if name in REFUSED:
            raise LineError(REFUSED[name])
        if name in AGAIN:
            self._again = typed._replace(rest="")
        if name and ROWS[name].group in ("Move", "Run"):
            c.shown.view = MAIN
        self._press(typed)

    def _name(self, typed: Typed) -> str:
        """The command of a key or a word, "" for none."""
        return typed.name or self.context.keymap.action(typed.key, _character(typed.key))

    def _tell(self, words: str) -> None:
        """What a command, or a group of them, does."""
        c = self.context
        try:
            name = self._name(understood(words, c.keymap, {}))
        except LineError:
            name = words
        self._extra = about(c, name, self.width)
        if not self._extra:
            raise LineError(f"{shown(words)} is no command, nor a group of them.")

    def _press(self, typed: Typed) -> None:
        c, actions = self.context, self.actions
        for digit in typed.digits:
            actions.press(digit, digit)
        c.say(self._said)  # as on the screen, up to this key
        if not typed.key:
            self._do(actions.run(typed.name))
        elif (effects := actions.press(typed.key, _character(typed.key))) is not None:
            self._do(effects)
        else:
            c.say("")

    def _refuse_rest(self, typed: Typed) -> None:
        if typed.rest:
            raise LineError(f"One command a line: what is behind {typed.says} was not read.")

    def _do(self, effects: Effects) -> None:
        """Do what commands leave to whoever runs them."""
        for effect in effects:
            match effect:
                case Leave():
                    self._leave(effect.desk)
                case Copy():
                    effect.done("This is {what}.")
                    self._extra = [effect.text]
                case Wish.QUIT:
                    self.ended = True
                case Wish.SUSPEND:
                    self._suspend()
                case Wish.PALETTE:
                    self._extra = help_lines(self.context, self.width)
                case Job():
                    result, error = self._work(effect)
                    done = self.actions.fail(effect, error) if error else None
                    self._do(self.actions.finish(effect, result) if done is None else done)
                case _:
                    self.context.say("That takes the screen.", error=True)


def _character(key: str) -> str | None:
    return key if len(key) == 1 else None
