"""History of a million iterations of the worked example: time of a step back and of a seek."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from time import perf_counter

from engine.history.position import Position
from engine.runfile.read import load
from engine.session.moves import by_steps
from engine.session.session import Session
from tests.bench.table import Figure, ms

ITERATIONS = 1_000_000
LIMIT_MS = 16.0
LIMIT_MB = 8.0


@dataclass(frozen=True)
class Travel:
    """A history with all its iterations behind it: how to go to one, how to step back, its size."""

    seek: Callable[[int], object]
    back: Callable[[], object]
    nbytes: Callable[[], int]


def trained(iterations: int) -> Travel:
    """The worked example (Adam, the larger state) trained for `iterations`, as in the app."""
    spec = load("worked-example")
    assert spec.compare is not None
    session = Session(spec.with_optimizer(spec.compare, spec.optimizer))
    session.go(Position(iterations, 1))

    def back() -> None:
        session.go(by_steps(session.branch.history, session.position, -1))

    return Travel(lambda t: session.go(Position(t, 1)), back, lambda: session.branch.history.nbytes)


def history(quick: bool) -> list[Figure]:
    """The 95th percentiles, in ms, and the memory, in MB."""
    iterations = ITERATIONS // 10 if quick else ITERATIONS
    names = (f"random seek in {iterations:,} iterations, p95", "one step back, p95", "memory")
    travel = trained(iterations)
    random = Random(0)
    seeks, backs = [], []
    for _ in range(100 if quick else 400):
        target = random.randrange(100, iterations) + 1
        seeks.append(timed(partial(travel.seek, target)))
        backs += [timed(travel.back) for _ in range(3)]
    size = travel.nbytes() / 1e6
    return [
        Figure(names[0], p95(seeks) * 1e3, "ms", f"median {ms(p50(seeks))}", ceiling=LIMIT_MS),
        Figure(names[1], p95(backs) * 1e3, "ms", f"median {ms(p50(backs))}", ceiling=LIMIT_MS),
        Figure(names[2], size, "MB", ceiling=LIMIT_MB),
    ]


def timed(action: Callable[[], object]) -> float:
    """The time of `action`, in s."""
    began = perf_counter()
    action()
    return perf_counter() - began


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[int(0.95 * len(values))]


def p50(values: list[float]) -> float:
    """The median."""
    return sorted(values)[len(values) // 2]
