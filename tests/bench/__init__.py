"""Benchmarks: `python -m tests.bench [SECTION ...] [--quick]` prints ratios measured in one run."""

import os

for _library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")  # read when numpy is imported
