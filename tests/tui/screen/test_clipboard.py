"""Texts for other programs: what is sent, in which wrapping, and what stands in between takes."""

from __future__ import annotations

import os
import re
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.screen import clipboard
from tui.screen.clipboard import LOADED, MOST_OF_SCREEN, SAID, Way, hand, sequences, way

PLAIN = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=3000)


def copied(sent: str) -> list[str]:
    """What a terminal that takes OSC 52, and drops other strings, has of what is sent."""
    found = PLAIN.findall(re.sub(r"\x1bP.*?\x1b\\", "", sent, flags=re.DOTALL))
    return [b64decode(each).decode() for each in found]


def through_tmux(sent: str) -> str:
    """What tmux with allow-passthrough passes on of DCS strings."""
    passed = re.findall(r"\x1bPtmux;((?:\x1b\x1b|[^\x1b])*)\x1b\\", sent)
    return "".join(each.replace("\x1b\x1b", "\x1b") for each in passed)


def through_screen(sent: str) -> str:
    """What GNU screen passes on: DCS strings, none of 768 characters or more."""
    passed = re.findall(r"\x1bP(.*?)\x1b\\", sent, re.DOTALL)
    assert all(len(each) < 768 for each in passed)
    assert all(len(each) < 768 for each in re.findall(r"\x1b\](.*?)\x07", sent))
    return "".join(passed)


@given(TEXTS)
def test_a_terminal_gets_the_text(text):
    assert copied(sequences(text, Way.TERMINAL)) == [text]
    assert sequences("0.5", Way.TERMINAL) == "\x1b]52;c;MC41\x07"


@given(TEXTS)
def test_tmux_gets_it_and_what_is_behind_tmux(text):
    sent = sequences(text, Way.TMUX)
    assert copied(sent) == [text]
    assert copied(through_tmux(sent)) == [text]


@given(TEXTS)
def test_what_is_behind_screen_gets_it_in_pieces(text):
    sent = sequences(text, Way.SCREEN)
    assert copied(through_screen(sent)) == [text]
    assert copied(sent) == []
    assert sent.count("\x1bP") == -(-len(sequences(text, Way.TERMINAL)) // MOST_OF_SCREEN)


@given(TEXTS)
def test_where_it_may_be_either_screen_prints_nothing_of_what_is_for_tmux(text):
    sent = sequences(text, Way.EITHER)
    plain = re.sub(r"\x1bP.*?\x1b\\", "", sent, flags=re.DOTALL)
    assert copied(through_screen(sent.removesuffix(plain))) == [text]
    assert len(plain) < MOST_OF_SCREEN
    assert copied(sent) == ([text] if plain else [])
    assert "tmux" not in sent


def test_a_piece_is_as_long_as_it_may_be():
    sent = sequences("x" * 1500, Way.SCREEN)
    lengths = [len(each) for each in re.findall(r"\x1bP(.*?)\x1b\\", sent, re.DOTALL)]
    assert lengths == [700, 700, 608]
    assert sequences("x" * 516, Way.EITHER).endswith("\x07")
    assert sequences("x" * 517, Way.EITHER).endswith("\x1b\\")


@pytest.mark.parametrize(
    ("environ", "to"),
    [
        ({"TERM": "xterm-256color"}, Way.TERMINAL),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, Way.NONE),
        ({"TERM": "foot-extra"}, Way.TERMINAL),
        ({"TERM": "st"}, Way.TERMINAL),
        ({"TERM": "sth-else"}, Way.NONE),
        ({"TERM": "linux"}, Way.NONE),
        ({"TERM": "vt100"}, Way.NONE),
        ({}, Way.NONE),
        ({"TERM": "tmux-256color"}, Way.TMUX),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, Way.TMUX),
        ({"TERM": "xterm", "TMUX": "/tmp/tmux-0/default,1,0"}, Way.TMUX),
        ({"TERM": "screen.xterm-256color", "STY": "1.tty"}, Way.SCREEN),
        ({"TERM": "screen-256color"}, Way.EITHER),
    ],
)
def test_the_environment_says_what_stands_between(environ, to):
    assert way(environ) is to
    assert hand("0.5", environ | {"TMUX": ""})[0] == SAID[way(environ | {"TMUX": ""})]


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of the name tmux, which keeps what it is given; without -w, or not at all."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path / "tmux"


def makes(tmux: Path, body: str) -> None:
    tmux.write_text(f'#!/bin/sh\ncd "$(dirname "$0")"\n{body}\n')
    tmux.chmod(0o755)


INSIDE = {"TERM": "tmux", "TMUX": "x"}


def test_the_tmux_that_it_runs_in_gets_a_buffer(tmux):
    makes(tmux, 'echo "$@" >> asked; cat > buffer')
    assert hand("0.5, ≈", INSIDE) == (LOADED, "")
    assert (tmux.parent / "asked").read_text() == "load-buffer -w -\n"
    assert (tmux.parent / "buffer").read_text("utf-8") == "0.5, ≈"


def test_an_old_tmux_gets_a_buffer_and_what_it_passes_on(tmux):
    makes(tmux, 'test "$2" = - && cat > buffer')
    how, sent = hand("0.5", INSIDE)
    assert how == LOADED
    assert copied(through_tmux(sent)) == ["0.5"]
    assert (tmux.parent / "buffer").read_text("utf-8") == "0.5"


def test_a_tmux_that_takes_nothing_gets_sequences(tmux):
    makes(tmux, "exit 1")
    assert hand("0.5", INSIDE) == (SAID[Way.TMUX], sequences("0.5", Way.TMUX))


def test_a_tmux_that_does_not_answer_is_asked_once(tmux, monkeypatch):
    monkeypatch.setattr(clipboard, "TMUX_SECONDS", 0.3)
    makes(tmux, 'echo "$@" >> asked; exec sleep 5')
    assert hand("0.5", INSIDE) == (SAID[Way.TMUX], sequences("0.5", Way.TMUX))
    assert (tmux.parent / "asked").read_text() == "load-buffer -w -\n"


def test_where_there_is_no_tmux_to_run_it_gets_sequences(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert hand("0.5", INSIDE) == (SAID[Way.TMUX], sequences("0.5", Way.TMUX))


def test_every_way_says_how():
    assert SAID.keys() == set(Way)
    assert [to for to in Way if not SAID[to]] == [Way.NONE]
    assert all("{what}" in said for said in (LOADED, *filter(None, SAID.values())))
