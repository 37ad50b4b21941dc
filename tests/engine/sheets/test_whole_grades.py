"""All that grading says of sheets with a planted mistake: `pytest tests/engine/sheets
--snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from engine.sheets.figures import Judged
from tests.engine.sheets import planted
from tests.engine.sheets.grading import graded, history
from tests.engine.sheets.planted import ROUNDINGS, Net, Planted

BETWEEN = ("lossn", "da1", "fprime1", "delta1", "mhat", "vhat", "z2", "dyhat", "fprime2")
SHEETS: dict[str, tuple[Net, str, tuple[str, ...], int]] = {
    "softmax": (planted.net(0), "4 decimals", (), 3),
    "adam": (planted.net(1, adam=True), "4 figures", (), 4),
    "sigmoid": (planted.net(2, "sigmoid"), "4 decimals", (), 2),
    "not square": (planted.net(3, "3-4-2"), "3 figures", (), 4),
    "steps left out": (planted.net(3), "4 decimals", BETWEEN, 2),
    "steps of Adam left out": (planted.net(4, adam=True), "4 figures", BETWEEN, 4),
    "steps of squares left out": (planted.net(5, "sigmoid"), "3 figures", BETWEEN, 2),
    "few digits": (planted.net(6), "2 decimals", (), 3),
}
"""A net, the digits, what is left out, and that each so-manieth mistake is tried."""


def number(x: float) -> str:
    return f"{round(x, 12) + 0.0:.6g}"


def of_figure(each: Judged) -> str:
    """A slip: what stands there, what was to be expected, and what may have been done."""
    figure = each.figure
    place = f"{figure.iteration}.{figure.symbol}[{','.join(map(str, figure.index))}]"
    causes = "; ".join(
        f"{cause.name} ({' = '.join((cause.key, *cause.also))}) → {cause.right}"
        for cause in each.causes
    )
    between = f"{number(each.low)}…{number(each.high)}"
    return f"{place} = {figure.value:g}±{each.half:g} of {between}: {causes or 'no cause'}"


def told(net: Net, mistake: Planted, rounding: str, without: tuple[str, ...]) -> Iterator[str]:
    """A sheet: the first slip, and of how many figures what is said."""
    rounded, show = ROUNDINGS[rounding]
    work = planted.run(net, {mistake.at: mistake.rule}, rounded)
    if not all(np.isfinite(value).all() for _, _, value in work.sheet):
        return
    work.sheet = [each for each in work.sheet if each[1].partition(".")[0] not in without]
    sheet = graded(history(net), planted.text(work, show)).sheet
    counts = ", ".join(f"{n} {key}" for key, n in sheet.counts().items() if n)
    yield f"{mistake.name}: {counts}"
    yield from (f"  {of_figure(each)}" for each in sheet.slips[:1])


@pytest.mark.parametrize("name", SHEETS)
def test_all_that_is_said_of_a_sheet(name, snapshot):
    net, rounding, without, every = SHEETS[name]
    made = [each for each in planted.mistakes(net) if not (each.only and net.adam)]
    lines = (line for each in made[::every] for line in told(net, each, rounding, without))
    assert "\n".join(lines) == snapshot
