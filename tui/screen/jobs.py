"""Jobs in threads, beside the screen, which pause while a key is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from time import monotonic, sleep
from typing import Any

from textual.widget import Widget

from tui.actions.effects import Job
from tui.screen.beside import beside

PROGRESS_SECONDS = 0.25
ANSWER_SECONDS = 0.012
"""How long jobs pause for a key: that much after its frame has been worked out."""

Ended = Callable[[Job, "Any", "Exception | None"], None]


class Jobs:
    """Does jobs. While one is under way, `meanwhile()` is called every `PROGRESS_SECONDS`; then
    `ended(job, result, error)`, with the error where it failed. Both on the screen's side.
    """

    def __init__(self, widget: Widget, meanwhile: Callable[[], None], ended: Ended) -> None:
        self._widget = widget
        self._meanwhile, self._ended = meanwhile, ended
        self._answering = 0.0

    def start(self, job: Job) -> None:
        """Begin a job."""
        beside(self._widget, partial(self._work, job))

    def answer_first(self) -> None:
        """Have jobs pause while a key is answered."""
        self._answering = monotonic() + ANSWER_SECONDS

    def _asked(self, job: Job) -> bool:
        """In a job's thread: pause while a key is answered, then say whether to stop."""
        while (left := self._answering - monotonic()) > 0 and not job.stopped:
            sleep(left)
        return job.stopped

    async def _work(self, job: Job) -> None:
        work = asyncio.create_task(asyncio.to_thread(job.run, lambda: self._asked(job)))
        while not work.done():
            self._meanwhile()
            await asyncio.wait([work], timeout=PROGRESS_SECONDS)
        error = work.exception()
        if error is not None and not isinstance(error, Exception):
            raise error
        self._ended(job, None if error else work.result(), error)
