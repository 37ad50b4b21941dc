"""The language of conditions: what it reads, how it refuses, and what it finds in arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.conditions import (
    MOVES,
    RELATIONS,
    Compare,
    Condition,
    Finite,
    Joined,
    Move,
    Not,
    Quantity,
    any_of,
)
from engine.analysis.conditiontext import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    parse,
    parse_element,
)
from engine.analysis.conditiontokens import ConditionError
from engine.analysis.recorder import symbol_shapes
from engine.history.branching import history_of
from engine.runfile.read import builtin_names, load
from tui.text.format import Text

SHAPES = {
    "x": (1, 2), "y": (1, 2), "W1": (2, 2), "b1": (2,), "W2": (2, 2), "b2": (2,), "z1": (1, 2),
    "a1": (1, 2), "z2": (1, 2), "yhat": (1, 2), "loss": (), "delta2": (1, 2), "dW2": (2, 2),
    "fprime1": (1, 2), "dW1": (2, 2), "m.W1": (2, 2), "mhat.W1": (2, 2), "grad": (12,),
    "z3": (8, 20), "W3": (20, 12), "b3": (20,), "one": (1, 1),
}  # fmt: skip


def texts(text: str) -> str:
    return str(parse(text, SHAPES))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("loss < 0.1", "loss < 0.1"),
        ("|dW1| > 1", "|dW1| > 1"),
        ("|W2[1,1]|≥1e-3", "|W2[1,1]| >= 0.001"),
        ("W2[1,1] changes sign", "W2[1,1] changes sign"),
        ("W2 changes", "W2 changes"),
        ("W2[2,1] changes by more than .5", "W2[2,1] changes by more than 0.5"),
        ("L rises", "loss rises"),
        ("L rises by more than 0", "loss rises"),
        ("|dW1| falls by more than 1", "|dW1| falls by more than 1"),
        ("Not  Finite", "not finite"),
        ("accuracy >= 0.95", "accuracy >= 0.95"),
        ("iteration == 100", "iteration = 100"),
        ("0.1 > loss", "0.1 > loss"),
        ("loss ≠ −1.5e−7", "loss != -1.5e-07"),
        ("one < 1", "one[1,1] < 1"),
        ("a1[2] > 0", "a1[1,2] > 0"),
        ("loss<1 or loss>2 and not iteration=3", "loss < 1 or loss > 2 and not iteration = 3"),
        ("(loss<1 or loss>2) and finite", "(loss < 1 or loss > 2) and finite"),
        ("not (loss<1 and finite)", "not (loss < 1 and finite)"),
        ("((loss<1))", "loss < 1"),
        ("δ[2]₁ < 0", "delta2[1,1] < 0"),
        ("∂L/∂W[2]₁₂ < 0", "dW2[1,2] < 0"),
        ("dL/dW[2]_12 < 0", "dW2[1,2] < 0"),
        ("|∂L/∂W2| < 1", "|dW2| < 1"),
        ("ŷ₂ > y₂", "yhat[1,2] > y[1,2]"),
        ("y\u0302₂ > 0", "yhat[1,2] > 0"),
        ("W[1]₁₂ > 0", "W1[1,2] > 0"),
        ("W[1][1,2] > 0", "W1[1,2] > 0"),
        ("z[1]₂ > 0", "z1[1,2] > 0"),
        ("f′[1]₂ > 0", "fprime1[1,2] > 0"),
        ("f'1[2] > 0", "fprime1[1,2] > 0"),
        ("mˆ(W[1])₁₂ > 0", "mhat.W1[1,2] > 0"),
        ("m.W[1][1,2] > 0", "m.W1[1,2] > 0"),
        ("W[3]₁₂,₁₀ > 0", "W3[12,10] > 0"),
        ("b[3]₁₂ > 0", "b3[12] > 0"),
        ("‖∂L/∂θ‖ > 1", "|grad| > 1"),
    ],
)
def test_reads(text: str, normal: str) -> None:
    assert texts(text) == normal
    assert parse(normal, SHAPES) == parse(text, SHAPES)


@pytest.mark.parametrize(
    ("text", "position", "part"),
    [
        ("", 0, "ends too soon"),
        ("loss", 4, "a comparison"),
        ("loss <", 6, "ends too soon"),
        ("los < 1", 0, "nearest is loss"),
        ("finite and acuracy > 1", 11, "nearest is accuracy"),
        ("W[4]₁₁ > 1", 0, "nearest is W"),
        ("W2 < 1", 0, "W2[1,1], or |W2|"),
        ("W2 rises", 0, "|W2|"),
        ("loss < W2", 7, "|W2|"),
        ("W2[3,1] < 1", 2, "W2[1,1] to W2[2,2]"),
        ("W2[0,1] < 1", 2, "W2[1,1] to W2[2,2]"),
        ("W2[1] < 1", 2, "W2[1,1] to W2[2,2]"),
        ("W2₁ < 1", 2, "W2[1,1] to W2[2,2]"),
        ("loss[1] < 1", 4, "no elements"),
        ("W2[1.5,1] < 1", 3, "counted from 1"),
        ("W2[1,1 < 1", 7, "a comma or a ]"),
        ("0 < loss < 1", 9, "one comparison at a time"),
        ("1 < 2", 4, "Two numbers"),
        ("1 rises", 2, "a comparison"),
        ("(loss < 1", 9, "closes the ("),
        ("loss < 1)", 8, "only where a ( is open"),
        ("|loss < 1", 6, "a second |"),
        ("|accuracy| < 1", 1, "between the bars"),
        ("loss rises by 1", 14, "by more than"),
        ("loss rises by more than -1", 24, "at least 0"),
        ("loss < 1e999", 7, "too large"),
        ("loss < -loss", 8, "a number"),
        ("loss < 1 loss", 9, "and, or, or the end"),
        ("loss < 1 and", 12, "ends too soon"),
        ("__import__('os')", 0, "no such name"),
        ("loss \x1b[31m < 1", 5, "�"),
        ("(" * (MOST_DEPTH + 1) + "finite", MOST_DEPTH, "deep"),
        ("not " * (MOST_DEPTH + 1) + "finite", 4 * MOST_DEPTH, "deep"),
        ("x" * 1000, MOST_CHARACTERS, "at most 500 characters"),
    ],
)
def test_refuses_with_a_sentence_and_the_place(text: str, position: int, part: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text, SHAPES)
    message = str(caught.value)
    assert caught.value.position == position
    assert part in message
    assert message.endswith(".")
    assert message.isprintable()


def read(text: str) -> Condition | ConditionError:
    try:
        return parse(text, SHAPES)
    except ConditionError as error:
        return error


PIECES = st.sampled_from(
    [
        *SHAPES, "and", "or", "not", "(", ")", "|", "‖", "[", "]", ",", "1", "2", "0.5", "1e-3",
        "<", ">=", "≠", "=", "rises", "falls", "changes", "sign", "by", "more", "than", "finite",
        "accuracy", "iteration", "₁", "₁₂", "_1", "δ[2]", "∂L/∂W[2]", "ŷ", "mˆ(W[1])", "-", "−",
    ]
)  # fmt: skip


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(PIECES, max_size=12).map(" ".join),
        st.lists(PIECES, max_size=12).map("".join),
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read(text)
    if isinstance(found, ConditionError):
        assert 0 <= found.position <= len(text)
        assert str(found).isprintable()
    else:
        assert parse(str(found), SHAPES) == found


@given(st.integers(0, 10_000), PIECES)
def test_no_length_or_depth_is_too_much(count: int, piece: str) -> None:
    for text in (piece * count, f"{piece} " * count, "not " * (count % 125) + "loss < 1"):
        read(text)


def elements() -> st.SearchStrategy[Quantity]:
    places = [
        Quantity(symbol, index)
        for symbol, shape in SHAPES.items()
        for index in {(0,) * len(shape), tuple(n - 1 for n in shape)}
    ]
    return st.sampled_from(places)


def conditions() -> st.SearchStrategy[Condition]:
    arrays = st.sampled_from([Quantity(s) for s, shape in SHAPES.items() if not shape])
    whole = st.sampled_from([Quantity(s, None) for s in SHAPES if s not in ("loss", "one")])
    sizes = st.one_of(elements(), whole).map(lambda q: Quantity(q.symbol, q.index, size=True))
    named = st.sampled_from([Quantity("accuracy"), Quantity("iteration")])
    value = st.one_of(elements(), arrays, sizes, named)
    number = st.floats(allow_nan=False, allow_infinity=False)
    relation = st.sampled_from(sorted(RELATIONS))
    by = st.floats(0, allow_infinity=False)
    single = st.one_of(
        st.builds(Compare, value, relation, st.one_of(value, number)),
        st.builds(Compare, number, relation, value),
        st.builds(Move, value, st.sampled_from(("rises", "falls", "changes")), by),
        st.builds(Move, whole, st.just("changes"), by),
        st.builds(Move, st.one_of(value, whole), st.just("changes sign")),
        st.just(Finite()),
    )
    return st.recursive(
        single,
        lambda inner: st.one_of(
            inner.map(Not),
            st.builds(
                Joined,
                st.sampled_from(("and", "or")),
                st.lists(inner, min_size=2, max_size=3).map(tuple),
            ),
        ),
        max_leaves=5,
    )


@given(conditions())
def test_the_normal_form_reads_back(condition: Condition) -> None:
    text = str(condition)
    if len(text) <= MOST_CHARACTERS:
        assert parse(text, SHAPES) == condition


@pytest.mark.parametrize("name", builtin_names())
@pytest.mark.parametrize("written", [Text(), Text(ascii=True)])
def test_every_form_on_screen_is_understood(name: str, written: Text) -> None:
    spec = load(name)
    history = history_of(spec).own
    symbols = symbol_shapes(spec, history.steps)
    for symbol in (step.symbol for step in history.steps):
        shape = symbols[symbol]
        assert parse_element(written.name(symbol), symbols).symbol == symbol
        for index in {(0,) * len(shape), tuple(n - 1 for n in shape)}:
            text = written.element(symbol, index, shape)
            assert parse_element(text, symbols) == Quantity(symbol, index), text


# -- what holds where ------------------------------------------------------------------------------

LOSS = Quantity("loss")
NAN, INF = np.nan, np.inf


def held(text: str, values: list[float], before: float | None = None) -> list[int]:
    then = None if before is None else {LOSS: np.array(before)}
    return parse(text, SHAPES).hits({LOSS: np.array(values)}, then).nonzero()[0].tolist()


@pytest.mark.parametrize("relation", sorted(RELATIONS))
def test_a_comparison_with_nan_is_false(relation: str) -> None:
    assert held(f"loss {relation} 1", [NAN, NAN]) == []
    assert held(f"not loss {relation} 1", [NAN]) == [0]


def test_what_differs_from_nan_is_unknown_on_either_side() -> None:
    other = Quantity("accuracy")
    values = {LOSS: np.array([1.0, NAN, 1, NAN, 1]), other: np.array([2.0, 2, NAN, NAN, 1])}
    for text in ("loss != accuracy", "accuracy != loss"):
        assert parse(text, SHAPES).hits(values).tolist() == [True, False, False, False, False]
    assert held("1 != loss", [NAN, 1, 2]) == [2]


@pytest.mark.parametrize(("now", "then"), [(1.0, NAN), (NAN, 1.0), (NAN, NAN), (-1.0, NAN)])
def test_a_sign_that_is_unknown_has_not_changed(now: float, then: float) -> None:
    assert held("loss changes sign", [now], then) == []
    assert held("not loss changes sign", [now], then) == [0]


@pytest.mark.parametrize("verb", sorted(MOVES))
def test_a_move_from_or_to_what_is_unknown_is_none(verb: str) -> None:
    assert held(f"loss {verb}", [1]) == []
    assert held(f"loss {verb}", [1, NAN, -1, NAN], NAN) == []


def test_moves() -> None:
    values = [1.0, 2, 2, -1, 0, INF, INF]
    assert held("loss rises", values, 0.5) == [0, 1, 4, 5]
    assert held("loss falls", values, 1.5) == [0, 3]
    assert held("loss changes", values, 1.0) == [1, 3, 4, 5]
    assert held("loss changes sign", values, 0.0) == [0, 3, 4, 5]
    assert held("loss changes by more than 1", values, 0.0) == [3, 5]
    assert held("loss rises", []) == []


def test_a_whole_array_moves_where_an_element_does() -> None:
    quantity = Quantity("W2", None)
    rows = np.array([[[1.0, 2], [3, 4]], [[1, 2], [3, 4]], [[1, 2], [-3, NAN]]])
    found = parse("W2 changes sign", SHAPES).hits({quantity: rows}, {quantity: rows[0]})
    assert found.tolist() == [False, False, True]


def test_what_it_needs() -> None:
    condition = parse("accuracy > |dW1| or W2[1,1] rises and not finite", SHAPES)
    names = {quantity.symbol for quantity in condition.quantities}
    assert names == {"accuracy", "dW1", "W2", "finite"}
    assert condition.looks_back
    assert not parse("loss < 1 or not accuracy > 2", SHAPES).looks_back
    single = parse("finite", SHAPES)
    assert any_of(single) == single
    assert str(any_of(single, parse("loss < 1", SHAPES))) == "finite or loss < 1"
