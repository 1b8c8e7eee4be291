"""Opens a target: a URL, or ``module:app``, which runs under uvicorn on a free loopback port."""

from __future__ import annotations

import ipaddress
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mobstd.errors import ConfigError, MissingExtra
from mobstd.transport import Timeout
from mobstd.transport.http import Sender

__all__ = ["opened", "pace", "served"]

ELSEWHERE = 5.0
"""Requests a second that a target on another machine gets, unless the profile says more."""


def is_url(target: str) -> bool:
    """Say whether a target is a URL rather than ``module:app``."""
    return "://" in target


def pace(target: str, rate: float | None) -> float | None:
    """Return the requests a second: as asked for, none on loopback, ``ELSEWHERE`` otherwise."""
    if rate is not None or not is_url(target):
        return rate
    host = urlsplit(target).hostname or ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost" or host.endswith(".localhost")
    return None if loopback else ELSEWHERE


def _app(reference: str) -> Any:
    module, _, attribute = reference.partition(":")
    if not module or not attribute:
        raise ConfigError("target.neither", target=reference)
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (Exception, SystemExit) as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise ConfigError("target.no-app", target=reference, why=why) from None
    return found


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve an ASGI app on a free loopback port, and give its URL.

    Raises:
        MissingExtra: where uvicorn is not installed.
        ConfigError: where the app does not start.
    """
    try:
        import uvicorn
    except ImportError:
        raise MissingExtra("target.no-uvicorn") from None
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)

    def run() -> None:
        with suppress(SystemExit):
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 15
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            server.should_exit = True
            raise ConfigError("target.not-started")
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(5)


@contextmanager
def opened(target: str, *, seconds: float = 10.0) -> Iterator[Sender]:
    """Give a sender to the target; ``seconds`` is how long one answer may take.

    Raises:
        ConfigError: where the target is neither a URL nor an app that can be imported.
    """
    if is_url(target):
        with Sender(target, timeout=Timeout(total=seconds), redirects=5) as sender:
            yield sender
        return
    with served(_app(target)) as url, Sender(url, timeout=Timeout(total=seconds)) as sender:
        yield sender
