"""Which options go with which commands."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from tui.command import app, line, together
from tui.command.parser import Parser, Run
from tui.command.together import IN_PRACTICE, OWN, WORDS, check

OF_ALL = {
    *("help", "run", "resume", "iterations", "optimizer", "goto", "digits", "ascii", "memory"),
    *("keys", "practice"),
}
"""What no command has for itself."""


def parsed() -> Parser:
    parser = Parser()
    for part in line.PARTS:
        part.add(parser)
    return parser


def runs(parser: Parser) -> dict[str, Run]:
    """The commands by the words that they have on a command line."""
    found = {}
    for action in parser._actions:
        run = getattr(action, "_run", None) or getattr(action, "const", None)
        if callable(run):
            found[action.option_strings[-1]] = run
    return found


def test_every_option_is_in_the_table_or_of_all():
    parser = parsed()
    options = {
        action.dest
        for action in parser._actions
        if not (action.option_strings and action.option_strings[-1] in runs(parser))
    }
    assert options == OWN.keys() | OF_ALL
    assert not OWN.keys() & OF_ALL


def test_commands_are_called_by_their_words():
    words = runs(parsed())
    assert {word: words[word] for word in WORDS.values() if word != "the screen"} == {
        word: run for run, word in WORDS.items() if run is not app.run
    }
    assert {run for each in OWN.values() for run in each} == WORDS.keys()


def options(**given: Any) -> argparse.Namespace:
    found = parsed().parse_args([])
    vars(found).update(given)
    return found


@pytest.mark.parametrize("name", OWN)
def test_an_option_goes_with_its_commands_and_is_refused_by_all_others(name, capsys):
    others = {**runs(parsed()), "the screen": app.run}
    for word, run in others.items():
        check(options(), run)
        for value in (True, "0", 0, ""):
            given = options(**{name: value})
            if run in OWN[name]:
                check(given, run)
                continue
            with pytest.raises(SystemExit) as ended:
                check(given, run)
            assert ended.value.code == 2, word
            said = capsys.readouterr().err
            assert said.startswith(f"gradstep: --{name.replace('_', '-')} goes with "), word
            assert all(WORDS[each] in said for each in OWN[name])


@pytest.mark.parametrize("name", OWN)
def test_with_practice_goes_what_makes_it(name):
    given = options(**{name: "1"}, practice=True)
    if name in IN_PRACTICE or app.run in OWN[name]:
        check(given, app.run)
    else:
        with pytest.raises(SystemExit):
            check(given, app.run)


def test_the_table_is_asked(capsys):
    with pytest.raises(SystemExit):
        line.run(["--list", "--csv"])
    assert capsys.readouterr().err == "gradstep: --csv goes with --grade.\n"
    assert together.WORDS[app.run] == "the screen"
