"""Tests of the symbols on screen: what is shown can be typed."""

from __future__ import annotations

import pytest

from engine.analysis.recorder import symbol_shapes
from engine.catalog.names import Names
from engine.catalog.symbols import Symbol
from engine.program.trainer import Trainer
from engine.runfile.read import builtin_names, load
from tui.text.format import Text


@pytest.mark.parametrize("run", builtin_names())
def test_every_form_on_screen_is_read_back(run):
    spec = load(run)
    shapes = symbol_shapes(spec, Trainer(spec).program(1).steps)
    names = Names(shapes)
    for key in shapes:
        for text in (Text(), Text(ascii=True)):
            shown = text.name(key)
            assert names.at(shown, 0) == (key, len(shown))
        for form in Symbol(key).forms():
            assert names.at(form, 0) == (key, len(form))
    written = [Symbol(key).written for key in shapes]
    assert len({*written}) == len(written)
