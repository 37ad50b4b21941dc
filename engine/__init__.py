"""The numbers: run specs, compiled programs, exact history and the session. Knows nothing of terminals."""

__version__ = "0.1.0"
