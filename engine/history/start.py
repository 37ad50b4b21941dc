"""What a stretch begins with."""

from __future__ import annotations

from typing import Protocol

from engine.formula.calls import Array
from engine.history.work import Progress, Stop
from engine.program.state import starting_state
from engine.spec.run import RunSpec


class Start(Protocol):
    """Makes the state that a stretch begins with."""

    def distance(self) -> int:
        """How many iterations have to be computed for it."""

    def ready(self, stop: Stop, progress: Progress) -> bool:
        """Compute what it needs. Says whether all is there."""

    def check(self, state: Array) -> None:
        """Raises ValueError where a saved state cannot be the one."""

    def begun(self) -> Start:
        """What is left of it once the stretch has begun."""

    def __call__(self) -> Array:
        """The state."""


class Given:
    """The start of a run: the parameters that its spec gives."""

    def __init__(self, spec: RunSpec) -> None:
        self._spec = spec

    def distance(self) -> int:
        """None."""
        return 0

    def ready(self, _stop: Stop, _progress: Progress) -> bool:
        """At once."""
        return True

    def check(self, state: Array) -> None:
        """It is the one, bit for bit."""
        if state.tobytes() != self().tobytes():
            raise ValueError("checkpoints do not begin with the run's parameters")

    def begun(self) -> Given:
        """The same."""
        return self

    def __call__(self) -> Array:
        """The state."""
        return starting_state(self._spec)
