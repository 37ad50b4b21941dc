"""What takes long: how it is stopped, and how it tells what it has come to."""

from __future__ import annotations

from collections.abc import Callable

from engine.formula.calls import Array
from engine.program.trainer import Trainer

Stop = Callable[[], bool]
"""Asked now and then by what takes long, which may pause in it; True ends that."""
Progress = Callable[[int], None]
"""Told which iteration something that takes long has come to."""
Train = Callable[[Trainer, int, int, Array], None]
"""Trains as `Trainer.run` does: iterations first to last, whose losses go into the array."""


def never() -> bool:
    """Stops nothing."""
    return False


def nobody(_t: int) -> None:
    """Wants no progress."""
