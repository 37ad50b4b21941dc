"""Which panes are shown where: a pure function of the size, the layout and the active pane."""

from __future__ import annotations

from typing import Literal, get_args

Box = tuple[int, int, int, int]
"""Column, row, width and height in cells."""

Layout = Literal["panes", "pane", "page"]
"""The panes; the active pane alone; or a page in the place of the panes."""

PANES = ("network", "step", "values", "optimizer")
MIN_WIDTH, MIN_HEIGHT = 40, 12
_FULL_WIDTH, _FULL_HEIGHT = 80, 24
_NETWORK, _STEP = 7, 10
_LOSS_ROOM = 8


def arrange(width: int, height: int, layout: Layout, pane: str) -> dict[str, Box]:
    """Boxes for the panes that are shown in `width` x `height` cells.

    At 80x24 and above, all four panes; larger, a loss plot too. Below, two panes at a time: side
    by side where it is wide enough, else one above the other; then one; below 40x12 only
    "notice". The active pane is always among those shown. Raises ValueError for a layout or a
    pane that is none.
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
    body = (0, 1, width, height - 3)
    if layout == "page":
        return boxes | {"page": body}
    if layout == "pane":
        return boxes | {pane: body}
    if width >= _FULL_WIDTH and height >= _FULL_HEIGHT:
        return boxes | _four(width, height - 3)
    pair = ("network", "optimizer") if pane in ("network", "optimizer") else ("values", "step")
    if width >= _FULL_WIDTH:
        left, right = _columns(width)
        return boxes | {
            pair[0]: (0, 1, left, height - 3),
            pair[1]: (left + 1, 1, right, height - 3),
        }
    if height >= _FULL_HEIGHT:
        upper = _STEP if pair[1] == "step" else _NETWORK + 2
        first, second = ("step", "values") if pair[1] == "step" else pair
        return boxes | {
            first: (0, 1, width, upper),
            second: (0, 1 + upper, width, height - 3 - upper),
        }
    return boxes | {pane: body}


def _columns(width: int) -> tuple[int, int]:
    """The widths of the left and right columns, a blank one between them."""
    left = 42 if width < 90 else min(width // 2, 100)
    return left, width - left - 1


def _four(width: int, height: int) -> dict[str, Box]:
    left, right = _columns(width)
    extra = height - (_FULL_HEIGHT - 3)
    loss = 0 if extra < _LOSS_ROOM else min(18, max(_LOSS_ROOM, extra * 2 // 5))
    extra -= loss
    rows = height - loss
    network = _NETWORK + min(extra * 3 // 5, 24)
    step = _STEP + extra // 2
    boxes = {
        "network": (0, 1, left, network),
        "values": (0, 1 + network, left, rows - network),
        "step": (left + 1, 1, right, step),
        "optimizer": (left + 1, 1 + step, right, rows - step),
    }
    if loss:
        boxes["loss"] = (0, 1 + rows, width, loss)
    return boxes
