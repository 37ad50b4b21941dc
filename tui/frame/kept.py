"""What is worked out once and kept as long as what it was worked out from is about."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from engine.program.step import Step

Steps = tuple[Step, ...]
K = TypeVar("K")
P = ParamSpec("P")
R = TypeVar("R")


def kept(function: Callable[Concatenate[K, P], R]) -> Callable[Concatenate[K, P], R]:
    """The function, worked out once for what it is asked of. What it gives is kept by the first
    argument: so nothing of a run stays when the run has gone.
    """
    return _kept(function, lambda first: first)


def kept_of_steps(
    function: Callable[Concatenate[Steps, P], R],
) -> Callable[Concatenate[Steps, P], R]:
    """The same of a function of a run's steps: what it gives lives as long as the first of them."""
    return _kept(function, lambda steps: steps[0])


def _kept(
    function: Callable[Concatenate[K, P], R], owner: Callable[[K], Any]
) -> Callable[Concatenate[K, P], R]:
    name = f"kept: {function.__module__}.{function.__qualname__}"

    @wraps(function)
    def asked(first: K, /, *rest: P.args, **named: P.kwargs) -> R:
        found: dict[object, R] = vars(owner(first)).setdefault(name, {})
        key = (rest, *named.items()) if named else rest
        if key not in found:
            found[key] = function(first, *rest, **named)
        return found[key]

    return asked
