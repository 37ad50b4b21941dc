"""Completion, asked of the real shells; where one is not installed its tests are skipped."""

import shutil

import pytest

from engine.runfile.read import builtin_names
from tests.tui.command.shells.real import COMPLETES
from tests.tui.command.test_main import refused
from tui.__main__ import main
from tui.command.line import PARTS
from tui.command.parser import Parser
from tui.command.shells import SHELLS
from tui.command.shells.takes import FREE, RUN, Option, Takes, options


def all_options() -> list[Option]:
    parser = Parser()
    for part in PARTS:
        part.add(parser)
    return options(parser)


def test_it_is_known_of_every_option_what_it_takes():
    found = {each.names[-1]: each for each in all_options()}
    assert [name for name in FREE if not found[name].count or found[name].takes != Takes()] == []
    assert [name for name, each in found.items() if each.count and each.takes == Takes()] == [
        name for name in found if name in FREE
    ]
    assert list(found[RUN].takes.words) == builtin_names()
    assert all(found[RUN].takes.words.values())
    words = {"--plain", "--json", "--list", "--check"}
    assert words <= {"--plain", *found["--plain"].others}
    assert "--plain" not in found["--plain"].others
    assert found["--digits"].others == ()


def test_a_shell_that_is_none_of_them():
    assert refused("--print-completion", "tcsh") == (
        "gradstep: --print-completion tcsh: must be one of bash, zsh, fish.\n"
    )


RUNS = {*builtin_names(), "mine.toml", "my run.toml", "sub"}
COMPLETED = {
    "gradstep ": RUNS,
    "gradstep mi": {"mini-batch", "mine.toml"},
    "gradstep --plain mi": {"mini-batch", "mine.toml"},
    "gradstep sub/d": {"sub/deep.toml"},
    "gradstep --goto -3 ": RUNS,
    "gradstep --plain --size 80x24 ": RUNS,
    "gradstep --form": {"--format"},
    "gradstep --format ": {"text", "markdown", "latex"},
    "gradstep --format l": {"latex"},
    "gradstep xor --way f": {"free", "fed"},
    "gradstep --digits ": set(),
    "gradstep --why new ": set(),
    "gradstep --grade x.txt ": {"mine.toml", "my run.toml", "run.npz", "anna.txt", "sub"},
    "gradstep --against run.npz r": {"run.npz"},
    "gradstep --keys ": {"mine.toml", "my run.toml", "sub"},
    "gradstep --to ": {"sub"},
    "gradstep --resume ": {"anna", "two words"},
    "gradstep --resume t": {"two words"},
    "gradstep --steps b": {"backward"},
    "gradstep --print-completion z": {"zsh"},
    "gradstep --no-f": {"--no-formulas"},
}
ALL, AFTER_A_RUN = "gradstep --", "gradstep xor --goto 3 "


@pytest.fixture
def folder(tmp_path):
    """A folder to complete files of; beside it is one of saved sessions."""
    sessions = tmp_path / "state" / "gradstep" / "sessions"
    sessions.mkdir(parents=True)
    for name in ("anna", "two words"):
        (sessions / f"{name}.gradstep").touch()
    files = tmp_path / "files"
    (files / "sub").mkdir(parents=True)
    for name in ("mine.toml", "my run.toml", "run.npz", "anna.txt", "sub/deep.toml"):
        (files / name).touch()
    return files


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_shell_completes(shell, folder, capsys):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    script = folder.parent / "script"
    assert main(["--print-completion", shell]) == 0
    script.write_text(capsys.readouterr().out, "utf-8")
    lines = [*COMPLETED, ALL, AFTER_A_RUN]
    answers = COMPLETES[shell](script, folder, lines)
    found = {
        line: {each.replace("\\ ", " ").removesuffix("/") for each in words}
        for line, words in zip(lines, answers, strict=True)
    }
    if shell == "zsh":  # which adds the folder itself
        found["gradstep sub/d"] = {f"sub/{each}" for each in found["gradstep sub/d"]}
    assert RUNS.isdisjoint(found.pop(AFTER_A_RUN))
    names = {name for each in all_options() for name in each.names if name.startswith("--")}
    assert found == COMPLETED | {ALL: names}
