"""The [[lesson]] of a run file: read, found in the run, and refused."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from typing import Any

import pytest

from engine.history.position import Position
from engine.runfile.document import spec_document, spec_from
from engine.runfile.lesson import MOST_STOPS, MOST_TEXT
from engine.runfile.read import RUNS, builtin_names, from_table, load
from engine.runfile.template import template
from engine.session.rivals import with_named_optimizer
from engine.session.session import Session
from engine.session.standing import Place, Selection
from engine.session.tree import OTHER, OWN
from engine.spec.run import RunSpec, SpecError
from tui.__main__ import main


def taught(*stops: dict[str, Any], run: str = "worked-example") -> RunSpec:
    """A built-in run with these stops, "…" said at those that say nothing."""
    table = tomllib.loads((RUNS / f"{run}.toml").read_text(encoding="utf-8"))
    return from_table(table | {"lesson": [{"text": "…"} | stop for stop in stops]}, folder=RUNS)


def test_stops_are_found_in_the_order_of_the_file():
    spec = taught(
        {"at": "2.da1", "optimizer": "adam", "text": "  Both are\n  0. "},
        {"at": "1.6", "select": "delta2[2]", "text": "The error."},
        {"at": "dW2", "select": "∂L/∂W[2]₂₁"},
        {"at": "1.loss", "select": "W1[2,1]", "optimizer": "sgd"},
        {"at": "1.0"},
    )
    assert [stop[:3] for stop in Session(spec).lesson.stops] == [
        (Place(OTHER, Position(2, 9)), Selection(), "Both are 0."),
        (Place(OWN, Position(1, 6)), Selection("", 1), "The error."),
        (Place(OWN, Position(1, 7)), Selection("", 2), "…"),
        (Place(OWN, Position(1, 5)), Selection("W1", 2), "…"),
        (Place(OWN, Position(1, 0)), Selection(), "…"),
    ]


def test_an_element_of_a_batch_names_its_sample_first():
    (stop,) = Session(taught({"at": "1.z1", "select": "z1[3,2]"}, run="xor")).lesson.stops
    assert stop.selection == Selection("", 1, 2)


def test_where_both_runs_have_the_optimizer_its_name_means_the_one_beside():
    own, other = Session(
        taught({"at": "1.W1"}, {"at": "1.W1", "optimizer": "sgd"}, run="momentum")
    ).lesson.stops
    assert (own.place.branch, other.place.branch) == (OWN, OTHER)


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        ({"at": "1.99"}, "lesson[0].at 1.99: iteration 1 has steps 1 to 17"),
        ({"at": "2.m.W1"}, "lesson[0].at 2.m.W1: iteration 2 has no such symbol"),
        ({"at": "here"}, "lesson[0].at here: not a place; valid are"),
        ({"at": "1.1", "select": "dW9"}, "lesson[0].select dW9: no such name; the nearest is dW"),
        ({"at": "1.1", "select": "z1[3]"}, "lesson[0].select z1[3]: z1 has the elements"),
        ({"at": "1.1", "select": "theta"}, "lesson[0].select theta: no such name"),
        ({"at": "1.1", "select": "z1["}, "lesson[0].select The text ends too soon"),
        (
            {"at": "1.5", "select": "delta2[1]"},
            "lesson[0].select delta2[1]: not known yet at 1.5; step 1.6 gives it.",
        ),
        (
            {"at": "1.1", "optimizer": "adm"},
            'lesson[0].optimizer is "adm", and must be one of sgd, adam; the nearest is adam.',
        ),
    ],
)
def test_a_place_or_an_element_that_is_none_is_told(stop, said):
    with pytest.raises(SpecError) as caught:
        _ = Session(taught(stop)).lesson
    assert str(caught.value).startswith(said)


def test_all_mistakes_are_told_at_once():
    with pytest.raises(SpecError) as caught:
        _ = Session(taught({"at": "1.99"}, {"at": "1.1"}, {"at": "1.1", "select": "b9"})).lesson
    assert [each.split()[0] for each in caught.value.problems] == [
        "lesson[0].at",
        "lesson[2].select",
    ]


@pytest.mark.parametrize(
    ("stops", "said"),
    [
        ({}, "lesson is a table, and must be a list of tables, each written [[lesson]]"),
        ([{"text": "a"}], "lesson[0].at is missing"),
        ([{"at": "1.1"}], "lesson[0].text is missing"),
        ([{"at": "1.1", "text": " "}], "lesson[0].text is"),
        ([{"at": "1.1", "text": "a" * (MOST_TEXT + 1)}], "lesson[0].text is"),
        ([{"at": 1.1, "text": "a"}], "lesson[0].at is 1.1"),
        ([{"at": "1.1", "text": "a", "selct": "W1"}], "lesson[0].selct is not a key here; the"),
        ([{"at": "1.1", "text": "a"}] * (MOST_STOPS + 1), "lesson is a list of 201"),
    ],
)
def test_what_is_no_lesson_is_told(stops, said):
    table = tomllib.loads((RUNS / "xor.toml").read_text(encoding="utf-8"))
    with pytest.raises(SpecError) as caught:
        from_table(table | {"lesson": stops})
    assert said in str(caught.value)


def test_a_session_s_document_has_it():
    spec = taught({"at": "1.6", "select": "delta2[1]"}, {"at": "2.1", "optimizer": "adam"})
    document, arrays = spec_document(spec)
    assert spec_from(json.loads(json.dumps(document)), arrays).lesson == spec.lesson
    assert "lesson" not in spec_document(replace(load("iris"), lesson=()))[0]


def test_it_is_of_the_run_alone_and_not_of_the_one_set_beside_it():
    table = tomllib.loads((RUNS / "xor.toml").read_text(encoding="utf-8"))
    table |= {"compare": {"seed": 5}, "lesson": [{"at": "1.1", "text": "a"}]}
    spec = from_table(table)
    assert spec.beside is not None
    assert (len(spec.lesson), spec.beside.lesson) == (1, ())


def test_under_the_other_optimizer_each_stop_stays_on_its_run():
    spec = taught({"at": "1.W1"}, {"at": "1.m.W1", "optimizer": "adam"})
    swapped = Session(with_named_optimizer(spec, "adam"))
    assert [stop.place.branch for stop in swapped.lesson.stops] == [OTHER, OWN]
    assert with_named_optimizer(spec, "rmsprop").lesson == ()
    assert with_named_optimizer(spec, "sgd").lesson == spec.lesson


@pytest.mark.parametrize("name", builtin_names())
def test_the_lessons_of_the_built_in_runs_can_be_gone_through(name):
    session = Session(load(name))
    assert len(session.lesson.stops) == len(session.spec.lesson)


def test_check_tells_them_all_in_the_file(tmp_path, capsys):
    path = tmp_path / "mine.toml"
    lesson = '[[lesson]]\nat = "1.99"\ntext = "a"\n[[lesson]]\nat = "1.1"\nselect = "q"\ntext = "b"'
    run, *_ = (RUNS / "xor.toml").read_text(encoding="utf-8").partition("[[lesson]]")
    path.write_text(run + lesson, encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        main([str(path), "--check"])
    lines = capsys.readouterr().err.splitlines()
    assert (caught.value.code, len(lines)) == (2, 2)
    assert lines[0].startswith(f"gradstep: {path}: lesson[0].at 1.99: iteration 1 has steps")
    assert lines[1].startswith(f"gradstep: {path}: lesson[1].select q: no such name")


def test_the_lesson_of_the_template_is_one():
    before, mark, lesson = template().partition("# -- a lesson")
    keys = r"(?m)^# (\[\[lesson|(?:at|select|optimizer|text) = )"
    spec = from_table(tomllib.loads(before + mark + re.sub(keys, r"\1", lesson)))
    first, second = Session(spec).lesson.stops
    assert (first.selection, second.place.branch) == (Selection("", 0, 1), OTHER)
