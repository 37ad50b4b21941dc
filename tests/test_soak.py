"""A short soak: a few lives of the real program, and some failing files."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.tui.terminals import ROOT


@pytest.mark.terminal
def test_a_short_soak_finds_nothing() -> None:
    few = ["--keys", "2000", "--kills", "1", "--faults", "6", "--seed", "3", "--workers", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", *few],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 faults" in done.stdout
