"""The footer: what the dialog, the job or playing has to say, else the keys."""

from __future__ import annotations

from functools import lru_cache

from tui.actions.context import MAIN, Context
from tui.frame import labels
from tui.keys import FOOTER, KEYS, SHOWN, Keymap

PRACTICE = (
    ("next_step", "answer"), ("previous_step", "back"), ("select_right", "select"),
    ("next_pane", "pane"), ("more_digits", "digits"), ("palette", "end practice"),
    ("help", "help"), ("quit", "quit"),
)  # fmt: skip


def sentence(c: Context) -> str:
    """What there is to say, "" for nothing."""
    dialog = c.dialog
    if dialog.prompt is not None:
        if dialog.message:
            return f"{dialog.typed}█  {dialog.message}"
        return f"{dialog.prompt.label}{dialog.typed}█"
    if dialog.digits:
        return f"{dialog.digits}…  then a move, such as → or t"
    if dialog.message:
        return dialog.message
    if c.jobs.current:
        return f"{c.jobs.current.progress()} · {c.stop_key} stops"
    if c.playing.on:
        return f"playing, {c.playing.rate:g} steps a second · {c.stop_key} stops · + - speed"
    return ""


def hint(c: Context) -> str:
    """The ways out of a prompt, and what it takes; "" where nothing is asked, or it has said so."""
    prompt, typed = c.dialog.prompt, c.dialog.typed
    if prompt is None or c.dialog.message:
        return ""
    wanted = prompt.meanwhile(typed) if prompt.meanwhile and typed else prompt.hint
    return f"Esc closes · {wanted}" if wanted else "Esc or Backspace closes"


def keys(c: Context) -> tuple[tuple[str, str], ...]:
    """The keys, each with its label: first those that the view has for itself."""
    view = c.shown.view
    if view is MAIN and c.desk.practising:
        return tuple((c.keymap.shown(name), label) for name, label in PRACTICE)
    if view is MAIN:
        return _of_panes(c.keymap, *labels.runs(c.session))
    own = tuple((SHOWN.get(row.key, row.key), row.label) for row in view.keys)
    close = (c.keymap.shown("quit"), "close")
    scrolled = view.page is not None and view.items is None
    return (*own, close, *((("j k", "scroll"),) if scrolled else ()))


@lru_cache(maxsize=8)
def _of_panes(keymap: Keymap, own: str, other: str) -> tuple[tuple[str, str], ...]:
    known = {row.id: row.label for row in KEYS} | {"toggle": f"{own}⇄{other}"}
    return tuple((keymap.shown(name), known[name]) for name in FOOTER)
