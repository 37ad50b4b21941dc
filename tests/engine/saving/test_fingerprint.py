"""The fingerprint of a machine's arithmetic: stable, cheap, and another where results differ."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from engine.saving.fingerprint import fingerprint, same_arithmetic


def test_a_fingerprint_is_short_stable_and_cheap():
    assert fingerprint() == fingerprint.__wrapped__()
    assert f"numpy {np.__version__}" in fingerprint()
    assert len(fingerprint()) < 400
    times = []
    for _ in range(20):
        start = time.perf_counter()
        fingerprint.__wrapped__()
        times.append(time.perf_counter() - start)
    assert min(times) < 0.005
    assert same_arithmetic(fingerprint(), fingerprint())
    assert not same_arithmetic(fingerprint(), "numpy 1.0")
    assert not same_arithmetic("", "")


def test_another_process_has_the_same_fingerprint_and_other_instructions_another():
    def elsewhere(**environment: str) -> str:
        code = "from engine.saving.fingerprint import fingerprint; print(fingerprint())"
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            env={**os.environ, **environment},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert elsewhere() == fingerprint() == elsewhere(OPENBLAS_NUM_THREADS="2")
    used = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    if used:
        assert elsewhere(NPY_DISABLE_CPU_FEATURES=" ".join(used)) != fingerprint()
