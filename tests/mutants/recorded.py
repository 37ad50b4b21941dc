"""A plugin of pytest, `-p tests.mutants.recorded`: writes down which lines each test comes to.

Into the file that `--reach-into` names, as `tests.mutants.reach` reads it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from coverage import Coverage

from tests.mutants.reach import Reach

ROOT = Path(__file__).parent.parent.parent
STARTS = ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "pty.spawn")
"""What Python calls the ways to start another program, whose lines nobody sees."""


class Recorder:
    """Which lines are come to while each test runs; "" while none does."""

    def __init__(self, into: Path) -> None:
        self.into = into
        self.found = Reach()
        self.now = ""
        self.coverage = Coverage(
            data_file=None, config_file=False, source=[str(ROOT / "engine"), str(ROOT / "tui")]
        )
        self.coverage.start()
        sys.addaudithook(self._audit)

    def _audit(self, event: str, _: object) -> None:
        if self.now and event in STARTS:
            self.found.starting.add(self.now)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """One test, with what it sets up."""
        self.now = item.nodeid
        self.coverage.switch_context(item.nodeid)
        began = time.monotonic()
        try:
            return (yield)
        finally:
            self.found.seconds[item.nodeid] = time.monotonic() - began
            self.coverage.switch_context("")
            self.now = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails without any change says nothing of one."""
        if report.failed:
            self.found.failing.add(report.nodeid)

    def pytest_unconfigure(self) -> None:
        """All tests have run."""
        self.coverage.stop()
        data = self.coverage.get_data()
        for file in data.measured_files():
            name = Path(file).relative_to(ROOT).as_posix()
            for line, tests in data.contexts_by_lineno(file).items():
                self.found.add(name, line, tests)
        self.into.write_text(self.found.written(), encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that names the file."""
    parser.addoption("--reach-into", type=Path, required=True)


def pytest_configure(config: pytest.Config) -> None:
    """Before the tests are imported, and with them what they test."""
    config.pluginmanager.register(Recorder(config.getoption("--reach-into")))
