"""Programs that have sessions open: whose they are, where they run, whether they still do."""

from __future__ import annotations

import getpass
import json
import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from engine.spec.check import printable

TOLD_BY = signal.SIGURG
"""Tells a program to look whether its session is asked for. Who does not know it ignores it, so
that one sent to the wrong program does nothing.
"""
LONGEST = 200


@dataclass(frozen=True)
class Program:
    """A program, as it writes itself down. `machine` and `boot` tell this machine and its last
    start from others, `started` this process from a later one of its number; "" where a system
    has no such thing. `since` is in seconds since 1970, and only for people.
    """

    token: str
    user: str
    host: str
    machine: str
    boot: str
    pid: int
    started: str
    terminal: str
    since: float

    @property
    def words(self) -> str:
        """Who and where it is, short: "pts/3", or "ann@box, pts/3" on another host."""
        place = self.terminal or f"process {self.pid}"
        return place if self.near else f"{self.user}@{self.host}, {place}"

    @property
    def time(self) -> str:
        """Since when: the time, and the day where it is not today."""
        with suppress(ValueError, OverflowError, OSError):
            then, now = datetime.fromtimestamp(self.since), datetime.now()
            return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M}"
        return "?"

    @property
    def near(self) -> bool:
        """Whether it is on this machine, or was."""
        return self.machine == _machine()

    @property
    def ended(self) -> bool:
        """Whether it is known to have ended, where no lock says so."""
        if not self.near or not self.boot or not _boot():
            return False
        if self.boot != _boot():
            return self.boot.split()[0] != _boot().split()[0]  # else in another container
        return _started(self.pid) != self.started

    def tell(self) -> None:
        """Have it look whether its session is asked for, where it can be told."""
        if self.near and self.boot == _boot() and _started(self.pid) == self.started:
            with suppress(OSError):
                os.kill(self.pid, TOLD_BY)


def this_program() -> Program:
    """The program that runs this, with a token that no other has."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.getuid())
    terminal = ""
    with suppress(OSError):
        terminal = os.ttyname(0).removeprefix("/dev/")
    pid = os.getpid()
    return Program(
        os.urandom(16).hex(), user[:LONGEST], socket.gethostname()[:LONGEST], _machine(), _boot(),
        pid, _started(pid), terminal[:LONGEST], time.time(),
    )  # fmt: skip


def to_line(program: Program) -> bytes:
    """A program as a line."""
    return json.dumps(asdict(program)).encode() + b"\n"


def from_line(line: bytes) -> Program | None:
    """The program of a line; None where it is none, as where a machine failed while writing it."""
    try:
        table: dict[str, Any] = json.loads(line)
        program = Program(**{each.name: table[each.name] for each in fields(Program)})
    except (LookupError, TypeError, ValueError, RecursionError):
        return None
    texts = [value for value in asdict(program).values() if isinstance(value, str)]
    sound = len(texts) == 7 and type(program.pid) is int and type(program.since) is float
    if not sound or any(len(text) > LONGEST or printable(text) != text for text in texts):
        return None
    return program


@cache
def _machine() -> str:
    """What is this machine's own: its name and, where there is one, its number."""
    return f"{socket.gethostname()} {_text('/etc/machine-id')}".strip()[:LONGEST]


@cache
def _boot() -> str:
    """The last start of the machine, and the container whose processes are counted here."""
    boot = _text("/proc/sys/kernel/random/boot_id")
    with suppress(OSError):
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}" if boot else ""
    return boot


def _started(pid: int) -> str:
    """When a process started, in ticks since the machine did; "" where there is none."""
    return (_text(f"/proc/{pid}/stat").rpartition(")")[2].split() + [""] * 20)[19]


def _text(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace").strip()
    except OSError:
        return ""
