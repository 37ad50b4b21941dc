"""The help of line mode: every command that it has, as one types it, and what lines mean."""

from __future__ import annotations

from tui.actions.context import Context
from tui.keys import KEYS, Key
from tui.lines.words import HERE, PANES, is_character, word
from tui.text.cells import wrap

REFUSED = {
    "play": "Nothing plays in line mode: an empty line goes on by a step, 12n by twelve.",
    "faster": "Nothing plays in line mode.",
    "slower": "Nothing plays in line mode.",
    "theme": "There are no colours in line mode.",
}
"""What only the screen can do."""
NOT_HERE = "That needs the screen."
LINES = (
    "One command a line. An empty line does the last movement again, at first the next step.",
    "Digits before a command are a count: 12n goes on by twelve steps, 3t by three iterations.",
    "What a command asks for can stand behind it: :12.6, e 0.5, b loss < 0.1, m a, open xor.",
    "help and a command says what that does: help e.",
    "Otherwise it asks, and the next line is the answer; esc closes the question.",
    "A list has numbers: a number alone takes one, as in ; 3 or in 3 on the next line.",
    "What has no key is a word: open, save, resume, practice, grade; so is what the palette has.",
    "quit closes a page, and so does any movement. Ctrl+C stops a long computation.",
    f"{HERE}: this step once more. {PANES}: all that is known here, a line for each symbol.",
)


def lines(c: Context, width: int) -> list[str]:
    """What lines mean, then the commands by group."""
    found = [each for said in LINES for each in wrap(c.text.plain(said), width, 2)]
    for group in dict.fromkeys(row.group for row in KEYS):
        found += ["", group]
        for row in KEYS:
            if row.group == group and row.id not in REFUSED:
                found += _line(c, row, width)
    return found


def about(c: Context, name: str, width: int) -> list[str]:
    """The line of a command; of a group those of all its commands; [] of no such."""
    rows = [row for row in KEYS if row.id == name or row.group.lower() == name.lower()]
    return [line for row in rows for line in _line(c, row, width)]


def _line(c: Context, row: Key, width: int) -> list[str]:
    said = NOT_HERE if row.id in REFUSED else f"{', '.join(typed(c, row))}: {row.tooltip}"
    return [f"  {line}" for line in wrap(c.text.plain(said), width - 2, 2)]


def typed(c: Context, row: Key) -> list[str]:
    """What one types for a command."""
    keys = [key for key in c.keymap.keys[row.id] if is_character(key)]
    return [*keys, *filter(None, (word(row.id),))]
