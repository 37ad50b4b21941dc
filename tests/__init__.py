"""Tests of gradstep: `pytest` runs all in five minutes, `pytest --fast` some of every room in less
than one, `python -m tests.bench` measures speed.
"""
