"""A step as a line of JSON."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from engine.program.parameters import group_of
from engine.program.step import Step
from engine.program.trace import Trace
from engine.session.session import Session


def record(session: Session, trace: Trace, step: Step) -> str:
    """A step as one line of JSON. Numbers read back exactly; what is not finite is a string,
    since JSON has no number for it.
    """
    value = trace.known(step.symbol, step.number)
    spec = session.branch.history.spec_of(trace.t)
    rate = group_of(spec, step.param).numbers.get("lr", "lr")
    return json.dumps(
        {
            "branch": session.branch.name,
            "optimizer": session.branch.optimizer(trace.t),
            "lr": _spelled(trace.scalars[rate]),
            "iteration": trace.t,
            "step": step.number,
            "phase": str(step.phase),
            "symbol": step.symbol,
            "shape": list(value.shape),
            "value": value.tolist() if np.isfinite(value).all() else _spelled(value.tolist()),
        },
        ensure_ascii=True,
    )


def _spelled(value: Any) -> Any:
    if isinstance(value, list):
        return [_spelled(part) for part in value]
    return value if math.isfinite(value) else str(value)
