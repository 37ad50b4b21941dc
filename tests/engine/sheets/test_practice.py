"""Practice: what is asked, how answers are judged, what is kept of it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine.catalog.symbols import Symbol
from engine.history.branching import history_of
from engine.history.history import History
from engine.history.position import Position
from engine.runfile.read import load
from engine.session.rivals import with_named_optimizer
from engine.sheets.practice import (
    Outcome,
    Practice,
    Reply,
    RoughError,
    begin,
    document,
    from_document,
    numbers,
    read,
)
from engine.spec.problem import Problem


@pytest.fixture
def history() -> History:
    return history_of(load("worked-example"))


def started(history: History, *wanted: str, last: int = 1) -> Practice:
    return begin(history, 0, Position(), last, wanted)


def answered(practice: Practice, history: History, text: str) -> Reply:
    """An answer to what is asked next."""
    element = practice.asked(history)
    while element is None:
        element = practice.asked(history)
    return practice.answer(history, element, text)


def test_the_elements_of_every_step_are_asked_in_their_order(history: History) -> None:
    practice = started(history)
    assert answered(practice, history, "0.5").outcome is Outcome.RIGHT
    assert practice.front == Position(1, 0)
    assert answered(practice, history, "1,1").outcome is Outcome.RIGHT
    assert practice.asked(history) is None
    assert practice.front == Position(1, 1)
    element = practice.asked(history)
    assert element is not None
    assert (element.symbol, element.index) == ("a1", (0, 0))


def test_what_is_not_wanted_is_passed_over_up_to_just_before_what_is(history: History) -> None:
    practice = started(history, "loss", "dW2", last=2)
    element = practice.asked(history)
    assert element is not None
    assert (element.symbol, practice.front) == ("loss", Position(1, 4))
    practice.give(history, element)
    assert practice.asked(history) is None
    assert practice.front == Position(1, 5)
    element = practice.asked(history)
    assert element is not None
    assert (element.symbol, practice.front) == ("dW2", Position(1, 6))


def test_the_first_step_of_an_iteration_is_asked_at_the_end_of_the_one_before(
    history: History,
) -> None:
    practice = started(history, "z1", last=2)
    for text in ("0.5", "1.1"):
        answered(practice, history, text)
    assert practice.asked(history) is None
    element = practice.asked(history)
    assert element is not None
    assert element.iteration == 2
    assert practice.front == Position(1, 17)


def test_a_wrong_number_has_its_cause_and_may_be_tried_again(history: History) -> None:
    practice = started(history, "delta2")
    reply = answered(practice, history, "0.5628")
    assert reply.outcome is None
    assert reply.causes[0].name == "y − ŷ instead of ŷ − y"
    assert answered(practice, history, "-0.5628").outcome is Outcome.RIGHT
    assert practice.asked(history) != practice.misses[0].element
    assert [(miss.text, miss.element.symbol) for miss in practice.misses] == [("0.5628", "delta2")]


def test_a_wrong_number_typed_twice_is_kept_and_what_follows_from_it_is_carried(
    history: History,
) -> None:
    practice = started(history, "delta2", "db2")
    for _ in range(2):
        reply = answered(practice, history, "0.5628")
    assert reply.outcome is Outcome.WRONG
    assert answered(practice, history, "0.5628").outcome is Outcome.RIGHT
    assert answered(practice, history, "0.5628").outcome is Outcome.CARRIED
    assert answered(practice, history, "0.5628").outcome is Outcome.RIGHT


def test_a_true_number_that_does_not_follow_from_a_wrong_one_is_right(history: History) -> None:
    practice = started(history, "delta2", "db2")
    for text in ("0.5628", "0.5628", "0.5628"):
        answered(practice, history, text)
    assert answered(practice, history, "-0.5628").outcome is Outcome.RIGHT


@pytest.mark.parametrize("text", ["0", "0.5", "0.46", ".46", "0,46"])
def test_a_number_of_too_few_digits_counts_as_nothing(history: History, text: str) -> None:
    practice = started(history, "a1")
    with pytest.raises(Problem, match="three digits"):
        answered(practice, history, text)
    assert not practice.misses
    assert not practice.answers


@pytest.mark.parametrize("text", ["0.462", "0.46212", "4.62e-1", "462/1000", "46.2%", "0,4621"])
def test_any_notation_will_do(history: History, text: str) -> None:
    practice = started(history, "a1")
    if "/" in text:  # a fraction is exact
        assert answered(practice, history, text).outcome is None
    else:
        assert answered(practice, history, text).outcome is Outcome.RIGHT


def test_few_digits_that_are_wrong_are_wrong(history: History) -> None:
    assert answered(started(history, "a1"), history, "0.7").outcome is None


def test_a_small_number_needs_digits_that_are_not_0() -> None:
    history = history_of(with_named_optimizer(load("worked-example"), "adam"))
    practice = started(history, "v.b1")
    for text in ("0", "0.0", "0.000", "0.00001"):
        with pytest.raises(Problem, match="three digits"):
            answered(practice, history, text)
    assert answered(practice, history, "7.8e-5").outcome is None
    assert answered(practice, history, "7.8e-6").outcome is Outcome.RIGHT


@pytest.mark.parametrize("text", ["", "x", "1 2", "nan", "inf", "1e", "1/0", "9" * 300])
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(Problem, match="no number"):
        read(text)


def test_a_number_that_is_given_counts_as_given_and_is_taken_for_what_follows(
    history: History,
) -> None:
    practice = started(history, "yhat", "loss")
    for _ in range(2):
        element = practice.asked(history)
        assert element is not None
        practice.give(history, element)
    assert answered(practice, history, "0.8274").outcome is Outcome.RIGHT
    assert practice.count(Outcome.GIVEN) == 2
    assert [(each.symbol, each.given) for each in practice.again()] == [("yhat", 2)]


def test_the_summary_counts_causes_and_names_what_to_look_at_again(history: History) -> None:
    practice = started(history, "delta2", "db2")
    for text in ("0.5628", "0.9", "-0.5628", "-0.5628", "0.5628"):
        answered(practice, history, text)
    assert practice.causes() == [
        ("y − ŷ instead of ŷ − y", 1, [Symbol("delta2")]),
        ("", 1, [Symbol("delta2")]),
        ("the sign is turned", 1, [Symbol("delta2")]),
    ]
    assert [(each.symbol, each.wrong) for each in practice.again()] == [("delta2", 3)]


@pytest.mark.parametrize("wanted", ["dW3", "nothing", "x", "\x1b[31m"])
def test_what_the_run_does_not_have_is_refused(history: History, wanted: str) -> None:
    with pytest.raises(Problem, match="no phase and no symbol"):
        started(history, wanted)


def test_a_run_that_is_too_large_or_a_place_too_far_on_is_refused(history: History) -> None:
    with pytest.raises(Problem, match="more than"):
        started(history_of(load("digits")))
    with pytest.raises(Problem, match="only the first 10 iterations"):
        begin(history, 0, Position(11, 1), 20, ())
    with pytest.raises(Problem, match="nothing left"):
        begin(history, 0, Position(1, 17), 1, ())


def lived(history: History) -> Practice:
    practice = started(history, "forward", "delta2", last=2)
    for text in ("0.5", "1.2", "1.1"):
        answered(practice, history, text)
    element = None
    while element is None:
        element = practice.asked(history)
    practice.give(history, element)
    return practice


def test_a_practice_is_the_same_after_it_was_saved(history: History) -> None:
    practice = lived(history)
    again = from_document(document(practice), history, 0)
    assert again is not None
    assert document(again) == document(practice)
    assert again.asked(history) == practice.asked(history)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("branch", 1),
        ("on", 1),
        ("front", [1, 18]),
        ("front", [3, 1]),
        ("front", "x"),
        ("last", "2"),
        ("wanted", ["dW9"]),
        ("answers", [[1, "z1", [0, 2], "0.5", "right"]]),
        ("answers", [[1, "W9", [0, 0], "0.5", "right"]]),
        ("answers", [[9, "z1", [0, 0], "0.5", "right"]]),
        ("answers", [[1, "z1", [0, 0], "much", "right"]]),
        ("answers", [[1, "z1", [0, 0], "0.5", "fine"]]),
        ("answers", [[1, "z1", [0, 0], 5, "right"]]),
        ("misses", [[1, "z1", [0, 0], "0.5", 3, "x"]]),
        ("misses", 5),
    ],
)
def test_what_was_tampered_with_is_no_practice(history: History, key: str, value: Any) -> None:
    found = copy.deepcopy(document(lived(history)))
    found[key] = value
    assert from_document(found, history, 0) is None


@pytest.mark.parametrize("found", [None, 3, [], {}, "practice"])
def test_what_is_no_document_is_no_practice(history: History, found: Any) -> None:
    assert from_document(found, history, 0) is None


@pytest.mark.parametrize(("run", "form"), [("worked-example", "%.4f"), ("momentum", "%.3f")])
def test_true_numbers_are_never_wrong(run: str, form: str) -> None:
    history = history_of(load(run))
    practice = started(history, last=2)
    while practice.coming(history) is not None:
        if element := practice.asked(history):
            trace = history.trace(element.iteration)
            true = trace.known(element.symbol, trace.number(element.symbol))[element.index]
            assert practice.answer(history, element, form % true).outcome in ("right", "carried")
    assert not practice.misses
    assert len(practice.answers) > 80


def test_no_more_is_practised_than_can_be_judged_while_a_reader_waits() -> None:
    assert started(history_of(load("xor")), last=10).last == 6
    assert started(history_of(load("worked-example")), last=99).last == 10


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("0.46 0.80", ["0.46", "0.80"]),
        ("(0.46, 0.80)", ["0.46", "0.80"]),
        ("0.46,0.80", ["0.46", "0.80"]),
        ("0,46 0,80", ["0,46", "0,80"]),
        ("0,46; 0,80", ["0,46", "0,80"]),
        ("[[.1 −.2; 3e-1 1/2]]", [".1", "-.2", "3e-1", "1/2"]),
        ("4.6 × 10^-1  −8 · 10⁻¹", ["4.6 × 10^-1", "-8 · 10^-1"]),
        ("4.6 × 10^-1", ["4.6 × 10^-1"]),
        ("0.3 -0.5", ["0.3", "-0.5"]),
        ("0.3 - 0.5", ["0.3 - 0.5"]),
        ("0.3 + 0.5", ["0.3 + 0.5"]),
        ("0.3*0.5", ["0.3*0.5"]),
        ("1,1", ["1,1"]),
        ("0.550.5524", ["0.550.5524"]),
        ("1, 2", ["1", "2"]),
        ("no 1 or 2", ["no 1 or 2"]),
        ("", [""]),
    ],
)
def test_the_numbers_of_a_line(line: str, found: list[str]) -> None:
    assert numbers(line) == found


def test_a_wrong_number_is_kept_where_it_is_typed_again_though_another_was_wrong_since(
    history: History,
) -> None:
    practice = started(history)
    first, second = practice.left(1, history.steps_of(1)[0])
    for element in (first, second):
        assert practice.answer(history, element, "7").outcome is None
    assert practice.answer(history, first, "7").outcome is Outcome.WRONG
    assert practice.answer(history, second, "8").outcome is None
    assert practice.answer(history, second, "7").outcome is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.46", "right as far"),
        ("0.5", "right as far"),
        ("0", "right as far"),
        ("0.4", "cut off, not rounded"),
        ("0.47", ""),
        ("0.49", ""),
        ("0.3", ""),
        ("1", ""),
    ],
)
def test_a_number_of_few_digits_is_no_mistake_where_it_may_be_right(
    history: History, text: str, said: str
) -> None:
    practice = started(history, "a1")  # 0.4621
    element = practice.asked(history)
    assert element is not None
    if said:
        with pytest.raises(RoughError, match=said):
            practice.answer(history, element, text)
        assert practice.misses == []
    else:
        assert practice.answer(history, element, text) == Reply(None, practice_causes(practice))


def practice_causes(practice: Practice) -> tuple[Any, ...]:
    """Nothing is known of what was typed last."""
    assert practice.misses[-1].key == ""
    return ()
