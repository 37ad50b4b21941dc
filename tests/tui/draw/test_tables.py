"""The tables of the step pane, as text to the cell; its lines stand where they stood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.history.position import Position
from engine.runfile.read import from_table, load
from engine.session.session import Session
from engine.spec.run import ClipSpec, RunSpec
from tests.closing.exact import prints_as
from tests.closing.reading import worked_out
from tui.draw.step import draw
from tui.frame import reasons
from tui.frame.frame import Frame, build
from tui.text.cells import wrap
from tui.text.format import Text

WORKED = load("worked-example")
assert WORKED.compare
ADAM = replace(WORKED, optimizer=WORKED.compare, compare=WORKED.optimizer)


@cache
def session(name: str) -> Session:
    return Session(ADAM if name == "adam" else load(name))


def frame(name: str | RunSpec, place: str, text: Text | None = None) -> Frame:
    """The frame at iteration.step."""
    found = session(name) if isinstance(name, str) else Session(name)
    t, step = place.split(".")
    found.go(Position(int(t), int(step)))
    return build(found, text or Text())


def pane(name: str | RunSpec, place: str, size: str = "37x13", text: Text | None = None) -> str:
    """The lines below the title."""
    width, height = map(int, size.split("x"))
    lines = draw(frame(name, place, text), width, height)
    assert len(lines) <= height
    written = ["".join(text for text, _ in line) for line in lines]
    assert max(map(len, written)) <= width
    return "\n".join(line.rstrip() for line in written[1:])


def test_a_product_of_two_vectors_has_them_at_its_edges():
    assert pane("worked-example", "1.7") == (
        "∂L/∂W[2] = δ[2]·a[1]ᵀ\n"
        "\n"
        "      a[1]   •  0.4621  0.8005\n"
        " δ[2]•−0.5628▸[−0.2601]−0.4505\n"
        "       0.5628   0.2601  0.4505\n"
        "\n"
        "▸ ∂L/∂W[2]₁₁ = δ[2]₁·a[1]₁\n"
        "             = −0.5628·0.4621\n"
        "             = −0.2601\n"
        "\n"
        "A weight's gradient: the error at its\n"
        "end times the value at its start."
    )


def test_a_product_of_a_matrix_has_its_vector_above_and_the_sums_at_its_right():
    assert pane("worked-example", "1.1").startswith(
        "z[1] = W[1]·x + b[1]\n"
        "\n"
        "•x     1.0000  2.0000   •b[1]   ▸z[1]\n"
        "•W ₁   0.1000  0.2000  0.0000[ 0.5000\n"
        "   ₂   0.3000  0.4000  0.0000  1.1000\n"
    )
    assert pane("worked-example", "1.9").startswith(
        "∂L/∂a[1] = W[2]ᵀ·δ[2]\n"
        "\n"
        "•δ[2] −0.5628  0.5628  ▸∂L/∂a\n"
        "•Wᵀ ₁  0.5000  0.7000[ 0.1126]\n"
        "    ₂  0.6000  0.8000  0.1126\n"
    )


def test_small_numbers_are_in_units_that_are_said_once():
    assert pane("ten-layers", "1.60", "37x22").startswith(
        "∂L/∂a[2] = W[3]ᵀ·δ[3]\n"
        "\n"
        "•10⁻⁵  1.51  0.04  0.27  0.30   ▸10⁻⁵\n"
        "•Wᵀ ₁ −0.81 −0.84 −0.14 −0.10[−1.3250\n"
        "    ₂  0.53  1e−3 −0.14  0.36  0.8727\n"
        "    ₃ −0.61 −0.66 −0.66 −0.37 −1.2446\n"
        "    ₄  0.19  0.45 −0.05  0.71  0.5101\n"
    )
    assert (
        "▸ ∂L/∂a[2]₁ = Σₖ W[3]ₖ₁·δ[3]ₖ    10⁻⁵\n"
        "   1  −0.8094 ·  1.5135  ≈ −1.2251\n"
        "   2  −0.8413 ·  0.0385  = −0.0324\n"
        "   3  −0.1378 ·  0.2700  = −0.0372\n"
        "   4  −0.1010 ·  0.3005  ≈ −0.0303\n"
        " sum                     = −1.3250\n"
    ) in pane("ten-layers", "1.60", "37x22")


def test_numbers_side_by_side_are_columns():
    assert pane("worked-example", "1.11").startswith(
        "δ[1] = ∂L/∂a[1] ⊙ f′[1]\n"
        "\n"
        "       •∂L/∂a  •f′[1]   ▸δ[1]\n"
        " ₁     0.1126  0.7864[ 0.0885]\n"
        " ₂     0.1126  0.3592  0.0404\n"
    )


def test_a_softmax_and_a_loss_have_their_terms_and_their_sum():
    assert (
        "        •z[2]       s     e^s      ▸ŷ\n"
        " ₁     0.7114 −0.2525  0.7768[ 0.4372\n"
        " ₂     0.9639  0.0000  1.0000  0.5628\n"
        "  Σ                    1.7768\n"
    ) in pane("worked-example", "1.4")
    assert (
        "           •y      •ŷ y·log ŷ\n"
        " ₁     1.0000  0.4372 −0.8274\n"
        " ₂     0.0000  0.5628  0.0000\n"
        "  Σ                   −0.8274\n"
    ) in pane("worked-example", "1.5")


def test_a_change_is_headed_by_what_it_goes_by_where_that_has_room():
    heads = "•before    •buf  −η·buf  ▸after\n"
    assert heads in pane("momentum", "2.19")
    assert "*before    *buf       d  >after\n" in pane("momentum", "2.19", text=Text(ascii=True))
    run = load("momentum")
    options = {**run.optimizer.options, "momentum_form": "step"}  # η is in the buffer
    run = replace(run, optimizer=replace(run.optimizer, options=options))
    assert "•before    •buf       Δ  ▸after\n" in pane(run, "2.19")


def test_an_update_is_before_gradient_change_and_after():
    assert pane("worked-example", "1.14").startswith(
        "W[2] ← W[2] − η·∂L/∂W[2]\n"
        "      •before      •g    −η·g  ▸after\n"
        " ₁₁    0.5000 −0.2601 +0.0260[ 0.5260\n"
        " ₁₂    0.6000 −0.4505 +0.0451  0.6451\n"
        " ₂₁    0.7000  0.2601 −0.0260  0.6740\n"
        " ₂₂    0.8000  0.4505 −0.0451  0.7549\n"
    )


def test_an_update_says_w_for_the_parameter_that_the_title_names_and_works_it_out():
    assert pane("adam", "2.18", "37x11") == (
        "W ← W − η·mˆ/(√vˆ + ε)\n"
        "      •before       Δ  ▸after\n"
        " ₁₁    0.6000 +0.0787[ 0.6787]\n"
        " ₁₂    0.7000 +0.0958  0.7958\n"
        " ₂₁    0.6000 −0.0787  0.5213  1 more\n"
        "▸ W[2]₁₁ = 0.6000 −\n"
        "    0.1·(−0.1468)/(√0.0348 + 1e−8)\n"
        "  = 0.6000 + 0.0787 = 0.6787\n"
        "Here the step is 0.7869 times η long.\n"
    )


def test_a_batch_is_its_terms_the_largest_first_and_what_the_others_add():
    assert (
        "▸ ∂L/∂W[1]₁₁ = Σₙ δ[1]ₙ₁·xₙ₁\n"
        "             ≈ −0.0064\n"
        "   n  •δ[1]ₙ₁      •xₙ₁    product\n"
        "  32   0.0168 ·  0.3764  =  0.0063\n"
        "   7   0.0203 · −0.2471  = −0.0050\n"
        "  11   0.0239 · −0.1286  = −0.0031\n"
        "   9  −0.0062 ·  0.3178  = −0.0020\n"
        "  10  −0.0031 ·  0.6376  = −0.0020\n"
        "  21   0.0255 · −0.0491  = −0.0013\n"
        "   5   0.0022 ·  0.3903  ≈  8.8e−4\n"
        "  28   0.0020 ·  0.4051  =  8.1e−4\n"
        "  27  −5.1e−4 ·  0.8002  = −4.1e−4\n"
        "2 more, together           −7.3e−4\n"
        " 21 of 32 have δ = 0\n"
    ) in pane("spirals", "30.20", "37x26")


def test_beside_the_formula_where_the_pane_is_wide_and_low():
    assert pane("worked-example", "1.7", "60x7") == (
        "∂L/∂W[2] = δ[2]·a[1]ᵀ              a[1]   •  0.4621  0.8005\n"
        "                              δ[2]•−0.5628▸[−0.2601]−0.4505\n"
        "                                    0.5628   0.2601  0.4505\n"
        "▸ ∂L/∂W[2]₁₁ = δ[2]₁·a[1]₁ = −0.5628·0.4621 = −0.2601\n"
        "A weight's gradient: the error at its end times the value at\n"
        "its start."
    )


def test_the_norm_of_all_gradients_is_of_each_its_square():
    assert (
        "          ‖g‖    Σ g²\n"
        "•W[1]  22.667  513.78\n"
        "•b[1]  10.000  100.00\n"
        "  Σ            613.78\n"
    ) in pane("diverging-clipped", "1.10")


def test_rows_that_have_no_room_are_counted_beside_the_formula():
    lines = pane("iris", "1.4", "60x7").splitlines()
    assert lines[2].startswith("1 more                 ₂ ")


def test_what_a_step_writes_anew_is_not_marked_as_written_where_it_is_read():
    worked = load("worked-example")
    assert worked.compare
    adam = replace(worked, optimizer=worked.compare)
    assert "v 10⁻⁴      •g ▸v 10⁻⁴\n" in pane(adam, "2.20")
    assert "•before      •g      ▸m\n" in pane(adam, "2.19")


def test_a_matrix_without_room_for_whole_cells_has_two_digits_and_no_minus_0():
    lines = pane("ten-layers-relu", "1.60", "37x15")
    assert "•δ[3]  0.00  0.00 −1.40  0.00  ▸∂L/∂a\n•Wᵀ ₁ −0.20 −0.10  0.72 −0.81[−1.0056" in lines
    assert "−0.00" not in lines


def test_a_change_that_does_not_lead_to_what_is_after_it_says_about():
    rows = pane("xor", "1.17", "37x21").splitlines()
    assert " ₃₂    0.9649 −0.0037≈+0.0018  0.9668" in rows
    assert " ₁₂   −0.4915 −0.0347 +0.0174 −0.4741" in rows


def test_what_looks_like_a_product_and_is_none_has_columns():
    assert (
        "      •before      •g    ▸buf\n"
        " ₁₁   −0.2601 −0.2135[−0.4476]\n"
        " ₁₂   −0.4505 −0.4030 −0.8085\n"
    ) in pane("momentum", "2.14", "37x15")


RUNS = (
    "worked-example", "adam", "momentum", "xor", "iris", "spirals", "ten-layers", "digits",
    "softmax-jacobian", "diverging-clipped",
)  # fmt: skip


@pytest.mark.parametrize("size", ["37x11", "37x13", "60x7", "38x56", "40x9"])
@pytest.mark.parametrize("name", RUNS)
def test_nothing_moves_between_the_steps_of_a_run_and_all_fits(name, size):
    steps = session(name).trace.steps
    found, said = set(), set()
    for step in steps[:: max(1, len(steps) // 12)]:
        lines = pane(name, f"1.{step.number}", size).splitlines()
        shown = frame(name, f"1.{step.number}")
        why = reasons.why(shown, step, reasons.first(shown, step))
        found |= {i for i, line in enumerate(lines) if line.startswith("▸ ")}
        said |= {i for i, line in enumerate(lines) if line and why[0].startswith(line.rstrip("…"))}
    if size != "40x9":
        assert len(found) == 1
        assert len(said) == 1


@pytest.mark.parametrize("name", RUNS)
def test_what_is_said_first_of_a_step_has_room_in_two_lines(name):
    for step in session(name).trace.steps:
        shown = frame(name, f"1.{step.number}")
        why = reasons.why(shown, step, reasons.first(shown, step))
        assert len(wrap(why[0], 37)) <= 2, why[0]


def equations(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The element's lines as names of it and a chain of signs and what stands behind them."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("▸ "))
    after = range(start + 1, len(lines))
    ends = (i for i in after if lines[i][:2].strip() or not lines[i] or "product" in lines[i])
    stop = next(ends, len(lines))
    whole = " ".join(line.strip() for line in lines[start:stop])
    for sign in "=≈":
        whole = whole.replace(f" {sign} ", f"\0{sign}\0")
    name, *rest = whole.split("\0")
    return [(name, list(zip(rest[::2], rest[1::2], strict=True)))]


@pytest.mark.parametrize("size", ["37x11", "37x13", "60x7"])
@pytest.mark.parametrize(
    "name", ["worked-example", "adam", "softmax-jacobian", "diverging-clipped"]
)
def test_an_equation_that_is_said_holds_for_the_characters_shown(name, size):
    read = 0
    for step in session(name).branch.history.trace(2).steps:
        for _, chain in equations(pane(name, f"2.{step.number}", size)):
            numbers = [
                (sign, said) for sign, said in chain if not any(map(str.isalpha, strip(said)))
            ]
            for (_, left), (sign, right) in pairwise(numbers):
                if sign == "=" and re.fullmatch(r"−?[\d.]+(e[+−]\d+)?", right):
                    read += 1
                    assert prints_as(worked_out(left, True).numbers[0], right, 4), (left, right)
    assert read >= 4


NUMBER = r"(−?[\d.]+(?:e−?\d+)?)"
TERM = re.compile(rf"^ *\d+ +{NUMBER} · +{NUMBER} +([=≈]) +{NUMBER}$")
OTHER = re.compile(rf"^(?:\d+ more, together| ?b(?:\[\d+\])?) +{NUMBER}$")


def exact(shown: str) -> Fraction:
    return Fraction(shown.replace("−", "-"))


def rounded(x: Fraction, shown: str) -> bool:
    """Whether a number, rounded to the digits of the one that is shown, is that one."""
    mantissa, _, power = shown.replace("−", "-").partition("e")
    step = Fraction(10) ** (int(power or 0) - len(mantissa.partition(".")[2]))
    return x == exact(shown) or 2 * abs(x - exact(shown)) < step


@pytest.mark.parametrize("size", ["37x13", "37x21", "38x30"])
@pytest.mark.parametrize("name", ["spirals", "iris", "ten-layers", "xor"])
def test_the_terms_of_a_table_close_by_their_signs_and_add_up_by_that_of_the_sum(name, size):
    read = 0
    for step in session(name).trace.steps:
        lines = pane(name, f"2.{step.number}", size).splitlines()
        total, terms = Fraction(0), 0
        for line in lines:
            if match := TERM.match(line):
                first, second, sign, product = match.groups()
                closes = rounded(exact(first) * exact(second), product)
                assert closes == (sign == "="), line
                total, terms = total + exact(product), terms + 1
            elif match := OTHER.match(line):
                total += exact(match[1])
        sums = [line for line in lines if re.match(rf"^( sum)? +[=≈] +{NUMBER}$", line)]
        sums += [line for line in lines if line.startswith("▸ ") and "Σ" in line]
        found = [m for line in sums if (m := re.search(rf"([=≈]) +{NUMBER}$", line))]
        if terms and found and "10⁻" not in "".join(lines):
            read += 1
            assert rounded(total, found[0][2]) == (found[0][1] == "="), lines
    assert read or name == "ten-layers"


def strip(said: str) -> str:
    """Arithmetic without the words that stand in it."""
    for word in ("tanh", "log", "max", "min", "e^", "e−", "e+"):
        said = said.replace(word, "")
    return said


def specs() -> Iterator[tuple[int, str, str, str, str]]:
    """Samples, hidden and last activation, loss and optimizer: each row of the catalog, of one
    sample and of a batch.
    """
    for samples in (1, 3):
        for name in ACTIVATIONS:
            if ACTIVATIONS[name].elementwise:
                yield samples, name, "identity", "mse", "sgd"
        for name, row in LOSSES.items():
            last = (row.activations(row.complete({})) or ("identity",))[0]
            yield samples, "tanh", last, name, "sgd"
        for name in OPTIMIZERS:
            yield samples, "tanh", "identity", "mse", name


@pytest.mark.parametrize(
    ("samples", "hidden", "last", "loss", "optimizer"), [*specs()], ids=lambda x: str(x)
)
def test_every_row_of_the_catalog_is_drawn_in_its_room(samples, hidden, last, loss, optimizer):
    targets = LOSSES[loss].targets
    off = targets.off if targets else 0.0
    run: dict[str, Any] = {
        "data": {
            "x": [[1.0, -0.5], [0.25, 2.0], [-1.0, 0.5]][:samples],
            "y": [[1.0, off], [off, 1.0], [1.0, off]][:samples],
        },
        "layers": [
            {"units": 3, "activation": hidden, "init": "xavier_uniform"},
            {"units": 2, "activation": last, "init": "xavier_uniform"},
        ],
        "loss": {"name": loss},
        "optimizer": {"name": optimizer, "lr": 0.1},
        "seed": 1,
    }
    for layer in run["layers"] if OPTIMIZERS[optimizer].matrices else ():
        layer["bias"] = False
    spec = replace(from_table(run), clip=ClipSpec("norm", 0.1))
    found = Session(spec)
    for step in found.trace.steps:
        found.go(Position(1, step.number))
        for text in (Text(), Text(digits=8), Text(ascii=True)):
            shown = build(found, text)
            why = reasons.why(shown, step, reasons.first(shown, step))
            assert text != Text() or len(wrap(why[0].split(", g being")[0], 37)) <= 2, why[0]
            for width, height in ((37, 11), (60, 7)):
                lines = draw(shown, width, height)
                assert len(lines) <= height
                assert all(sum(len(text) for text, _ in line) <= width for line in lines)
