"""The command line is made of its parts."""

import io
import pkgutil
import sys
from importlib import import_module

import pytest

from tests.tui.command.test_main import refused
from tui import command
from tui.__main__ import main
from tui.command.app import has_terminal
from tui.command.line import PARTS

MODULES = [
    import_module(f"{command.__name__}.{module.name}")
    for module in pkgutil.iter_modules(command.__path__)
]


def test_every_module_that_adds_to_the_parser_is_a_part():
    found = [module for module in MODULES if hasattr(module, "add")]
    assert sorted(map(id, found)) == sorted(map(id, PARTS)), found


@pytest.mark.parametrize(
    "words", [("--plain", "--list"), ("--check", "--template"), ("--json", "--sessions")]
)
def test_one_command_at_a_time(words):
    assert f"argument {words[1]}: not allowed with argument {words[0]}" in refused(*words)


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_app_needs_a_terminal_at_all_three_streams(monkeypatch):
    names = ("stdin", "stdout", "stderr")
    for name in names:
        monkeypatch.setattr(sys, name, Tty())
    monkeypatch.setenv("TERM", "xterm")
    assert has_terminal()
    for name in names:
        for other in (None, io.StringIO()):
            with monkeypatch.context() as patch:
                patch.setattr(sys, name, other)
                assert not has_terminal()
    for term in ("", "dumb", "unknown"):
        monkeypatch.setenv("TERM", term)
        assert not has_terminal()
    monkeypatch.delenv("TERM")
    assert not has_terminal()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (MemoryError(), 1),
        (ImportError("a.so: failed to map segment from shared object"), 1),
        (ImportError("a.so: cannot open: Cannot allocate memory"), 1),
        (KeyboardInterrupt(), 130),
        (None, 7),
    ],
    ids=repr,
)
def test_how_the_program_ends(monkeypatch, capsys, error, status):
    def run(argv: list[str] | None) -> int:
        if error:
            raise error
        return 7

    monkeypatch.setattr("tui.__main__.run", run)
    assert main([]) == status
    memory = "gradstep: there is not enough memory.\n" if status == 1 else ""
    assert capsys.readouterr().err == memory


def test_a_module_that_is_not_there_is_a_mistake_of_the_program(monkeypatch):
    def run(argv: list[str] | None) -> int:
        raise ImportError("No module named 'nump'")

    monkeypatch.setattr("tui.__main__.run", run)
    with pytest.raises(ImportError, match="nump"):
        main([])
