"""What is worked out once and kept as long as what it was worked out from is about."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

K = TypeVar("K")
P = ParamSpec("P")
R = TypeVar("R")


def kept(function: Callable[Concatenate[K, P], R]) -> Callable[Concatenate[K, P], R]:
    """The function, worked out once for what it is asked of. What it gives lives as long as the
    first argument, and must not refer to it: so nothing of a run stays when the run has gone.
    """
    known: WeakKeyDictionary[K, dict[object, R]] = WeakKeyDictionary()

    @wraps(function)
    def asked(first: K, /, *rest: P.args, **named: P.kwargs) -> R:
        found = known.setdefault(first, {})
        key = (rest, *named.items())
        if key not in found:
            found[key] = function(first, *rest, **named)
        return found[key]

    return asked
