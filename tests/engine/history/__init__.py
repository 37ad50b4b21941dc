"""Tests of iterations at any distance."""
