"""A run handed to other programs: as a PyTorch script, and its numbers as files of arrays."""
