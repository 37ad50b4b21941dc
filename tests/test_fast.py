"""The subset of `pytest --fast` says something of every room."""

import subprocess
import sys

import pytest

from tests.tui.terminals import ROOT, environment


@pytest.mark.slow
def test_the_fast_subset_has_tests_of_every_room():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--fast", "--collect-only", "-q", "tests"],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    chosen = [line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line]
    assert len(chosen) > 300
    rooms = {path.parent.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")}
    untouched = {room for room in rooms if not any(f"{room}/test_" in file for file in chosen)}
    assert untouched == set()
