"""Runs an app on a port, until it is told to stop."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Any

from mobstd.errors import ConfigError, MissingExtra

__all__ = ["host"]


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


def host(app: Any, address: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve an app until the process is interrupted; ``ready`` is told the base URL.

    Raises:
        ConfigError: where nothing can listen there.
        MissingExtra: where uvicorn is not installed.
    """
    try:
        import uvicorn
    except ImportError:
        raise MissingExtra("serving.missing-extra", module="uvicorn") from None
    with _bound(address, port) as listener:
        number = listener.getsockname()[1]
        shown = f"[{address}]" if ":" in address else address
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        ready(f"http://{shown}:{number}")
        try:
            uvicorn.Server(config).run(sockets=[listener])
        except KeyboardInterrupt:
            return
