"""Tests of the map for contributors: what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAP = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")


def test_every_path_on_the_map_exists() -> None:
    paths = re.findall(r"`((?:engine|tui|tests|\.ci)/[\w./]+)`", MAP)
    assert len(paths) > 50
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_room_is_on_the_map() -> None:
    rooms = [
        f"{side}/{folder.name}"
        for side in ("engine", "tui")
        for folder in (ROOT / side).iterdir()
        if (folder / "__init__.py").exists()
    ]
    assert [room for room in rooms if f"`{room}`" not in MAP] == []
