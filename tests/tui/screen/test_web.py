"""Served to a browser: Textual's own driver speaks in packets through pipes."""

from __future__ import annotations

import os
import struct
import subprocess
import time
from typing import Any

import pytest

from tests.bench.cells import Screen
from tests.tui.terminals import PATIENCE, ROOT, command, environment

READY = b"__GANGLION__\n"


def text_of(output: bytearray) -> bytes:
    """What a driver has sent for the screen: the packets of data up to now."""
    rest = output.partition(READY)[2]
    found = b""
    while len(rest) >= 5 and len(rest) >= 5 + (size := struct.unpack(">I", rest[1:5])[0]):
        if rest[:1] == b"D":
            found += rest[5 : 5 + size]
        rest = rest[5 + size :]
    return found


def until(program: subprocess.Popen[bytes], output: bytearray, what: str) -> None:
    stream: Any = program.stdout
    end = time.monotonic() + PATIENCE
    while True:
        output += stream.read() or b""
        screen = Screen(80, 24)
        screen.feed(text_of(output))
        if what in screen.text():
            return
        assert time.monotonic() < end, screen.text()
        time.sleep(0.05)


@pytest.mark.terminal
def test_textuals_driver_for_browsers_is_taken_where_it_is_named():
    env = environment(
        TEXTUAL_DRIVER="textual.drivers.web_driver:WebDriver", COLUMNS="80", LINES="24"
    )
    with subprocess.Popen(
        command(), cwd=ROOT, env=env, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL
    ) as program:
        assert program.stdin
        assert program.stdout
        os.set_blocking(program.stdout.fileno(), False)
        output = bytearray()
        until(program, output, "step  0/17")
        program.stdin.write(b"D" + struct.pack(">I", 3) + b"nnn")
        program.stdin.flush()
        until(program, output, "step  3/17")
        program.stdin.write(b"D" + struct.pack(">I", 1) + b"q")
        program.stdin.flush()
        assert program.wait(PATIENCE) == 0
