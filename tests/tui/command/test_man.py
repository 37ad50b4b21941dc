"""The manual page: what is on it, and that programs which read such pages find nothing wrong."""

import re
import shutil
import subprocess

import pytest

from tests.tui.terminals import ROOT
from tui.__main__ import main
from tui.command import manpage
from tui.command.line import PARTS
from tui.command.manpage import ENVIRONMENT, page
from tui.command.parser import Parser
from tui.keys import KEYS, Keymap

FILE = ROOT / "tui" / "docs" / "gradstep.1"

UNSAID = {"TERM_PROGRAM"}
"""Variables that change nothing a user sees."""


def parser() -> Parser:
    made = Parser()
    for part in PARTS:
        part.add(made)
    return made


def printed(capsys) -> str:
    assert main(["--print-man"]) == 0
    return str(capsys.readouterr().out)


def test_the_file_is_what_is_printed(capsys):
    assert FILE.read_text("utf-8") == printed(capsys), (
        "renew it: python -m tui --print-man > tui/docs/gradstep.1"
    )


def test_every_option_and_every_key_is_on_it():
    shown = page(parser())
    for action in parser()._actions:
        for name in action.option_strings:
            assert rf"\fB{manpage._text(name)}\fR" in shown, name
    for row in KEYS:
        for key in Keymap().all_shown(row.id).split():
            assert rf"\fB{manpage._text(key)}\fR" in shown, row


def test_every_variable_that_is_read_is_on_it():
    code = "\n".join(
        path.read_text("utf-8")
        for room in ("engine", "tui")
        for path in (ROOT / room).rglob("*.py")
    )
    read = re.findall(r'environ(?:\.get|\.setdefault|\.pop)?[\[(]"([A-Z_]+)"', code)
    assert {"NO_COLOR", "XDG_STATE_HOME", "OPENBLAS_NUM_THREADS"} <= set(read)
    said = {name for names, _ in ENVIRONMENT for name in names.split(", ")}
    assert set(read) - said - UNSAID == set()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("--no-formulas", r"\-\-no\-formulas"),
        ("a\\b 'c' \"d\" `^~", r"a\eb \(aqc\(aq \(dqd\(dq \(ga\(ha\(ti"),
        (".", r"\&."),
    ],
)
def test_characters_that_mean_something_else_on_such_a_page(text, written):
    assert manpage._text(text) == written


@pytest.mark.parametrize(
    "command",
    ["mandoc -Tlint -Wwarning", "groff -k -man -Tutf8 -ww -z"],
    ids=lambda c: c.split()[0],
)
def test_readers_of_such_pages_find_nothing_wrong(command):
    words = command.split()
    if not shutil.which(words[0]):
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run(
        [*words, str(FILE)], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    found = (done.stdout + done.stderr).splitlines()
    assert [line for line in found if "missing date" not in line] == []  # no day is the right one
