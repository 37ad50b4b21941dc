"""Tests of gradstep: `pytest` runs all in five minutes, `pytest --fast` some of every room in less
than one, `python -m tests.bench` measures speed.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the program; read when numpy is imported
