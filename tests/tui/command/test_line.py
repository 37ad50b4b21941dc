"""The command line is made of its parts."""

import pkgutil
from importlib import import_module

import pytest

from tests.tui.command.test_main import refused
from tui import command
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
