"""Activations, a row each."""
