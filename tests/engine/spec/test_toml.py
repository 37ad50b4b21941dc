"""What a TOML file may hold: more is refused before it is parsed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.spec.run import SpecError
from engine.spec.toml import read_toml


def write(folder: Path, text: str) -> Path:
    path = folder / "a.toml"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def refused(folder: Path, text: str) -> str:
    with pytest.raises(SpecError) as caught:
        read_toml(write(folder, text))
    (sentence,) = caught.value.problems
    assert sentence.isprintable()
    assert len(sentence) < 500 + len(str(folder))
    return sentence.partition("a.toml: ")[2]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\n\n" + ".".join("a" * 11) + " = 1", "has a key of more than 10 parts in line 3."),
        ("[" + " . ".join("a" * 11) + "]", "has a key of more than 10 parts in line 1."),
        ('x = {"a"."b".c.d.e.f.g.h.i.j.k = 1}', "has a key of more than 10 parts in line 1."),
        ("x = '''\n'''\n" + "9" * 20_001, "has a word of more than 20,000 characters in line 3."),
        ("".join(f"a{i} = 1\n" for i in range(121)), "has more than 120 different names"),
        ("".join(f"[a{i}]\n" for i in range(121)), "has more than 120 different names"),
        ("[[a]]\n" * 2001, "has more than 2,000 tables."),
        ("x = [" + "{}," * 2001 + "]", "has more than 2,000 tables."),
        ("[[a]]\n" + "a = 1\n" * 20_001, "has more than 20,000 keys."),
        ("x = [" + "[[[]]], " * 101 + "]", "lists or tables are nested too deeply."),
        ("x = [" + "[1]," * 20_000 + "]", "has 20,001 lists, hardly a number in each"),
        ("[a]\n[" + "a" * 5000 + "]\n[" + "a" * 5000 + "]", "Cannot declare"),
    ],
)
def test_what_is_too_much(tmp_path, text, says):
    assert says in refused(tmp_path, text)


def test_strings_and_comments_hold_what_they_like(tmp_path):
    much = "a.b.c.d.e.f.g.h.i.j.k.l.m = {" * 3000
    for text in (
        f"x = 1 # {much}",
        f"x = '{much[:19_000]}'",
        f'x = "{much[:19_000]}"',
        f'x = """\n{much}\n"""',
        f"x = '''\n{much}'\n'''",
        f'x = """\\"""{much}"""',
    ):
        assert read_toml(write(tmp_path, text)) == tomllib.loads(text)


def test_large_tables_of_numbers_are_no_more_than_that(tmp_path):
    text = "x = [" + "[0.25, 1e-3],\n" * 100_000 + "]\n" + "[[a]]\ny = 1\n" * 1000
    assert len(read_toml(write(tmp_path, text))["x"]) == 100_000


parts = st.sampled_from(
    ["a", "b.c", "'d'", '"e"', "=", "\n", "[", "]", "{", "}", ",", "1.5", "#", '"""', "'''", "\\"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=60), st.lists(parts, max_size=30).map(" ".join)))
def test_what_is_not_too_much_is_what_tomllib_reads(tmp_path, text):
    try:
        path = write(tmp_path, text)
    except UnicodeEncodeError:
        return
    try:
        wanted = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        assert refused(tmp_path, text)
    else:
        assert repr(read_toml(path)) == repr(wanted)
