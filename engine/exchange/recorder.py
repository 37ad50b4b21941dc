"""What records a training of PyTorch: one file, for the side on which there is PyTorch."""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).parent / "torchside" / "gradstep_record.py"


def recorder() -> str:
    """The text of gradstep_record.py, in ASCII."""
    return FILE.read_text(encoding="ascii")
