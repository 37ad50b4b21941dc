"""Completion of the command line: a module for each shell, and what stands behind an option."""

SHELLS = ("bash", "zsh", "fish")
