"""Which panes are shown where: a pure function of the size, the layout, the active pane and of how
much the run has to show. Panes do not stretch: a wider screen shows more of them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

Box = tuple[int, int, int, int]
"""Column, row, width and height in cells."""

Layout = Literal["panes", "pane", "page"]
"""The panes; the active pane alone; or a page in the place of the panes."""

PANES = ("network", "step", "values", "optimizer")
MIN_WIDTH, MIN_HEIGHT = 40, 12
LEFT, RIGHT, FURTHER = 41, 37, 38
"""The widths of the first column, of the second and of all others."""
SECOND, BLANK = 43, 2
"""Where the second column begins, and what is left between it and each of the others."""
NETWORK = 7
TOP = 21
"""The panes of the first two columns take so many rows at 80x24, and more only where they have
more to show.
"""
PAIR_WIDTH = SECOND + RIGHT
_FULL_HEIGHT = TOP + 3
_STACK_HEIGHT, _STACK_PAIR = 20, 70
_LEAST_STEP, _MOST_STEP = 7, 13
_LEAST_VALUES, _ALL_VALUES = 10, 13
_LEAST_BESIDE_OPTIMIZER = 11
_LEAST_TABLE = 6
_LEAST_LOSS, _GOOD_LOSS, _MOST_LOSS = 6, 10, 16
_LEAST_STEPS, _MOST_STEPS = 8, 34


class Wants(NamedTuple):
    """How many rows a run has to show, whatever the step: in the network pane, in the values pane,
    in the optimizer pane as a column and as a table across the screen, in the list of steps.
    `columns` are the panes that further columns are wanted for, the most wanted first.
    """

    network: int = NETWORK
    values: int = 14
    optimizer: int = 8
    table: int = 6
    steps: int = 18
    columns: tuple[str, ...] = ()


def arrange(
    width: int, height: int, layout: Layout, pane: str, wants: Wants | None = None
) -> dict[str, Box]:
    """Boxes for the panes that are shown in `width` x `height` cells.

    At 80x24 and above, all four panes; with more columns, those that are wanted; with more rows,
    a loss plot and a list of the steps. Below, two panes at a time: side by side where it is wide
    enough, else one below the step; then one; below 40x12 only "notice". The active pane is always
    among those shown. Raises ValueError for a layout or a pane that is none.
    """
    if layout not in get_args(Layout) or pane not in PANES:
        raise ValueError(f"There is no layout {layout!r} with the pane {pane!r}.")
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return {"notice": (0, 0, width, height)}
    boxes = {
        "header": (0, 0, width, 1),
        "timeline": (0, height - 2, width, 1),
        "footer": (0, height - 1, width, 1),
    }
    rows = height - 3
    if layout == "page":
        return boxes | {"page": (0, 1, width, rows)}
    if layout == "pane":
        return boxes | {pane: (0, 1, width, rows)}
    if width >= PAIR_WIDTH:
        return boxes | _columns(width, rows, pane, wants or Wants())
    if height >= _STACK_HEIGHT:
        return boxes | _stack(width, rows, pane, wants or Wants())
    return boxes | {pane: (0, 1, width, rows)}


def places(width: int) -> list[int]:
    """Where columns after the second begin, as many as fit."""
    first = PAIR_WIDTH + BLANK
    return list(range(first, width - FURTHER + 1, FURTHER + BLANK))


def _columns(width: int, rows: int, pane: str, wants: Wants) -> dict[str, Box]:
    """Panes in columns; what goes across the screen, below the first three of them."""
    further = dict(zip(wants.columns, places(width), strict=False))
    if rows < _FULL_HEIGHT - 3:
        left = pane if pane != "step" else "values"
        boxes = {left: (0, 1, LEFT, rows), "step": (SECOND, 1, RIGHT, rows)}
        return boxes | {name: (x, 1, FURTHER, rows) for name, x in further.items()}
    table = min(wants.table, _LEAST_TABLE)
    across = bool(further) and rows - TOP >= table
    most = max(TOP, rows - table - _LEAST_LOSS) if across else rows
    top = min(max(TOP, wants.network + wants.values), most)
    network = min(wants.network, max(NETWORK, top - wants.values))
    optimizer = 0 if across else min(wants.optimizer, top - _LEAST_BESIDE_OPTIMIZER)
    boxes = {
        "network": (0, 1, LEFT, network),
        "values": (0, 1 + network, LEFT, top - network),
        "step": (SECOND, 1, RIGHT, top - optimizer),
    }
    if optimizer:
        boxes["optimizer"] = (SECOND, 1 + top - optimizer, RIGHT, optimizer)
    edge = PAIR_WIDTH
    for i, (name, x) in enumerate(further.items()):
        boxes[name] = (x, 1, FURTHER, rows if i else top)
        edge = edge if i else x + FURTHER
    return boxes | _below(edge, top, rows - top, across, wants)


def _below(width: int, top: int, rows: int, across: bool, wants: Wants) -> dict[str, Box]:
    """What stands below the columns in so many rows, one below the other."""
    heights: dict[str, int] = {}
    if across:
        loss = _LEAST_LOSS if rows >= _LEAST_TABLE + _LEAST_LOSS else 0
        heights["optimizer"] = min(wants.table, rows - loss)
        rows -= heights["optimizer"]
    steps = min(wants.steps, _MOST_STEPS, rows - _GOOD_LOSS)
    half = 1 + wants.steps // 2
    if steps < wants.steps and half <= rows - _LEAST_LOSS and width > PAIR_WIDTH:
        steps = half  # in two columns
    if steps >= min(_LEAST_STEPS, wants.steps):
        heights["steps"] = steps
        rows -= steps
    if rows >= _LEAST_LOSS:
        heights["loss"] = min(rows, _MOST_LOSS)
    boxes, y = {}, 1 + top
    for name, height in heights.items():
        boxes[name] = (0, y, width, height)
        y += height
    return boxes


def _stack(width: int, rows: int, pane: str, wants: Wants) -> dict[str, Box]:
    """The step above the values, the network beside these where it has room, and below them as many
    of the others as fit; or the active pane alone below the step, where it is none of these.
    """
    least = _ALL_VALUES if rows >= _LEAST_STEP + _ALL_VALUES + 1 else _LEAST_VALUES
    step = min(_MOST_STEP, rows - least)
    rest = rows - step
    network = min(NETWORK, wants.network)
    values = max(least, min(wants.values, rest - network))
    heights = {"values": values, "network": network, "optimizer": wants.optimizer}
    beside = width >= _STACK_PAIR
    if beside:
        del heights["network"]
    while sum(heights.values()) > rest and len(heights) > 1:
        heights.popitem()
    if pane not in (*heights, "step") and not (pane == "network" and beside):
        heights = {pane: rest}
    boxes, y = {"step": (0, 1, width, step)}, 1 + step
    for name, height in heights.items():
        last = name == list(heights)[-1]
        boxes[name] = (0, y, width, 1 + rows - y if last else height)
        y += height
    if beside and "values" in boxes:
        _, y, _, height = boxes["values"]
        boxes["values"] = (0, y, LEFT, height)
        boxes["network"] = (SECOND, y, width - SECOND, height)
    return boxes
