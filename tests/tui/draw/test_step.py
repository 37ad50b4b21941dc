"""The step pane: what its lines say."""

from dataclasses import replace

import pytest

from engine.history.position import Position
from engine.runfile.read import from_table, load
from engine.session.session import Session
from engine.session.standing import Selection
from engine.spec.run import StateSpec
from tui.draw.paragraphs import explain_step
from tui.draw.step import _with_more, draw
from tui.frame.frame import Frame, build
from tui.text.closing import ALL
from tui.text.format import Text
from tui.text.raster import Line


def frame(run: str | dict, symbol: str, t: int = 1, digits: int = 4) -> Frame:
    """The frame at the step that writes a symbol."""
    session = Session(load(run) if isinstance(run, str) else from_table(run))
    trace = session.branch.history.trace(t)
    session.go(Position(t, trace.number(symbol)))
    return build(session, Text(digits))


def rows(shown: Frame, *names: str) -> list[str]:
    """The rows of these blocks of the pane."""
    blocks = explain_step(shown, 200)
    return ["".join(text for text, _ in line) for name, b in blocks if name in names for line in b]


def net(**changes) -> dict:
    """A small run, one unit after three inputs."""
    layer = {"units": 1, "activation": "tanh", "W": [[0.1, 0.2, 0.3]], "b": [0.125]}
    run = {
        "data": {"x": [[1.0, 0.375, -0.6666666666666666]], "y": [[1.0]]},
        "layers": [layer],
        "loss": {"name": "mse"},
        "optimizer": {"name": "sgd", "lr": 0.0123456789},
    }
    return {**run, **changes}


def test_operands_of_both_lines_have_the_digits_that_they_need():
    shown = frame("worked-example", "fprime1")
    assert rows(shown, "numbers", "result", "element") == [
        "= 1 − (0.46212, 0.80050)²",
        "= (0.7864, 0.3592)",
        "▸ f′[1]₁ = 1 − 0.46212² = 0.7864",
    ]


def test_weights_of_one_unit_are_a_row_and_a_sample_is_a_vector():
    assert rows(frame(net(), "z1"), "numbers", "result") == [
        "= (0.1 0.2 0.3)·(1, 0.375, −0.6667) + (0.125)",
        "= (0.1000)",
    ]


def test_what_is_given_is_shown_whole_and_what_is_computed_is_not():
    assert rows(frame(net(), "W1", digits=2), "element") == [
        "▸ W[1]₁₁ = 0.1 − 0.0123456789·(−1.78) = 0.12"
    ]
    assert rows(frame(net(), "z1", digits=2), "element") == [
        "▸ z[1]₁ = 0.1·1 + 0.2·0.375 + 0.3·(−0.6667) + 0.125 = 0.10"
    ]


@pytest.mark.parametrize("digits", [2, 4])
def test_one_less_a_beta_is_no_division_by_zero(digits):
    adam = {"name": "adam", "lr": 0.1, "betas": [0.9, 0.9999]}
    shown = frame(net(optimizer=adam), "vhat.W1", digits=digits)
    for row in rows(shown, "numbers", "element"):
        assert "(1 − 0.9999^1)" in row


def test_how_many_digits_are_shown_of_what():
    shown = frame(net(), "W1")
    whole = {name: shown.whole(name) for name in ("", "lr", "x", "y", "W1", "b1", "dW1", "z1")}
    few, none = 6, 0
    assert whole == {
        **dict.fromkeys(["", "lr"], ALL),
        **dict.fromkeys(["x", "y", "W1", "b1"], few),
        **dict.fromkeys(["dW1", "z1"], none),
    }
    assert frame(net(), "W1", t=2).whole("W1") == none
    scheduled = net(schedule={"name": "exponential", "gamma": 0.9})
    assert frame(scheduled, "W1").whole("lr") == none


def test_a_sign_is_that_of_the_whole_line_not_of_its_elements():
    """0·log 0 is no number, whatever the loss is by log-sum-exp."""
    run = net(
        layers=[
            {"units": 2, "activation": "softmax", "W": [[800.0, 0, 0], [0, 0, 0]], "bias": False}
        ],
        loss={"name": "cross_entropy"},
    )
    run["data"] = {"x": [[1.0, 0.0, 0.0]], "y": [[0, 1]]}
    assert rows(frame(run, "loss"), "numbers", "result", "element") == [
        "= −Σ (0, 1) ⊙ log (1, 0)",
        "≈ 800",
        "▸ L = log(e^(800 − 800) + e^(0 − 800)) − 1·(0 − 800) = 800",
    ]


