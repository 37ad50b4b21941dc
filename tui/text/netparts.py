"""What a network diagram is given: columns of nodes, and the weights between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

Mark = Literal["write", "read", ""]


class Node(NamedTuple):
    """A unit: its formatted value and a note below it; marks say what the step touches, and what
    is selected is drawn in reverse.
    """

    value: str
    note: str = ""
    mark: Mark = ""
    selected: bool = False
    note_mark: Mark = ""
    note_selected: bool = False
    tail: str = ""  # right of a node of the last column, such as its target "y 1"


class Column(NamedTuple):
    """A layer and its nodes."""

    title: str
    nodes: tuple[Node, ...]


class Gap(NamedTuple):
    """The weights between two columns, [out][in] by their nodes; empty weights draw no edges."""

    label: str = ""
    mark: Mark = ""
    weights: Sequence[Sequence[float]] = ()
    labels: Sequence[Sequence[str]] = ()
    selected: frozenset[tuple[int, int]] = frozenset()


class Diagram(NamedTuple):
    """Columns from input to output and the gaps between them.

    value_width: cells kept for a value, so that nodes stay in place when values become known.
    """

    columns: tuple[Column, ...]
    gaps: tuple[Gap, ...] = ()
    value_width: int = 6
