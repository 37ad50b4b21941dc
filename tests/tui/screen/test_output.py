"""Writing to a terminal: never waited for, bounded, in order, whole at the end."""

from __future__ import annotations

import asyncio
import os
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tui.screen.output import MOST_WAITING, Output

TEXT = "".join(f"{number:7}\n" for number in range(1000))


@dataclass
class Terminal:
    """The two ends of a pseudo-terminal, and what the output has said of it."""

    other: int
    fd: int
    said: list[str] = field(default_factory=list)

    def output(self, encoding: str = "utf-8") -> Output:
        return Output(
            self.fd,
            encoding,
            lambda: self.said.append("caught up"),
            lambda: self.said.append("lost"),
        )

    async def read(self, there: Callable[[bytes], bool]) -> bytes:
        """What was written, until it is so; the loop runs meanwhile."""
        data = b""
        end = time.monotonic() + 10
        while not there(data):
            assert time.monotonic() < end
            try:
                data += os.read(self.other, 1 << 16)
            except BlockingIOError:
                await asyncio.sleep(0.005)
        return data


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    other, fd = os.openpty()
    tty.setraw(fd)
    os.set_blocking(other, False)
    yield Terminal(other, fd)
    os.close(fd)
    os.close(other)


async def test_what_fits_is_sent_at_once(terminal: Terminal) -> None:
    terminal.output().write("añ🙂")
    assert os.read(terminal.other, 100).decode() == "añ🙂"


async def test_what_cannot_be_written_is_a_question_mark(terminal: Terminal) -> None:
    terminal.output("latin-1").write("é→\ud800")
    assert os.read(terminal.other, 100) == "é??".encode("latin-1")


async def test_what_does_not_fit_is_sent_later_in_its_order(terminal: Terminal) -> None:
    output = terminal.output()
    began = time.monotonic()
    for _ in range(20):
        output.write(TEXT)
    assert time.monotonic() - began < 1
    data = await terminal.read(lambda data: len(data) >= 20 * len(TEXT))
    assert data.decode() == TEXT * 20
    assert terminal.said == []


async def test_what_a_stopped_terminal_would_get_is_bounded_and_painted_anew_later(
    terminal: Terminal,
) -> None:
    output = terminal.output()
    for _ in range(1000):
        output.write(TEXT)
    assert len(output._waiting) <= MOST_WAITING + len(TEXT)
    assert terminal.said == []
    await terminal.read(lambda _: bool(terminal.said))
    assert terminal.said == ["caught up"]
    output.write("the picture")
    assert (await terminal.read(lambda data: b"pict" in data)).endswith(b"the picture")


async def test_the_end_is_not_kept_waiting(terminal: Terminal) -> None:
    output = terminal.output()
    for _ in range(20):
        output.write(TEXT)
    began = time.monotonic()
    output.end("the end", 0.2)
    assert time.monotonic() - began < 1
    output.write("more")
    await asyncio.sleep(0.05)
    assert not output._waiting


async def test_the_end_comes_instead_of_what_waits_and_undoes_half_an_escape(
    terminal: Terminal,
) -> None:
    output = terminal.output()
    for _ in range(20):
        output.write("\x1b[0m" * 5000)
    waiting = asyncio.get_running_loop().run_in_executor(None, output.end, "the end", 5.0)
    data = await terminal.read(lambda data: data.endswith(b"end"))
    await waiting
    assert data.endswith(b"\x18the end")
    assert len(data) < 200_000


async def test_a_terminal_that_is_gone_is_said_once(terminal: Terminal) -> None:
    output = terminal.output()
    os.close(terminal.other)
    output.write("a")
    output.write("b")
    assert terminal.said == ["lost"]
    terminal.other = os.open(os.devnull, os.O_RDONLY)
