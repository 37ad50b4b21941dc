"""What each key does: the one writer of the session and of the app's own state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tui.actions.branching import Branching
from tui.actions.files import Files
from tui.actions.looks import MOST_DIGITS, Looks
from tui.actions.moves import SPEEDS, Moves
from tui.actions.state import Job
from tui.frame import labels
from tui.frame.frame import Frame
from tui.keys import FOOTER, KEYS, Keymap

if TYPE_CHECKING:
    from tui.actions.stops import Stops
    from tui.frame.frame import Page

__all__ = ["MOST_DIGITS", "SPEEDS", "Actions", "Job"]

MOST_COUNT = 9_999_999
PAGES = ("help", "explain", "compare", "what if", "branches", "breakpoints")
PAGING = {"pagedown": 10, "pageup": -10}
LISTS = ("branches", "breakpoints")
GROUPS = {row.id: row.group for row in KEYS}


@lru_cache(maxsize=8)
def footer_keys(keymap: Keymap, own: str, other: str) -> tuple[tuple[str, str], ...]:
    """The keys of the footer, each with its label."""
    known = {row.id: row.label for row in KEYS} | {"toggle": f"{own}⇄{other}"}
    return tuple((keymap.shown(name), known[name]) for name in FOOTER)


class Actions(Moves, Looks, Branching, Files):
    """Takes keys, one at a time and in order, and gives the frame to show."""

    def press(self, key: str, character: str | None) -> bool:
        """Take a key. Says whether it meant anything."""
        if self.prompt is not None:
            self._type(key, character)
            return True
        if character and character in "0123456789" and (self.typed_count or character != "0"):
            self.typed_count = (self.typed_count + character)[: len(str(MOST_COUNT))]
            return True
        row = self._rows().get(character if character and character.isprintable() else key)
        if row is not None:
            self.say("")
            self.attempt(row)
            return True
        name = self.keymap.action(key, character)
        if not name and key in PAGING and self.view in PAGES and self.view not in LISTS:
            self.scroll = max(0, self.scroll + PAGING[key])
            return True
        if not name and self.typed_count and key in ("escape", "backspace"):
            self.typed_count = ""
            return True
        if name:
            self.run(name)
        return bool(name)

    def _rows(self) -> Mapping[str, Callable[[], None]]:
        """What keys do on the page that is shown."""
        match self.view:
            case "branches":
                return self.branch_rows()
            case "breakpoints":
                return self._stops().rows()
            case "what if":
                return {"enter": self.choose}
            case _:
                return {}

    def run(self, name: str) -> None:
        """Do the action of that id, as often as the count says where that makes sense."""
        self.say("")
        self.times, self.counted = int(self.typed_count or 1), bool(self.typed_count)
        self.typed_count = ""
        if name not in ("play", "faster", "slower") and self.playing:
            self.playing = False
        if self.view in PAGES and name in ("select_down", "select_up"):
            by = self.times if name == "select_down" else -self.times
            if self.view in LISTS:
                self.cursor = max(0, self.cursor + by)
                self._rows()
            else:
                self.scroll = max(0, self.scroll + by)
            return
        if self.view in ("help", *LISTS) and GROUPS[name] in ("Move", "Run"):
            return  # nothing moves behind a page
        self.attempt(getattr(self, f"do_{name}"))
        self._keep_up()

    def tick(self) -> None:
        """One step of playing."""
        super().tick()
        self._keep_up()

    def finish(self, job: Job, result: Any) -> None:
        """A job has ended with that result, which may have moved the reader."""
        super().finish(job, result)
        if not job.stopped:
            self._keep_up()

    def _keep_up(self) -> None:
        """Compute what a page needs that follows the reader."""
        if self.view == "compare" and not self.job:
            self.keep_compared()

    def _type(self, key: str, character: str | None) -> None:
        """A key in the prompt."""
        prompt, typed = self.prompt, self.typed
        assert prompt is not None
        self.say("")
        if key in ("escape", "ctrl+c") or (key in ("backspace", "ctrl+h") and not typed):
            self.prompt = None
        elif prompt.letter:
            self.prompt = None
            self.attempt(prompt.enter, character or key)
        elif key == "enter":
            self.prompt = None
            if not self.attempt(prompt.enter, typed):
                self.prompt = prompt
        elif key in ("backspace", "ctrl+h"):
            self.typed = typed[:-1]
        elif key == "ctrl+u":
            self.typed = ""
        elif character and character.isprintable():
            self.typed = (typed + character)[:200]

    # -- breakpoints ---------------------------------------------------------------------------

    def _stops(self) -> Stops:
        from tui.actions.stops import Stops  # when first used: the first picture does not wait

        return Stops(self)

    def do_breakpoint(self) -> None:
        """Ask what to stop at."""
        self._stops().ask()

    def do_breakpoints(self) -> None:
        """The list of breakpoints, and back."""
        self.open("breakpoints")

    def do_run_on(self) -> None:
        """On to the next hit."""
        if not self.stop_job():
            self._stops().run_on()

    def do_run_back(self) -> None:
        """Back to the hit before."""
        if not self.stop_job():
            self._stops().run_back()

    def do_last_change(self) -> None:
        """To the iteration before in which the selected element changed."""
        if not self.stop_job():
            self._stops().to_change(-1)

    def do_next_change(self) -> None:
        """To the next iteration in which it changed."""
        if not self.stop_job():
            self._stops().to_change(1)

    # -- the program ---------------------------------------------------------------------------

    def do_theme(self) -> None:
        """Dark or light."""
        self.wants_theme = True

    def do_palette(self) -> None:
        """The command palette."""
        self.wants_palette = True

    def do_quit(self) -> None:
        """Close what is open, else quit."""
        if self.view != "main":
            self.view = "main"
        else:
            self.quitting = True

    def do_quit_now(self) -> None:
        """Quit."""
        self.quitting = True

    # -- the picture ---------------------------------------------------------------------------

    def frame(self) -> Frame:
        """What to show now."""
        chrome: dict[str, Any] = {
            "scroll": self.scroll,
            "footer": self._footer(),
            "error": self.error,
            "prompting": self.prompt is not None and not self.message,
            "keys": self._keys(),
        }
        if self.view == "help":
            chrome["all_keys"] = {row.id: self.keymap.all_shown(row.id) for row in KEYS}
        if self.view in PAGES and self.view not in ("help", "explain"):
            chrome["page"] = self._page()
        return self.picture(**chrome)

    def _page(self) -> Page:
        """The page of the view; what takes long to work out only once for a position."""
        from tui.actions.pages import page, soon  # when first used: the first picture does not wait

        session = self.session
        if self.view in LISTS:
            return page(self)
        if self.view == "compare" and (
            self.parting() is None
            or not self.near(session.other.history, session.position.iteration)
        ):
            return soon(self)
        key = (self.view, session.branch, session.other, session.position, self.text, self.chosen)
        if self._known_page is None or self._known_page[0] != key:
            self._known_page = (key, page(self))
        return self._known_page[1]

    def _footer(self) -> str:
        if self.prompt is not None:
            if self.message:
                return f"{self.typed}█  {self.message}"
            return f"{self.prompt.label}{self.typed}█"
        if self.typed_count:
            return f"{self.typed_count}…  then a move, such as → or t"
        if self.message:
            return self.message
        if self.job:
            return f"{self.job.progress()} · {self.stop_key} stops"
        if self.playing:
            rate = f"{SPEEDS[self.speed]:g} steps a second"
            return f"playing, {rate} · {self.stop_key} stops · + - speed"
        return ""

    def _keys(self) -> tuple[tuple[str, str], ...]:
        close = (self.keymap.shown("quit"), "close")
        if self.view == "branches":
            return (("Enter", "go"), ("r", "rename"), ("x", "delete"), ("u", "undo"), close)
        if self.view == "breakpoints":
            return (("Enter", "on/off"), ("x", "delete"), close)
        if self.view == "what if":
            return (("Enter", "choose"), close, ("j k", "scroll"))
        if self.view in PAGES:
            return (close, ("j k", "scroll"))
        if self.view == "zoom":
            return (close,)
        return footer_keys(self.keymap, *labels.runs(self.session))
