"""One life again and again, with each call on a file of its folder failing once."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from engine.saving.folder import SUFFIX
from engine.saving.store import load
from engine.spec.problem import Problem
from tests.soak.life import QUIT, WRONG, Tally
from tests.soak.pty import Terminal, python
from tests.tui.terminals import environment

ERRORS = ("ENOSPC", "EACCES", "ENOENT", "EINTR")
PRESSED = (
    b"\x1b[C\x1b[C", b"iseen\r", b"\x10save\r", b"kept\r", b"\x1b[C", b"\x10resume\r", b"\r", b"c",
    b"\x1b[C", b"\x10open xor\r", b"t", QUIT,
)  # fmt: skip
STATUSES = (0, 1, 2)


def calls(begun: Path) -> list[str]:
    """The calls of a life in which none fails, by name, in their order."""
    with tempfile.TemporaryDirectory(prefix="gradstep-soak-") as folder:
        tally = Tally()
        one(begun, Path(folder), 0, "EIO", tally)
        assert not tally.found, tally.found
        return (Path(folder) / "state.calls").read_text().split("\n")[:-1]


def one(begun: Path, folder: Path, number: int, code: str, tally: Tally) -> None:
    """The life in which that call fails, in a copy of a state folder that has a session."""
    state = folder / "state"
    shutil.rmtree(state, ignore_errors=True)
    shutil.copytree(begun, state)
    before = {path.name: path.read_bytes() for path in state.rglob(f"*{SUFFIX}")}
    command = ["-m", "tests.soak.child", str(state), str(number), code, "--resume"]
    terminal = Terminal(python(*command), environment(XDG_STATE_HOME=str(state)))
    terminal.size(80, 24)
    tally.counts["lives"] += 1
    tally.counts["faults"] += number > 0
    said = f"call {number} fails with {code}"
    try:
        alive = terminal.started()
        for keys in PRESSED:
            alive = alive and terminal.send(keys) and terminal.quiet(0.12)
            tally.counts["keys"] += len(keys)
        status = terminal.end(10)
        if status is None:
            terminal_said = terminal.output[-800:].decode(errors="replace")
            tally.found.append(f"{said}: does not end: {terminal_said}")
        elif status not in STATUSES:
            tally.found.append(f"{said}: status {status}")
        if match := WRONG.search(terminal.output):
            around = terminal.output[max(0, match.start() - 200) : match.end() + 1500]
            tally.found.append(f"{said}: {around.decode(errors='replace')}")
        if left := terminal.left_behind():
            tally.found.append(f"{said}: left behind {', '.join(left)}")
    finally:
        terminal.close()
    _check(state, before, said, tally)


def _check(state: Path, before: dict[str, bytes], said: str, tally: Tally) -> None:
    """What was there is there, as it was or as a whole new session."""
    for path in state.rglob(f"*{SUFFIX}"):
        try:
            load(path)
            tally.counts["sessions opened"] += 1
        except Problem as problem:
            tally.found.append(f"{said}: {path.name}: {problem}")
    missing = before.keys() - {path.name for path in state.rglob(f"*{SUFFIX}")}
    if missing:
        tally.found.append(f"{said}: {', '.join(missing)} is gone")
