"""The tables of keys and views, and what commands ask of the app."""

import ast
import inspect
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from engine.history.position import Position
from engine.session.standing import Place
from engine.session.tree import OWN
from tests.tui.keyboard import Keyboard
from tui import actions
from tui.actions import program
from tui.actions.commands import ROWS, named
from tui.actions.context import MAIN, ZOOM, View
from tui.actions.effects import Job, Leave, Wish
from tui.keys import FOOTER, KEYS

ROOM = Path(actions.__file__).parent
VIEWS = {
    path.stem: import_module(f"tui.actions.views.{path.stem}").VIEW
    for path in (ROOM / "views").glob("[a-z]*.py")
}


@pytest.mark.parametrize("row", KEYS, ids=lambda row: row.id)
def test_a_row_names_a_command(row):
    given = inspect.signature(named(row)).parameters.values()
    assert [parameter.annotation for parameter in given] == ["Context", "Count"]


def test_every_command_is_named_by_a_row():
    found = set()
    for path in ROOM.rglob("*.py"):
        module = ".".join(path.relative_to(ROOM).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                marks = [mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)]
                found |= {f"{module}.{node.name}"} if "command" in marks else set()
    assert found == {row.command for row in KEYS}


def test_no_two_rows_have_one_id_or_one_key():
    assert len(ROWS) == len(KEYS)
    assert [
        key for key, rows in Counter(key for row in KEYS for key in row.keys).items() if rows > 1
    ] == []


def test_the_footer_has_rows_with_labels():
    assert all(ROWS[name].label for name in FOOTER)
    assert {row.id for row in KEYS if row.label} == set(FOOTER)


# -- views -----------------------------------------------------------------------------------------


def test_a_view_is_a_page_or_has_another_layout():
    with pytest.raises(ValueError, match="nothing: a view has a page"):
        View(id="nothing")
    with pytest.raises(ValueError, match="both: a view has a page"):
        View(id="both", layout="pane", page=lambda _c: lambda *_: [])


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_opened_by_the_key_whose_row_names_it_and_closed(name):
    (row,) = (row for row in KEYS if row.command == f"views.{name}.show")
    keys = Keyboard().press("3 right").run(row.id)
    assert keys.context.shown.view is VIEWS[name]
    assert f"━ {VIEWS[name].id} " in keys.screen(120, 60)
    assert keys.run("quit").context.shown.view is MAIN


@pytest.mark.parametrize("name", VIEWS)
def test_the_footer_of_a_view_has_its_own_keys(name):
    view = VIEWS[name]
    keys = Keyboard()
    keys.context.shown.open(view)
    shown = keys.screen(120).splitlines()[-1]
    assert all(row.label in shown for row in view.keys)
    assert "q close" in shown
    assert ("j k scroll" in shown) is (view.items is None)


def test_moves_go_on_behind_a_view_that_follows():
    for view in (*VIEWS.values(), ZOOM):
        keys = Keyboard()
        keys.context.shown.open(view)
        assert keys.press("right").place == ("sgd 1.1" if view.follows else "sgd 1.0"), view.id


def test_a_long_page_is_scrolled_and_a_list_has_a_cursor():
    keys = Keyboard().press("? 3 j")
    assert keys.context.shown.scroll == 3
    keys.press("pagedown k pageup")
    assert keys.context.shown.scroll == 2
    keys.press("y j j j")
    assert (keys.context.shown.scroll, keys.context.shown.cursor) == (
        2,
        1,
    )  # notes stand below the list
    keys.press("pagedown k k")
    assert (keys.context.shown.scroll, keys.context.shown.cursor) == (0, 0)


def test_a_key_of_a_list_means_something_else_where_there_is_nothing_in_it():
    keys = Keyboard().press("p x")
    assert keys.context.shown.view is VIEWS["compare"]
    keys = Keyboard().press("right b enter p x")
    assert keys.context.shown.view is VIEWS["breakpoints"]
    assert not keys.session.breakpoints


def test_the_page_that_compares_follows_an_answer() -> None:
    keys = Keyboard().press("x").type(":2.6").press("enter")
    assert "part at 1.14" in keys.screen()


# -- what only the app can do ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "wish"),
    [("q", Wish.QUIT), ("ctrl+c", Wish.QUIT), ("v", Wish.THEME), ("ctrl+p", Wish.PALETTE)],
)
def test_what_only_the_app_can_do_is_returned(key, wish):
    keys = Keyboard()
    assert keys.actions.press(key, key if len(key) == 1 else None) == (wish,)
    assert keys.actions.press("right", None) == ()
    assert keys.actions.press("f12", None) is None


def test_the_shell_is_gone_back_to_where_there_is_one(monkeypatch):
    keys = Keyboard()
    monkeypatch.setattr(program, "has_shell", lambda: True)
    assert keys.actions.press("ctrl+z", None) == (Wish.SUSPEND,)
    monkeypatch.setattr(program, "has_shell", lambda: False)
    assert keys.actions.press("ctrl+z", None) == ()
    assert "there is none here" in keys.screen()
    for key in ("ctrl+s", "ctrl+q"):
        assert keys.actions.press(key, None) is None


def test_q_closes_what_is_open_before_it_quits():
    keys = Keyboard().press("z")
    assert keys.actions.press("q", "q") == ()
    assert keys.actions.press("q", "q") == (Wish.QUIT,)


def test_the_desk_that_is_left_is_handed_over_as_it_was():
    keys = Keyboard().press("3 right").type("imine").press("enter")
    left = keys.context.desk
    keys.type(":9000000").press("enter")
    keys.run("open").type("xor")
    effects = keys.actions.press("enter", None)
    assert effects is not None
    (leave,) = effects
    assert isinstance(leave, Leave)
    assert leave.desk is left
    assert [(stop.place, stop.text) for stop in left.session.lesson.stops if stop.own] == [
        (Place(OWN, Position(1, 3)), "mine")
    ]
    assert keys.session.spec.name == "xor"
    assert not any(stop.own for stop in keys.session.lesson.stops)
    assert keys.context.jobs.current is None


def test_a_run_read_again_far_out_is_left_and_then_trained() -> None:
    keys = Keyboard()
    keys.context.desk.source = "worked-example"
    keys.session.branch.history.extend(60_000)
    keys.session.go(keys.session.target("60000.1"))
    leave, job = keys.actions.run("reload")
    assert isinstance(leave, Leave)
    assert isinstance(job, Job)
    assert keys.context.jobs.current is job
