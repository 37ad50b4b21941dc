"""A life of the program: started, used, ended, and what it left."""

from __future__ import annotations

import random
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from engine.history.budget import Budget
from engine.runfile.read import builtin_names
from engine.saving.folder import SUFFIX
from engine.saving.lock import LOCK
from engine.saving.program import from_line
from engine.saving.read import restored
from engine.saving.store import load
from engine.spec.problem import Problem
from tests.soak.keys import burst
from tests.soak.pty import Terminal, python
from tests.tui.terminals import environment

SIZES = ((80, 24), (80, 24), (60, 20), (40, 12), (120, 40), (200, 60), (1, 1), (30, 8))
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1)
POSITION = re.compile(r"iteration\s+([0-9,]+) · step\s+([0-9]+)/")
WRONG = re.compile(rb"Traceback \(most recent|\[Errno|Error:|made a mistake|unraisable")
QUIT, LEFT_QUIET = b"\x03", 1.5
SAVED_SECONDS = 6.0
CLOSING, SHORT_QUIET, TRIES = (b"\x1b", b"\x1b", b"?", b"?"), 0.2, 5
"""Closes a prompt, the palette and every page, and does not move the reader."""
STOPS = "Space stops"
"""What the screen says while something is under way that may move the reader."""
FOLDER = "gradstep/sessions"


@dataclass
class Tally:
    """What has been done, and what was found."""

    counts: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count another one's too."""
        self.counts += other.counts
        self.found += other.found


def live(seed: int, state: Path, keys: int, tally: Tally) -> None:
    """One life with so many keys at least, in a state folder that others may have used."""
    draw = random.Random(seed)
    resumed = draw.random() < 0.5 and any(state.rglob(f"*{SUFFIX}"))
    arguments = ["--resume"] if resumed else [draw.choice(builtin_names())]
    tally.counts["lives"] += 1
    tally.counts["resumed"] += resumed
    terminal = Terminal(python("-m", "tui", *arguments), environment(XDG_STATE_HOME=str(state)))
    terminal.size(80, 24)
    try:
        if not terminal.started():
            tally.found.append(f"seed {seed}: {arguments} did not start: {_tail(terminal)}")
            return
        _use(terminal, draw, keys, tally)
        _end(terminal, draw, state, seed, tally)
    finally:
        terminal.close()


def _use(terminal: Terminal, draw: random.Random, keys: int, tally: Tally) -> None:
    pressed = 0
    while pressed < keys:
        data, count = burst(draw)
        if not terminal.send(data):
            return  # a key has ended it
        pressed += count
        tally.counts["keys"] += count
        if draw.random() < 0.05:
            terminal.size(*draw.choice(SIZES))
            tally.counts["sizes"] += 1
        if not terminal.read(draw.choice((0, 0, 0, 0.02, 0.2))):
            return
        if not WRONG.search(terminal.output):
            terminal.forget()


def _end(terminal: Terminal, draw: random.Random, state: Path, seed: int, tally: Tally) -> None:
    """End it in one of all ways, and look at what it left."""
    ways = ["kill", "kill", "key", "key", "signal", "hurry"]
    how = draw.choice(ways)
    seen = Seen("", "") if how == "hurry" else _settled(terminal, state)
    expected: set[int | None]
    if how == "kill":
        time.sleep(0.1)
        terminal.signal(signal.SIGKILL)
        tally.counts["kills"] += 1
        expected = {0, 128 + signal.SIGKILL}
    elif how == "signal":
        number = draw.choice(SIGNALS)
        terminal.signal(number)
        how = number.name
        tally.counts["signals"] += 1
        expected = {0, 128 + number}
    else:
        terminal.send(QUIT)
        expected = {0}
    status = terminal.end(15)
    said = f"seed {seed}, ended by {how}"
    if status not in expected and not (how == "hurry" and status == 0):
        tally.found.append(f"{said}: status {status}: {_tail(terminal)}{_failure(state)}")
    if match := WRONG.search(terminal.output):
        around = bytes(terminal.output[max(0, match.start() - 300) : match.end() + 1500])
        tally.found.append(f"{said}: {around.decode(errors='replace')}")
    if how != "kill" and status is not None and (left := terminal.left_behind()):
        tally.found.append(f"{said}: left behind {', '.join(left)}")
    _opens(state, seen, said, tally)


class Seen(NamedTuple):
    """Where the reader stands, "3.4", and the name of the session; "" where that is not known."""

    at: str
    name: str


def _settled(terminal: Terminal, state: Path) -> Seen:
    """What is seen once nothing is open, nothing moves any more and all is saved."""
    for _ in range(TRIES):
        for keys in CLOSING:
            if not (terminal.send(keys) and terminal.quiet(SHORT_QUIET)):
                return Seen("", "")
        text = terminal.picture(80, 24)
        if STOPS not in text:
            terminal.quiet(LEFT_QUIET, SAVED_SECONDS)
            match = POSITION.search(text)
            at = f"{match[1].replace(',', '')}.{match[2]}" if match else ""
            return Seen(at, _held(state, terminal.pid))
        terminal.send(b" ")
    return Seen("", "")


def _held(state: Path, pid: int) -> str:
    """The session that a program has open."""
    for path in state.rglob(f".*{LOCK}"):
        owner = from_line(path.read_bytes().partition(b"\n")[0])
        if owner and owner.pid == pid:
            return path.name[1:].removesuffix(LOCK)
    return ""


def _opens(state: Path, seen: Seen, said: str, tally: Tally) -> None:
    """Every session must open, and the one that was seen where it was seen."""
    if seen.at:
        tally.counts["seen"] += 1
    if seen.at and not (state / FOLDER / f"{seen.name}{SUFFIX}").exists():
        tally.found.append(f"{said}: {seen.at} was seen, and nothing of it is saved")
    for path in state.rglob(f"*{SUFFIX}"):
        try:
            stored = load(path)
            if path.stem == seen.name:
                document = dict(stored.document)
                document.pop("screen", None)
                session = restored(document, stored.arrays, Budget()).session
        except Problem as problem:
            tally.found.append(f"{said}: {path.name}: {problem}")
            continue
        tally.counts["sessions opened"] += 1
        if path.stem == seen.name and seen.at:
            at = f"{session.position.iteration}.{session.position.step}"
            if at != seen.at:
                tally.found.append(f"{said}: {path.name} is at {at}, and {seen.at} was seen")


def _failure(state: Path) -> str:
    """What the program wrote down of a mistake of its own."""
    return "".join(path.read_text("utf-8") for path in state.rglob("failure.txt"))[-1500:]


def _tail(terminal: Terminal) -> str:
    return bytes(terminal.output[-1500:]).decode(errors="replace")
