"""Tests of gradstep."""
