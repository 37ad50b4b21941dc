"""Work beside the keys, on the event loop."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from textual.dom import DOMNode
from textual.worker import Worker

Work = Callable[[], Coroutine[None, None, None]]


def beside(node: DOMNode, work: Work) -> None:
    """Begin work. Where the app ends before it could, no coroutine is left that nobody awaits."""
    _worker: Worker[None] = node.run_worker(work)
