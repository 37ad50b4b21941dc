"""What grading finds on sheets with mistakes, and that it finds nothing on right ones."""

from collections import Counter

import numpy as np
import pytest

from engine.history.branching import history_of
from engine.runfile.read import from_table, load
from engine.sheets.figures import Verdict
from tests.engine.errata import FIGURES
from tests.engine.sheets import planted
from tests.engine.sheets.grading import SHARES, graded, history, nets, shares, told
from tests.engine.sheets.planted import ROUNDINGS, decimals


@pytest.mark.slow
@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_mistakes_are_found_where_they_are_made_and_named(rounding):
    counts = Counter(what for net in nets(4) for _, what in told(net, rounding))
    found = shares(counts)
    assert sum(counts.values()) > 250
    for key, least in SHARES.items():
        assert found[key] >= least, (key, found, counts)


@pytest.mark.parametrize("digits", [2, 3, 4, 5, 6])
def test_right_sheets_raise_no_alarm(digits):
    for net in nets(5):
        if net.adam and digits < 5:
            continue  # v would be 0.000 and the step infinite
        for rounded in (decimals(digits), lambda a: a):
            work = planted.run(net, {}, rounded)
            sheet = graded(history(net), planted.text(work, lambda v: f"{v:.{digits}f}")).sheet
            assert not sheet.slips, (digits, sheet.slips[0])
            assert len(sheet.judged) > 50


def test_two_mistakes_on_one_sheet_are_both_found():
    found = tried = 0
    rounded, show = ROUNDINGS["4 decimals"]
    generator = np.random.default_rng(1)
    for net in nets(6):
        of, all_ = history(net), [m for m in planted.mistakes(net) if not (m.only and net.adam)]
        for _ in range(4):
            one, two = (all_[i] for i in generator.choice(len(all_), 2, replace=False))
            if one.at == two.at:
                continue
            alone = [planted.run(net, {m.at: m.rule}, rounded) for m in (one, two)]
            both = planted.run(net, {one.at: one.rule, two.at: two.rule}, rounded)
            if not all(np.isfinite(v).all() for _, _, v in both.sheet):
                continue
            seen = []
            for mistake, work in zip((one, two), alone, strict=True):
                slips = graded(of, planted.text(work, show)).sheet.slips
                seen.append(any((s.figure.iteration, s.figure.symbol) == mistake.at for s in slips))
            if not all(seen):
                continue
            slips = graded(of, planted.text(both, show)).sheet.slips
            places = {(s.figure.iteration, str(s.figure.symbol)) for s in slips}
            tried += 1
            found += {one.at, two.at} <= places
    assert tried > 20
    assert found >= 0.9 * tried, (found, tried)


def test_the_article_s_figures_have_nine_slips_and_the_others_carry_them_on():
    lines = []
    for t in (1, 2):
        lines.append(f"iteration {t}")
        if t == 2:
            start = FIGURES["iteration-2"]["start"]
            lines += [f"{key} = {', '.join(numbers)}" for key, numbers in start.items()]
        for key, numbers in FIGURES[f"iteration-{t}"]["sgd"].items():
            new = "new " if key in ("W1", "W2", "b1", "b2") else ""
            lines.append(f"{new}{key} = {', '.join(numbers)}")
    counts = graded(history_of(load("worked-example")), "\n".join(lines)).sheet.counts()
    assert counts["slip"] == 9
    assert counts["carried"] == 42
    assert counts["right"] + counts["unbased"] == 76 - 9 - 42


def test_a_given_number_copied_wrong_is_a_slip_and_the_rest_is_judged_from_it():
    net = planted.net(0)
    wrong = planted.Net(**{**net.__dict__, "x": net.x + np.array([[0.1, 0], [0, 0]])})
    work = planted.run(wrong, {}, decimals(4))
    lines = f"x = {wrong.x.tolist()}\n{planted.text(work, lambda v: f'{v:.4f}')}"
    sheet = graded(history(net), lines).sheet
    assert [(str(s.figure.symbol), s.figure.index) for s in sheet.slips] == [("x", (0, 0))]
    assert sheet.slips[0].causes[0].key == "copied"
    assert sheet.counts()["carried"] > 20


