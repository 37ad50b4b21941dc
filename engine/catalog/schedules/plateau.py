"""ReduceLROnPlateau: a drop where the loss has stopped to get better."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

import numpy as np

from engine.catalog.schedules.base import Watching
from engine.catalog.sentences import Number
from engine.formula import expr as ex
from engine.formula.calls import Array
from engine.formula.expr import Expr
from engine.spec.check import choice, whole
from engine.spec.options import BELOW_1, Option, Options, at_least_0
from engine.spec.run import MOST_ITERATIONS

CUTS = 0
"""Where the number of drops stands in what is kept."""


def _start(o: Options, kept: Array) -> None:
    """Nothing has been seen: the best so far is the worst that there is."""
    worst = np.finfo(kept.dtype).max
    kept[...] = 0, worst if o["mode"] == "min" else -worst, 0, 0


def _better(loss: float, best: float, o: Options) -> bool:
    down = o["mode"] == "min"
    threshold: float = o["threshold"]
    if o["threshold_mode"] == "rel":
        return loss < best * (1.0 - threshold) if down else loss > best * (threshold + 1.0)
    return loss < best - threshold if down else loss > best + threshold


def _watch(o: Options, kept: Array, loss: float) -> None:
    """PyTorch's step, in its order."""
    cuts, best, bad, cooldown = kept.tolist()
    if _better(loss, best, o):
        best, bad = loss, 0
    else:
        bad += 1
    if cooldown > 0:
        cooldown, bad = cooldown - 1, 0
    if bad > o["patience"]:
        cuts, bad, cooldown = cuts + 1, 0, o["cooldown"]
    kept[...] = cuts, best, bad, cooldown


def _made(base: float, cuts: int, o: Options) -> int:
    """How many of the cuts were made: none that would change the rate by eps or less."""

    def too_little(done: int) -> bool:
        before = base * o["factor"] ** done
        return not before - max(before * o["factor"], o["min_lr"]) > o["eps"]

    return bisect_left(range(cuts), True, key=too_little)


def _lr(base: float, kept: Array, o: Options) -> float:
    cuts = _made(base, int(kept[CUTS]), o)
    return float(max(base * o["factor"] ** cuts, o["min_lr"])) if cuts else base


def _value(base: float, kept: Array, o: Options) -> Expr:
    cuts = _made(base, int(kept[CUTS]), o)
    found = ex.mul(ex.num(base), ex.power(ex.num(o["factor"]), cuts))
    low = o["min_lr"] if cuts else 0.0
    return ex.fn("max", found, ex.num(low)) if found.value < low else found


def _letters(base: float, kept: Array, o: Options) -> Mapping[str, float]:
    return {"k": _made(base, int(kept[CUTS]), o)}


def _said(kept: Array, o: Options, number: Number) -> str:
    cuts, best, bad, cooldown = kept.tolist()
    if abs(best) == np.finfo(kept.dtype).max:
        return "" if cuts or bad else "Nothing has been compared yet."
    found = f"The best so far is {number(best)}."
    if cooldown:
        return f"{found} Of the cooldown {cooldown:.0f} are left: these do not count."
    return (
        f"{found} {bad:.0f} that were not better count; when they are more than {o['patience']},"
        " there is a drop, if min_lr and eps allow."
    )


def _count(default: int, does: str) -> Option:
    return Option(default, whole(0, MOST_ITERATIONS), does)


ROW = Watching(
    name="plateau",
    label="ReduceLROnPlateau",
    torch="torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **options)",
    formula="max({base}·{factor}^k, {min_lr}) after k drops",
    why="The learning rate is multiplied by factor when the loss has not got better by the"
    " threshold for more than patience times. What is compared is the loss of an iteration, or the"
    " mean of those of a pass where it is counted in passes.",
    options={
        "mode": Option("min", choice(("min", "max")), "Whether better is less or more."),
        "factor": Option(0.1, BELOW_1, "The factor of a drop."),
        "patience": _count(10, "So many times in a row it may not get better."),
        "threshold": at_least_0(1e-4, "What is better by less than this is not better."),
        "threshold_mode": Option("rel", choice(("rel", "abs")), "As a share, or as a number."),
        "cooldown": _count(0, "So many times after a drop do not count."),
        "min_lr": at_least_0(0.0, "The least learning rate."),
        "eps": at_least_0(1e-8, "No drop by less than this is made."),
    },
    kept=("cuts", "best", "bad", "cooldown"),
    torch_kept={"best": "best", "bad": "num_bad_epochs", "cooldown": "cooldown_counter"},
    start=_start,
    watch=_watch,
    lr=_lr,
    value=_value,
    letters=_letters,
    says=_said,
    place=11,
)
