"""Optimizers, a row each: every module here that has a ROW is one, of that name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from engine.catalog.optimizers import parts
from engine.catalog.optimizers.base import (
    Optimizer,
    Rule,
    Rules,
    ScalarRule,
    slot_rules,
)
from engine.catalog.row import RowTable

OPTIMIZERS = RowTable(__name__, Optimizer)
OTHERS = frozenset({"", "g", "clip"})
"""What stands where a row's prefix may: nothing, or the gradient, as it is or clipped."""


def by_element(prefix: str) -> bool:
    """Whether what has this prefix is a number for each element of a parameter."""
    return not any(prefix in row.apart for row in OPTIMIZERS.imported())


class Forms(Mapping[str, str]):
    """The mathematical forms of all rows' scalars and prefixes. A row is imported for a name alone
    that the rows have not which are there already.
    """

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._found:
            self._found[name] = self._sought(name)
        return self._found[name]

    def _sought(self, name: str) -> str:
        if name in OTHERS:
            raise KeyError(name)
        known = (parts.FORMS, *(row.forms for row in OPTIMIZERS.imported()))
        found = next((forms[name] for forms in known if name in forms), None)
        return self._all[name] if found is None else found

    @cached_property
    def _all(self) -> Mapping[str, str]:
        return {name: form for row in OPTIMIZERS.values() for name, form in row.forms.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


FORMS = Forms()

__all__ = [
    "FORMS",
    "OPTIMIZERS",
    "Optimizer",
    "Rule",
    "Rules",
    "ScalarRule",
    "by_element",
    "slot_rules",
]
