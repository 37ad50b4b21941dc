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


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("W1", 2), ("W1 > 0", 2), ("W1[1]", 2), ("W1₁₂", 2), ("W1_12", 2), ("W1_9", 2),
        ("W1_", None), ("W1_a", None), ("W1_²", None), ("W1a", None), ("W12", None),
        ("W1.5", None), ("W1'", None), ("W3", None), ("W[1]a", 4), ("W[1].5", 4), ("W[1]'", 4),
    ],
)  # fmt: skip
def test_a_name_ends_before_an_index_and_within_no_other_word(text, ends):
    names = Names({"W1": (2, 2), "b1": (2,)})
    assert names.at(text, 0) == (ends and ("W1", ends))


def test_of_two_names_that_begin_alike_the_longer_one_is_meant():
    for shapes in ({"gnorm": (), "gnorm#1": ()}, {"gnorm#1": (), "gnorm": ()}):
        assert Names(shapes).at("‖∂L/∂θ‖#1", 0) == ("gnorm#1", 9)
        assert Names(shapes).at("‖∂L/∂θ‖ < 1", 0) == ("gnorm", 7)
