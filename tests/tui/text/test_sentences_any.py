"""What is said of the numbers of random runs, held against those numbers."""

from __future__ import annotations

import math
import re
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from engine.formula.expr import Index
from engine.history.position import Position
from engine.program.parameters import base_rate, is_rate
from engine.program.step import Step
from engine.runfile.read import read
from engine.session.session import Session
from engine.spec.run import SpecError
from tests.closing.runs import random_run
from tui.draw import origins
from tui.frame import reasons
from tui.frame.frame import Frame, build
from tui.text.format import Text

TEXT = Text(digits=6)
LAST = 10**6
"""After all steps."""
ROUNDING = 1e-4


SUMMED = "accumulate_mean = false\n"


class Element:
    """An element of a step, and what is said of it."""

    def __init__(self, frame: Frame, step: Step, index: Index) -> None:
        self.frame, self.step, self.index = frame, step, index
        self.text = " ".join(reasons.why(frame, step, index))

    def known(self, symbol: str) -> float:
        """The element's place in another array, after the iteration."""
        return float(self.frame.trace.known(symbol, LAST)[self.index])

    def number(self, pattern: str) -> float | None:
        """The number in a sentence; None where it is not said."""
        found = re.search(pattern, self.text)
        return float(found[1].replace("−", "-")) if found else None

    def near(self, a: float, b: float, rounding: float = 0.0) -> None:
        assert math.isclose(a, b, rel_tol=ROUNDING, abs_tol=1e-6 + rounding), (self.text, a, b)

    def check(self) -> None:
        name = str(self.step.symbol)
        if name.startswith("decay"):
            self._decayed()
        if name.startswith("fprime"):
            self._slope(int(name[6:]))
        elif name.startswith("clip"):
            self._clipped()
        elif self.step.symbol == self.step.param:
            self._update()
        elif name in ("loss", "dataloss", "lossn") and self.frame.trace.data:
            self._loss(name)
        elif name == "penalty":
            self._largest_part()
        if "the penalty's" in self.text:
            self._pull()

    def _slope(self, layer: int) -> None:
        depth = len(self.frame.spec.layers)
        upstream = self.known("dyhat" if layer == depth else f"da{layer}")
        error = self.known(f"delta{layer}")
        said = {
            "is 0 for this sample": error == 0,
            "the error passes whole": error == upstream,
            "sign turned": error * upstream <= 0,
            "little of the error": abs(error) <= 1.001 * abs(upstream) / 100,
            "the error grows": not upstream or abs(error) > abs(upstream),
            "share of the error": abs(error) <= abs(upstream) and error * upstream >= 0,
        }
        assert any(words in self.text for words in said) or not math.isfinite(error)
        for words, holds in said.items():
            assert words not in self.text or holds, (self.text, upstream, error)

    def _clipped(self) -> None:
        before, after = self.known(self.step.reads[0]), self.known(self.step.symbol)
        if "no gradient is clipped" in self.text or "so it stays" in self.text:
            assert after == before, self.text
        elif "takes its place" in self.text:
            limit = self.frame.trace.scalars["clip_value"]
            assert before != after
            self.near(after, math.copysign(limit, before))
        elif (share := self.number(r"multiplied by ([−\de.+]+)\.")) is not None:
            assert share <= 1
            self.near(after, before * share, abs(before) * 1e-6)

    def _update(self) -> None:
        trace, param = self.frame.trace, self.step.symbol
        if trace.value(f"size.{param}", LAST) is not None:
            self._update_by_size()
            return
        decayed = trace.value(f"decay.{param}", LAST)
        start = trace.known(param, 0) if decayed is None else decayed
        before, after = float(start[self.index]), self.known(param)
        lost = float(np.spacing(np.abs(start[self.index]))) * 8
        of_group = re.search(r"\{(lr#?\w*)\}", self.step.formula)
        if not of_group:  # what is added has the rate in it
            assert "times η" not in self.text
            return
        change, rate = after - before, trace.scalars[of_group[1]]
        length = self.number(r"Here the step is ([−\de.+]+) times η long")
        if length is None:
            length = self.number(r", ([−\de.+]+) times η[.,]")
        if length is not None:
            self.near(abs(change), length * rate, lost + rate * 1e-6 + ROUNDING * abs(change))
        if "the step is η·sign g" in self.text:
            g = re.search(r"g being (\S+)\.", self.text)
            sources = {TEXT.name(s.symbol): s.symbol for s in self.frame.steps}
            symbol = sources[g[1]] if g else param.gradient
            self.near(change, -rate * np.sign(self.known(symbol)), lost)

    def _update_by_size(self) -> None:
        """Of Rprop, which has no rate: by the parameter's own size."""
        trace, param = self.frame.trace, self.step.symbol
        start = float(trace.known(param, 0)[self.index])
        size, prev = self.known(f"size.{param}"), self.known(f"prev.{param}")
        self.near(self.known(param), start - size * float(np.sign(prev)))
        assert "times η" not in self.text
        assert ("No step" in self.text) == (prev == 0), self.text

    def _decayed(self) -> None:
        assert self.step.param
        before = float(self.frame.trace.known(self.step.param, 0)[self.index])
        after = self.known(self.step.symbol)
        part = self.number(r" = ([−\de.+]+) (?:of it|times it) goes")
        own = self.frame.trace.value(f"eta.{self.step.param}", LAST) is not None
        assert (part is None) == (not before or own)
        if part is None and before:  # the averaged one's: its arithmetic alone says how much
            rate = float(self.frame.trace.known(f"eta.{self.step.param}", 0)[self.index])
            self.near(after, before * (1 - self.frame.trace.scalars["lambd"] * rate))
        if part is not None:
            self.near(after, before * (1 - part), abs(before) * part * ROUNDING)
            assert ("beyond 0" in self.text) == (after * before < 0)
            assert ("farther" in self.text) == (abs(after) > abs(before))

    def _loss(self, name: str) -> None:
        n = self.index[0] if name == "lossn" else 0
        trace = self.frame.trace
        y, yhat = (trace.known(symbol, LAST)[n] for symbol in ("y", "yhat"))
        given = self.number(r"it is given ([−\de.+]+)\.")
        if given is not None:
            spec = self.frame.spec
            joined = spec.loss.name == "cross_entropy" and spec.layers[-1].activation == "softmax"
            powers = np.exp(yhat - yhat.max())
            self.near(float((yhat if joined else powers / powers.sum())[y == 1][0]), given)
        least = self.number(r"is the (?:smoothed )?targets: ([−\de.+]+), their")
        if least is not None and name == "lossn":
            assert float(trace.known(name, LAST)[n]) >= least * (1 - ROUNDING) - 1e-6, self.text

        share = self.number(r"R is ([−\de.+]+)% of it")
        if share is not None:
            self.near(self.known("penalty"), share / 100 * self.known("loss"))

    def _largest_part(self) -> None:
        """By the squares and sizes that the penalty adds up, whatever it is made of."""
        found = re.search(r"The largest part is that of (\S+), (\S+)\.", self.text)
        if not found:
            return
        spec, trace = self.frame.spec, self.frame.trace
        assert spec.penalty
        half = 2 if spec.penalty.half else 1
        by = self.frame.batch if spec.penalty.per_sample else 1
        parts = {}
        for name in trace.parameters:
            if name.kind.key == "W" or spec.penalty.biases:
                a = trace.known(name, 0).astype(float)
                parts[TEXT.name(name)] = float(
                    (spec.penalty.l2 / half * (a**2).sum() + spec.penalty.l1 * abs(a).sum()) / by
                )
        assert max(parts, key=parts.__getitem__) == found[1], self.text
        self.near(float(found[2].replace("−", "-")), parts[found[1]])

    def _pull(self) -> None:
        """What is the penalty's of a gradient: away from it in the loss alone, towards 0."""
        own = self.number(r"([−\de.+]+) of it is the penalty's")
        name = self.step.symbol.parameter
        assert own is not None
        assert name is not None
        theta = float(self.frame.trace.known(name, 0)[self.index])
        assert own * theta > 0 or abs(own) < 1e-6, self.text


