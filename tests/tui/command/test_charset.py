"""When nothing but ASCII is written, without having been asked for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.tui.command.test_main import printed
from tui.command import charset
from tui.command.charset import is_ascii


def stream(encoding: str = "utf-8", tty: bool = False) -> object:
    return SimpleNamespace(encoding=encoding, isatty=lambda: tty)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"LANG": ""}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "POSIX"}, True),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "ko_KR.UTF-8"}, False),
        ({"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "LC_CTYPE": "C"}, True),
        ({"LC_CTYPE": "C", "LC_ALL": "en_US.UTF-8"}, False),
        ({"LC_ALL": "C", "LC_CTYPE": "en_US.UTF-8"}, True),
        ({"LC_ALL": "", "LANG": "C"}, True),
        ({"LC_NUMERIC": "C"}, False),
    ],
)
def test_a_locale_asks_for_ascii(environ, expected):
    assert is_ascii(stream(), environ) is expected


def test_so_does_an_encoding_and_the_console_of_linux():
    assert is_ascii(stream("iso-8859-1"), {})
    assert is_ascii(None, {})
    assert is_ascii(stream(tty=True), {"TERM": "linux"})
    assert not is_ascii(stream(), {"TERM": "linux"})  # a file or a pipe that is begun there
    assert not is_ascii(stream(tty=True), {"TERM": "xterm"})


def test_what_python_sets_is_not_taken_for_given(monkeypatch, tmp_path):
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LC_CTYPE", "C.UTF-8")
    kept = tmp_path / "environ"
    for before, locale in (
        (b"LANG=C\0", None),
        (b"LANG=C\0LC_CTYPE=C\0", "C"),
        (b"A=1\0LC_CTYPE=C.UTF-8\0", "C.UTF-8"),
    ):
        kept.write_bytes(before)
        monkeypatch.setattr(charset, "GIVEN", kept)
        assert charset.given().get("LC_CTYPE") == locale
    monkeypatch.setattr(charset, "GIVEN", tmp_path / "none")
    assert charset.given()["LC_CTYPE"] == "C.UTF-8"
    monkeypatch.setenv("LC_CTYPE", "C")
    assert charset.given()["LC_CTYPE"] == "C"


@pytest.mark.parametrize("name", ["LC_ALL", "LC_CTYPE", "LANG"])
def test_the_program_sees_it_whatever_python_does(name):
    arguments = ("--plain", "--size", "80x24", "--goto", "2.7")
    variables = {"LANG": None, name: "C"}
    shown = printed(*arguments, **variables)
    assert shown.isascii()
    assert "dL/dW[2]" in shown
    assert not printed(*arguments, LANG=None).isascii()
