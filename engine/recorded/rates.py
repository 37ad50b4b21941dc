"""The learning rates of a record, and the schedule that lists them."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.recorded.written import Written

MOST = 1_000
"""So many a schedule lists at most; after the last the last one stays."""
SAME = 1e-9
"""So near to each other, as shares, two rates are the same but for how they were computed."""


def rates_of(record: Written) -> list[list[float]]:
    """The learning rate of each group in each iteration. Raises SpecError where one has other
    groups than the first.
    """
    span = record.groups[: record.iterations]
    rates = [[group.options.get("lr") for group in groups] for groups in span]
    for t, each in enumerate(rates, 1):
        if len(each) != len(span[0]) or not all(type(lr) in (int, float) for lr in each):
            record.refuse(f"has other groups, or rates, in iteration {t} than before")
    return [[float(lr) for lr in each if lr is not None] for each in rates]


def schedule_of(record: Written, rates: list[list[float]]) -> dict[str, Any] | None:
    """The table of the schedule that has these rates; None where they stay. Raises SpecError where
    no schedule has them.
    """
    listed = rates[:MOST]
    if any(each != listed[-1] for each in rates[MOST:]):
        record.refuse(
            f"has rates that change after iteration {MOST:,}, the most that a schedule lists:"
            f" record it with iterations={MOST}"
        )
    if all(each == listed[0] for each in listed):
        return None
    if all(len(set(each)) == 1 for each in listed):
        return {"name": "list", "rates": [each[0] for each in listed]}
    base = listed[0]
    largest = base.index(max(base))
    factors = [each[largest] / base[largest] if base[largest] else 0.0 for each in listed]
    for t, (each, factor) in enumerate(zip(listed, factors, strict=True), 1):
        if not np.allclose(np.multiply(base, factor), each, rtol=SAME, atol=0):
            record.refuse(
                f"has groups whose rates change otherwise than each other in iteration {t}, and a"
                f" schedule moves all alike: record it with iterations={t - 1}"
            )
    return {"name": "factors", "factors": factors}
