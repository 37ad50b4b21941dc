"""A step as a line of JSON."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from engine.analysis.passes import pass_losses
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
            **(_of_pass(session, trace.t) if step.symbol == "loss" else {}),
        },
        ensure_ascii=True,
    )


def _of_pass(session: Session, t: int) -> dict[str, Any]:
    """With the loss of an iteration, which pass over the data it is of; at the end of one, what its
    losses come to. Nothing where each pass is one mini-batch.
    """
    history = session.branch.history
    batches = history.batches(t)
    if not batches.several:
        return {}
    found: dict[str, Any] = {"pass": batches.pass_of(t) + 1}
    if batches.ends_pass(t) and (own := pass_losses(history, t, t)).known:
        found |= {"pass_sum": _spelled(own.total), "pass_mean": _spelled(own.mean)}
    return found


def _spelled(value: Any) -> Any:
    if isinstance(value, list):
        return [_spelled(part) for part in value]
    return value if math.isfinite(value) else str(value)
