"""The command palette: every action, every built-in run by name, and every question."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette
from textual.widgets import Input

from engine.runfile.read import builtin_names, load
from tui.keys import KEYS

AGAIN_SECONDS = 0.02


class Palette(CommandPalette):
    """The command palette. Where two Enters come at once, Textual
    would close it twice and do a thing twice: the second time, `closed_again` is called instead.
    An Enter that comes before what was typed has been searched waits for what it chooses from.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "app.leave", "Quit", show=False, priority=True),
        Binding("pagedown", "turn('page_down')", "Next page", show=False),
        Binding("pageup", "turn('page_up')", "Previous page", show=False),
    ]

    def __init__(self, closed_again: Callable[[], None]) -> None:
        super().__init__()  # without an id: the next one may be there before this one has gone
        self._closed_again = closed_again
        self._left = False

    @on(Input.Submitted)
    def wait_for_search(self, event: Input.Submitted) -> None:
        """Take an Enter now or a little later."""
        if any(worker.node is self and not worker.is_finished for worker in self.workers):
            event.stop()
            event.prevent_default()
            again = Input.Submitted(event.input, event.value)
            self.set_timer(AGAIN_SECONDS, partial(self.post_message, again))

    @on(Input.Changed)
    def search_no_more(self, event: Input.Changed) -> None:
        """Search nothing for one that is closing, and has no place for it any more."""
        if self._left:
            event.stop()
            event.prevent_default()

    def action_turn(self, action: str) -> None:
        """Turn a page of the commands, where they have room: else Textual would fail."""
        found = self.query_one(CommandList)
        if found.option_count and found.scrollable_content_region:
            getattr(found, f"action_{action}")()

    def caret(self) -> tuple[int, int] | None:
        """Where the terminal's cursor is to stand: where one types."""
        typed = self.focused
        return typed.cursor_screen_offset if isinstance(typed, Input) else None

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close."""
        if self.is_current:
            self._left = True
            self.workers.cancel_node(self)
            return super().dismiss(result)
        self._closed_again()
        return AwaitComplete()


class Choices:
    """What the palette offers: `do(id)` does an action, `open_run(name)` opens a run, `ask(id)`
    answers a question. What it says is as `written` gives it.
    """

    def __init__(
        self,
        do: Callable[[str], None],
        open_run: Callable[[str], None],
        ask: Callable[[str], None],
        written: Callable[[str], str],
    ) -> None:
        self._written = written
        self._do, self._open_run, self._ask = do, open_run, ask
        self._skipped = 0  # choices to come that have been done already

    def palette(self) -> Palette:
        """A palette to show."""
        self._skipped = 0
        return Palette(self._skip)

    def _skip(self) -> None:
        self._skipped += 1

    def _once(self, command: Callable[[str], None], argument: str) -> None:
        """Do what was chosen, if it has not been done."""
        if self._skipped:
            self._skipped -= 1
        else:
            command(argument)

    def commands(self) -> Iterable[SystemCommand]:
        """The actions, then the runs, then the questions."""
        from engine.analysis.questions import QUESTIONS  # the first picture does not wait for it

        for row in KEYS:
            if row.id != "palette":
                yield self._command(row.id.replace("_", " "), row.tooltip, self._do, row.id)
        for name in builtin_names():
            yield self._command(f"open {name}", load(name).teaches, self._open_run, name)
        for question in QUESTIONS.values():
            why = f"why: {question.words}"
            yield self._command(question.asks, why, self._ask, question.id)

    def _command(
        self, name: str, told: str, command: Callable[[str], None], argument: str
    ) -> SystemCommand:
        do = partial(self._once, command, argument)
        return SystemCommand(self._written(name), self._written(told), do)
