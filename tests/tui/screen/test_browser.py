"""Served to a real browser, where there is one: what it shows, and keys that are pressed in it."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.tui.browser import CHROMIUM, Page, opened
from tests.tui.terminals import PATIENCE, ROOT, environment

SERVE = """
import sys
from textual_serve.server import Server
Server(f"{sys.executable} -m tui", port=int(sys.argv[1])).serve()
"""

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here"),
    pytest.mark.skipif(not find_spec("textual_serve"), reason="not installed with [web]"),
]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the program is served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port)],
        cwd=ROOT,
        env=environment(XDG_STATE_HOME=str(tmp_path)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        yield f"http://localhost:{port}/"
        server.terminate()


async def seen(page: Page, script: str) -> None:
    """Wait until a script in the page gives true."""
    async with asyncio.timeout(PATIENCE):
        while not await page.evaluate(script):
            await asyncio.sleep(0.1)


async def test_a_browser_shows_the_screen_and_hands_on_keys(address: str) -> None:
    async with opened(address) as page:
        await page.until("step  0/17")
        await seen(page, "document.body.classList.contains('-first-byte')")
        await page.click(300, 200)
        await page.type("n")
        await page.until("step  1/17")
        before = await page.picture()
        await page.type("nnnn")
        assert "L = −y₁·log ŷ₁" in await page.until("step  5/17")
        async with asyncio.timeout(PATIENCE):
            while await page.picture() == before:
                await asyncio.sleep(0.1)
        await page.type("q")
        await seen(page, "document.body.classList.contains('-closed')")
