"""Search, and the keys that go on and back through what it has found."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog.symbols import Symbol
from engine.history.history import History
from engine.history.position import Position
from engine.spec.run import MOST_ITERATIONS
from tests.engine.errata import FIGURES, figures
from tests.examples import examples
from tests.tui.keyboard import Keyboard
from tui.actions.search import MOST_LOOKED
from tui.actions.travel import PATIENCE
from tui.frame import hits
from tui.text.characters import plain
from tui.text.format import Text


def search(keys: Keyboard, text: str) -> str:
    """Look for a text, as it is typed; what is said then."""
    keys.press("/ ctrl+u").type(text).press("enter")
    return keys.context.dialog.message


def stand(keys: Keyboard) -> tuple[int, int, str, tuple[int, ...]]:
    """The position, and the element that is selected."""
    frame, at = keys.context.picture(), keys.session.position
    return at.iteration, at.step, frame.symbol, frame.index


def shown(keys: Keyboard) -> float:
    frame = keys.context.picture()
    return float(frame.entries[frame.symbol].array[frame.index])


# -- the article's figures -------------------------------------------------------------------------


def test_every_figure_of_the_article_is_reached_by_its_name():
    keys, count = Keyboard(), 0
    for figure in figures():
        element = figure.element if figure.iteration == 1 else f"2.{figure.element}"
        for written in (element, plain(element)):
            keys.press("g")
            said = search(keys, written)
            step = keys.context.picture().step
            frame = keys.context.picture()
            name = Text().element(
                frame.symbol, frame.index, frame.entries[frame.symbol].array.shape
            )
            assert (keys.session.position.iteration, name) == (figure.iteration, figure.element)
            assert step is not None
            assert step.symbol == frame.symbol, said
            assert shown(keys) == figure.true
            count += 1
    assert count == 2 * 76


def test_what_its_second_round_starts_with_is_reached():
    keys = Keyboard()
    for i, printed in enumerate(FIGURES["iteration-2"]["start"]["b1"]):
        search(keys, f"1.b1[{i + 1}]")
        assert shown(keys) == pytest.approx(float(printed), abs=1.3e-5)  # it carries a slip on


def test_the_figures_of_its_softmax_example_are_reached():
    keys, example = Keyboard("softmax"), FIGURES["softmax-example"]
    names = {"z": "z1[{}]", "yhat": "yhat[{}]", "delta": "delta1[{}]"}
    for name, written in names.items():
        for i, printed in enumerate(example[name]):
            search(keys, written.format(i + 1))
            assert shown(keys) == pytest.approx(float(printed), abs=5.1e-4)
    keys = Keyboard("softmax-jacobian")
    for i, printed in enumerate(example["jacobian-row-1"]):
        search(keys, f"jac1[1,{i + 1}]")
        assert shown(keys) == pytest.approx(float(printed), abs=1.1e-3)  # −0.066, by another slip


def test_the_figures_of_its_script_are_reached_where_they_are_first_read():
    keys = Keyboard("article-script")
    names = {"fc1-weight": "W1", "fc1-bias": "b1", "fc2-weight": "W2", "fc2-bias": "b2"}
    for name, symbol in names.items():
        for place, printed in enumerate(FIGURES["article-script"][name]):
            index = divmod(place, 2) if symbol.startswith("W") else (place,)
            search(keys, f"{symbol}[{','.join(str(i + 1) for i in index)}]")
            while not read_first(keys, symbol):
                keys.press(",")
            assert shown(keys) == pytest.approx(float(printed), abs=1e-6)


def read_first(keys: Keyboard, symbol: str) -> bool:
    frame = keys.context.picture()
    return frame.symbol == symbol and frame.step is not None and frame.step.number < 5


# -- what is found ---------------------------------------------------------------------------------


def test_a_symbol_is_gone_to_where_it_is_computed_and_then_where_it_is_read():
    keys = Keyboard()
    assert search(keys, "a1") == "“a1” 1 of 4 in iteration 1: computed here."
    assert stand(keys) == (1, 2, "a1", (0, 0))
    assert keys.press(".").context.dialog.message == "“a1” 2 of 4 in iteration 1: read here."
    assert stand(keys) == (1, 3, "a1", (0, 0))


@pytest.mark.parametrize("written", ["W2[1,2]", "W[2]₁₂", "W[2]_12", "  W2[1,2] "])
def test_an_element_is_selected(written):
    keys = Keyboard()
    assert "computed here" in search(keys, written)
    assert stand(keys) == (1, 14, "W2", (0, 1))
    assert "3 of 3" in keys.context.dialog.message  # z2 and da1 read it before
    assert stand(keys.press(", ,")) == (1, 3, "W2", (0, 1))


def test_data_are_gone_to_where_they_are_read():
    keys = Keyboard()
    search(keys, "x[2]")
    assert stand(keys) == (1, 1, "x", (0, 1))


def test_words_are_found_from_here_on_then_from_the_start_of_the_iteration():
    keys = Keyboard().press("4 right")
    assert search(keys, "SoftMax").startswith("“SoftMax” 1 of 2")
    assert keys.session.position == Position(1, 4)
    assert search(keys.press("right"), "SoftMax").startswith("“SoftMax” 2 of 2")
    assert keys.session.position == Position(1, 6)
    keys.press("G")
    last = keys.session.position
    said = search(keys, "weighted sum, layer 1")
    assert ", from its start again: in its title." in said
    assert keys.session.position == Position(last.iteration, 1)


def test_the_hit_that_one_stands_on_is_the_first():
    keys = Keyboard().press("2 right")
    search(keys, "tanh")
    assert keys.session.position == Position(1, 2)


def test_a_name_with_an_iteration_leads_to_that():
    keys = Keyboard()
    search(keys, "12.δ[2]₂")
    assert stand(keys) == (12, 6, "delta2", (0, 1))
    for t in (0, MOST_ITERATIONS + 1):
        assert f"{t}: iterations run from 1" in search(keys, f"{t}.W1")
    assert keys.session.position == Position(12, 6)


def test_an_iteration_far_off_is_computed_beside_the_screen():
    keys = Keyboard()
    search(keys, f"{MOST_ITERATIONS}.W1[2,1]")
    assert keys.session.position == Position()
    assert keys.job.last == MOST_ITERATIONS


def test_what_is_computed_is_gone_back_to_without_a_word():
    keys = Keyboard().press("9 right 8 right")
    assert search(keys, "z1") == "“z1” 1 of 2 in iteration 1: computed here."


def test_what_is_typed_is_repeated_as_far_as_there_is_room():
    long = "x" * 31
    assert search(Keyboard(), long).startswith(f"“{'x' * 29}…”: no step")
    assert search(Keyboard(), long[1:]).startswith(f"“{'x' * 30}”: no step")


def test_an_unknown_word_offers_the_nearest_and_stays_to_be_mended():
    keys = Keyboard()
    said = search(keys, "softmx")
    assert said == "“softmx”: no step of iteration 1 has it; the nearest is softmax."
    assert keys.context.dialog.typed == "softmx"
    assert keys.session.position == Position()
    keys.press("backspace").type("ax").press("enter")
    assert keys.context.dialog.prompt is None
    assert "nearest is W2" in search(keys, "W3")
    assert search(keys, "xyzzy").endswith("no step of iteration 1 has it.")


@pytest.mark.parametrize(
    ("written", "element", "step"),
    [
        ("y_hat", "ŷ₁", 4),
        ("ŷ2", "ŷ₂", 4),
        ("dL/dz2", "δ[2]₁", 6),
        ("W[1]21", "W[1]₂₁", 16),
        ("W^(1)_{12}", "W[1]₁₂", 16),
        ("net_o2", "z[2]₂", 3),
        ("w6", "W[2]₁₂", 14),
    ],
)
def test_names_of_other_notations_are_found(written, element, step):
    keys = Keyboard()
    said = search(keys, written)
    assert said.startswith(f"“{written}”")
    assert said.endswith(": computed here.")
    frame = keys.context.picture()
    shape = frame.entries[frame.symbol].array.shape
    assert Text().element(frame.symbol, frame.index, shape) == element
    assert keys.session.position == Position(1, step)
    keys.press("2 .")
    assert frame.symbol == keys.context.picture().symbol


def test_what_another_notation_does_not_place_is_not_found():
    for text in ("W12", "lr", "w9", "m_hat"):
        assert "no step of iteration 1 has it" in search(Keyboard(), text)
    assert "yhat has the elements" in search(Keyboard(), "ŷ3")


def test_words_with_a_hyphen_are_those_without():
    assert search(Keyboard(), "Cross-entropy").endswith("1 of 1 in iteration 1: in its title.")
    assert "no step" in search(Keyboard(), "cross--entropy")


def test_an_element_that_is_not_there_is_told_so():
    keys = Keyboard()
    assert "W2 has the elements W2[1,1] to W2[2,2]." in search(keys, "W2[3,1]")


def test_while_one_types_it_says_how_many_there_are():
    keys = Keyboard().press("/").type("tan")
    assert "2 in iteration 1" in keys.screen(120)
    keys.type("kk")
    assert "0 in iteration 1" in keys.screen(120)
    assert keys.session.position == Position()


def test_nothing_typed_looks_for_the_last_again_or_does_nothing():
    keys = Keyboard().press("/ enter")
    assert (keys.session.position, keys.context.dialog.message) == (Position(), "")
    search(keys, "δ[1]")
    keys.press("g / enter")
    assert stand(keys)[:3] == (1, 11, "delta1")


@pytest.mark.parametrize("typed", ["W1", "2.W1", "12.delta2", "9999999.W1", "99999999.W1", "3.q"])
def test_what_is_said_while_it_is_typed_is_true_of_enter(typed):
    keys = Keyboard().press("/").type(typed)
    prompt = keys.context.dialog.prompt
    assert prompt is not None
    assert prompt.meanwhile is not None
    so_far = prompt.meanwhile(typed)
    said = keys.press("enter").context.dialog.message
    if found := re.search(r"\d+ of (\d+ in iteration \d+)", said):
        assert so_far == found[1]
    else:
        assert so_far in ("", said, "0 in iteration 3"), said


# -- going on --------------------------------------------------------------------------------------


def test_after_the_last_hit_of_an_iteration_comes_the_first_of_the_next():
    keys = Keyboard()
    search(keys, "loss")
    assert stand(keys) == (1, 5, "loss", ())
    seen = [keys.session.position]
    while keys.session.position.iteration == 1:
        keys.press(".")
        seen.append(keys.session.position)
    assert seen == sorted(set(seen))
    assert re.match(r"“loss” 1 of \d+ in iteration 2, gone on to: ", keys.context.dialog.message)
    keys.press(",")
    assert keys.session.position == seen[-2]
    keys.press("9 9 ,")
    assert keys.context.dialog.message == "There are fewer hits of “loss” before this."
    assert keys.session.position == seen[-2]
    search(keys.press("g"), "z1")
    keys.press(",")
    assert keys.context.dialog.message == "There is no hit of “z1” before this."


def test_a_count_goes_on_by_so_many():
    keys, other = Keyboard(), Keyboard()
    search(keys, "tanh")
    search(other, "tanh")
    keys.press("1 1 .")
    for _ in range(11):
        other.press(".")
    assert stand(keys) == stand(other)
    assert stand(keys)[0] == 6


def test_what_is_not_found_again_is_said(monkeypatch):
    keys = Keyboard().press("enter q 3 t")
    text = next(iter(hits_of_numbers(keys.session.branch.history)))
    keys.press("g right")
    search(keys, text)
    keys.press(". .")
    last = 1 + MOST_LOOKED
    assert keys.context.dialog.message.endswith(f": nothing more as far as iteration {last}.")
    history = keys.session.branch.history
    monkeypatch.setattr(type(history), "seconds", PATIENCE / 7)
    assert keys.press(".").context.dialog.message.endswith("as far as iteration 8.")
    monkeypatch.setattr(type(history), "seconds", 10.0)
    assert keys.press(".").context.dialog.message.endswith("as far as iteration 2.")


def hits_of_numbers(history: History) -> list[str]:
    """What the screen says of the first iteration alone: a number."""
    return [f"given {float(history.trace(1).known('yhat', 4)[0, 0]):.4f}"]


def test_what_was_opened_last_is_gone_through():
    keys = Keyboard().press(".")
    lesson = keys.session.position
    search(keys, "L")
    keys.press("g . .")
    assert "“L”" in keys.context.dialog.message
    keys.run("lesson")
    keys.press(", ,")
    assert keys.session.position <= lesson or keys.session.stop >= 0


# -- laws ------------------------------------------------------------------------------------------

RUNS = ("worked-example", "softmax-jacobian", "momentum", "mini-batch", "iris")
OPEN = {run: Keyboard(run) for run in RUNS}
WORDS = sorted(
    {
        word
        for keys in OPEN.values()
        for step in keys.session.trace.steps
        for word in [*step.symbol.forms(), *step.title.split(), *step.why.split()]
        if "{" not in word
    }
)


@settings(max_examples=examples(60))
@given(st.sampled_from(RUNS), st.sampled_from(WORDS), st.integers(1, 30))
def test_a_hit_has_what_was_looked_for_and_the_others_have_not(run, word, steps):
    keys = OPEN[run].press("escape g").press(f"{' '.join(str(steps))} right")
    frame = keys.context.picture()
    trace = frame.trace
    what = hits.sought(word, trace)
    found = {hit.step: hit.how for hit in hits.hits(frame, trace, what)}
    for step in trace.steps:
        said = {how: " ".join(texts) for how, texts in told_at(keys, trace.t, step.number)}
        if what.symbol is not None and step.symbol == what.symbol:
            assert found[step.number] == hits.COMPUTED
        elif what.symbol is not None and what.symbol in step.reads:
            assert found[step.number] == hits.READ
        elif (how := found.get(step.number)) is not None:
            assert word.lower() in said[how].lower() or word.lower() in plain(said[how]).lower()
        elif what.symbol is None:
            assert word.lower() not in " ".join(said.values()).lower()


def told_at(keys: Keyboard, t: int, number: int) -> list[tuple[str, list[str]]]:
    """What the screen has there."""
    frame = keys.context.picture()
    trace = keys.session.branch.history.trace(t)
    step = trace.steps[number - 1]
    return [(how, list(texts)) for how, texts in hits.told(frame, step)]


@settings(max_examples=examples(60))
@given(st.sampled_from(RUNS), st.sampled_from(WORDS), st.integers(1, 12))
def test_on_and_back_is_where_one_was(run, word, count):
    keys = OPEN[run].press("escape g")
    said = search(keys, word)
    if keys.context.dialog.prompt is not None:
        assert "no step of iteration" in said
        return
    before = stand(keys)
    keys.press(f"{' '.join(str(count))} .")
    after = stand(keys)
    assert after[:2] > before[:2] or "nothing more" in keys.context.dialog.message
    if after != before:
        keys.press(f"{' '.join(str(count))} ,")
        assert stand(keys) == before


def test_a_selection_names_the_element():
    keys = Keyboard("mini-batch")
    for symbol in ("W1", "z1"):
        trace = keys.session.trace
        array = trace.known(symbol, len(trace.steps))
        for place in range(min(array.size, 12)):
            index = tuple(int(i) for i in np.unravel_index(place, array.shape))
            search(keys, f"{symbol}[{','.join(str(i + 1) for i in index)}]")
            assert (keys.context.picture().symbol, keys.context.picture().index) == (
                Symbol(symbol),
                index,
            )
