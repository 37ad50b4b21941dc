"""A walk with keys, as what is drawn at each place of it: texts and roles, of all panes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from tests.tui.keyboard import Keyboard
from tui.arrange import Box
from tui.draw import DRAWINGS
from tui.draw.wants import placed
from tui.frame.frame import Frame
from tui.text.raster import Line

Rows: TypeAlias = list[tuple[str, str]]
Drawn: TypeAlias = dict[str, tuple[Box, Rows]]
"""By pane: where it stands, and its rows with their roles."""


SIGNS = {
    "": "", "accent": "a", "active": "A", "dim": "d", "error": "E", "key": "k", "neg": "n",
    "other": "o", "own": "w", "pos": "p", "read": "r", "select": "S", "title": "t", "write": "W",
}  # fmt: skip
"""How roles are written: `d5 3 t2` are five cells in `dim`, three in none and two in `title`."""
BARS = "header", "timeline", "footer"
RULES = re.compile(r"([─━])\1{3,}")
"""What is written as `━{12}`."""


def rows(lines: list[Line]) -> Rows:
    """Each line as its text, and its roles: how many cells of each, one after the other."""
    texts = ("".join(text for text, _ in line).rstrip() for line in lines)
    return [
        (RULES.sub(_counted, text), _roles(line)) for text, line in zip(texts, lines, strict=True)
    ]


def _counted(rule: re.Match[str]) -> str:
    return f"{rule[1]}{{{len(rule[0])}}}"


def _roles(line: Line) -> str:
    spans = groupby(line, itemgetter(1))
    return " ".join(f"{SIGNS[role]}{sum(len(text) for text, _ in some)}" for role, some in spans)


def drawn(frame: Frame, size: tuple[int, int]) -> Drawn:
    """All panes of a screen."""
    return {
        name: (box, rows(DRAWINGS[name](frame, *box[2:])))
        for name, box in placed(frame, *size).items()
    }


class Walk:
    """Walks through a run. A row is written out where it first stands in its pane; where it does
    later, its number stands after a `~`. Of the bars, only those that are asked for are.
    """

    def __init__(self, bars: bool = True) -> None:
        self._bars = bars
        self._seen: set[tuple[str, str, str]] = set()

    def changes(self, before: Drawn, after: Drawn) -> Iterator[str]:
        """The rows that are other ones than before, of panes that stand where they stood, and all
        rows of the others.
        """
        yield from (f"-- {name} is gone" for name in before if name not in after)
        for name, (box, now) in after.items():
            was_box, was = before.get(name, (None, []))
            if box != was_box:
                yield f"-- {name} {box[2]}x{box[3]} at {box[0]},{box[1]}"
                was = []
            elif now != was:
                yield f"-- {name}"
            old: list[int] = []
            for i, row in enumerate(now, 1):
                if i <= len(was) and was[i - 1] == row:
                    continue
                if (name, *row) in self._seen:
                    old.append(i)
                    continue
                self._seen.add((name, *row))
                yield f"{i:2} {row[0]}"
                if row[1] and (i > len(was) or was[i - 1][1] != row[1]):
                    yield f"   {row[1]}"
            if old:
                yield f"~ {_numbers(old)}"
            if len(now) < len(was):
                yield f"{len(now)} rows"

    def walked(self, keys: Keyboard, way: str) -> Iterator[str]:
        """What is drawn after each word of a way."""
        before: Drawn = {}
        for word in words(way):
            press(keys, word)
            after = drawn(keys.actions.frame(), keys.context.shown.size)
            if not self._bars:
                after = {name: each for name, each in after.items() if name not in BARS}
            yield f"== {word}"
            yield from self.changes(before, after)
            before = after


def _numbers(rows: list[int]) -> str:
    """Numbers in ascending order, such as 1-4 7 9-10."""
    runs: list[list[int]] = []
    for row in rows:
        if not runs or row != runs[-1][-1] + 1:
            runs.append([])
        runs[-1].append(row)
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def words(way: str) -> Iterator[str]:
    """The words of a way; `n*3` stands for three."""
    for word in way.split():
        each, star, times = word.rpartition("*")
        yield from [each] * int(times) if each and star and times.isdigit() else [word]


def press(keys: Keyboard, word: str) -> None:
    """What a word of a way says: a size as `@80x24`, a place to go to as `:2.W1`, a command as
    `!practice`, what is typed and entered as `"0.5`, else keys, several as `j+j`.
    """
    if word[0] == "@":
        width, _, height = word[1:].partition("x")
        keys.context.shown.size = int(width), int(height)
    elif word[0] == ":" and len(word) > 1:
        keys.type(word).press("enter")
    elif word[0] == "!":
        keys.run(word[1:])
    elif word[0] == '"':
        keys.type(word[1:].replace("_", " ")).press("enter")
    else:
        keys.press(" ".join(word.split("+")) if len(word) > 1 else word)
    while keys.context.jobs.current:
        job = keys.job
        keys.finish(job, job.run(lambda: False))
