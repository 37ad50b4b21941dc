"""A scheme: what figures are worth, and what is refused."""

import re

import pytest

from engine.catalog.symbols import Symbol
from engine.sheets.figures import Figure, Judged, Verdict
from engine.sheets.numerals import Numeral
from engine.sheets.scheme import Points, read_scheme
from engine.spec.run import SpecError


def judged(symbol: str, verdict: Verdict = Verdict.RIGHT, given: bool = False) -> Judged:
    figure = Figure(1, Symbol(symbol), (0, 0), Numeral("1.0", 1.0, 0.05), 1, given)
    return Judged(figure, 0.05, 1.0, 1.0, 1.0, 1.0, verdict)


@pytest.mark.parametrize(
    ("figure", "points"),
    [
        (judged("z1"), (2, 2)),
        (judged("z1", Verdict.CARRIED), (2, 2)),
        (judged("z1", Verdict.UNBASED), (2, 2)),
        (judged("z1", Verdict.SLIP), (0.5, 2)),
        (judged("z1", Verdict.UNCHECKED), (0, 0)),
        (judged("x", given=True), (0, 0)),
        (judged("x", Verdict.SLIP, given=True), (0, 0)),
        (judged("W1"), (5, 5)),
        (judged("W2"), (7, 7)),
        (judged("m.W2", Verdict.SLIP), (0.75, 3)),
    ],
)
def test_what_a_figure_is_worth(figure, points):
    assert Points(2.0, 0.25, {"W": 5.0, "W2": 7.0, "m": 3.0}).of(figure) == points


def test_without_more_words_a_figure_is_worth_a_point_and_a_slip_nothing(tmp_path):
    path = tmp_path / "scheme.toml"
    path.write_text("[points]\n", "utf-8")
    points = read_scheme(path).points
    assert points == Points() == Points(1.0, 0.0, {})
    path.write_text("transposed = true\n", "utf-8")
    scheme = read_scheme(path)
    assert (scheme.points, scheme.transposed, scheme.names) == (None, True, {})


def test_what_a_scheme_may_say(tmp_path):
    path = tmp_path / "scheme.toml"
    path.write_text(
        '[names]\nw5 = "W2[1,1]"\n[points]\nfigure = 0\nslip = 1\n"∂L/∂W[2]" = 1000000\nb = 0.5\n',
        "utf-8",
    )
    scheme = read_scheme(path)
    assert (scheme.transposed, scheme.names) == (False, {"w5": "W2[1,1]"})
    assert scheme.points == Points(0.0, 1.0, {"dW2": 1e6, "b": 0.5})


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("transposed = 1", ["transposed needs true or false"]),
        ("names = 3\npoints = 4", ["names needs to be a table", "points needs to be a table"]),
        ("[names]\nq = 7\nr = '?'", ["names.q needs the name of", "names.r needs the name of"]),
        ("[points]\nW = true", ["points.W needs a number of points, 0 or more"]),
        ("[points]\nW = '3'", ["points.W needs a number of points, 0 or more"]),
        ("[points]\nW = -0.1", ["points.W needs a number of points, 0 or more"]),
        ("[points]\nW = 1000000.1", ["points.W needs a number of points, 0 or more"]),
        ("[points]\nW = nan", ["points.W needs a number of points, 0 or more"]),
        ("[points]\nslip = 1.01", ["points.slip is the share of its points that a slip keeps"]),
        ("colour = 1", ["colour is unknown; a scheme has names, transposed, points"]),
    ],
)
def test_all_mistakes_of_a_scheme_are_said(tmp_path, text, sentences):
    path = tmp_path / "scheme.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SpecError) as refused:
        read_scheme(path)
    for sentence in sentences:
        assert re.search(re.escape(sentence), str(refused.value))