@pytest.mark.parametrize(("rate", "slips"), [("1/10", 0), ("1/8", 1), ("0.1", 0), ("0.2", 1)])
def test_a_given_fraction_is_exactly_what_the_run_has(rate, slips):
    of = history_of(load("worked-example"))
    sheet = graded(of, f"lr = {rate}\nz1 = 0.5, 1.1").sheet
    assert len(sheet.slips) == slips


def test_a_number_cut_off_and_not_rounded_is_said_lightly():
    of = history_of(load("worked-example"))
    sheet = graded(of, "z1 = 0.50000, 1.10000\na1 = 0.4621, 0.8004").sheet
    (slip,) = sheet.slips
    assert [cause.key for cause in slip.causes] == ["truncated"]
    sheet = graded(of, "z1 = 0.50000, 1.10000\na1 = 0.4621, 0.8050").sheet
    assert "digits" in [cause.key for cause in sheet.slips[0].causes]
    sheet = graded(of, "z1 = 0.50000, 1.10000\na1 = 0.4621, 8.005").sheet
    assert "point" in [cause.key for cause in sheet.slips[0].causes]


def test_a_mistake_in_a_step_that_is_left_out_is_named_where_it_shows():
    net = planted.net(3)
    mistake = next(m for m in planted.mistakes(net) if m.name == "slope forgotten")
    work = planted.run(net, {mistake.at: mistake.rule}, decimals(4))
    work.sheet = [each for each in work.sheet if each[1] not in ("delta1", "fprime1", "da1")]
    sheet = graded(history(net), planted.text(work, lambda v: f"{v:.4f}")).sheet
    first = sheet.slips[0]
    assert str(first.figure.symbol) == "dW1"
    keys = {key for cause in first.causes for key in (cause.key, *cause.also)}
    assert keys & {"error-one", "gradient-before-slope"}


def test_what_is_right_but_not_from_the_sheet_s_figures_is_told_from_both():
    of = history_of(load("worked-example"))
    sheet = graded(of, "z1 = 0.6, 1.1\na1 = 0.4621, 0.8005").sheet
    verdicts = [each.verdict for each in sheet.judged]
    assert verdicts == [Verdict.SLIP, Verdict.RIGHT, Verdict.UNBASED, Verdict.RIGHT]


def test_a_bias_that_all_units_of_a_layer_have_is_left_out_like_any_other():
    spec = from_table(
        {
            "data": {"x": [[1.0, 2.0]], "y": [[1.0, 0.0]]},
            "layers": [
                {"units": 2, "activation": "sigmoid", "W": [[0.1, 0.2], [0.3, 0.4]], "b": 0.3}
            ],
            "loss": {"name": "mse"},
            "optimizer": {"name": "sgd", "lr": 0.1},
        }
    )
    slips = graded(history_of(spec), "z1 = 0.5, 1.1").sheet.slips
    assert slips[0].causes[0].key == "no-bias"


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("z1 = 1, 1", [0.5, 0.5]),  # all are whole: each is what it is rounded to
        ("z1 = 0.5, 1", [0.05, 0.05]),  # 1 has lost its zeros
        ("z1 = 0.50, 1\na1 = 0.46, 0.8", [0.005, 0.005, 0.005, 0.05]),
        ("z1 = 0.5, 1\na1 = 0.4621, 0.8005", [0.05, 0.00005, 0.00005, 0.00005]),
    ],
)
def test_a_whole_number_has_as_many_digits_as_the_others_usually_have(text, halves):
    sheet = graded(history_of(load("worked-example")), text).sheet
    assert [each.half for each in sheet.judged] == pytest.approx(halves)
