"""What is left out of the standard library, and that it is back for who wants it."""

import subprocess
import sys

import pytest

from tests.tui.terminals import ROOT
from tui.command.without import without


def test_a_module_cannot_be_imported_meanwhile_and_can_afterwards(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with without("colorsys"), pytest.raises(ImportError):
        import colorsys
    import colorsys

    there = sys.modules["colorsys"]
    with without("colorsys"):
        import colorsys

        assert colorsys is there
    assert sys.modules["colorsys"] is there


def test_hashes_and_the_event_loop_are_what_they_were_and_ciphers_can_be_had():
    code = """
from tui.command.without import without_ciphers
without_ciphers()
import asyncio, hashlib, sys
assert not {"ssl", "_ssl", "_hashlib"} & sys.modules.keys()
print(asyncio.run(asyncio.sleep(0, "slept")), hashlib.sha256(b"abc").hexdigest())
import ssl
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (done.stdout, done.stderr) == (f"slept {digest}\n", "")
