"""Tests of the drawings, as text."""
