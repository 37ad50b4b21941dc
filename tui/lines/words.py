"""What a line says: a count, a key or its word, and what stands behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from engine.spec.check import printable, shown
from engine.spec.problem import Problem
from tui.keys import KEYS, SHOWN, Keymap

HERE, PANES = "here", "panes"
"""Words that line mode has beside those of the keys."""
ALSO = {"exit": "quit", "go to": "goto", "predict": "practice", "step": "next_step"}
"""Other words, and the commands that they are."""
ARROWS = {"A": "up", "B": "down", "C": "right", "D": "left"}
_ARROW = re.compile("\x1b[\\[O]([ABCD])")
"""What arrows send where nothing edits lines."""
_COUNTED = re.compile(r"([0-9]*)\s*(.*)", re.DOTALL)
MOST_COUNTED = 12
"""So many digits a count may have."""


class LineError(Problem):
    """A line that says nothing that can be done, and the mend."""


class Typed(NamedTuple):
    """What a line says: a `key`, or else the command `name`, or one of line mode's own; `digits`
    are the count before it, `rest` is what stands behind it.
    """

    digits: str = ""
    key: str = ""
    name: str = ""
    rest: str = ""

    @property
    def says(self) -> str:
        """The key or the word."""
        return self.key or self.name


class LineKeys(Keymap):
    """A keymap whose keys are named as a line says them: by a letter, or else by a word, since
    what reads aloud may leave out punctuation.
    """

    def shown(self, name: str) -> str:
        """The letter of an action, else its word, else its character."""
        keys = [key for key in self.keys[name] if is_character(key)]
        letters = filter(str.isalnum, keys)
        return next(letters, word(name)) or next(iter(keys), "")


def is_character(key: str) -> bool:
    """Whether a key is a character that a line can have; a blank is none."""
    return len(key) == 1 and key.isprintable() and key != " "


def word(name: str) -> str:
    """The word of a command: its label where that is one word, else its name with blanks; "" where
    that is another's label.
    """
    return _WORDS[name]


def _words() -> dict[str, str]:
    labels = {row.id: row.label for row in KEYS if row.label.isalpha()}
    names = {row.id: row.id.replace("_", " ") for row in KEYS}
    free = {name: said for name, said in names.items() if said not in labels.values()}
    return dict.fromkeys(names, "") | free | labels


_WORDS = _words()


def words(keymap: Keymap) -> dict[str, Typed]:
    """The words of all keys and commands; of two that are alike, the label of a key is meant."""
    found = {key: Typed(key=key) for keys in keymap.keys.values() for key in keys if len(key) > 1}
    found |= {said.lower(): Typed(key=key) for key, said in SHOWN.items()}
    own: tuple[Mapping[str, str], ...] = (
        {row.id: row.id for row in KEYS},
        {row.id.replace("_", " "): row.id for row in KEYS},
        {said: name for name, said in _WORDS.items() if said},
        ALSO,
        {HERE: HERE, PANES: PANES},
    )
    for names in own:
        found |= {said: Typed(name=name) for said, name in names.items()}
    return found


def understood(line: str, keymap: Keymap, own: Mapping[str, str]) -> Typed:
    """What a line says; `own` are the words of the keys that a page has for itself, and those. A
    line of digits alone is a count. Raises LineError for what is no command.
    """
    if line == "\t":
        return Typed(key="tab")
    line = _ARROW.sub(lambda arrow: f" {ARROWS[arrow[1]]} ", line.replace("\t", " "))
    line = printable(line).strip()
    if re.fullmatch(r"[0-9]{1,12}\.[0-9]{1,12}", line):
        raise LineError(f"{line} is no command; :{line} goes there.")
    match = _COUNTED.fullmatch(line)
    assert match is not None
    count, rest = match[1], match[2].strip()
    if len(count) > MOST_COUNTED:
        raise LineError(f"{shown(count)} is no count: it has {len(count):,} digits.")
    if not rest:
        return Typed(count)
    every = words(keymap) | {said: Typed(key=key) for said, key in own.items()}
    low = rest.lower()
    for said in sorted(every, key=len, reverse=True):
        if _begins(low, said):
            return every[said]._replace(digits=count, rest=rest[len(said) :].strip())
    key, behind = rest[0], rest[1:]
    runs_on = key.isalnum() and behind[:1].strip()
    if runs_on or key not in {*own.values(), *_characters(keymap)}:
        raise LineError(_unknown(rest, every))
    return Typed(count, key=key, rest=behind.strip())


def _begins(line: str, said: str) -> bool:
    """Whether a line begins with a word, and not with a longer one; a character is none."""
    is_word = len(said) > 1 or not said.isascii()
    return is_word and line.startswith(said) and not line[len(said) :][:1].strip()


def _characters(keymap: Keymap) -> set[str]:
    return {key for keys in keymap.keys.values() for key in keys if is_character(key)}


def _unknown(rest: str, every: Iterable[str]) -> str:
    near = get_close_matches(
        rest.split()[0][:40].lower(), [each for each in every if "_" not in each], 1
    )
    hint = f"the nearest is {near[0]}; " if near else ""
    return f"{shown(rest)} is no command; {hint}help lists them."
