"""What comes from outside: names are shown, and no terminal obeys them; what cannot be looked at is
said to be such.
"""

from __future__ import annotations

import argparse
import errno
import os
import re
from pathlib import Path

import pytest

from tests.tui.command.test_main import printed, refused
from tests.tui.terminals import Program, run
from tui.command import opening
from tui.keys import Keymap

EVIL = "\x1b]0;title\x07"
SHOWN = "�]0;title�"
NO_UTF_8 = os.fsdecode(b"\xe9")
RUN = """
name = "a\\u001b[2Jb"
[data]
x = [[1.0]]
y = [[1.0]]
[[layers]]
units = 1
activation = "identity"
[loss]
name = "mse"
[optimizer]
name = "sgd"
lr = 0.1
"""
CLASSES = (
    RUN.replace("units = 1", "units = 2")
    .replace("identity", "softmax")
    .replace('name = "mse"', 'name = "cross_entropy"')
)


def run_file(folder: Path, content: str = RUN, name: str = f"{EVIL}.toml") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        [EVIL],
        [EVIL, "more"],
        [f"--{EVIL}"],
        [f"--plain={EVIL}"],
        ["--check", EVIL],
        ["--goto", EVIL],
        ["--optimizer", EVIL],
        ["--size", EVIL],
        ["--iterations", EVIL],
        ["--digits", EVIL],
        ["--memory", EVIL],
        ["--keys", EVIL],
        ["--resume", EVIL],
        ["--resume", f"/{EVIL}"],
        ["--resume", "x", EVIL],
    ],
)
@pytest.mark.parametrize("ascii", [False, True])
def test_an_argument_is_shown_and_not_obeyed(arguments, ascii):
    sentence = refused(*arguments, LANG="C" if ascii else "C.UTF-8", PYTHONUTF8="0", LC_ALL=None)
    assert sentence.removesuffix("\n").isprintable()


@pytest.mark.parametrize(
    "arguments",
    [["--check"], ["--plain"], ["--json"], ["--plain", "--size", "80x24"]],
)
@pytest.mark.parametrize("name", [f"{EVIL}.toml", f"{NO_UTF_8}.toml"])
def test_a_file_is_shown_and_not_obeyed(tmp_path, arguments, name):
    path = run_file(tmp_path, name=name)
    shown = printed(str(path), *arguments)
    assert all(line.isprintable() for line in shown.splitlines())
    if arguments == ["--check"]:
        assert "�" in shown


@pytest.mark.parametrize("content", ["[data", "a = 1", RUN.replace("identity", "\\u001b[2J")])
def test_a_wrong_file_is_shown_and_not_obeyed(tmp_path, content):
    done = run(str(run_file(tmp_path, content)), "--check")
    assert (done.returncode, done.stdout) == (2, "")
    assert all(line.isprintable() for line in done.stderr.splitlines())
    assert SHOWN in done.stderr


def test_what_a_csv_file_names_is_shown_and_not_obeyed(tmp_path):
    file = tmp_path / "data.csv"
    path = run_file(
        tmp_path, CLASSES.replace("x = [[1.0]]\ny = [[1.0]]", 'csv="data.csv"\ntarget="c"')
    )
    file.write_text(f"a{EVIL},c\n1,{EVIL}\n2,b\n", encoding="utf-8")
    for arguments in (["--plain"], ["--plain", "--size", "120x40"]):
        assert all(line.isprintable() for line in printed(str(path), *arguments).splitlines())
    file.write_text(f"a{EVIL},c\n{EVIL},1\n", encoding="utf-8")
    says = f'row 2, column "a{SHOWN}" is "{SHOWN}", and must be a finite number.'
    assert says in refused(str(path))


def test_the_keys_of_a_folder_are_shown_and_not_obeyed(tmp_path):
    folder = tmp_path / EVIL / "gradstep"
    folder.mkdir(parents=True)
    (folder / "keys.toml").write_text("next_stap = 1", encoding="utf-8")
    assert SHOWN in refused("--plain", "--size", "80x24", XDG_CONFIG_HOME=str(tmp_path / EVIL))


@pytest.mark.terminal
def test_the_terminal_obeys_no_name(tmp_path):
    path = run_file(tmp_path)
    with Program(str(path), width=200) as program:  # the path stands in one row
        program.until("start")
        program.send("r")
        program.until("]0;title")
        assert EVIL.encode() not in program.output
        assert b"\x1b[2Jb" not in program.output


# -- what cannot be looked at ----------------------------------------------------------------------


def test_a_link_loop_is_no_unknown_name(tmp_path):
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert refused(str(loop)) == (
        f"gradstep: {loop}: cannot be read: its links lead in a circle; check the path.\n"
    )


def test_a_run_file_comes_through_standard_input():
    assert run("-", "--check", stdin=RUN).stdout == "-: no mistakes.\n"
    assert run("/dev/stdin", "--check", stdin=RUN).stdout == "/dev/stdin: no mistakes.\n"
    assert "-: line 1, column 6 is not valid TOML" in run("-", stdin="[data").stderr


def test_a_relative_folder_of_configuration_is_ignored(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert opening.configured_keys() == tmp_path / ".config" / "gradstep" / "keys.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", "")
    assert opening.configured_keys() == tmp_path / ".config" / "gradstep" / "keys.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", "/absolute")
    assert opening.configured_keys() == Path("/absolute/gradstep/keys.toml")


@pytest.mark.parametrize("number", [errno.EACCES, errno.ELOOP])
def test_a_folder_of_configuration_that_cannot_be_read_leaves_the_usual_keys(
    number, monkeypatch, capsys
):
    def closed(path: Path, **settings):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "stat", closed)
    monkeypatch.setenv("XDG_CONFIG_HOME", f"/{EVIL}")
    options = argparse.Namespace(keys=None)
    assert opening.keymap(options).keys == Keymap().keys
    said = capsys.readouterr().err
    assert re.fullmatch(rf"gradstep: /{re.escape(SHOWN)}/[^\n]+ The usual keys hold\.\n", said)