def test_what_has_no_numbers_or_too_many_is_not_written_out():
    layer = {"units": 1, "activation": "identity", "W": [[1.0, 2.0, 3.0]], "bias": False}
    identity = net(layers=[layer])
    assert rows(frame(identity, "fprime1"), "numbers", "result") == ["= (1)"]
    assert rows(frame("iris", "z1"), "numbers", "result") == ["30×8 numbers"]
    jacobian = frame("softmax-jacobian", "jac1")
    assert rows(jacobian, "numbers")[0].startswith("= diag(0.6590")
    table = {
        "data": {"x": [[0.0, 1.0], [1.0, 0.0]], "y": [[1, 0], [0, 1]]},
        "layers": [
            {"units": 2, "activation": "softmax", "W": [[1, 0], [0, 1]], "bias": False},
        ],
        "loss": {"name": "nll"},
        "optimizer": {"name": "sgd", "lr": 0.1},
    }
    assert rows(frame(table, "jac1"), "numbers", "result") == ["2×2×2 numbers"]
    assert rows(frame(table, "delta1"), "numbers", "result") == [
        "= (−0.3655 0.3655; 0.3655 −0.3655)"
    ]


def test_an_update_that_is_a_scalar_times_an_array_is_no_product_of_matrices():
    session = Session(load("momentum"))
    session.go(session.target("2.buf.W2"))
    for width in (36, 80):
        assert draw(build(session, Text()), width, 20)


def pane(shown: Frame, width: int, height: int) -> list[str]:
    return ["".join(text for text, _ in line).rstrip() for line in draw(shown, width, height)]


def test_beside_the_formula_the_table_stands_where_it_stood_whatever_is_selected():
    session = Session(load("worked-example"))
    session.go(session.target("1.6"))
    places = set()
    for selected in (Selection(), Selection("delta2", 1), Selection("loss", 0)):
        session.selection = selected
        places.add(pane(build(session, Text()), 60, 8)[1].index("•ŷ"))
    assert places == {41}


def test_a_formula_beside_a_table_is_without_the_parameter_that_the_title_has():
    worked = load("worked-example")
    assert worked.compare
    session = Session(replace(worked, optimizer=worked.compare))
    session.go(session.target("2.20"))
    lines = pane(build(session, Text()), 60, 8)
    assert lines[0].startswith("━ step 20 · UPDATE · second moment of b[2] ━")
    assert [line[:20].rstrip() for line in lines[1:4]] == ["v ← β₂·v + (1 −", "  β₂)·g²", ""]


@pytest.mark.parametrize(("width", "height"), [(60, 6), (40, 8), (37, 10)])
def test_the_start_is_whole_and_says_which_key_asks_why(width, height):
    lines = pane(build(Session(load("worked-example")), Text()), width, height)
    said = " ".join(" ".join(lines[1:]).split())
    assert said.startswith("A 2-2-2 network (tanh, softmax) before its first iteration: ")
    assert said.endswith(" then the update. ; asks why, ← goes back.")


def test_the_start_of_an_entered_run_says_what_came_before():
    state = StateSpec({})
    for since, said in ((-5000, True), (-1, False), (0, False)):
        worked = load("worked-example")
        spec = replace(worked, optimizer=replace(worked.optimizer, since=since, state=state))
        lines = " ".join(pane(build(Session(spec), Text()), 60, 12))
        assert ("goes on after 5,000 updates" in " ".join(lines.split())) == said


def test_the_formula_of_a_softmax_has_one_line_in_a_column():
    assert pane(frame("worked-example", "yhat"), 37, 14)[1:3] == [
        "ŷ = e^s / Σ e^s, s = z[2] − max(z[2])",
        "",
    ]


@pytest.mark.parametrize(
    ("run", "place", "shown"),
    [
        ("spirals", "2.20", "▸ ∂L/∂W[1]₁₁ = Σₙ δ[1]ₙ₁·xₙ₁ = 0.0038"),
        ("ten-layers", "1.60", "▸ 10⁵·∂L/∂a[2]₁ = 10⁵·Σₖ W[3]ₖ₁·δ[3]ₖ = −1.3250"),
    ],
)
def test_an_element_whose_numbers_have_no_room_has_its_names(run, place, shown):
    session = Session(load(run))
    session.go(session.target(place))
    assert pane(build(session, Text()), 60, 7)[4] == shown


@pytest.mark.parametrize(("width", "beside"), [(11, True), (12, True), (10, False)])
def test_how_many_rows_are_left_out_stands_beside_the_formula_where_two_cells_are_between(
    width, beside
):
    formula: list[Line] = [(("abcdef", ""),), (("abc", ""),)]
    found = ["".join(text for text, _ in line) for line in _with_more(formula, "3 more", width)]
    assert found == ["abcdef", "abc".ljust(width - 6) + "3 more" if beside else "abc"]
    assert _with_more(formula, "", width) == formula
