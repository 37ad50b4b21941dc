"""The numbers: run specs, compiled programs, exact history, the session. No terminals here."""

__version__ = "0.1.0"
