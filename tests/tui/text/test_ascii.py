"""Whatever the built-in runs, the tables and the keys say has an ASCII form."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from engine.catalog.activations import ACTIVATIONS
from engine.catalog.clipping import CLIPS
from engine.catalog.losses import LOSSES
from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.row import Row
from engine.catalog.schedules import SCHEDULES
from engine.history.position import Position
from engine.program.trainer import Trainer
from engine.runfile import read as runfile
from engine.session.rivals import with_named_optimizer
from engine.session.session import Session
from engine.spec.run import RunSpec
from tui.draw.step import draw as draw_step
from tui.draw.values import draw as draw_values
from tui.frame.frame import build
from tui.keys import KEYS
from tui.text.characters import in_cells
from tui.text.format import Text

PLAIN = Text(ascii=True)


def strings(row: Row) -> Iterator[str]:
    """The text fields of a table's row, and what its options do."""
    for value in vars(row).values():
        if isinstance(value, str):
            yield value
    for option in row.options.values():
        yield option.does


def said_by(spec: RunSpec) -> Iterator[str]:
    yield from (spec.title, spec.teaches)
    for step in Trainer(spec).program(1).steps:
        yield from (step.title, step.formula, step.why)


def check(text: str) -> None:
    for shown in (PLAIN.plain(text), PLAIN.formula(re.sub(r"\{(\d+|\w+:\w+)\}", "", text))):
        assert shown.isascii()
        assert shown.count("?") == text.count("?"), text


@pytest.mark.parametrize(
    "table", [ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES, CLIPS], ids=[*"alosc"]
)
def test_tables_have_ascii_forms(table):
    for row in table.values():
        for text in strings(row):
            check(text)


@pytest.mark.parametrize("name", runfile.builtin_names())
def test_runs_have_ascii_forms(name):
    spec = runfile.load(name)
    for optimizer, row in OPTIMIZERS.items():
        if row.matrices:
            continue
        for text in said_by(with_named_optimizer(spec, optimizer)):
            check(text)


def test_keys_have_ascii_forms():
    for row in KEYS:
        for text in (row.label, row.tooltip, row.group):
            check(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("δ[1]ₙ₁·xₙ₁", "delta[1]_n1*x_n1"),
        ("W[10]₁₀", "W[10]_10"),
        ("‖·‖ ‖g‖", "|.| ||g||"),
        ("x₁²", "x_1^2"),
        ("Πμₜ = Πμₜ₋₁·μₜ", "prod mu_t = prod mu_(t-1)*mu_t"),
    ],
)
def test_subscripts_and_bars_are_short(text, expected):
    assert PLAIN.plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "a"),
        ("▔▁", "--"),
        ("─│┤", "-|+"),
        ("x…", "x."),
        ("🔎 s", "   s"),
        ("e\u0301", "e"),
        ("é日", "   "),
    ],
)
def test_what_others_have_laid_out_keeps_its_cells(text, expected):
    assert in_cells(text) == expected


@pytest.mark.parametrize("ascii", [True, False])
def test_labels_and_heads_that_are_cut_say_so(ascii):
    session = Session(runfile.load("softmax-jacobian"))
    shown = {}
    for symbol in ("dyhat", "delta1"):
        session.go(Position(1, session.trace.number(symbol)))
        frame = build(session, Text(ascii=ascii))
        lines = [*draw_step(frame, 37, 12), *draw_values(frame, 41, 16)]
        shown[symbol] = ["".join(part for part, _ in line) for line in lines]
    label, head, first, value = (
        ("*dL/.", ">dL/dy.", "*J'_1", "dL/dyh.*")
        if ascii
        else ("•∂L/…", "▸∂L/∂ŷ", "•Jᵀ ₁", "∂L/∂ŷ  •")
    )
    for text in (label, first, value):
        assert any(line.startswith(text) for line in shown["delta1"])
    assert any(head in line for line in shown["dyhat"])
