"""Tests of gradstep: `pytest` runs all (five minutes), `pytest --fast` a subset that touches every room
(less than one), `python -m tests.bench` measures speed.
"""
