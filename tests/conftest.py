"""Settings that every test shares."""

import pytest
from hypothesis import settings

# The same examples on every machine, and no deadline: a shared machine may be slow.
settings.register_profile("gradstep", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("gradstep")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the sessions and keys of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
