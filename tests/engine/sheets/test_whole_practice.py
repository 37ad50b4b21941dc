"""What practice says of each answer to a number, and what it keeps: `pytest tests/engine/sheets
--snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

from typing import Any

from engine.history.branching import history_of
from engine.history.position import Position
from engine.runfile.read import load
from engine.sheets.practice import Practice, begin, document, from_document, numbers, read
from engine.spec.problem import Problem
from tests.leaves import GONE, told

TEXTS = (
    "1; 0.5; 1,5; −4.4e−1; 7/16; 1 2; 1,2; 1, 2; 1.5, 2.5; [1 2]; 1,000.5; 1,5 2,5; 1 - 2; 1 + 2;"
    "1-2; -1 -2; 1/2 3/4; 1 /2; x; 1 x; x 1; 1.2.3; .5 .25; 1e3 2; ½; 1\t2; 1 2 3,; ; 1..2; 1  ,  2"
)
ANSWERS = ("{:.6f}", "{:.4f}", "{:.3f}", "{:.2f}", "{:.1f}", "-{:.4f}", "{:.3e}", "{:.0f}", "9.87")
"""What is typed of each number, of which most are right."""


def kept(practice: Practice) -> str:
    front = practice.front
    counts = {
        outcome: n
        for outcome in type(practice.answers[0].outcome)
        if (n := practice.count(outcome))
    }
    again = [(str(each.symbol), each.wrong, each.given) for each in practice.again()]
    return f"front {front.iteration}.{front.step}, {counts}, {practice.causes()}, again {again}"


def test_each_answer(snapshot):
    history = history_of(load("worked-example"))
    practice = begin(history, 0, Position(), 2, ("z1", "yhat", "loss", "dW2", "W2", "b1"))
    lines, place = [], 0
    while practice.coming(history) is not None:
        element = practice.asked(history)
        if element is None:
            continue
        true = float(history.trace(element.iteration).known(element.symbol, 99)[element.index])
        name = f"{element.iteration}.{element.symbol}{list(element.index)}"
        for n in range(3):
            text = ANSWERS[(place + n) % len(ANSWERS)].format(true).replace("--", "")
            try:
                reply = practice.answer(history, element, text)
            except Problem as problem:
                lines.append(f"{name} {text}: {problem}")
                continue
            causes = "; ".join(f"{each.key}: {each.name}" for each in reply.causes)
            lines.append(f"{name} {text}: {reply.outcome} {causes}")
            if reply.outcome:
                break
        else:
            lines.append(f"{name} given: {practice.give(history, element):.6g}")
        place += 2
    assert "\n".join([*lines, kept(practice)]) == snapshot


def test_each_place_of_what_is_kept(snapshot):
    history = history_of(load("worked-example"))
    practice = begin(history, 0, Position(), 2, ("z1",))
    for text in ("0.7", "0.5", "1.1"):
        element = practice.asked(history)
        assert element is not None
        practice.answer(history, element, text)
    plain = document(practice)

    def again(other: Any) -> list[str]:
        found = from_document(other, history, 0)
        if found is None:
            return ["is none"]
        same = document(found)
        return ["reads", *(f"{key} {same[key]}" for key in plain if same[key] != plain[key])]

    junk: tuple[Any, ...] = (GONE, True, -1, 0, 1, 2, 1.5, 10**30, "x", "z1", [], [0], [0, 9], {})
    assert "\n".join(told(plain, again, junk)) == snapshot


def test_what_a_line_says(snapshot):
    lines = []
    for text in TEXTS.split(";"):
        try:
            number = read(text)
            said = f"{number.value} ± {number.half}"
        except Problem as problem:
            said = str(problem)
        lines.append(f"{text!r}: {numbers(text)}: {said}")
    assert "\n".join(lines) == snapshot


def test_what_cannot_be_practised(snapshot):
    lines = []
    for name in ("worked-example", "digits", "ten-layers"):
        history = history_of(load(name))
        last = len(history.steps_of(1))
        for front in (Position(), Position(1, last), Position(3, 2), Position(200, 1)):
            for wanted in ((), ("loss",), ("forward",), ("what",), ("W9",)):
                try:
                    made = begin(history, 0, front, 3, wanted)
                    said = f"{made.last}, {made.coming(history) is not None}"
                except Problem as problem:
                    said = str(problem)
                lines.append(f"{name} {front.iteration}.{front.step} {' '.join(wanted)}: {said}")
    assert "\n".join(lines) == snapshot
