"""Where rates and constants come from, under every schedule and optimizer: `pytest tests/tui/text
--snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.catalog.optimizers import OPTIMIZERS
from engine.catalog.schedules import SCHEDULES
from engine.runfile.read import load
from engine.session.session import Session
from engine.spec.run import OptimizerSpec, ScheduleSpec
from tests.engine.catalog.test_schedules import EXAMPLES
from tests.engine.helpers import fitting
from tests.tui.text.test_origins import frame, operands
from tui.draw.explain import explanation
from tui.draw.optimizer import draw

RUN = replace(load("worked-example"), compare=None)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_rate_comes_from_its_schedule_so(name, snapshot):
    spec = replace(RUN, schedule=ScheduleSpec(name, SCHEDULES[name].complete(EXAMPLES[name])))
    lines = []
    for t in (1, 3, 4, 5, 8):
        pane = ["".join(text for text, _ in line) for line in draw(frame(spec, t, "W2"), 60, 4)]
        lines += [f"-- {t}", *operands(spec, t), pane[0]]
    assert "\n".join(lines) == snapshot


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_constants_come_from_their_optimizer_so(name, snapshot):
    row = OPTIMIZERS[name]
    spec = fitting(replace(RUN, optimizer=OptimizerSpec(name, row.complete({"lr": 0.1}))))
    lines = []
    for step in Session(spec).trace.steps:
        if step.param == "W2" and step.symbol.layer == 2:
            page = explanation(frame(spec, 2, step.symbol), 90)
            lines += [f"-- {step.symbol}", *("".join(text for text, _ in line) for line in page)]
    assert "\n".join(lines) == snapshot
