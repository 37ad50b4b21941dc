"""A page in a headless Chromium, over the protocol of its developers' tools."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.bench.cells import Screen
from tests.tui.terminals import PATIENCE

NAMES = "chromium", "chromium-browser", "google-chrome"
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), "")
OPTIONS = """
    --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
    --disable-background-networking --disable-component-update --disable-dev-shm-usage
    --host-resolver-rules=MAP&*&~NOTFOUND&,&EXCLUDE&localhost&,&EXCLUDE&127.0.0.1
    --remote-debugging-port=0 --window-size=1000,600
"""


class Page:
    """A page that shows a terminal which is sent over a web socket: `screen` is what was sent."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._number = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self.screen = Screen(80, 24)

    async def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Do something; the result. Raises RuntimeError where the browser does not."""
        self._number += 1
        number = self._number
        await self._socket.send_str(
            json.dumps({"id": number, "method": method, "params": parameters})
        )
        async with asyncio.timeout(PATIENCE):
            while number not in self._answers:
                await self._hear()
        answer = self._answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def load(self, url: str) -> None:
        """Go to an address, once there is somebody who serves it."""
        async with asyncio.timeout(PATIENCE):
            while "errorText" in await self.ask("Page.navigate", url=url):
                await asyncio.sleep(0.2)

    async def _hear(self) -> None:
        said = json.loads(await self._socket.receive_str())
        if "id" in said:
            self._answers[said["id"]] = said
            return
        match said["method"]:
            case "Network.webSocketCreated":
                asked = parse_qs(urlsplit(said["params"]["url"]).query)
                self.screen = Screen(int(asked["width"][0]), int(asked["height"][0]))
            case "Network.webSocketFrameReceived":
                frame = said["params"]["response"]
                if frame["opcode"] == 2:
                    self.screen.feed(base64.b64decode(frame["payloadData"]))

    async def until(self, what: str) -> str:
        """Wait until that stands on the screen; all that does then."""
        try:
            async with asyncio.timeout(PATIENCE):
                while what not in self.screen.text():
                    await self._hear()
        except TimeoutError:
            raise AssertionError(f"no {what!r} on\n{self.screen.text()}") from None
        return self.screen.text()

    async def click(self, x: int, y: int) -> None:
        """Click there, which has what is there get the keys."""
        for what in ("mousePressed", "mouseReleased"):
            at = {"x": x, "y": y, "button": "left", "clickCount": 1}
            await self.ask("Input.dispatchMouseEvent", type=what, **at)

    async def type(self, text: str) -> None:
        """Press keys that write."""
        for character in text:
            await self.ask("Input.dispatchKeyEvent", type="keyDown", text=character, key=character)
            await self.ask("Input.dispatchKeyEvent", type="keyUp", key=character)

    async def evaluate(self, script: str) -> Any:
        """The value of a script in the page."""
        found = await self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        return found["result"].get("value")

    async def picture(self) -> bytes:
        """What the page looks like, as PNG."""
        return base64.b64decode((await self.ask("Page.captureScreenshot"))["data"])


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Page]:
    """A page at an address of this machine."""
    aiohttp: Any = import_module("aiohttp")  # which comes with textual-serve
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as folder:
        options = [option.replace("&", " ") for option in OPTIONS.split()]
        with subprocess.Popen(
            [CHROMIUM, *options, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as browser:
            try:
                tools = f"http://127.0.0.1:{await _port(Path(folder, 'DevToolsActivePort'))}/json"
                async with aiohttp.ClientSession() as session:
                    async with session.get(tools) as answer:
                        found = [each for each in await answer.json() if each["type"] == "page"]
                    async with session.ws_connect(
                        found[0]["webSocketDebuggerUrl"], max_msg_size=0
                    ) as socket:
                        page = Page(socket)
                        await page.ask("Network.enable")
                        await page.ask("Emulation.setFocusEmulationEnabled", enabled=True)
                        await page.load(url)
                        yield page
            finally:
                os.killpg(browser.pid, signal.SIGKILL)


async def _port(file: Path) -> int:
    async with asyncio.timeout(PATIENCE):
        while not file.exists() or not (lines := file.read_text().splitlines()):
            await asyncio.sleep(0.05)
    return int(lines[0])
