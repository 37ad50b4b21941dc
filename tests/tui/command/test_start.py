"""The app begins at once where no option is given, as it would with the parser, and without what
it never uses.
"""

import argparse
import sys

import pytest

from tui.command import app, line, start
from tui.command.line import PARTS
from tui.command.parser import Parser


@pytest.mark.parametrize("words", [[], ["digits"], ["runs/mine.toml"]])
def test_without_an_option_the_app_gets_what_the_parser_would_give(monkeypatch, words):
    asked: list[argparse.Namespace] = []

    def begun(options: argparse.Namespace) -> int:
        asked.append(options)
        return 7

    monkeypatch.setattr(app, "has_terminal", lambda: True)
    monkeypatch.setattr(app, "run", begun)
    assert start.run(words) == 7
    parser = Parser()
    for part in PARTS:
        part.add(parser)
    parsed = vars(parser.parse_args(words))
    assert asked[0].run == parsed.pop("run")
    for name, value in parsed.items():
        assert value is None or value is False, name
        assert getattr(asked[0], name) is None


@pytest.mark.parametrize("words", [["--ascii"], ["-h"], ["xor", "--goto=2"], ["a", "b"], ["-"]])
def test_all_else_goes_to_the_parser(monkeypatch, words):
    monkeypatch.setattr(app, "has_terminal", lambda: True)
    monkeypatch.setattr(line, "run", lambda given: 3 if given == words else 4)
    assert start.run(words) == 3


def test_without_a_terminal_the_parser_decides(monkeypatch):
    monkeypatch.setattr(app, "has_terminal", lambda: False)
    monkeypatch.setattr(line, "run", lambda given: 3 if given == ["xor"] else 4)
    monkeypatch.setattr(sys, "argv", ["gradstep", "xor"])
    assert start.run(None) == 3
