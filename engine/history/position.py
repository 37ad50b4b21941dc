"""Positions: where on a branch one stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Position:
    """Where on a branch: `iteration` from 1, `step` from 1; step 0, before anything is
    computed, only in iteration 1.
    """

    iteration: int = 1
    step: int = 0
