"""`python -m tests.pictures`: draws the pictures that the README shows, tui/docs/*.svg."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.tui.keyboard import Keyboard
from tui.__main__ import main
from tui.draw.whole import screen
from tui.text.raster import Line
from tui.text.svg import CLOSED, marks, opened, rules

FOLDER = Path(__file__).parents[1] / "tui" / "docs"
WIDTH, HEIGHT = 80, 24
TITLE = "gradstep: a first iteration of the worked example, key by key"


class Scene(NamedTuple):
    """Keys that are pressed, what the viewer is told, and for how many seconds it stands."""

    keys: str
    says: str
    seconds: float


SCENES = (
    Scene("", "The worked example: a 2-2-2 network, before its first iteration.", 3),
    Scene("right", "→ computes the next formula: the sums of layer 1.", 2.5),
    Scene("right right right", "→ → → on to the shares of the two classes.", 2.5),
    Scene("right", "→ the loss.", 2),
    Scene("right", "→ backward: the output error, ŷ − y.", 2.5),
    Scene("right", "→ the gradient of W[2], from that error.", 2.5),
    Scene("enter", "Enter explains the number: where it comes from, what uses it.", 4),
    Scene("q f", "f goes to the next phase: the update, Adam beside SGD.", 3.5),
    Scene("t", "t: the same step an iteration later; ▲ and ▼ say what rose and fell.", 3),
    Scene("o", "o: Adam's run at the same position.", 4),
)


class Shot(NamedTuple):
    """A screen with what is told below it, and for how many seconds it stands."""

    rows: tuple[Line, ...]
    seconds: float


def shots() -> Iterator[Shot]:
    """The scenes, one after the other."""
    keyboard = Keyboard()
    keyboard.context.shown.size = WIDTH, HEIGHT
    for keys, says, seconds in SCENES:
        keyboard.press(keys)
        rows = screen(keyboard.actions.frame(), WIDTH, HEIGHT)
        yield Shot((*rows, (), ((" ", ""), (says, "write"))), seconds)


def film(found: Sequence[Shot], title: str) -> str:
    """Screens that follow each other over and over. What several of them have at the same place is
    drawn once. Where nothing moves, the first one stands.
    """
    height = len(found[0].rows)
    pieces = [set(_pieces(shot.rows)) for shot in found]
    together: dict[tuple[bool, ...], list[Piece]] = {}
    for piece in sorted(set().union(*pieces)):
        together.setdefault(tuple(piece in each for each in pieces), []).append(piece)
    every = [row for shot in found for row in shot.rows]
    style = [*rules(every, dark=True), *_motion(list(together), [each.seconds for each in found])]
    lines = list(opened(WIDTH, height, title, style, dark=True))
    for number, parts in enumerate(together.values()):
        lines += [f'<g class="shot{number}">', *marks(_rows(parts, height)), "</g>"]
    return "\n".join([*lines, CLOSED])


class Piece(NamedTuple):
    """A word, or cells of one role that are more than words, at its place."""

    y: int
    x: int
    text: str
    role: str


def _pieces(rows: Sequence[Line]) -> Iterator[Piece]:
    for y, row in enumerate(rows):
        x = 0
        for text, role in row:
            words = (
                [(0, text)]
                if role == "select"
                else [(match.start(), match[0]) for match in re.finditer(r"[─━╍]|[^\s─━╍]+", text)]
            )
            yield from (Piece(y, x + at, word, role) for at, word in words)
            x += len(text)


def _rows(pieces: Sequence[Piece], height: int) -> list[Line]:
    """Rows that have these pieces, from left to right, and blanks else."""
    rows: list[list[tuple[str, str]]] = [[] for _ in range(height)]
    ends = [0] * height
    for y, x, text, role in pieces:
        rows[y] += [(" " * (x - ends[y]), ""), (text, role)]
        ends[y] = x + len(text)
    return [tuple(row) for row in rows]


def _motion(patterns: Sequence[Sequence[bool]], seconds: Sequence[float]) -> Iterator[str]:
    """When each part is seen, a rule each."""
    whole = sum(seconds)
    starts = [sum(seconds[:i]) / whole for i in range(len(seconds))]
    for number, shown in enumerate(patterns):
        if all(shown):
            continue
        if not shown[0]:
            yield f".shot{number} {{ visibility: hidden; }}"
        yield f".shot{number} {{ animation: shot{number} {whole:g}s step-end infinite; }}"
        changes = [i for i, seen in enumerate(shown) if i == 0 or seen is not shown[i - 1]]
        steps = (
            f"{100 * starts[i]:.4g}% {{ visibility: {'visible' if shown[i] else 'hidden'}; }}"
            for i in changes
        )
        yield f"@keyframes shot{number} {{ {' '.join(steps)} }}"
    yield "@media (prefers-reduced-motion: reduce) { g { animation: none !important; } }"


def _printed() -> str:
    """The screen as the program itself draws it."""
    told = io.StringIO()
    words = f"--plain --svg dark --goto 1.6 --size {WIDTH}x{HEIGHT}"
    with contextlib.redirect_stdout(told):
        assert main(words.split()) == 0
    return told.getvalue()


PICTURES: dict[str, Callable[[], str]] = {
    "screen.svg": _printed,
    "recording.svg": lambda: film(list(shots()), TITLE),
}


if __name__ == "__main__":
    for name, drawn in PICTURES.items():
        (FOLDER / name).write_text(drawn(), "utf-8")
