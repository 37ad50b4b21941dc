"""Lines that are piped in."""

import io
import os
import sys
from collections.abc import Iterator

import pytest

from tui.command import typed
from tui.command.typed import PIECE, Lines


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The end of a pipe to standard input that is written to."""
    reading, writing = os.pipe()
    monkeypatch.setattr(typed, "ENDING", ())
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with os.fdopen(reading) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield writing


def test_of_a_line_without_an_end_no_more_is_kept_than_a_line_may_have(piped, monkeypatch):
    pieces = iter([b"a" * PIECE] * 40 + [b"b\nnext", b"\n", b"last", b""])
    lines = Lines(lambda: None)
    monkeypatch.setattr(os, "read", lambda _handle, _most: next(pieces))
    line = lines.next("")
    assert line is not None
    assert line.startswith("a" * PIECE)
    assert len(line) <= 2 * PIECE
    assert [lines.next("") for _ in range(3)] == ["next", "last", None]
    os.close(piped)


def test_a_line_that_comes_in_pieces_is_one(piped):
    lines = Lines(lambda: None)
    os.write(piped, "12n\r\n∂L".encode())
    assert lines.next("> ") == "12n"
    os.write(piped, b"/W\n")
    os.close(piped)
    assert lines.next("> ") == "∂L/W"
    assert lines.next("> ") is None