class Rate:
    """A scheduled learning rate, of all parameters or of a group, and what is said of it."""

    def __init__(self, session: Session, t: int, symbol: str) -> None:
        self.history, self.t, self.symbol = session.branch.history, t, symbol
        session.go(Position(t, 1))
        frame = build(session, TEXT)
        self.spec, self.base = frame.spec, base_rate(frame.spec, symbol)
        lines = origins.scalar(frame, symbol, 500)
        self.text = " ".join("".join(part for part, _ in line).strip() for line in lines)

    def at(self, t: int) -> float:
        return self.history.trace(t).scalars[self.symbol]

    def check(self) -> None:
        assert self.spec.schedule
        if self.spec.schedule.name == "plateau":
            return self._watched()
        if self.spec.schedule.by == "pass":
            assert "iteration" not in self.text
        whose = "group #" if "#" in self.symbol else "the optimizer's"
        found = re.search(r"Here η is (\S+) times ([^.]*)\.", self.text)
        k = self.spec.data.accumulate
        now, then = self.at(self.t), self.at((self.t // k + 1) * k)
        if found:
            assert math.isclose(now, float(found[1]) * self.base, rel_tol=ROUNDING)
            assert whose in found[2]
        else:
            said = "Here η is 0:" if now == 0 else "'s own."
            assert said in self.text
            assert now in (0, self.base)
            assert whose in self.text or now == 0
        turn = "greater" if then > now else "smaller" if then < now else "the same"
        assert f"The next update's is {turn}." in self.text
        return None

    def _watched(self) -> None:
        """A watch over the losses of iterations; of passes, it begins with the first."""
        assert self.spec.schedule
        if self.t == 1:
            assert "Nothing has been compared yet." in self.text
        elif self.spec.schedule.by == "iteration":
            losses = [float(self.history.trace(i).known("loss", LAST)) for i in range(1, self.t)]
            best = re.search(r"The best so far is (\S+)\. ", self.text)
            assert best or not any(map(math.isfinite, losses))
            assert not best or best[1] in map(TEXT.number, losses)


def rates(session: Session) -> list[Rate]:
    """The scheduled learning rates of the first three iterations."""
    if session.branch.spec.schedule is None:
        return []
    scalars = session.branch.history.trace(1).scalars
    return [Rate(session, t, name) for t in (1, 2, 3) for name in scalars if is_rate(name)]


def elements(session: Session) -> list[Element]:
    """Some elements of all steps of the first two iterations."""
    found = []
    for t in (1, 2):
        for step in session.branch.history.trace(t).steps:
            session.go(Position(t, step.number))
            frame = build(session, TEXT)
            found += [Element(frame, step, i) for i in islice(np.ndindex(step.shape), 4)]
    return found


@pytest.mark.parametrize("seed", range(24))
def test_sentences_of_random_runs_are_true(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    run = random_run(seed)
    if seed % 4 == 1:
        run = run.replace("[data]\n", f"[data]\naccumulate = 2\n{SUMMED * (seed % 8 == 1)}", 1)
    path.write_text(run, encoding="utf-8")
    try:
        session = Session(read(path))
    except SpecError:
        return
    with np.errstate(all="ignore"):
        for element in elements(session):
            assert "{" not in element.text
            element.check()
        for rate in rates(session):
            rate.check()
