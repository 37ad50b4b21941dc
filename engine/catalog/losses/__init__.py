"""Losses, a row each."""
