"""A plugin of pytest, `-p tests.mutants.chosen`: runs the tests that a file lists, in its order.

Each line of it: so many seconds, then the test's name. A test that computes for longer ends the
whole run, and so does one that waits for much longer.
"""

from __future__ import annotations

import math
import os
import resource
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

MEMORY = 8 << 30
"""Bytes: a change that makes a list grow for ever does not take the machine with it."""
TIME_IS_UP = "the time is up"
WAITING = 4
"""A test may take so many times longer by the clock than it may compute: others compute beside it.
"""


class Chosen:
    """The tests of a list."""

    def __init__(self, file: Path, few: bool, within: float) -> None:
        self.few, self.now = few, file.with_name("now.txt")
        self.until = time.monotonic() + within
        listed = (line.partition(" ") for line in file.read_text(encoding="utf-8").splitlines())
        self.seconds = {test: float(seconds) for seconds, _, test in listed}

    def pytest_sessionstart(self) -> None:
        """Before the tests are imported, which read how many examples to try."""
        if self.few:
            settings.load_profile("fast")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Those that are listed, in the order of the list."""
        found = {item.nodeid: item for item in items}
        items[:] = [found[test] for test in self.seconds if test in found]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """One test; the signal ends the program, whatever the test is doing."""
        self.now.write_text(item.nodeid, encoding="utf-8")
        seconds = self.seconds[item.nodeid]
        for clock, number, most in (
            (signal.ITIMER_PROF, signal.SIGPROF, seconds),
            (signal.ITIMER_REAL, signal.SIGALRM, WAITING * seconds),
        ):
            signal.signal(number, signal.SIG_DFL)
            signal.setitimer(clock, most)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            if time.monotonic() > self.until:
                item.session.shouldstop = TIME_IS_UP


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options: the list, and how much is tried."""
    parser.addoption("--chosen", type=Path, required=True)
    parser.addoption("--few", action="store_true", help="few examples of each")
    parser.addoption("--within", type=float, default=math.inf, help="no more seconds than these")


def pytest_configure(config: pytest.Config) -> None:
    """Before the tests are imported."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    config.option.warn_unused_snapshots = True  # else those of tests left out would fail it
    file, few, within = map(config.getoption, ("--chosen", "--few", "--within"))
    config.pluginmanager.register(Chosen(file, few, within))
