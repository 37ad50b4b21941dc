"""Settings that every test shares, and the subset of `pytest --fast`."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests import examples  # noqa: F401 - registers the profiles

os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")
os.environ.setdefault(
    "NPY_DISABLE_CPU_FEATURES",
    "X86_V4 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
)
"""Before NumPy is imported: the last digits of what is computed are the same on all processors that
have AVX2, and so is what is drawn of them. NumPy passes over those that it does not know.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option --fast."""
    parser.addoption(
        "--fast",
        action="store_true",
        help="a subset in less than a minute: a case of each test, few examples, no terminal",
    )


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """A process for each core where whole folders are tested. Files and single tests take no time
    that is worth it, and pictures are renewed by one who knows which of them are left.
    """
    whole = all(Path(each).is_dir() for each in config.args)
    return None if whole and not config.getoption("--snapshot-update") else 0


def pytest_configure(config: pytest.Config) -> None:
    """Before the tests are imported, which read how many examples to try."""
    fast = config.getoption("--fast")
    if fast and config.getoption("--snapshot-update"):
        raise pytest.UsageError("--snapshot-update would delete what --fast leaves out")
    settings.load_profile("fast" if fast else "gradstep")
    if fast:
        config.option.warn_unused_snapshots = True  # else those that are left out fail it


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the subset: of every test that is neither slow nor in a terminal, some cases."""
    if config.getoption("--fast"):
        kept = subset(items)
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


def subset(items: list[pytest.Item]) -> list[pytest.Item]:
    """The first case of every test that is neither slow nor in a terminal."""
    first: dict[str, pytest.Item] = {}
    for item in items:
        if not any(item.iter_markers(name="slow")) and not any(item.iter_markers(name="terminal")):
            first.setdefault(item.nodeid.partition("[")[0], item)
    return list(first.values())


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the sessions and keys of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))


@pytest.fixture(autouse=True)
def _own_signals() -> None:
    """Python's own way with a closed pipe, whatever a command run in this process has set."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
