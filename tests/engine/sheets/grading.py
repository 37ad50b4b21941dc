"""`python -m tests.engine.sheets.grading [--nets N]`: plants every mistake on every net, at every
rounding, and says how many were found, named, and named alone. A part of it is among the tests.
"""

from __future__ import annotations

import argparse
import tomllib
from collections import Counter
from collections.abc import Iterator

import numpy as np

from engine.history.branching import history_of
from engine.history.history import History
from engine.runfile.read import from_table
from engine.sheets.grade import Graded, grade
from engine.sheets.scheme import Scheme
from tests.engine.sheets import planted
from tests.engine.sheets.planted import ROUNDINGS, Net, Planted

KINDS = (("2-2-2", False), ("2-2-2", True), ("3-4-2", False), ("sigmoid", False))
SHARES = {"first": 0.98, "named": 0.97, "alone": 0.90}
"""So many of the mistakes that leave the tolerance at all are found, named, named alone."""


def history(net: Net) -> History:
    """The run of a net."""
    return history_of(from_table(tomllib.loads(net.toml)))


def graded(of: History, text: str) -> Graded:
    """A sheet, graded."""
    return grade(of, text, Scheme())


def nets(count: int) -> Iterator[Net]:
    """Nets of every kind, of the first kind `count`."""
    for kind, adam in KINDS:
        for seed in range(count if kind == "2-2-2" and not adam else max(1, count // 5)):
            yield planted.net(seed, kind, adam)


def outcome(net: Net, of: History, mistake: Planted, rounding: str) -> str:
    """What became of a planted mistake: "" where it cannot be seen in the figures at all, else
    "missed", "first" where its place alone was found, "named", or "alone".
    """
    rounded, show = ROUNDINGS[rounding]
    right = {(t, name): v for t, name, v in planted.run(net, {}, rounded).sheet}
    work = planted.run(net, {mistake.at: mistake.rule}, rounded)
    wrong = {(t, name): v for t, name, v in work.sheet}
    if not np.isfinite(wrong[mistake.at]).all():
        return ""
    if np.allclose(wrong[mistake.at], right[mistake.at], rtol=0, atol=1e-12):
        return ""
    sheet = graded(of, planted.text(work, show)).sheet
    here = [j for j in sheet.judged if (j.figure.iteration, j.figure.symbol) == mistake.at]
    here = [j for j in here if not j.figure.given]
    if all(j.low - j.half <= j.figure.value <= j.high + j.half for j in here):
        return ""
    first = sheet.slips[0] if sheet.slips else None
    if first is None or (first.figure.iteration, first.figure.symbol) != mistake.at:
        return "missed"
    keys = {key for cause in first.causes for key in (cause.key, *cause.also)}
    if not keys & set(mistake.keys):
        return "first"
    return "alone" if len(first.causes) == 1 else "named"


def told(net: Net, rounding: str) -> Iterator[tuple[Planted, str]]:
    """All mistakes on a net, and what became of each."""
    of = history(net)
    for mistake in planted.mistakes(net):
        if not (mistake.only and net.adam):
            yield mistake, outcome(net, of, mistake, rounding)


def shares(counts: Counter[str]) -> dict[str, float]:
    """How many of those that can be seen were found, named and named alone."""
    seen = sum(n for what, n in counts.items() if what)
    named = counts["named"] + counts["alone"]
    return {
        "first": (named + counts["first"]) / seen,
        "named": named / seen,
        "alone": counts["alone"] / seen,
    }


def main() -> None:
    """Print the shares by rounding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nets", type=int, default=25)
    count = parser.parse_args().nets
    for rounding in ROUNDINGS:
        counts = Counter(what for net in nets(count) for _, what in told(net, rounding))
        found = ", ".join(f"{key} {share:.1%}" for key, share in shares(counts).items())
        print(
            f"{rounding}: {sum(counts.values())} sheets, {counts['']} unseen; {found}", flush=True
        )


if __name__ == "__main__":
    main()
