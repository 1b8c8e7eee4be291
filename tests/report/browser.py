"""A WebDriver client in a page: enough to drive Chromium, with nothing to install."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
FLAGS = ("headless=new", "no-sandbox", "disable-gpu", "disable-background-networking")


def available() -> bool:
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


class Browser:
    def __init__(self, address: str, width: int, height: int, dark: bool) -> None:
        flags = [f"--{flag}" for flag in (*FLAGS, f"window-size={width},{height}")]
        if dark:
            flags.append("--blink-settings=preferredColorScheme=0")
        options = {
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {"binary": shutil.which("chromium"), "args": flags},
        }
        self.address = address
        made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": options}})
        self.address += f"/session/{made['sessionId']}"

    def _ask(self, method: str, path: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(
            self.address + path, body, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(error.read().decode()) from None

    def open(self, url: str) -> None:
        self._ask("POST", "/url", {"url": url})

    def run(self, script: str, *args: Any) -> Any:
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(args)})

    def find(self, selector: str) -> dict[str, str]:
        found: dict[str, str] = self._ask(
            "POST", "/element", {"using": "css selector", "value": selector}
        )
        return found

    def click(self, selector: str) -> None:
        self._ask("POST", f"/element/{self.find(selector)[ELEMENT]}/click", {})

    def keys(self, selector: str, text: str) -> None:
        self._ask("POST", f"/element/{self.find(selector)[ELEMENT]}/value", {"text": text})

    def press(self, *keys: str) -> None:
        actions = [{"type": kind, "value": k} for k in keys for kind in ("keyDown", "keyUp")]
        self._ask(
            "POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]}
        )

    def log(self, kind: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self._ask("POST", "/se/log", {"type": kind})
        return entries

    def cdp(self, command: str, **params: Any) -> Any:
        return self._ask("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def screenshot(self, path: str, whole: bool = True) -> None:
        taken = self.cdp("Page.captureScreenshot", captureBeyondViewport=whole, format="png")
        Path(path).write_bytes(base64.b64decode(taken["data"]))

    def close(self) -> None:
        self._ask("DELETE", "")


@contextlib.contextmanager
def browser(width: int = 1280, height: int = 900, dark: bool = False) -> Iterator[Browser]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    driver = subprocess.Popen(
        [shutil.which("chromedriver") or "chromedriver", f"--port={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    opened = None
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        opened = Browser(f"http://127.0.0.1:{port}", width, height, dark)
        yield opened
    finally:
        if opened is not None:
            with contextlib.suppress(Exception):
                opened.close()
        driver.terminate()
        driver.wait(10)
