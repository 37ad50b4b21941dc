"""Documents with one thing changed in each place: what a reader makes of all of them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

GONE = object()
"""Nothing stands there any more."""
JUNK: tuple[Any, ...] = (
    GONE, True, -1, 0, 1, 1.5, 10**30, float("nan"), "x", [], [1], [[1.0, 2.0]], {},
)  # fmt: skip
Place = tuple[str | int, ...]


def places(document: Any, at: Place = ()) -> Iterator[Place]:
    """All places in a document; of lists the first and the last element alone."""
    if at:
        yield at
    if isinstance(document, dict):
        for key, value in document.items():
            yield from places(value, (*at, key))
    elif isinstance(document, list) and document:
        for i in sorted({0, len(document) - 1}):
            yield from places(document[i], (*at, i))


def changed(document: Any, place: Place, value: Any) -> Any:
    """A copy with another value in a place."""
    found = copy.deepcopy(document)
    inner = found
    for key in place[:-1]:
        inner = inner[key]
    if value is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = copy.deepcopy(value)
    return found


def short(said: str) -> str:
    """A sentence without how it shows the value, so that it is the same for many, and without the
    names of all rows of a table, which grows.
    """
    said = re.sub(r" is [^,;]*, and must", " must", said)
    return re.sub(r"(one of|has|there are) (\w+), [\w, ]{60,}\.", r"\1 \2, ….", said)


def told(
    document: Any, read: Callable[[Any], Sequence[str]], junk: Sequence[Any] = JUNK
) -> Iterator[str]:
    """A line a place and value: what `read` says of the document with it. What many values lead to
    is said once, behind all of them.
    """
    for place in places(document):
        said: dict[str, list[str]] = {}
        for value in junk:
            found = short("; ".join(read(changed(document, place, value))))
            said.setdefault(found, []).append("gone" if value is GONE else repr(value))
        yield ".".join(map(str, place))
        yield from (f"  {' '.join(values)} → {found}" for found, values in said.items())
