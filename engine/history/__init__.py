"""Iterations at any distance in bounded memory, and branches of them."""
