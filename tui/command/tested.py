"""What samples that are held out score at the end of an iteration, as a line of JSON."""

from __future__ import annotations

import json
import math

from engine.session.session import Session
from tui.frame.tested import scores


def record(session: Session, t: int) -> str | None:
    """The score after iteration t; None where they are not tested with then. A loss that is not
    finite is a text, as in the lines of steps; the accuracy is null where the run names no classes.
    """
    history = session.branch.history
    known = scores().last(history, t)
    if known is None or known.at != t:
        return None
    loss, accuracy = known.score
    return json.dumps(
        {
            "branch": session.branch.name,
            "optimizer": session.branch.optimizer(t),
            "iteration": t,
            "phase": "test",
            "samples": len(history.spec_of(t).data.held),
            "test_loss": loss if math.isfinite(loss) else str(loss),
            "test_accuracy": None if math.isnan(accuracy) else accuracy,
        }
    )
