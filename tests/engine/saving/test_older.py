"""Sessions that earlier versions saved open as they were."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.record_sessions import FOLDER, KINDS, opened, seen

EXPECTED: dict[str, Any] = {
    name: expected
    for table in sorted(FOLDER.glob("v*.json"))
    for name, expected in json.loads(table.read_text()).items()
}


def numbers(value: Any) -> Any:
    """What was seen with its numbers as such, and without what all digits of them made."""
    if isinstance(value, dict):
        return {key: numbers(each) for key, each in value.items() if key != "states"}
    if isinstance(value, list):
        return [numbers(each) for each in value]
    if isinstance(value, str) and ("0x" in value or value in ("nan", "inf")):
        return float.fromhex(value)
    return value


def about(value: Any) -> Any:
    """What is equal where two machines' arithmetic differs in the last digits."""
    if isinstance(value, dict):
        return {key: about(each) for key, each in value.items()}
    if isinstance(value, list):
        return [about(each) for each in value]
    return pytest.approx(value, rel=1e-4, nan_ok=True) if isinstance(value, float) else value


def test_every_file_is_expected() -> None:
    files = {path.name for path in FOLDER.iterdir() if path.suffix != ".json"}
    assert files == set(EXPECTED)
    assert len(files) >= len(KINDS)


@pytest.mark.parametrize("name", EXPECTED)
def test_it_opens_as_it_was(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    shutil.copy(FOLDER / name, path)
    before = path.read_bytes()
    found = opened(path)
    expected = EXPECTED[name]
    if found.message.startswith("Resumed"):
        assert seen(found) == expected
    else:
        assert numbers(seen(found)) == about(numbers(expected))
    assert path.read_bytes() == before
