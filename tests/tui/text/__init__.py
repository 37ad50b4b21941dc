"""Tests of numbers and shapes as text."""
