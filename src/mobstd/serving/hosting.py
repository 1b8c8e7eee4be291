"""Runs an app on a port, until it is told to stop."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mobstd.errors import ConfigError, MissingExtra

__all__ = ["host", "hosted"]


STARTING, ENDING = 15.0, 3.0
"""Seconds that an app may take to start, and to answer what it was asked before it ends."""


def _bound(address: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        ConfigError: where the port is taken or the address is not of this machine.
    """
    if not 0 <= port <= 65535:
        raise ConfigError("serving.bad-port", port=port)
    listener = None
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        listener.listen(128)
    except OSError as error:
        if listener is not None:
            listener.close()
        code = "serving.port-in-use" if error.errno == errno.EADDRINUSE else "serving.no-listener"
        reason = error.strerror or type(error).__name__
        raise ConfigError(code, host=address, port=port, reason=reason) from None
    return listener


def _server(app: Any) -> Any:
    try:
        import uvicorn
    except ImportError:
        raise MissingExtra("serving.missing-extra", module="uvicorn") from None
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    return uvicorn.Server(config)


def _url(address: str, listener: socket.socket) -> str:
    shown = f"[{address}]" if ":" in address else address
    return f"http://{shown}:{listener.getsockname()[1]}"


def host(app: Any, address: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve an app until the process is interrupted; ``ready`` is told the base URL.

    Raises:
        ConfigError: where nothing can listen there.
        MissingExtra: where uvicorn is not installed.
    """
    server = _server(app)
    with _bound(address, port) as listener:
        ready(_url(address, listener))
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            return


@contextmanager
def hosted(app: Any, address: str, port: int) -> Iterator[str]:
    """Serve an app beside what this thread does, and give its base URL.

    Raises:
        ConfigError: where nothing can listen there, or the app does not start.
        MissingExtra: where uvicorn is not installed.
    """
    server = _server(app)
    with _bound(address, port) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        deadline = time.monotonic() + STARTING
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                server.should_exit = True
                raise ConfigError("serving.not-started")
            time.sleep(0.01)
        try:
            yield _url(address, listener)
        finally:
            server.should_exit = True
            thread.join(ENDING)
            server.force_exit = True
            thread.join(ENDING)
