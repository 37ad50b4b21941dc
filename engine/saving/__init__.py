"""Sessions on disk: written whole or not at all, and read back bit for bit."""
