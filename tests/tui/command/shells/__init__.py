"""Tests of the completion of the command line."""
