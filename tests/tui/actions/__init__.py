"""Tests of keys without a screen."""
