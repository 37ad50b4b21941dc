"""The [[layers]] of a run file as far as the loss and the data are checked against them: sizes and
activations, and what of a layer's table does not go together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from engine.catalog.activations import ACTIVATIONS, Learning
from engine.runfile.optiontable import refused, take_options, take_row
from engine.runfile.ties import kind_of
from engine.spec.check import Table, whole

MOST_LAYERS = 1_000
MOST_UNITS = 100_000
TURNED = {"W": "W_T", "W_T": "W"}
"""The keys of the weights, and those for the other layout."""


class Draft(NamedTuple):
    """A layer as far as it is known without the data; None is what is wrong."""

    table: Table
    units: int | None
    activation: str | None
    options: dict[str, Any]

    @property
    def learns(self) -> Learning | None:
        """What the activation has of a parameter."""
        return ACTIVATIONS[self.activation].learns if self.activation else None


def drafts(top: Table) -> list[Draft]:
    """The layers' sizes and activations; sentences on what is wrong with them."""
    tables = top.tables("layers", MOST_LAYERS)
    if tables == []:
        top.wrong("layers", "is missing; a run file has at least one table [[layers]]")
    return [_draft(table) for table in tables or []]


def _draft(table: Table) -> Draft:
    units = table.take("units", whole(1, MOST_UNITS))
    row = take_row(table, ACTIVATIONS, "activation")
    options = take_options(table, row) if row else None
    if row and options:
        refused(table, row, options)
    return Draft(table, units, row.name if row else None, options or {})


def contradictions(
    draft: Draft, bias: bool | None, frozen: frozenset[str], tie: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """What of a layer does not go together: keys, and what is wrong with them."""
    given = draft.table.values
    W = next((key for key in TURNED if key in given), None)
    if all(key in given for key in TURNED):
        yield "W_T", "stands beside W; one of the two must go"
    if draft.table.has("init") and W:
        yield "init", f"stands beside {W}; one of the two must go"
    if bias is False:
        yield from _without_bias(given, frozen)
    if draft.activation and draft.learns is None:
        yield from _without_slope(draft.activation, frozen, tie)
    yield from _tie_contradictions(given, bias, frozen, tie)
    yield from _biases_told(draft, bias, tie, W)


def _biases_told(
    draft: Draft, bias: bool | None, tie: tuple[str, ...], W: str | None
) -> Iterator[tuple[str, str]]:
    """Whether biases are told in one way, where weights are given under the key `W`."""
    ways = [key for key in ("b", "b_init") if draft.table.has(key)]
    if len(ways) > 1:
        yield "b_init", "stands beside b; one of the two must go"
    if bias and W and not ways and "b" not in map(kind_of, tie):
        what = f"is missing beside {W}, and must be a list of {draft.units or 'as many'} numbers"
        yield "b", f"{what}; or write bias = false"


def _without_bias(given: Mapping[str, Any], frozen: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What a layer without a bias says of one."""
    for key in ("b", "b_init"):
        if key in given:
            yield key, "is given, but bias = false; one of the two must go"
    if "b" in frozen:
        yield "frozen", 'names "b", but bias = false'


def _without_slope(
    activation: str, frozen: frozenset[str], tie: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """What a layer whose activation has no parameter says of one."""
    if "alpha" in frozen:
        yield "frozen", f'names "alpha", which {activation} does not have'
    for text in tie:
        if kind_of(text) == "alpha":
            yield "tie", f"names {text}, and {activation} has no such parameter"


def _tie_contradictions(
    given: Mapping[str, Any], bias: bool | None, frozen: frozenset[str], tie: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """What of a layer does not go together with what is another layer's."""
    for text in tie:
        kind = kind_of(text)
        for key in {"W": ("W", "W_T"), "b": ("b", "b_init")}.get(kind, (kind,)):
            if key in given:
                yield "tie", f"names {text} beside {key}; one of the two must go"
        if kind == "b" and bias is False:
            yield "tie", f"names {text}, but bias = false"
        if kind in frozen:
            yield "frozen", f'names "{kind}", which is {text}; freeze it in its own layer'
