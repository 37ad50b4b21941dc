"""Textual's private names: looked for once, used in one module, and none of them ours."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from textual import app, dom, message_pump, screen, widget
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.geometry import Region
from textual.widget import Widget

from tui.screen import inside

ROOM = Path(inside.__file__).parent
OTHERS = [path for path in sorted(ROOM.glob("*.py")) if path.stem != "inside"]


def imported_anew() -> ModuleType:
    """The module as it would be if it were imported now."""
    spec = importlib.util.find_spec("tui.screen.inside")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_this_textual_has_the_private_names_that_are_wanted() -> None:
    assert inside.MISSING == ()
    assert inside.update_by is inside._update_by
    assert inside.mark_dirty is inside._mark_dirty
    assert inside.show_rows is inside._show_rows


@pytest.mark.parametrize(
    ("owner", "name"), [(Compositor, "layers_visible"), (Widget, "_set_dirty")]
)
def test_the_way_is_chosen_when_one_is_missing(
    owner: type, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(owner, name)
    without = imported_anew()
    assert list(without.MISSING) == [name]
    assert without.update_by is without._leave
    assert without.mark_dirty is without._refresh
    assert without.show_rows is without._show_none


def test_the_way_is_chosen_when_all_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual._compositor", None)
    assert "_regions_to_spans" in imported_anew().MISSING


def private_names(tree: ast.AST) -> Iterator[str]:
    """The private names of attributes and modules that a module uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            names = [] if ast.unparse(node) == "os._exit" else [node.attr]
        elif isinstance(node, ast.ImportFrom):
            names = (node.module or "").split(".") + [alias.name for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.startswith("_") and not name.startswith("__"))


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_no_other_module_uses_or_takes_a_private_name_of_textual(path: Path) -> None:
    textual = {
        name
        for module in (app, dom, message_pump, screen, widget)
        for name in private_names(ast.parse(inspect.getsource(module)))
    }
    assert not textual & set(private_names(ast.parse(path.read_text())))


def test_an_update_of_all_of_another_size_is_told_from_ours():
    whole = LayoutUpdate([], Region(0, 0, 2, 40))
    assert inside.is_of(whole, (2, 40))
    assert not inside.is_of(whole, (80, 24))
    assert inside.is_of(ChopsUpdate([], [], []), (80, 24))
